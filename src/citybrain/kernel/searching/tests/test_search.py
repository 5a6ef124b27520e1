"""What is found, by whom, in which order; and that no fate of the index folder is an error."""

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests import exchange
from tests.personas import City

from citybrain.kernel.actions import resources
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import search as asked
from citybrain.kernel.queries.search import search
from citybrain.kernel.queries.suggest import other_ways, suggest
from citybrain.kernel.searching import fresh, index
from citybrain.kernel.searching.documents import FACETS, theme_of


def codes(acting, text: str, **more) -> list[str]:
    return [one.resource.code for one in search(acting, text, **more).hits]


@pytest.fixture
def catalogue(city: City) -> City:
    made = [
        ("3070012/0001", "公交线路表", "Bus lines", "全市公交线路与站点"),
        ("3070012/0002", "港口吞吐量月报", "Port throughput", "青岛港各港区货物吞吐量"),
        ("T-0003", "停车场泊位", "Parking spaces", "公共停车场实时空余泊位"),
        ("T-0004", "社会保险参保人数", "Insured persons", "各区市社会保险参保情况"),
    ]
    for code, zh, en, about in made:
        exchange.published(city, code, title_zh=zh, title_en=en, summary_zh=about)
    return city


def test_a_question_in_plain_words_finds_what_it_asks_for(catalogue: City):
    found = search(catalogue.zhao, "从哪里查港口吞吐量")
    assert [one.resource.code for one in found.hits] == ["3070012/0002"]
    assert not found.partial


def test_english_words_are_found_in_singular_and_plural(catalogue: City):
    assert codes(catalogue.zhao, "where can I find a bus line") == ["3070012/0001"]


def test_a_short_word_finds_what_offices_call_it(catalogue: City):
    assert codes(catalogue.zhao, "社保") == ["T-0004"]


def test_a_code_is_found_whole_by_its_beginning_and_comes_first(catalogue: City):
    exchange.published(catalogue, "T-0009", title_zh="说明见T-0003", title_en="See T-0003")
    assert codes(catalogue.zhao, "t-0003")[0] == "T-0003"
    assert codes(catalogue.zhao, "3070012/00") == ["3070012/0002", "3070012/0001"]


def test_resources_with_every_word_come_before_those_with_some(catalogue: City):
    found = search(catalogue.zhao, "公交 停车")
    assert found.partial
    assert {one.resource.code for one in found.hits} == {"3070012/0001", "T-0003"}
    exchange.published(catalogue, "T-0010", title_zh="停车场公交接驳", title_en="P+R")
    found = search(catalogue.zhao, "公交 停车")
    assert not found.partial
    assert found.hits[0].resource.code == "T-0010"


def test_the_title_weighs_more_than_the_summary(catalogue: City):
    exchange.published(catalogue, "T-0011", title_zh="充电桩", title_en="C", summary_zh="在停车场")
    assert codes(catalogue.zhao, "停车场") == ["T-0003", "T-0011"]


def test_words_are_marked_where_they_stand(catalogue: City):
    hit = search(catalogue.zhao, "吞吐量").hits[0]
    assert hit.title_zh == [("港口", False), ("吞吐量", True), ("月报", False)]
    assert ("吞吐量", True) in hit.snippet


def test_drafts_of_others_show_nowhere_not_even_in_counts(catalogue: City):
    exchange.echo_resource(catalogue, "T-0020", title_zh="秘密船坞", title_en="Secret dock")
    assert codes(catalogue.su, "秘密船坞") == ["T-0020"]
    assert codes(catalogue.an, "秘密船坞") == ["T-0020"]
    stranger = search(catalogue.zhao, "秘密船坞", facets=FACETS)
    assert (stranger.total, stranger.hits) == (0, [])
    assert all(not counts for counts in stranger.facets.values())
    assert suggest(catalogue.zhao, "秘密") == []
    assert other_ways(catalogue.zhao, "秘密船坞 秘密") == []
    assert search(None, "秘密船坞").total == 0
    assert "draft" not in asked.facets(catalogue.zhao, {}).facets["status"]
    assert asked.facets(catalogue.su, {}).facets["status"] == {"published": 4, "draft": 1}


def test_a_change_is_found_by_the_next_search(catalogue: City):
    resource = Resource.objects.get(code="T-0003")
    assert codes(catalogue.zhao, "充电桩") == []
    resources.change_resource(
        acting_party=catalogue.su, resource_ref=resource.ref, title_zh="充电桩位置"
    )
    assert codes(catalogue.zhao, "充电桩") == ["T-0003"]
    resources.withdraw_resource(
        acting_party=catalogue.su, resource_ref=resource.ref, reasons="停用"
    )
    assert codes(catalogue.zhao, "充电桩") == []
    assert codes(catalogue.su, "充电桩") == ["T-0003"]


def test_facets_count_what_matches_and_a_chosen_one_shows_its_other_values(catalogue: City):
    found = search(
        catalogue.zhao, "公交 港口 停车场 社会保险", {"theme": ["3"]}, facets=("theme", "owner")
    )
    assert found.total == 2
    assert found.facets["theme"] == {"3": 2, "0": 2}
    assert list(found.facets["owner"].values()) == [2]


