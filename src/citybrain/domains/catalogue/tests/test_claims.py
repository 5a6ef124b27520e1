"""A source belongs to the party that registered it first."""

import pytest
from tests.personas import City

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.resources import data_root, register_resource
from citybrain.kernel.errors import Invalid, NotAllowed
from citybrain.kernel.models import LedgerRecord, Resource


@pytest.fixture
def folder() -> str:
    place = data_root() / "claims-test"
    place.mkdir(parents=True, exist_ok=True)
    (place / "secret.csv").write_text("id\n1\n")
    link = place / "link.csv"
    link.unlink(missing_ok=True)
    link.symlink_to(place / "secret.csv")
    return place.name


def file_resource(who: Acting, code: str, path: str) -> Resource:
    return register_resource(
        acting_party=who,
        code=code,
        kind="file",
        metadata={"path": path, "filename": "a.csv", "media_type": "text/csv"},
        title_zh="甲",
        title_en="A",
        share_type="unconditional",
        update_cycle="daily",
    )


def test_a_file_of_another_party_cannot_be_registered_under_any_name(city: City, folder: str):
    file_resource(city.su, "C-1", f"{folder}/secret.csv")
    for number, path in enumerate(("secret.csv", "link.csv", "./secret.csv", "/secret.csv")):
        with pytest.raises(NotAllowed) as refusal:
            file_resource(city.zhao, f"C-2{number}", f"{folder}/{path}")
        assert refusal.value.reason == "source-taken"
    assert Resource.objects.count() == 1
    assert LedgerRecord.objects.filter(verb="source.claim").count() == 1


def test_its_own_party_may_register_a_source_again(city: City, folder: str):
    file_resource(city.su, "C-1", f"{folder}/secret.csv")
    file_resource(city.su, "C-2", f"{folder}/link.csv")
    assert Resource.objects.count() == 2


def test_the_platforms_own_copies_of_tables_cannot_be_registered(city: City, folder: str):
    copies = data_root() / "cache" / "tables"
    copies.mkdir(parents=True, exist_ok=True)
    (copies / "copy.csv").write_text("id\n1\n")
    for path in ("cache/tables/copy.csv", "./cache//tables/copy.csv"):
        with pytest.raises(Invalid) as refusal:
            file_resource(city.zhao, "C-9", path)
        assert refusal.value.reason == "source-missing"
