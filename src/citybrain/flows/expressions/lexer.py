"""From text to words."""

import re
from typing import NamedTuple

from citybrain.flows.expressions.errors import ExpressionError

LONGEST = 2000
MOST_WORDS = 600
WORDS = frozenset(
    {"and", "or", "not", "in", "between", "if", "then", "else", "true", "false", "null"}
)
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<text>"(?:[^"\\\x00-\x1f]|\\["\\])*")
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
    |(?P<sign>\.\.|!=|<=|>=|[-+*/=<>(),\[\]])""",
    re.VERBOSE,
)


class Word(NamedTuple):
    """`kind` is "number", "text", "name", "sign", "word" or "end"."""

    kind: str
    text: str
    at: int


def words(text: str) -> list[Word]:
    """The words of an expression, ended by one of kind "end". Raises `ExpressionError`."""
    if len(text) > LONGEST:
        raise ExpressionError(
            "too-long",
            LONGEST,
            f"表达式不得超过{LONGEST}个字符。",
            f"An expression has at most {LONGEST} characters.",
        )
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionError(
                "syntax",
                place + 1,
                f"第{place + 1}个字符“{text[place]}”不能出现在此处。",
                f"“{text[place]}” cannot stand here.",
            )
        kind = str(match.lastgroup)
        if kind != "space":
            shown = match.group()
            found.append(Word("word" if shown in WORDS else kind, shown, place + 1))
        place = match.end()
    if len(found) > MOST_WORDS:
        raise ExpressionError(
            "too-long", found[MOST_WORDS].at, "表达式过长。", "The expression has too many words."
        )
    return [*found, Word("end", "", len(text) + 1)]
