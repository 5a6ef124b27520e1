from datetime import date
from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citybrain.engines.codes import area, identity, synthetic
from citybrain.engines.codes.checks import CodeError


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "440524188001010014", "370202199003071233"]
)
def test_the_examples_of_the_standard_are_right(number):
    assert identity.check_character(number[:17]) == number[17]
    assert identity.validate(number).level == "ok"


def test_a_number_says_birth_date_sex_and_area():
    parts = identity.parse("370202199003071233")
    assert parts == identity.Parts("370202", "市南区", date(1990, 3, 7), "male", 123)
    assert identity.parse("11010519491231002X").sex == "female"
    assert identity.parse("11010519491231002X").area_name == "北京市"


def test_a_withdrawn_area_code_stays_good_in_a_number():
    number = identity.make("379013", date(1989, 5, 4), 18)
    assert identity.validate(number).level == "ok"
    assert identity.parse(number).area_name == "即墨市"


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("370202199003071234", "check"),
        ("37020219900307123", "17 digits"),
        ("37020219900307123x", "17 digits"),
        ("３70202199003071233", "17 digits"),
        ("370202199003071233 ", "17 digits"),
        (None, "17 digits"),
    ],
)
def test_a_malformed_number_is_an_error_whose_message_does_not_repeat_it(number, word):
    result = identity.validate(number)
    assert result.level == "error" and word in result.en
    assert str(number) not in result.zh + result.en


@pytest.mark.parametrize(
    ("first17", "word"),
    [
        ("37020219900231123", "does not exist"),
        ("37020217990101123", "does not exist"),
        ("37020229900101123", "future"),
        ("99020219900101123", "province"),
    ],
)
def test_a_right_check_character_does_not_excuse_the_rest(first17, word):
    number = first17 + identity.check_character(first17)
    assert word in identity.validate(number).en
    with pytest.raises(CodeError):
        identity.parse(number)


@given(st.dates(date(1930, 1, 1), date(2024, 12, 31)), st.integers(0, 999))
def test_a_made_number_can_be_parsed_again(born, sequence):
    parts = identity.parse(identity.make("370212", born, sequence))
    assert (parts.born, parts.sequence) == (born, sequence)
    assert (parts.sex == "male") == (sequence % 2 == 1)


def test_a_masked_number_shows_neither_birth_date_nor_sequence():
    assert identity.masked("370202199003071233") == "370202**********33"
    assert identity.masked("1234") == "*"


def test_invented_persons_are_valid_different_and_recognised():
    numbers = [synthetic.synthetic_identity(n) for n in range(3000)]
    assert len(set(numbers)) == 3000
    assert all(identity.validate(number).level == "ok" for number in numbers)
    assert all(synthetic.is_synthetic(number) for number in numbers)
    assert not synthetic.is_synthetic("370202199003071233")
    assert not synthetic.is_synthetic("nonsense")


def test_invented_persons_are_of_both_sexes_and_all_ages():
    people = [identity.parse(synthetic.synthetic_identity(n)) for n in range(1000)]
    assert 400 < sum(one.sex == "male" for one in people) < 600
    decades = {one.born.year // 10 for one in people}
    assert decades == {193, 194, 195, 196, 197, 198, 199, 200, 201, 202}
    assert {one.area_name for one in people} == {"青岛市"}


def test_no_two_numbers_of_the_whole_invented_range_are_the_same():
    assert gcd(synthetic._PERSON_STEP, synthetic.PERSONS) == 1
    assert gcd(synthetic._ORGANISATION_STEP, synthetic.ORGANISATIONS) == 1
    for n in (0, synthetic.PERSONS - 1):
        assert identity.validate(synthetic.synthetic_identity(n)).level == "ok"
    with pytest.raises(CodeError):
        synthetic.synthetic_identity(synthetic.PERSONS)


def test_the_invented_area_was_never_an_area():
    assert area.find(synthetic.AREA) is None
    assert area.closest(synthetic.AREA) == area.find("370200")


def test_qingdao_has_ten_areas_today_and_sifang_was_one_of_2010():
    today = {one.code for one in area.children("370200")}
    assert today == {
        "370202", "370203", "370211", "370212", "370213",
        "370214", "370215", "370281", "370283", "370285",
    }  # fmt: skip
    assert "370205" in {one.code for one in area.children("370200", date(2010, 1, 1))}
    assert area.find("370205").historic
    assert (area.name("370215"), area.name("370215", "en")) == ("即墨区", "Jimo")
    assert area.closest("990000") is None and area.closest("37") is None
