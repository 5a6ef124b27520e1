"""Who holds a record, and what fits a demand: pure."""

import pytest

from citybrain.domains.lists.logic import holders, matching
from citybrain.domains.lists.logic.matching import Text
from citybrain.domains.lists.rules import demand_process
from citybrain.kernel.process import process


@pytest.mark.parametrize(
    ("code", "state", "sides"),
    [
        ("request", "submitted", ("owner",)),
        ("request", "supplement", ("requester",)),
        ("request", "review", ("owner",)),
        ("request", "extended", ("owner",)),
        ("request", "agreed", ("requester",)),
        ("request", "delivered", ()),
        ("request", "refused", ()),
        ("correction", "submitted", ("owner",)),
        ("correction", "corrected", ("requester",)),
        ("correction", "closed", ()),
        ("dispute", "negotiation", ("requester", "owner")),
        ("dispute", "coordination", ("bureau",)),
        ("dispute", "ruling", ("bureau",)),
    ],
)
def test_the_side_that_leads_a_record_on_holds_it(code, state, sides) -> None:
    assert holders.holders(process(code), state) == sides


def test_a_demand_is_held_by_bureau_then_office_then_demander() -> None:
    running = demand_process()
    found = {state: holders.holders(running, state) for state in running.states}
    assert found["open"] == ("bureau",)
    assert found["assigned"] == ("owner",)
    assert found["matched"] == ("requester",)
    assert found["met"] == found["refused"] == found["withdrawn"] == ()


def test_a_fit_names_the_terms_that_both_have_and_its_score_is_the_share_covered() -> None:
    demand = Text("公交线路客流", "线路编号 日客流量")
    counts = dict.fromkeys(matching.asked(demand), 1)
    rarities = matching.rarities(counts, 10)
    close = matching.fit(demand, Text("公交线路表", "线路编号 起点"), rarities)
    far = matching.fit(demand, Text("养老机构", "床位"), rarities)
    assert close.score > 0.35
    assert {"公交", "线路", "编号"} <= set(close.terms)
    assert far.score == 0 and far.terms == ()
    assert close.is_worth_proposing and not far.is_worth_proposing


def test_one_common_term_is_not_enough() -> None:
    demand = Text("港口", "")
    fit = matching.fit(demand, Text("港口", ""), matching.rarities({"港口": 1}, 3))
    assert fit.score == 1 and not fit.is_worth_proposing


def test_a_rare_term_weighs_more_than_a_common_one() -> None:
    rarities = matching.rarities({"rare": 1, "common": 900, "unknown": 0}, 1000)
    assert rarities["rare"] > rarities["unknown"] > rarities["common"] > 0


@pytest.mark.parametrize("text", ["", "，。！", "数据", "\x00", "🙂", "a b c"])
def test_texts_without_a_usable_term_fit_nothing(text: str) -> None:
    fit = matching.fit(Text(text), Text("公交线路"), matching.rarities({}, 5))
    assert fit.score == 0 and not fit.is_worth_proposing
