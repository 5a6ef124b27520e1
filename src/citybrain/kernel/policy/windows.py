"""The calendar windows in which quotas are counted."""

from time import gmtime, strftime

# China has kept UTC+8 without summer time since 1992; no call is older than that.
BEIJING_OFFSET = 8 * 3600
FORMATS = {"PT1M": "%Y-%m-%dT%H:%M", "PT1H": "%Y-%m-%dT%H", "P1D": "%Y-%m-%d", "P1M": "%Y-%m"}


def window_key(window: str, at: float) -> str:
    """The aligned window that a moment falls into: "2026-11-23T20:11" for PT1M.

    `at` is Unix seconds; windows are the calendar's in Asia/Shanghai. "agreement" is its
    own key. Raises `KeyError` for an unknown window.
    """
    if window == "agreement":
        return window
    return strftime(FORMATS[window], gmtime(at + BEIJING_OFFSET))
