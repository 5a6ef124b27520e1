from hypothesis import given
from hypothesis import strategies as st

from citybrain.engines.text import LONGEST_WORD, index_terms, marked, query_terms, single_terms


def test_every_pair_of_neighbours_in_chinese_is_a_term():
    assert set(query_terms("公交线路")) <= set(index_terms("青岛市公交线路表").split())


def test_a_single_character_is_found():
    assert set(query_terms("港")) <= set(index_terms("青岛港").split())


def test_latin_words_beside_chinese_are_terms_of_their_own():
    assert set(query_terms("GB/T 4754")) <= set(index_terms("GB/T 4754-2017行业分类").split())


def test_full_width_letters_equal_half_width():
    assert query_terms("ＡＰＩ") == query_terms("api") != []


@given(st.text())
def test_a_text_is_found_by_every_term_of_itself(text):
    terms = index_terms(text)
    assert set(query_terms(text)) | set(single_terms(text)) <= set(terms.split())
    assert all(len(term) <= LONGEST_WORD for term in terms.split())


@given(st.text(), st.text())
def test_the_marked_pieces_of_a_text_are_the_text(text, query):
    pieces = marked(text, query)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)


def test_words_are_marked_in_every_script_and_form():
    assert marked("青岛港API接口", "港口 api") == [
        ("青岛港", False),
        ("API", True),
        ("接口", False),
    ]
    assert marked("Bus lines", "line") == [("Bus ", False), ("lines", True)]
    assert marked("公交线路", "公交") == [("公交", True), ("线路", False)]
    assert marked("", "公交") == []


def test_english_plurals_are_their_singulars():
    words = ["buses", "cities", "lines", "class", "status", "analysis", "gas"]
    assert [query_terms(one)[0] for one in words] == [
        "buse", "city", "line", "class", "status", "analysi", "gas",
    ]  # fmt: skip
