"""From tokens to a tree, by falling precedence: or, and, not, comparison, sum, product."""

from collections.abc import Callable

from citybrain.engines.odata.errors import ODataError
from citybrain.engines.odata.functions import FUNCTIONS
from citybrain.engines.odata.nodes import Binary, Call, Literal, Node, Path, Unary
from citybrain.engines.odata.tokens import Token, tokens

MOST_DEPTH, MOST_NODES = 60, 500
COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    COMPARISONS,
    frozenset({"add", "sub"}),
    frozenset({"mul", "div", "mod"}),
)
OPERATORS = frozenset().union(*LEVELS)


class Parser:
    """Reads one expression; bounded in depth and size, so that no query is a bomb."""

    def __init__(self, text: str) -> None:
        self._tokens, self._next = tokens(text), 0
        self._depth = self._nodes = 0

    def whole(self) -> Node:
        """The expression, up to the end of the text."""
        node = self._level(0)
        if self._now.kind != "end":
            raise self._unexpected()
        return node

    @property
    def _now(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _is(self, kind: str, *values: str) -> bool:
        return self._now.kind == kind and self._now.value in values

    def _unexpected(self) -> ODataError:
        now = self._now
        what = "the end" if now.kind == "end" else repr(now.value)
        return ODataError(f"did not expect {what}", now.place)

    def _level(self, level: int) -> Node:
        if level == len(LEVELS):
            return self._unary()
        if level == 2 and self._is("name", "not"):
            return self._negation()
        left = self._level(level + 1)
        while self._is("name", *LEVELS[level]):
            operator = self._take().value
            left = self._counted(Binary(operator, left, self._level(level + 1)))
            if level == 2 and self._is("name", *COMPARISONS):
                raise self._unexpected()
        return left

    def _negation(self) -> Node:
        self._take()
        return self._deeper(lambda: Unary("not", self._level(2)))

    def _unary(self) -> Node:
        if self._is("sign", "-"):
            self._take()
            inner = self._deeper(self._unary)
            if isinstance(inner, Literal) and isinstance(inner.value, int | float):
                return Literal(-inner.value)
            return self._counted(Unary("-", inner))
        return self._primary()

    def _primary(self) -> Node:
        token = self._take()
        if token.kind == "value":
            return self._counted(Literal(token.value))
        if token.kind == "sign" and token.value == "(":
            inner = self._deeper(lambda: self._level(0))
            self._expect(")")
            return inner
        if token.kind == "name" and token.value not in OPERATORS:
            if self._is("sign", "("):
                return self._call(token)
            return self._counted(Path(tuple(token.value.split("/"))))
        self._next -= 1
        raise self._unexpected()

    def _call(self, token: Token) -> Node:
        name = token.value.lower()
        known = FUNCTIONS.get(name)
        if known is None:
            raise ODataError(f"there is no function {token.value!r}", token.place)
        self._take()
        arguments: list[Node] = []
        while not self._is("sign", ")"):
            arguments.append(self._deeper(lambda: self._level(0)))
            if not self._is("sign", ")"):
                self._expect(",")
        self._take()
        if len(arguments) not in known.arity:
            wanted = " or ".join(str(one) for one in known.arity)
            raise ODataError(f"{name} takes {wanted} arguments", token.place)
        return self._counted(Call(name, tuple(arguments)))

    def _expect(self, sign: str) -> None:
        if not self._is("sign", sign):
            raise self._unexpected()
        self._take()

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise ODataError(f"an expression nests at most {MOST_DEPTH} deep", self._now.place)
        node = read()
        self._depth -= 1
        return node

    def _counted(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise ODataError(f"an expression has at most {MOST_NODES} parts", self._now.place)
        return node


def parse_expression(text: str) -> Node:
    """Any expression, as `$orderby` takes it. Raises `ODataError`."""
    return Parser(text).whole()


def parse_filter(text: str) -> Node:
    """An expression that is true or false. Raises `ODataError`."""
    node = parse_expression(text)
    if not _is_condition(node):
        raise ODataError("a filter compares: it must be true or false", 0)
    return node


def _is_condition(node: Node) -> bool:
    if isinstance(node, Binary):
        return node.operator in COMPARISONS | {"and", "or"}
    if isinstance(node, Unary):
        return node.operator == "not"
    if isinstance(node, Call):
        return FUNCTIONS[node.name].is_condition
    return isinstance(node, Path) or isinstance(node.value, bool)
