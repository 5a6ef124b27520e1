"""docs/kinds.md names every kind, metadata field, operator, limit and reason there is."""

import re
from pathlib import Path

import pytest

from citybrain.config import HOME
from citybrain.domains.catalogue import kinds
from citybrain.domains.catalogue.logic import query
from citybrain.kernel.kinds import kind_of

TEXT = (HOME / "docs" / "kinds.md").read_text(encoding="utf-8")
CODES = ("table", "verification", "file", "api", "external")
FAULT = re.compile(r'(?:bad|source)\(\s*"([a-z-]+)"')
REFUSAL = re.compile(r'refuse\(\s*"?\w+"?,\s*"([a-z-]+)"')


@pytest.mark.parametrize("code", CODES)
def test_every_metadata_field_is_documented_and_labelled(code):
    for name, field in kind_of(code).schema.model_fields.items():
        assert f"`{name}`" in TEXT
        assert field.description and field.json_schema_extra["zh"]


def test_every_operator_and_parameter_is_documented():
    for word in (*query.COMPARISONS, *query.FUNCTIONS, *query.RESERVED):
        assert re.search(rf"\b{word}\b", TEXT), word


def test_every_reason_for_an_error_is_documented():
    folder = Path(kinds.__file__).parent
    found = set()
    for path in [*folder.glob("logic/*.py"), *folder.glob("serving/*.py")]:
        code = path.read_text(encoding="utf-8")
        found |= {*FAULT.findall(code), *REFUSAL.findall(code)}
    undocumented = {one for one in found - {"bad-epsilon"} if f"`{one}`" not in TEXT}
    assert len(found) > 40 and not undocumented
