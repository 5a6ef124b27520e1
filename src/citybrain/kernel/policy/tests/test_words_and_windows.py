"""The words of contracts, the calendar windows of quotas, the profile and its page."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from citybrain.kernel.policy import ENFORCEMENT, OPERANDS, clauses, window_key
from citybrain.kernel.policy.profile import ODRL_IRI, PROFILE_IRI
from citybrain.kernel.policy.tests.test_operands import GATEWAY, policy_of
from citybrain.kernel.policy.vocabulary import OUTPUTS, PURPOSES, VOCABULARIES, with_narrower

PAGE = Path(__file__).parents[5] / "docs" / "policies.md"


@pytest.mark.parametrize(
    ("clause", "zh", "en"),
    [
        (
            ("rate", "lteq", {"limit": 60, "per": "PT1M"}),
            "每分钟不超过 60 次。",
            "At most 60 uses per minute.",
        ),
        (("price", "eq", 123_456), "1,234.56 元", "CNY 1,234.56"),
        (
            ("dateTime", "lt", "2026-12-31T16:00:00Z"),
            "2027年1月1日0时00分（北京时间）",
            "1 January 2027 00:00:00 (Beijing time)",
        ),
        (("dateTime", "gt", "2026-12-31T16:00:07Z"), "0时00分07秒", "00:00:07"),
        (("retention", "lteq", "P1Y"), "不超过 1 年", "at most 1 year and"),
        (("retention", "lteq", "PT72H"), "72 小时", "72 hours"),
        (("volume", "lteq", {"limit": 10_000, "metric": "rows"}), "10,000 行", "10,000 rows"),
        (
            ("rows", "isAnyOf", {"区": ["甲", "乙"], "y": [1]}),
            "区 为 乙、甲",
            "y in 1 and 区 in 乙, 甲",
        ),
        (("privacyBudget", "lteq", {"total": 1, "per_answer": "0.10"}), "ε 为 0.1", "ε of 0.1"),
        (("onwardTransfer", "eq", "anyone"), "任何主体", "anyone"),
        (("onwardTransfer", "isNoneOf", ["department"]), "政府部门", "department"),
        (("watermark", "eq", "{value} {0}"), "“{value} {0}”", "“{value} {0}”"),
    ],
)
def test_clauses_read_as_contracts_do(clause: tuple[str, str, Any], zh: str, en: str):
    policy = policy_of(*clause)
    assert zh in clauses(policy, "zh-hans")[1].text
    assert en in clauses(policy, "en")[1].text


@pytest.mark.parametrize("row", GATEWAY)
def test_every_clause_is_complete_in_both_languages(row: tuple[Any, ...]):
    for lang in ("zh", "en"):
        clause = clauses(policy_of(*row[:3]), lang)[1]
        assert clause.title and clause.how and clause.mark
        assert "{value}" not in clause.text


@pytest.mark.parametrize(
    ("window", "key"),
    [
        ("agreement", "agreement"),
        ("PT1M", "2026-11-24T00:05"),
        ("PT1H", "2026-11-24T00"),
        ("P1D", "2026-11-24"),
        ("P1M", "2026-11"),
    ],
)
def test_windows_are_those_of_the_calendar_in_beijing(window: str, key: str):
    at = datetime.fromisoformat("2026-11-23T16:05:59.9+00:00").timestamp()
    assert window_key(window, at) == key


def test_a_month_ends_at_midnight_in_beijing():
    last = datetime.fromisoformat("2026-11-30T23:59:59+08:00").timestamp()
    assert window_key("P1M", last) == "2026-11"
    assert window_key("P1M", last + 1) == "2026-12"


def test_an_unknown_window_is_refused():
    with pytest.raises(KeyError):
        window_key("PT1S", 0)


def test_a_broader_purpose_covers_the_narrower_ones_and_not_the_reverse():
    assert {"credit", "financial-service"} <= with_narrower("purposes", ["industry"])
    assert "industry" not in with_narrower("purposes", ["credit"])


def test_every_broader_purpose_exists_and_none_is_under_itself():
    for code, term in PURPOSES.items():
        seen = [code]
        while (term := PURPOSES[term.broader] if term.broader else None) is not None:
            assert term.code not in seen
            seen.append(term.code)


def test_the_profile_is_closed_and_honest():
    assert len(OPERANDS) == 20
    word = {code for code, one in OPERANDS.items() if one.enforced == "consumer"}
    assert word == {"environment", "retention", "onwardTransfer"}
    standard = {one.iri for one in OPERANDS.values() if one.iri.startswith(ODRL_IRI)}
    known = ("purpose", "recipient", "dateTime", "count", "payAmount")
    assert standard == {ODRL_IRI + term for term in known}
    assert all(one.iri.startswith((ODRL_IRI, PROFILE_IRI)) for one in OPERANDS.values())


def rows_of_page(columns: int) -> list[list[str]]:
    lines = PAGE.read_text("utf-8").splitlines()
    cells = [[one.strip() for one in line.strip("|").split("|")] for line in lines if "|" in line]
    return [row for row in cells if len(row) == columns and re.fullmatch(r"`[\w-]+`", row[0])]


def test_the_page_describes_every_operand_as_the_profile_does():
    described = [
        [
            f"`{one.code}`",
            f"{one.title_zh} · {one.title_en}",
            one.about_en,
            ", ".join(f"`{operator}`" for operator in one.operators),
            f"`{one.value}`",
            ENFORCEMENT[one.enforced][1],
            one.rule,
        ]
        for one in OPERANDS.values()
    ]
    assert rows_of_page(7) == described


def test_the_page_lists_every_term_of_the_vocabularies():
    terms = [
        [f"`{term.code}`", f"{term.zh} · {term.en}", f"`{term.broader}`" if term.broader else ""]
        for vocabulary in VOCABULARIES.values()
        for term in vocabulary.values()
    ]
    assert rows_of_page(3) == terms
    assert set(OUTPUTS) == {"json", "csv", "geojson", "file", "answer", "aggregate"}
