# ruff: noqa: S608 - identifiers come from validated metadata only, every value is bound
"""From what a scan found to the tests behind the score, and from sample to sensitive fields."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.quality import freshness, sensitive
from citybrain.domains.catalogue.quality.masking import masked
from citybrain.domains.catalogue.quality.reading import MOST_REJECTED, RELATION, Opened
from citybrain.domains.catalogue.quality.rules import sensitive_kinds
from citybrain.domains.catalogue.quality.scan import Scanned
from citybrain.domains.catalogue.quality.scoring import Tested
from citybrain.domains.catalogue.quality.sensitive import Found

EXAMPLES = 5
RARE = r"(^|[^0-9A-Za-z.])([1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9})($|[^0-9A-Za-z])"
MOST_RARE = 200
CHECKED = {"identity", "uscc", "bank_card"}
"""Kinds whose numbers can be wrong in themselves, by their check digits."""


def find_sensitive(seen: Opened, scanned: Scanned) -> list[Found]:
    """Kinds by column: from the sample, and where it shows none, from rare values of all rows."""
    found: list[Found] = []
    for item, column in zip(seen.table.items, scanned.columns, strict=True):
        if item.type in "DTLG":
            continue
        title = f"{item.title_zh} {item.title_en} {item.raw}"
        here = sensitive.kinds_in(item.name, title, scanned.sample[item.name])
        if not here and item.letter.is_text and (column.longest or 0) >= 11:
            here = _rare(seen, item, column.filled)
        found += here
    return found


def _rare(seen: Opened, item: Item, filled: int) -> list[Found]:
    """Numbers of persons in a few rows of a text column that a sample would miss."""
    text = f"{item.quoted}::VARCHAR"
    rows = seen.base.execute(
        f"SELECT left({text}, 2000) FROM {RELATION} WHERE regexp_matches({text}, ?) "
        f"LIMIT {MOST_RARE}",
        [RARE],
    ).fetchall()
    return [
        Found(item.name, code, 0, 50, filled, n, embedded=True)
        for code, n in sensitive.inside_many(value for (value,) in rows).items()
    ]


def matching_rows(seen: Opened, found: Sequence[Found]) -> dict[str, int]:
    """Column → rows whose whole value has the shape of what was found there."""
    whole = [one for one in found if not one.embedded]
    if not whole:
        return {}
    shapes = [sensitive.BY_CODE[one.kind].shape for one in whole]
    counts = ", ".join(
        f"count_if(regexp_full_match(trim({seen.table.item(one.column).quoted}::VARCHAR), ?))"
        for one in whole
    )
    row = seen.base.execute(f"SELECT {counts} FROM {RELATION}", shapes).fetchone() or ()
    return {one.column: int(n) for one, n in zip(whole, row, strict=True)}


def tests_of(
    seen: Opened, scanned: Scanned, found: Sequence[Found], matching: dict[str, int]
) -> list[Tested]:
    """What follows from the metadata alone, without checks that people wrote."""
    return [
        *_formats(scanned),
        *_filled(scanned),
        *_bounds(scanned),
        *_check_digits(scanned, found, matching),
        *_duplicates(seen, scanned),
    ]


def _formats(scanned: Scanned) -> Iterable[Tested]:
    width = len(scanned.columns)
    tested = sum(one.filled for one in scanned.columns) + scanned.rejected * width
    for one in scanned.columns:
        if one.misfit:
            yield Tested(
                "normativity",
                "type",
                f"“{one.name}”有值不符合登记的数据类型",
                f"Values of “{one.name}” do not fit the registered type",
                tested,
                one.misfit,
                one.name,
                "format",
            )
        if one.padded:
            yield Tested(
                "normativity",
                "padded",
                f"“{one.name}”有值前后带空格",
                f"Values of “{one.name}” have blanks around them",
                tested,
                one.padded,
                one.name,
                "format",
            )
    more = "以上" if scanned.rejected >= MOST_REJECTED else ""
    yield Tested(
        "normativity",
        "unreadable",
        f"{scanned.rejected}行{more}无法读取（列数、编码或长度不符）"
        if scanned.rejected
        else "各值符合登记的数据类型",
        f"{scanned.rejected} lines cannot be read (columns, encoding or length)"
        if scanned.rejected
        else "Values fit their registered types",
        tested,
        scanned.rejected * width,
        group="format",
    )


def _filled(scanned: Scanned) -> Iterable[Tested]:
    tested = scanned.rows * len(scanned.columns)
    for one in scanned.columns:
        if one.blank:
            yield Tested(
                "completeness",
                "blank",
                f"“{one.name}”有空值",
                f"“{one.name}” has empty values",
                tested,
                one.blank,
                one.name,
                "filled",
            )
    yield Tested(
        "completeness",
        "filled",
        "有应填值",
        "There are values to fill in",
        tested,
        0,
        group="filled",
    )
    yield Tested(
        "completeness",
        "rows",
        "表中没有数据",
        "The table has no rows",
        0 if scanned.rows else 1,
        0 if scanned.rows else 1,
    )


def _bounds(scanned: Scanned) -> Iterable[Tested]:
    for one in scanned.columns:
        if one.outside:
            yield Tested(
                "accuracy",
                "bounds",
                f"“{one.name}”有值超出登记的取值范围",
                f"Values of “{one.name}” lie outside the registered bounds",
                one.filled,
                one.outside,
                one.name,
            )


def _check_digits(
    scanned: Scanned, found: Sequence[Found], matching: dict[str, int]
) -> Iterable[Tested]:
    for one in found:
        if one.kind not in CHECKED or one.embedded:
            continue
        known = sensitive_kinds()[one.kind]
        values = [value.strip() for value in scanned.sample[one.column]]
        wrong = [value for value in values if not sensitive.holds(one.kind, value)]
        filled = next(each.filled for each in scanned.columns if each.name == one.column)
        shaped = matching.get(one.column, filled)
        # Wrong shape is counted over all rows, wrong check digits are projected from the sample.
        failing = max(filled - shaped, filled * len(wrong) // max(1, len(values)))
        failing = max(failing, 1) if wrong else failing
        yield Tested(
            "accuracy",
            "check-digit",
            f"“{one.column}”中的{known.zh}校验不符" if failing else f"“{one.column}”校验码相符",
            f"{known.en}: values of “{one.column}” fail their check",
            filled,
            failing,
            one.column,
            examples=[masked(value, one.kind) for value in wrong[:EXAMPLES]],
        )


def _duplicates(seen: Opened, scanned: Scanned) -> Iterable[Tested]:
    yield Tested(
        "consistency",
        "duplicate-rows",
        "有完全重复的行",
        "There are rows that repeat others in every column",
        scanned.rows,
        scanned.duplicate_rows,
    )
    if scanned.duplicate_keys is not None:
        names = "、".join(seen.table.primary_key)
        yield Tested(
            "consistency",
            "duplicate-keys",
            f"主键（{names}）有重复",
            f"The key ({', '.join(seen.table.primary_key)}) repeats",
            scanned.rows,
            scanned.duplicate_keys,
        )


def timeliness(cycle: str, content_at: datetime | None, today: date) -> Tested | None:
    """How late the next update is; None where nobody can tell."""
    if content_at is None:
        return None
    due = freshness.due_after(cycle, content_at.date())
    if due is None:
        return None
    late = freshness.late_by(due.due_on, today)
    return Tested(
        "timeliness",
        "late",
        f"应于{due.due_on}前更新，已逾期{late}天",
        f"An update was due on {due.due_on}; it is {late} days late",
        1,
        1 if late else 0,
        points=freshness.points(late, due.days),
    )


def accessibility(answered: int, broken: int) -> Tested:
    """Uses that the source let down; opening it for this profile is one that it answered."""
    return Tested(
        "accessibility",
        "uses",
        "有调用因来源故障而失败",
        "Uses failed because of the source",
        answered + broken + 1,
        broken,
    )