def test_the_theme_is_the_class_of_a_code_in_the_guides_form():
    assert theme_of(Resource(code="3070012/000123")) == "3"
    assert [theme_of(Resource(code=one)) for one in ("T-1", "9/1", "3", "3a/1")] == ["0"] * 4


def test_themes_are_the_same_in_the_database_as_in_the_index(catalogue: City):
    rows = Resource.objects.order_by("pk")
    for theme in ("3", "0", "1"):
        in_database = asked.narrowed(rows, {"theme": [theme]})
        assert [one.code for one in in_database] == [r.code for r in rows if theme_of(r) == theme]


def test_completions_hold_what_is_typed_each_once(catalogue: City):
    exchange.published(catalogue, "T-0012", title_zh="公交线路表", title_en="Bus lines 2")
    assert [one.text for one in suggest(catalogue.zhao, "公")] == ["公交线路表"]
    assert [one.text for one in suggest(catalogue.zhao, "par")] == ["Parking spaces"]
    assert [one.code for one in suggest(catalogue.zhao, "T-0004")] == ["T-0004"]
    assert suggest(catalogue.zhao, " ") == suggest(catalogue.zhao, "…") == []


def test_near_words_are_offered_when_nothing_is_found(catalogue: City):
    assert codes(catalogue.zhao, "parkign") == []
    assert other_ways(catalogue.zhao, "parkign") == ["parking"]
    assert "停车场" in other_ways(catalogue.zhao, "停车场 zzzz")


@pytest.mark.parametrize(
    "text",
    ["", " ", "…", "(", '"', "a" * 5000, "公" * 3000, "AND OR NOT", "*:*", "title:[a TO b]", "\\",
     "1(((", "[0-9", "a\x00b", "\U0001f600", "é1.*", "的", "怎么"],
)  # fmt: skip
def test_no_text_is_an_error(catalogue: City, text: str):
    search(catalogue.zhao, text, facets=FACETS)
    suggest(catalogue.zhao, text)
    other_ways(catalogue.zhao, text)
    list(asked.matching(Resource.objects.all(), text, catalogue.zhao))


