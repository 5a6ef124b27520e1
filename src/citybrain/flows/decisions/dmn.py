"""Decision tables as DMN 1.3 XML, out and in, for the modelling tools that offices have."""

import json

from lxml import etree

from citybrain.flows.decisions.cells import _DAY, _EVERYTHING, _NOT, _parts
from citybrain.flows.decisions.csv_file import LONGEST, MOST_RULES
from citybrain.flows.decisions.model import HITS, RawOutput, RawRule, RawTable, Table
from citybrain.flows.faults import Fault, FaultyError

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
NAMES = {"U": "UNIQUE", "F": "FIRST", "A": "ANY", "P": "PRIORITY", "C": "COLLECT"}
AGGREGATIONS = {"+": "SUM", "<": "MIN", ">": "MAX", "#": "COUNT"}
TYPE_REFS = {"number": "number", "text": "string", "boolean": "boolean", "date": "date"}


def write_dmn(table: Table) -> bytes:
    """A DMN 1.3 document with one decision."""
    root = etree.Element(_tag("definitions"), nsmap={None: DMN})
    root.set("id", f"definitions_{table.code}")
    root.set("name", table.code)
    root.set("namespace", f"urn:citybrain:decision:{table.code}")
    decision = _add(root, "decision", id=table.code, name=table.code)
    _add(decision, "variable", name=table.code)
    grid = _add(decision, "decisionTable", id=f"table_{table.code}", hitPolicy=NAMES[table.hit[0]])
    if len(table.hit) > 1:
        grid.set("aggregation", AGGREGATIONS[table.hit[1]])
    for place, one in enumerate(table.inputs, start=1):
        column = _add(grid, "input", id=f"input_{place}")
        expression = _add(column, "inputExpression", typeRef=TYPE_REFS[one.type])
        _add(expression, "text").text = one.text
    for output in table.outputs:
        column = _add(grid, "output", name=output.name, typeRef=TYPE_REFS[output.type])
        if output.allowed:
            values = ", ".join(json.dumps(one, ensure_ascii=False) for one in output.allowed)
            _add(_add(column, "outputValues"), "text").text = values
    for name in table.raw.notes:
        _add(grid, "annotation", name=name)
    for rule in table.raw.rules:
        _write_rule(grid, table, rule)
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")


def _tag(name: str) -> str:
    return f"{{{DMN}}}{name}"


def _add(parent: etree._Element, element: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _tag(element), attributes)


def _write_rule(grid: etree._Element, table: Table, rule: RawRule) -> None:
    row = _add(grid, "rule", id=rule.id)
    for given, text in zip(table.inputs, rule.inputs, strict=True):
        _add(_add(row, "inputEntry"), "text").text = feel(text, given.type)
    for output, text in zip(table.outputs, rule.outputs, strict=True):
        shown = "null" if text in _EVERYTHING else feel(text, output.type)
        _add(_add(row, "outputEntry"), "text").text = shown
    for text in rule.notes:
        _add(_add(row, "annotationEntry"), "text").text = text


def feel(text: str, type: str) -> str:
    """A cell in full FEEL: texts in quotes, dates as calls."""
    if text in _EVERYTHING:
        return "-"
    negated = _NOT.fullmatch(text)
    parts = [_feel_part(one, type) for one in _parts(negated[1] if negated else text)]
    joined = ", ".join(parts)
    return f"not({joined})" if negated else joined


def _feel_part(text: str, type: str) -> str:
    if type == "text" and not text.startswith(('"', "=")) and text != "null":
        return json.dumps(text, ensure_ascii=False)
    return _DAY.sub(lambda day: f'date("{day[0]}")', text) if _is_bare_day(text, type) else text


def _is_bare_day(text: str, type: str) -> bool:
    return type == "date" and "date(" not in text


