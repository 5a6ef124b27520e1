import pytest
from hypothesis import given
from hypothesis import strategies as st

from citybrain.engines.codes import synthetic, uscc
from citybrain.engines.codes.checks import CodeError, weighted_sum

EXAMPLES = [
    "91350100M000100Y43",
    "91440300708461136T",
    "91110102MAD55U9H0F",
    "91512081MA62K0260E",
]


@pytest.mark.parametrize("code", EXAMPLES)
def test_published_credit_codes_are_right_inside_and_outside(code):
    assert uscc.validate(code).level == "ok"
    assert uscc.check_character(code[:17]) == code[17]
    assert uscc.organisation_check(code[8:16]) == code[16]


def test_the_worked_example_of_the_standard():
    assert weighted_sum("91350100M000100Y4", uscc.ALPHABET, uscc.WEIGHTS) == 1640
    assert uscc.check_character("91350100M000100Y4") == "3"


@pytest.mark.parametrize("code", ["91350211M0000XUF46", "91350100M000100Y44"])
def test_issued_codes_whose_check_character_is_wrong_are_only_warned_about(code):
    result = uscc.validate(code)
    assert result.level == "warning" and result
    assert result.zh and result.en


@pytest.mark.parametrize(
    "code",
    ["", "91350100M000100Y4", "91350100M000100Y433", "91350100I000100Y43", "91350100m000100y43",
     "9135010ZM000100Y43", "９1350100M000100Y43", "91350100M000100Y4\n", None],
)  # fmt: skip
def test_what_has_another_shape_is_an_error(code):
    assert uscc.validate(code).level == "error"
    with pytest.raises(CodeError):
        uscc.parse(code)


def test_a_code_made_of_its_parts_can_be_parsed_again():
    code = uscc.make("9", "1", "350100", "M000100Y")
    assert code == "91350100M000100Y43"
    assert uscc.parse(code) == uscc.Parts("9", "1", "350100", "M000100Y4", "3")


@given(st.text(uscc.ALPHABET, min_size=8, max_size=8))
def test_every_made_code_is_valid(organisation):
    assert uscc.validate(uscc.make("9", "1", "370202", organisation)).level == "ok"


@given(st.text(uscc.ALPHABET, min_size=8, max_size=8), st.integers(0, 16), st.data())
def test_one_wrong_character_is_noticed(organisation, place, data):
    code = uscc.make("9", "1", "370202", organisation)
    alphabet = "0123456789" if 2 <= place < 8 else uscc.ALPHABET
    other = data.draw(st.sampled_from(alphabet.replace(code[place], "")))
    assert uscc.validate(code[:place] + other + code[place + 1 :]).level == "warning"


def test_invented_enterprises_are_valid_and_recognised_and_real_ones_are_not():
    codes = {synthetic.synthetic_uscc(n) for n in range(2000)}
    assert len(codes) == 2000
    assert all(uscc.validate(code).level == "ok" for code in codes)
    assert all(synthetic.is_synthetic(code) for code in codes)
    assert not any(synthetic.is_synthetic(code) for code in EXAMPLES)
    with pytest.raises(CodeError):
        synthetic.synthetic_uscc(-1)
