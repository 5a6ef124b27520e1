from hypothesis import given
from hypothesis import strategies as st

from citybrain.engines.text import index_terms, query_terms


def test_every_pair_of_neighbours_in_chinese_is_a_term():
    assert set(query_terms("公交线路")) <= set(index_terms("青岛市公交线路表").split())


def test_a_single_character_is_found():
    assert set(query_terms("港")) <= set(index_terms("青岛港").split())


def test_latin_words_beside_chinese_are_terms_of_their_own():
    assert set(query_terms("GB/T 4754")) <= set(index_terms("GB/T 4754-2017行业分类").split())


def test_full_width_letters_equal_half_width():
    assert query_terms("ＡＰＩ") == query_terms("api") != []


@given(st.text())
def test_terms_are_plain_ascii_so_that_no_word_breaker_splits_them(text):
    for term in index_terms(text).split():
        assert term.isascii() and term.isalnum()
    assert all(term in set(index_terms(text).split()) for term in query_terms(text))
