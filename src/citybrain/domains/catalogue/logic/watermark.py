"""The policy's watermark (水印): the text that an answer carries, in the forms it can take."""

from urllib.parse import quote

HEADER = "X-CityBrain-Watermark"
MEMBER = "_watermark"
MAX_LENGTH = 500


def one_line(text: str) -> str:
    """The text on one line, so that it cannot pass for data or for a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_LENGTH]


def trailing_line(text: str) -> str:
    """The comment that ends a text or CSV answer, without line breaks around it."""
    return f"# watermark: {one_line(text)}"


def headers(text: str | None) -> dict[str, str]:
    """The header of an answer with a watermark: UTF-8, percent-encoded."""
    return {HEADER: quote(one_line(text), safe=" ")} if text else {}