def read_dmn(data: bytes, file: str, code: str = "") -> list[RawTable]:
    """Every decision table of a DMN document. Raises `FaultyError`."""
    if len(data) > LONGEST:
        raise _faulty(file, 0, "文件过大。", f"More than {LONGEST} bytes.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _faulty(file, error.lineno or 0, "不是有效的XML。", f"No XML: {error.msg}.") from None
    if root.getroottree().docinfo.doctype:
        raise _faulty(file, 1, "不接受带DOCTYPE的XML。", "A document type is not accepted.")
    if root.tag != _tag("definitions"):
        raise _faulty(file, 1, "不是DMN 1.3文档。", f"No DMN 1.3 document (namespace {DMN}).")
    found = [
        _read_table(one, file, code)
        for one in root.iterfind(f"{_tag('decision')}")
        if one.find(_tag("decisionTable")) is not None
    ]
    if not found:
        raise _faulty(file, 0, "文档中没有决策表。", "The document holds no decision table.")
    return found


def _faulty(file: str, line: int, zh: str, en: str) -> FaultyError:
    return FaultyError([Fault(file, line, "dmn", zh, en)])


def _read_table(decision: etree._Element, file: str, code: str) -> RawTable:
    grid = decision.find(_tag("decisionTable"))
    assert grid is not None  # noqa: S101 - the caller has looked
    rules = grid.findall(_tag("rule"))
    if len(rules) > MOST_RULES:
        raise _faulty(file, grid.sourceline or 0, "规则过多。", f"More than {MOST_RULES} rules.")
    inputs = tuple(_text(one.find(_tag("inputExpression"))) for one in grid.findall(_tag("input")))
    outputs = tuple(_read_output(one, decision) for one in grid.findall(_tag("output")))
    notes = tuple(one.get("name", "note") for one in grid.findall(_tag("annotation")))
    return RawTable(
        code or decision.get("id", "decision"),
        file,
        _read_hit(grid, file),
        inputs,
        outputs,
        notes,
        tuple(
            _read_rule(n, one, (len(inputs), len(outputs), len(notes)), file)
            for n, one in enumerate(rules, start=1)
        ),
        grid.sourceline or 0,
    )


def _read_hit(grid: etree._Element, file: str) -> str:
    letters = {name: letter for letter, name in NAMES.items()}
    signs = {name: sign for sign, name in AGGREGATIONS.items()}
    policy, way = grid.get("hitPolicy", "UNIQUE"), grid.get("aggregation", "")
    hit = letters.get(policy, policy) + signs.get(way, way)
    if hit not in HITS:
        raise _faulty(
            file,
            grid.sourceline or 0,
            f"不支持命中策略{policy}。",
            f"{policy} {way} is not supported.",
        )
    return hit


def _read_output(column: etree._Element, decision: etree._Element) -> RawOutput:
    types = {ref: name for name, ref in TYPE_REFS.items()}
    listed = _text(column.find(_tag("outputValues")))
    allowed = tuple(one.strip('"') for one in _parts(listed)) if listed else ()
    name = column.get("name") or decision.get("name", "result")
    return RawOutput(name, types.get(column.get("typeRef", "string"), "text"), allowed)


def _read_rule(
    number: int, row: etree._Element, widths: tuple[int, int, int], file: str
) -> RawRule:
    cells = [
        tuple(_text(one) for one in row.findall(_tag(name)))
        for name in ("inputEntry", "outputEntry", "annotationEntry")
    ]
    line = row.sourceline or 0
    if len(cells[0]) != widths[0] or len(cells[1]) != widths[1]:
        raise _faulty(file, line, "单元格数目与列数不符。", "The rule has another number of cells.")
    notes = (cells[2] + ("",) * widths[2])[: widths[2]]
    return RawRule(row.get("id") or f"r{number}", cells[0], cells[1], notes, line)


def _text(element: etree._Element | None) -> str:
    inner = element.find(_tag("text")) if element is not None else None
    return (inner.text or "").strip() if inner is not None else ""
