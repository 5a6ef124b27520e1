"""Decision tables as CSV, which an office writes in a spreadsheet.

    U,in,in,out,out,note,note
    id,age(birth_date),hukou,decision: text,monthly: number,source,status
    r1,>= 80,local,granted,100,鲁民〔2019〕1号,from memory
    r2,< 80,-,refused,0,…,from memory

First row: the hit policy, then what each column is. Second row: expressions of the inputs,
names and types of the outputs (`decision: text [refused, granted]` lists the values, the most
important first), names of the notes. Then one rule a row; "-" passes everything.
"""

import csv
import io
import re

from citybrain.flows.decisions.model import HITS, TYPES, RawOutput, RawRule, RawTable
from citybrain.flows.faults import Fault, FaultyError

MOST_RULES, MOST_COLUMNS, LONGEST = 2000, 60, 2_000_000
_OUTPUT = re.compile(r"([A-Za-z_]\w*)\s*:\s*(\w+)\s*(?:\[(.*)\])?", re.ASCII | re.DOTALL)


def read_csv(text: str, file: str, code: str) -> RawTable:
    """The table of a file. Raises `FaultyError` with every fault of its form."""
    rows = _rows(text, file)
    if len(rows) < 2:
        raise _fault(
            file, 1, "table-empty", "决策表至少要有两行表头。", "Two header rows are needed."
        )
    (first_line, kinds), (line, names) = rows[0], rows[1]
    hit = kinds[0].strip().upper()
    if hit not in HITS:
        raise _fault(
            file,
            first_line,
            "hit-policy",
            f"左上角应填命中策略（{'、'.join(HITS)}），而不是“{kinds[0]}”。",
            f"The first cell must be a hit policy ({', '.join(HITS)}), not {kinds[0]!r}.",
        )
    places = _places(kinds, names, file, first_line)
    faults: list[Fault] = []
    rules = tuple(_rule(row, at, places, len(kinds), file, faults) for at, row in rows[2:])
    _check_ids(rules, file, faults)
    outputs = tuple(_output(names[place], file, line, faults) for place in places["out"])
    if not rules:
        faults.append(Fault(file, line, "table-empty", "没有规则。", "There are no rules."))
    if faults:
        raise FaultyError(faults)
    return RawTable(
        code,
        file,
        hit,
        tuple(names[place].strip() for place in places["in"]),
        outputs,
        tuple(names[place].strip() for place in places["note"]),
        rules,
        line,
    )


def _fault(file: str, line: int, code: str, zh: str, en: str) -> FaultyError:
    return FaultyError([Fault(file, line, code, zh, en)])


def _rows(text: str, file: str) -> list[tuple[int, list[str]]]:
    """Line number and cells of every row that is not blank."""
    if len(text) > LONGEST:
        raise _fault(file, 0, "too-large", "文件过大。", f"More than {LONGEST} characters.")
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((start, row))
            start = reader.line_num + 1
    except csv.Error as error:
        raise _fault(file, reader.line_num, "csv", "CSV格式错误。", f"No CSV: {error}.") from None
    if len(rows) > MOST_RULES + 2 or (rows and len(rows[0][1]) > MOST_COLUMNS):
        raise _fault(
            file,
            0,
            "too-large",
            f"决策表最多{MOST_RULES}条规则、{MOST_COLUMNS}列。",
            f"At most {MOST_RULES} rules and {MOST_COLUMNS} columns.",
        )
    return rows


def _places(kinds: list[str], names: list[str], file: str, line: int) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {"in": [], "out": [], "note": []}
    for place, kind in enumerate(kinds[1:], start=1):
        if kind.strip() not in places:
            raise _fault(
                file,
                line,
                "column-kind",
                f"第{place + 1}列的类别应为in、out或note，而不是“{kind}”。",
                f"Column {place + 1} must be in, out or note, not {kind!r}.",
            )
        places[kind.strip()].append(place)
    if not places["out"] or len(names) != len(kinds):
        raise _fault(
            file,
            line,
            "columns",
            "两行表头的列数必须相同，且至少有一个out列。",
            "Both header rows need the same number of cells, and there must be an out column.",
        )
    return places


def _rule(
    row: list[str],
    line: int,
    places: dict[str, list[int]],
    width: int,
    file: str,
    faults: list[Fault],
) -> RawRule:
    if len(row) > width:
        faults.append(
            Fault(
                file,
                line,
                "columns",
                f"该行有{len(row)}格，表头只有{width}格；含逗号的内容要加引号。",
                f"{len(row)} cells where the header has {width}; quote cells that hold commas.",
            )
        )
    cells = [cell.strip() for cell in row] + [""] * (width - len(row))

    def chosen(kind: str) -> tuple[str, ...]:
        return tuple(cells[place] for place in places[kind])

    return RawRule(cells[0], chosen("in"), chosen("out"), chosen("note"), line)


def _check_ids(rules: tuple[RawRule, ...], file: str, faults: list[Fault]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", rule.id):
            zh, en = "第一列须填规则编号（字母、数字）。", "The first cell must be the rule's id."
            faults.append(Fault(file, rule.line, "rule-id", zh, en))
        elif rule.id in seen:
            zh, en = f"规则编号“{rule.id}”重复。", f"The id {rule.id!r} stands there twice."
            faults.append(Fault(file, rule.line, "rule-id", zh, en))
        seen.add(rule.id)


def _output(text: str, file: str, line: int, faults: list[Fault]) -> RawOutput:
    match = _OUTPUT.fullmatch(text.strip())
    if match is None or match[2] not in TYPES:
        faults.append(
            Fault(
                file,
                line,
                "output",
                f"输出列应写成“名称: 类型”（{'、'.join(TYPES)}），而不是“{text}”。",
                f"Write an output as “name: type” ({', '.join(TYPES)}), not {text!r}.",
            )
        )
        return RawOutput("", "text")
    allowed = tuple(one.strip() for one in (match[3] or "").split(",") if one.strip())
    return RawOutput(match[1], match[2], allowed)


def output_text(output: RawOutput) -> str:
    """The header of an output column."""
    listed = f" [{', '.join(output.allowed)}]" if output.allowed else ""
    return f"{output.name}: {output.type}{listed}"


def write_csv(table: RawTable) -> str:
    """The text of a file from which `read_csv` makes the same table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    kinds = ["in"] * len(table.inputs) + ["out"] * len(table.outputs) + ["note"] * len(table.notes)
    writer.writerow([table.hit, *kinds])
    writer.writerow(["id", *table.inputs, *map(output_text, table.outputs), *table.notes])
    for rule in table.rules:
        writer.writerow([rule.id, *rule.inputs, *rule.outputs, *rule.notes])
    return out.getvalue()
