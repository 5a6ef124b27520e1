"""From the text of a table to the table: every cell is understood or named as faulty."""

from collections.abc import Iterator
from decimal import Decimal

from citybrain.flows.decisions import cells
from citybrain.flows.decisions.model import Cell, Input, RawOutput, RawRule, RawTable, Rule, Table
from citybrain.flows.expressions import ExpressionError, Node, check, names_in, parse
from citybrain.flows.expressions.nodes import Call, Literal, Name
from citybrain.flows.expressions.types import is_integer
from citybrain.flows.faults import Fault, FaultyError
from citybrain.flows.fields import Fields, integers_of, types_of

_NEVER_NEGATIVE = frozenset({"age", "length", "count"})


def build(raw: RawTable, fields: Fields) -> Table:
    """The understood table over these fields. Raises `FaultyError` with every fault."""
    faults: list[Fault] = []
    inputs = tuple(_input(raw, text, fields, faults) for text in raw.inputs)
    if faults:
        raise FaultyError(faults)
    rules = tuple(_rule(raw, one, inputs, fields, faults) for one in raw.rules)
    faults += _hit_faults(raw, rules)
    if faults:
        raise FaultyError(faults)
    return Table(raw.code, raw.file, raw.hit, inputs, raw.outputs, rules, raw)


def _input(raw: RawTable, text: str, fields: Fields, faults: list[Fault]) -> Input:
    line = raw.header_line
    try:
        node = parse(text)
        kind = check(node, types_of(fields))
        if kind not in ("number", "text", "boolean", "date"):
            raise ExpressionError("types", 1, "输入不能是该类型。", f"A {kind} cannot be an input.")
    except ExpressionError as error:
        faults.append(_told(raw, line, f"输入列“{text}”：", f"input {text!r}: ", error))
        return Input(text, Literal(None), "text")
    names = names_in(node)
    nullable = any(fields[name].nullable for name in names)
    if isinstance(node, Name):
        one = fields[node.name]
        return Input(text, node, kind, one.is_integer, nullable, one.allowed, one.low, one.high)
    low = Decimal(0) if isinstance(node, Call) and node.function in _NEVER_NEGATIVE else None
    return Input(text, node, kind, is_integer(node, integers_of(fields)), nullable, low=low)


def _told(raw: RawTable, line: int, zh: str, en: str, error: ExpressionError) -> Fault:
    return Fault(raw.file, line, error.code, zh + error.zh, f"{en}{error}")


def _rule(
    raw: RawTable, rule: RawRule, inputs: tuple[Input, ...], fields: Fields, faults: list[Fault]
) -> Rule:
    tested: list[Cell] = []
    for given, text in zip(inputs, rule.inputs, strict=True):
        try:
            found = cells.cell(text, given.type)
            _check_allowed(found, given)
        except ExpressionError as error:
            zh, en = f"“{given.text}”列“{text}”：", f"{given.text}: {text!r}: "
            faults.append(_told(raw, rule.line, zh, en, error))
            found = Cell()
        tested.append(found)
    outputs: list[Node] = []
    for output, text in zip(raw.outputs, rule.outputs, strict=True):
        try:
            outputs.append(_output(output, text, fields))
        except ExpressionError as error:
            zh, en = f"“{output.name}”列“{text}”：", f"{output.name}: {text!r}: "
            faults.append(_told(raw, rule.line, zh, en, error))
    notes = dict(zip(raw.notes, rule.notes, strict=True))
    return Rule(rule.id, tuple(tested), tuple(outputs), notes, rule.line)


def _check_allowed(found: Cell, given: Input) -> None:
    """A value that the data contract does not know would never match: a slip of the pen."""
    for value in cells.ends(found):
        if given.allowed is not None and value not in given.allowed:
            known = ", ".join(given.allowed)
            raise ExpressionError(
                "value",
                1,
                f"“{value}”不在允许的取值中：{known}。",
                f"{value!r} is none of {known}.",
            )


def _output(output: RawOutput, text: str, fields: Fields) -> Node:
    node = cells.output(text, output.type)
    found = check(node, types_of(fields))
    if found not in (output.type, "null"):
        raise ExpressionError(
            "types", 1, f"应为{output.type}类型。", f"It must be {output.type}, not {found}."
        )
    value = node.value if isinstance(node, Literal) else None
    if output.allowed and isinstance(value, str) and value not in output.allowed:
        known = ", ".join(output.allowed)
        raise ExpressionError("value", 1, f"须为{known}之一。", f"It must be one of {known}.")
    return node


def _hit_faults(raw: RawTable, rules: tuple[Rule, ...]) -> Iterator[Fault]:
    """What a hit policy asks of the outputs."""
    line, outputs = raw.header_line, raw.outputs
    constant = all(isinstance(one, Literal) for rule in rules for one in rule.outputs)
    if raw.hit in ("A", "P") and not constant:
        zh, en = "命中策略A、P的输出须为常量。", "With A and P the outputs must be constants."
        yield Fault(raw.file, line, "hit-outputs", zh, en)
    if raw.hit == "P" and not outputs[0].allowed:
        zh = "命中策略P须在第一个输出列注明取值次序，如“level: text [high, low]”。"
        en = "P needs the values of the first output in order, as “level: text [high, low]”."
        yield Fault(raw.file, line, "hit-outputs", zh, en)
    if raw.hit == "C" and any(one.type != "text" for one in outputs):
        zh, en = "命中策略C的输出须为文本。", "With C the outputs must be texts."
        yield Fault(raw.file, line, "hit-outputs", zh, en)
    if raw.hit in ("C+", "C<", "C>") and any(one.type != "number" for one in outputs):
        zh, en = (
            f"命中策略{raw.hit}的输出须为数值。",
            f"With {raw.hit} the outputs must be numbers.",
        )
        yield Fault(raw.file, line, "hit-outputs", zh, en)