def torn(path: Path) -> None:
    for one in path.iterdir():
        one.write_bytes(one.read_bytes()[: one.stat().st_size // 2])


def empty_meta(path: Path) -> None:
    (path / "meta.json").write_text("")


def no_segments(path: Path) -> None:
    for one in path.glob("*.*"):
        if one.name not in {"meta.json", ".managed.json"}:
            one.unlink()


@pytest.mark.parametrize("harm", [torn, empty_meta, no_segments, shutil.rmtree])
def test_whatever_befalls_the_folder_it_is_made_anew(catalogue: City, harm):
    assert codes(catalogue.zhao, "停车场") == ["T-0003"]
    harm(index.folder())
    fresh.shelf().forget()
    assert codes(catalogue.zhao, "停车场") == ["T-0003"]


def test_a_folder_that_goes_away_under_a_running_process_is_made_anew(catalogue: City):
    assert codes(catalogue.zhao, "停车场") == ["T-0003"]
    shutil.rmtree(index.folder())
    exchange.published(catalogue, "T-0013", title_zh="停车场收费", title_en="Fees")
    assert set(codes(catalogue.zhao, "停车场")) == {"T-0003", "T-0013"}


def test_where_no_index_can_be_written_the_columns_are_searched(
    catalogue: City, monkeypatch, tmp_path
):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setattr(fresh, "folder", lambda: blocked / "v1")
    found = search(catalogue.zhao, "停车场", {"status": ["published"]})
    assert [one.resource.code for one in found.hits] == ["T-0003"]
    assert not found.ranked
    assert suggest(catalogue.zhao, "停") == []
    assert asked.matching(Resource.objects.all(), "停车场", catalogue.zhao).count() == 1


def test_while_another_process_writes_searches_answer_from_what_there_is(
    catalogue: City, monkeypatch
):
    monkeypatch.setattr(index, "LOCK_SECONDS", 0.05)
    assert codes(catalogue.zhao, "停车场") == ["T-0003"]
    with index.Shelf(index.folder()).writing():
        exchange.published(catalogue, "T-0014", title_zh="停车场收费", title_en="Fees")
        assert codes(catalogue.zhao, "停车场") == ["T-0003"]
    assert set(codes(catalogue.zhao, "停车场")) == {"T-0003", "T-0014"}


def test_an_index_of_another_database_is_not_used(catalogue: City):
    assert codes(catalogue.zhao, "停车场") == ["T-0003"]
    last = Resource.objects.order_by("-pk").first()
    Resource.objects.filter(pk=last.pk).update(ref="another")
    Resource.objects.filter(code="T-0003").update(title_zh="泊车")
    assert codes(catalogue.zhao, "泊车") == ["T-0003"]


def test_two_views_of_the_folder_see_each_others_writing(catalogue: City):
    codes(catalogue.zhao, "停车场")
    other = index.Shelf(index.folder())
    other.read()
    exchange.published(catalogue, "T-0015", title_zh="充电桩", title_en="Chargers")
    codes(catalogue.zhao, "充电桩")
    assert other.read() == fresh.shelf().mark == fresh.database_mark()


def test_many_threads_search_at_once(catalogue: City):
    codes(catalogue.zhao, "停车场")
    here, answers = fresh.shelf(), []

    def ask() -> None:
        from citybrain.kernel.searching import asking

        for _ in range(20):
            found, _ = asking.ask(here, "停车场", asked.sight_of(None), {}, 0, 5)
            answers.append(found.total)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert answers == [1] * 80


KILLED = """
import os, sys
import tantivy
from pathlib import Path
import django
django.setup()
from citybrain.kernel.searching import index
shelf = index.Shelf(Path(sys.argv[1]))
with shelf.writing():
    shelf.read()
    writer = shelf._index.writer(15_000_000, 1)
    writer.delete_all_documents()
    print("writing", flush=True)
    os.kill(os.getpid(), 9)
"""


def test_a_writer_killed_in_the_middle_leaves_the_state_before(catalogue: City):
    assert codes(catalogue.zhao, "停车场") == ["T-0003"]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(index.folder())], capture_output=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (-9, b"writing\n"), done.stderr[-500:]
    fresh.shelf().forget()
    assert codes(catalogue.zhao, "停车场") == ["T-0003"]
    exchange.published(catalogue, "T-0016", title_zh="停车场收费", title_en="Fees")
    assert set(codes(catalogue.zhao, "停车场")) == {"T-0003", "T-0016"}


@pytest.mark.parametrize("chosen", [{}, {"owner": ["nobody"]}])
def test_pages_of_a_ranking_hold_each_result_once(catalogue: City, chosen):
    for number in range(7):
        exchange.published(catalogue, f"T-05{number}", title_zh="停车场", title_en="Same")
    whole = codes(catalogue.zhao, "停车场", filters=chosen)
    parts = [
        code
        for start in range(0, 9, 3)
        for code in codes(catalogue.zhao, "停车场", filters=chosen, start=start, size=3)
    ]
    assert parts == whole
    assert len(whole) == (0 if chosen else 8)


def test_a_query_is_matched_whole_in_the_offices_words(catalogue: City):
    found = search(catalogue.zhao, "社保参保")
    assert (found.total, found.partial) == (1, False)
    assert found.hits[0].title_zh == [("社会保险参保", True), ("人数", False)]


def test_a_lone_character_beside_words_makes_no_match(catalogue: City):
    assert codes(catalogue.zhao, "表") == ["3070012/0001"]
    assert codes(catalogue.zhao, "火星 表") == []


def test_deep_pages_and_everything_are_read_in_order(catalogue: City):
    assert codes(catalogue.zhao, "公交", start=10_000) == []
    keys = asked.ranked_keys(catalogue.zhao, "公交 港口 停车")
    assert sorted(keys) == sorted(
        asked.matching(Resource.objects.all(), "公交 港口 停车", catalogue.zhao).values_list(
            "pk", flat=True
        )
    )


def test_an_index_that_lost_documents_is_noticed_and_made_anew(catalogue: City, monkeypatch):
    asked_for: list[bool] = []
    monkeypatch.setattr(fresh, "start_beside", lambda anew=False: asked_for.append(anew))
    fresh.check()
    assert asked_for == []
    here = fresh.shelf()
    with here.writing():
        here.write([], fresh.database_mark(), anew=True)
    assert codes(catalogue.zhao, "停车场") == []
    fresh.check()
    assert asked_for == [True]
    assert fresh.bring_level(here, anew=True) == 4
    assert codes(catalogue.zhao, "停车场") == ["T-0003"]


@pytest.mark.django_db(transaction=True)
def test_many_changes_are_indexed_beside(city: City, monkeypatch):
    monkeypatch.setattr(fresh, "AT_ONCE", 2)
    for number in range(5):
        exchange.published(city, f"T-07{number}", title_zh="停车场", title_en="Parking")
    first = search(city.zhao, "停车场")
    assert (first.total, first.ranked) == (5, False)
    fresh._beside.join(30)
    later = search(city.zhao, "停车场")
    assert (later.total, later.ranked) == (5, True)


@pytest.mark.django_db(transaction=True)
def test_rows_of_an_open_transaction_are_left_to_later_searches(city: City):
    from django.db import transaction

    exchange.published(city, "T-0800", title_zh="停车场", title_en="Parking")
    assert codes(city.su, "停车场") == ["T-0800"]
    with transaction.atomic():
        exchange.published(city, "T-0801", title_zh="停车场", title_en="Parking")
        assert codes(city.su, "停车场") == ["T-0800"]
        transaction.set_rollback(True)
    exchange.published(city, "T-0802", title_zh="停车场", title_en="Parking")
    assert set(codes(city.su, "停车场")) == {"T-0800", "T-0802"}
