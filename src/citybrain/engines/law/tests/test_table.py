from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import citybrain
from citybrain.engines.law import RuleTableError, UnknownRuleError, all_tables, load

ROW = """
[[rule]]
code = "reply"
zh = "答复"
en = "reply"
value = 10
unit = "working_day"
source = "某条例第十八条"
status = "secondary"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "deadlines.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_is_read_with_its_source_and_status(tmp_path):
    rule = load(written(tmp_path, ROW))["reply"]
    assert (rule.zh, rule.value, rule.unit) == ("答复", 10, "working_day")
    assert (rule.source, rule.status) == ("某条例第十八条", "secondary")


def test_decimals_stand_in_quotes_and_stay_exact(tmp_path):
    rule = load(written(tmp_path, ROW.replace("value = 10", 'value = "21.75"')))["reply"]
    assert rule.value == Decimal("21.75")


def test_a_value_may_be_a_table_and_cannot_be_changed(tmp_path):
    table = load(written(tmp_path, ROW.replace("value = 10", "value = {a = [1, 2], b = {c = 3}}")))
    value = table["reply"].value
    assert value["a"] == (1, 2)
    with pytest.raises(TypeError):
        value["a"] = 5
    with pytest.raises(TypeError):
        value["b"]["c"] = 5


def test_a_binary_fraction_is_refused_also_inside_a_table(tmp_path):
    for value in ("0.1", "{rate = 0.1}", "{rates = [0.1]}"):
        with pytest.raises(RuleTableError, match=r"deadlines\.toml, rule 1 .reply."):
            load(written(tmp_path, ROW.replace("value = 10", f"value = {value}")))


@pytest.mark.parametrize("value", ["true", '"ten"', '"NaN"', "2025-01-01", "[1]"])
def test_other_values_are_refused(tmp_path, value):
    with pytest.raises(RuleTableError, match="value"):
        load(written(tmp_path, ROW.replace("value = 10", f"value = {value}")))


@pytest.mark.parametrize("field", ["code", "zh", "en", "value", "unit", "source", "status"])
def test_a_missing_field_is_named_with_file_and_row(tmp_path, field):
    lines = [line for line in ROW.splitlines() if not line.startswith(f"{field} =")]
    with pytest.raises(RuleTableError, match=rf"deadlines\.toml, rule 1 .*missing {field}"):
        load(written(tmp_path, "\n".join(lines)))


def test_an_unknown_status_is_refused(tmp_path):
    with pytest.raises(RuleTableError, match="'guessed' is none of verified"):
        load(written(tmp_path, ROW.replace('"secondary"', '"guessed"')))


def test_a_misspelt_field_is_refused(tmp_path):
    with pytest.raises(RuleTableError, match="unknown fields verson"):
        load(written(tmp_path, ROW + 'verson = "2"'))


def test_a_code_that_stands_there_twice_is_refused(tmp_path):
    with pytest.raises(RuleTableError, match="rule 2: 'reply' stands there twice"):
        load(written(tmp_path, ROW + ROW))


def test_a_validity_date_in_quotes_is_refused(tmp_path):
    with pytest.raises(RuleTableError, match="valid_from must be a date"):
        load(written(tmp_path, ROW + 'valid_from = "2025-01-01"'))


def test_a_rule_is_in_force_between_its_dates_both_included(tmp_path):
    text = ROW + "valid_from = 2025-03-01\nvalid_until = 2030-02-28"
    rule = load(written(tmp_path, text))["reply"]
    days = (date(2025, 2, 28), date(2025, 3, 1), date(2030, 2, 28), date(2030, 3, 1))
    assert [rule.in_force(day) for day in days] == [False, True, True, False]


def test_broken_toml_and_a_missing_file_are_named(tmp_path):
    with pytest.raises(RuleTableError, match=r"deadlines\.toml: cannot be read"):
        load(written(tmp_path, "[[rule"))
    with pytest.raises(RuleTableError, match="nowhere"):
        load(tmp_path / "nowhere.toml")


def test_text_that_is_not_unicode_is_refused_and_a_byte_order_mark_is_not(tmp_path):
    path = tmp_path / "deadlines.toml"
    path.write_bytes(ROW.encode("gb18030"))
    with pytest.raises(RuleTableError, match="cannot be read"):
        load(path)
    path.write_bytes(ROW.encode("utf-8-sig"))
    assert "reply" in load(path)


def test_an_unknown_code_says_which_table_was_asked(tmp_path):
    table = load(written(tmp_path, ROW))
    assert table.get("refusal") is None
    with pytest.raises(UnknownRuleError, match=r"deadlines\.toml: there is no rule 'refusal'"):
        table["refusal"]


def test_tables_are_found_in_every_law_folder_below(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name / "law").mkdir(parents=True)
        written(tmp_path / name / "law", ROW)
    written(tmp_path, "not a table")
    assert [table.path.parent.parent.name for table in all_tables(tmp_path)] == ["a", "b"]


def test_every_table_of_the_platform_can_be_read():
    tables = all_tables(Path(citybrain.__file__).parent)
    assert all(rule.source and rule.zh for table in tables for rule in table.values())
