"""Makes the browser fixtures known to the tests of this folder."""

from tests.browser.harness import chromium, visit

__all__ = ["chromium", "visit"]
