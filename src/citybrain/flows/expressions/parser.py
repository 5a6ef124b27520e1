"""From words to the tree: recursive descent, bounded in depth."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from citybrain.flows.expressions.errors import ExpressionError
from citybrain.flows.expressions.lexer import Word, words
from citybrain.flows.expressions.nodes import (
    Arithmetic,
    Call,
    Choice,
    Compare,
    Literal,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    OneOf,
    Within,
)
from citybrain.flows.expressions.values import MOST, PLACES, Duration

DEEPEST = 30
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_DURATION = re.compile(r"(-?)P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,6})D)?")


@lru_cache(maxsize=8192)
def parse(text: str) -> Node:
    """The tree of an expression. Raises `ExpressionError`."""
    reader = _Reader(words(text))
    node = reader.expression()
    reader.expect_end()
    return node


class _Reader:
    def __init__(self, found: list[Word]) -> None:
        self.found, self.place, self.depth = found, 0, 0

    @property
    def word(self) -> Word:
        return self.found[self.place]

    def is_at(self, *texts: str) -> bool:
        return self.word.kind in ("sign", "word") and self.word.text in texts

    def take(self) -> Word:
        word = self.word
        self.place += word.kind != "end"
        return word

    def took(self, *texts: str) -> bool:
        if self.is_at(*texts):
            self.place += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.took(text):
            raise self.unexpected(f"“{text}”", f"“{text}”")

    def expect_end(self) -> None:
        if self.word.kind != "end":
            raise self.unexpected("结尾", "the end")

    def unexpected(self, zh: str, en: str) -> ExpressionError:
        shown = f"“{self.word.text}”" if self.word.text else "结尾"
        shown_en = f"“{self.word.text}”" if self.word.text else "the end"
        return ExpressionError(
            "syntax",
            self.word.at,
            f"此处应为{zh}，而不是{shown}。",
            f"Expected {en}, not {shown_en}.",
        )

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(
                "too-deep", self.word.at, "表达式嵌套过深。", "The expression is nested too deep."
            )
        node = self.choice() if self.is_at("if") else self.either()
        self.depth -= 1
        return node

    def choice(self) -> Node:
        at = self.take().at
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return Choice(condition, then, self.expression(), at)

    def either(self) -> Node:
        node = self.both()
        while self.is_at("or"):
            at = self.take().at
            node = Logic("or", node, self.both(), at)
        return node

    def both(self) -> Node:
        node = self.negation()
        while self.is_at("and"):
            at = self.take().at
            node = Logic("and", node, self.negation(), at)
        return node

    def negation(self) -> Node:
        if not self.is_at("not"):
            return self.comparison()
        at = self.take().at
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError("too-deep", at, "表达式嵌套过深。", "Nested too deep.")
        node = Not(self.negation(), at)
        self.depth -= 1
        return node

    def comparison(self) -> Node:
        node = self.sum()
        at = self.word.at
        if self.is_at(*COMPARISONS):
            return Compare(self.take().text, node, self.sum(), at)
        if self.took("between"):
            low = self.sum()
            self.expect("and")
            return Within(node, low, self.sum(), at=at)
        if self.took("in"):
            return self.inside(node, at)
        if self.is_at("not") and self.found[self.place + 1].text == "in":
            self.place += 2
            return Not(self.inside(node, at), at)
        return node

    def inside(self, of: Node, at: int) -> Node:
        """What follows "in": a list, a range, or a field that is a list."""
        if self.word.kind == "name":
            return Call("list_contains", (self.primary(), of), at)
        opened = self.take()
        if opened.text not in ("[", "("):
            self.place -= opened.kind != "end"
            raise self.unexpected("“[”或“(”", "“[” or “(”")
        first = self.sum()
        if self.took(".."):
            high = self.sum()
            closed = self.take()
            if closed.text not in ("]", ")"):
                self.place -= closed.kind != "end"
                raise self.unexpected("“]”或“)”", "“]” or “)”")
            return Within(of, first, high, opened.text == "(", closed.text == ")", at)
        if opened.text == "(":
            raise self.unexpected("“..”", "“..”")
        items = [first]
        while self.took(","):
            items.append(self.sum())
        self.expect("]")
        return OneOf(of, tuple(items), at)

    def sum(self) -> Node:
        node = self.term()
        while self.is_at("+", "-"):
            sign = self.take()
            node = Arithmetic(sign.text, node, self.term(), sign.at)
        return node

    def term(self) -> Node:
        node = self.signed()
        while self.is_at("*", "/"):
            sign = self.take()
            node = Arithmetic(sign.text, node, self.signed(), sign.at)
        return node

    def signed(self) -> Node:
        if not self.is_at("-"):
            return self.primary()
        at = self.take().at
        return Negative(self.primary(), at)

    def primary(self) -> Node:
        word = self.take()
        if word.kind == "number":
            return Literal(_number(word), word.at)
        if word.kind == "text":
            return Literal(_text(word), word.at)
        if word.kind == "word" and word.text in _CONSTANTS:
            return Literal(_CONSTANTS[word.text], word.at)
        if word.kind == "name":
            return self.call(word) if self.is_at("(") else Name(word.text, word.at)
        if word.text == "(" and word.kind == "sign":
            node = self.expression()
            self.expect(")")
            return node
        self.place -= word.kind != "end"
        raise self.unexpected("一个值", "a value")

    def call(self, name: Word) -> Node:
        self.expect("(")
        arguments: list[Node] = []
        while not self.took(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.expression())
        if name.text in ("date", "duration"):
            return Literal(_constant(name, arguments), name.at)
        return Call(name.text, tuple(arguments), name.at)


_CONSTANTS = {"true": True, "false": False, "null": None}


def _number(word: Word) -> Decimal:
    whole, _, places = word.text.partition(".")
    number = Decimal(word.text) if len(word.text) < 40 else MOST
    if len(places) > PLACES or len(whole.lstrip("0")) > 12 or number >= MOST:
        raise ExpressionError(
            "number",
            word.at,
            "数值最多12位整数、6位小数。",
            "A number has at most 12 digits before and 6 after the point.",
        )
    return number


def _text(word: Word) -> str:
    return re.sub(r"\\(.)", r"\1", word.text[1:-1])


def _constant(name: Word, arguments: list[Node]) -> date | Duration:
    given = arguments[0].value if len(arguments) == 1 and isinstance(arguments[0], Literal) else 0
    made = None
    if isinstance(given, str):
        made = _date(given) if name.text == "date" else _duration(given)
    if made is not None:
        return made
    if name.text == "date":
        zh, en = '日期写作date("2026-01-31")。', 'Write a date as date("2026-01-31").'
    else:
        zh, en = '时长写作duration("P1Y6M")或duration("P30D")。', 'Write duration("P1Y6M").'
    raise ExpressionError(name.text, name.at, zh, en)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _duration(text: str) -> Duration | None:
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        return None
    sign = -1 if match[1] else 1
    years, months, days = (int(part or 0) for part in match.groups()[1:])
    return Duration(sign * (years * 12 + months), sign * days)
