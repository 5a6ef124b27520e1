"""How scores, findings and checks look on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from citybrain.domains.catalogue.models import Expectation, GradeProposal, Profile
from citybrain.domains.catalogue.quality.actions.follow_up import source_of
from citybrain.domains.catalogue.quality.rules import (
    DIMENSIONS,
    dimension,
    sensitive_kinds,
    whole,
)
from citybrain.kernel.models import Resource
from citybrain.ui.labels import localised


@dataclass(frozen=True, slots=True)
class Bar:
    """One dimension: its score in percent ("98.4"), in words, and by which rule."""

    title: str
    value: str
    points: int
    words: str
    tone: str
    formula: str
    weight: int
    source: str
    status: str


def percent(hundredths: int | None) -> str:
    """9840 → "98.4"; rounded down, so that 100 means all. A dash for None."""
    return "—" if hundredths is None else f"{hundredths // 10 / 10:.1f}".removesuffix(".0")


def standing(hundredths: int | None) -> tuple[str, str]:
    """A score in words, with its tone."""
    if hundredths is None:
        return _("not measured"), "neutral"
    if hundredths >= whole("score.good") * 100:
        return _("good"), "good"
    if hundredths >= whole("score.fair") * 100:
        return _("fair"), "warn"
    return _("poor"), "bad"


def bars(profile: Profile) -> list[Bar]:
    """The six dimensions in the standard's order."""
    return [_bar(code, profile.scores.get(code)) for code in DIMENSIONS]


def _bar(code: str, score: int | None) -> Bar:
    rule = dimension(code)
    value: Any = rule.value
    words, tone = standing(score)
    return Bar(
        title=localised(rule.zh, rule.en),
        value=percent(score),
        points=-1 if score is None else score // 100,
        words=words,
        tone=tone,
        formula=localised(value["formula_zh"], value["formula_en"]),
        weight=value["weight"],
        source=rule.source,
        status=rule.status,
    )


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A test that failed, with how many of how many."""

    dimension: str
    text: str
    column: str
    tested: int
    failing: int
    share: str
    examples: str


def failed_checks(profile: Profile, insider: bool) -> list[FailedCheck]:
    """What failed, the worst first; examples only for those who may see the data."""
    return [_failed(one, insider) for one in profile.checks if one["failing"]]


def _failed(one: dict[str, Any], insider: bool) -> FailedCheck:
    rule = dimension(one["dimension"])
    return FailedCheck(
        dimension=localised(rule.zh, rule.en),
        text=localised(one["zh"], one["en"]),
        column=one["column"],
        tested=one["tested"],
        failing=one["failing"],
        share=f"{100 * one['failing'] / max(1, one['tested']):.2f}",
        examples=localised("、", ", ").join(one["examples"]) if insider else "",
    )


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column's line; what shows values is empty for outsiders."""

    name: str
    title: str
    type: str
    blank: int
    blank_share: str
    misfit: int
    distinct: str
    length: str
    range: str
    top: str
    patterns: str
    found: str
    marked: bool


def column_rows(profile: Profile, resource: Resource, insider: bool) -> list[ColumnRow]:
    """The columns of a profile with what was found in each."""
    items = {str(one.get("name")): one for one in resource.metadata.get("items", [])}
    return [_column(one, profile, items, insider) for one in profile.columns]


def _column(
    one: dict[str, Any], profile: Profile, items: dict[str, Any], insider: bool
) -> ColumnRow:
    item = items.get(one["name"], {})
    lengths = [str(value) for value in (one["shortest"], one["longest"]) if value is not None]
    ends = [value for value in (one["low"], one["high"]) if value is not None]
    about = "" if one["distinct_exact"] else "≈"
    return ColumnRow(
        name=one["name"],
        title=localised(item.get("title_zh", ""), item.get("title_en", "")),
        type=one["type"],
        blank=one["blank"],
        blank_share=f"{100 * one['blank'] / max(1, one['blank'] + one['filled']):.1f}",
        misfit=one["misfit"],
        distinct=f"{about}{one['distinct']:,}",
        length="–".join(dict.fromkeys(lengths)),
        range=" – ".join(dict.fromkeys(ends)) if insider else "",
        top=_top(one["top"]) if insider else "",
        patterns=localised("、", ", ").join(f"{shape} {n}%" for shape, n in one["patterns"][:2])
        if insider
        else "",
        found=_found_in(profile, one["name"]),
        marked=bool(item.get("sensitive")),
    )


def _top(values: Sequence[Sequence[Any]]) -> str:
    return localised("、", ", ").join(f"{value[:30]} ({n:,})" for value, n in values[:3])


def _found_in(profile: Profile, column: str) -> str:
    told = []
    for one in profile.found:
        if one["column"] == column:
            within = _(" inside text") if one["embedded"] else ""
            told.append(f"{kind_name(one['kind'])}{within} {one['confidence']}%")
    return localised("、", ", ").join(told)


def kind_name(code: str) -> str:
    """What sort of content it is; the code itself for a kind that is no longer known."""
    known = sensitive_kinds().get(code)
    return localised(known.zh, known.en) if known else code


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal as a sentence."""

    ref: str
    column: str
    text: str
    grade: str
    confidence: int
    source: str
    state: str
    open: bool
    reasons: str


def proposal_rows(resource: Resource) -> list[ProposalRow]:
    """Open ones first, then those decided."""
    rows = GradeProposal.objects.filter(resource=resource).exclude(
        state=GradeProposal.State.OVERTAKEN
    )[:40]
    ordered = sorted(rows, key=lambda one: one.state != GradeProposal.State.OPEN)
    return [_proposal(one) for one in ordered]


def _proposal(one: GradeProposal) -> ProposalRow:
    if one.column:
        words = {"column": one.column, "kind": kind_name(one.kind), "share": one.share}
        text = _("“%(column)s” holds %(kind)s (%(share)s%% of a sample)") % words
    else:
        grade = {"grade": one.get_grade_display()}
        text = _("The resource as a whole should be graded %(grade)s") % grade
    return ProposalRow(
        ref=one.ref,
        column=one.column,
        text=text,
        grade=one.get_grade_display(),
        confidence=one.confidence,
        source=source_of(one.kind),
        state=one.get_state_display(),
        open=one.state == GradeProposal.State.OPEN,
        reasons=one.reasons,
    )


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A written check with its last result. `issue`: reference of its open problem."""

    ref: str
    text: str
    note: str
    result: str
    tone: str
    issue: str


def check_rows(resource: Resource, profile: Profile | None) -> list[CheckRow]:
    """The active checks of a resource."""
    results = {one["expectation"]: one for one in profile.checks} if profile else {}
    rows = Expectation.objects.select_related("issue").filter(resource=resource, active=True)
    return [_check(one, results.get(one.ref)) for one in rows]


def _check(one: Expectation, result: dict[str, Any] | None) -> CheckRow:
    if result is None:
        words, tone = _("not run yet"), "neutral"
    elif result["failing"]:
        counts = {"n": f"{result['failing']:,}", "of": f"{result['tested']:,}"}
        words, tone = _("failed: %(n)s of %(of)s") % counts, "bad"
    else:
        words, tone = _("passed"), "good"
    is_open = one.issue is not None and one.issue.closed_at is None
    return CheckRow(
        ref=one.ref,
        text=check_text(one),
        note=one.note,
        result=words,
        tone=tone,
        issue=one.issue.ref if one.issue and is_open else "",
    )


def check_text(one: Expectation) -> str:
    """A check as a sentence: "district is one of a list: 370202, 370203"."""
    values = one.values
    ends = f"{values.get('low', '')} … {values.get('high', '')}"
    details = {
        "in_list": ", ".join(str(each) for each in values.get("list", [])[:6]),
        "between": ends,
        "row_count": ends,
        "matches": str(values.get("pattern", "")),
        "refers_to": f"{values.get('resource', '')}.{values.get('column', '')}",
        "freshness": _("within %(n)s days") % {"n": values.get("days", "")},
    }
    more = details.get(one.rule, "")
    subject = one.column or _("The table")
    return f"{subject} {one.get_rule_display()}{localised('：', ': ') + more if more else ''}"
