"""Issuing, changing and checking licences, through the pages people use."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.personas import City

from citybrain.domains.credentials.actions import licences as actions
from citybrain.domains.credentials.logic import wire
from citybrain.domains.credentials.models import Licence, LicenceType
from citybrain.domains.credentials.tests import told
from citybrain.engines.codes import licence as identifiers
from citybrain.engines.codes import synthetic_identity
from citybrain.kernel import clock
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Account, LedgerRecord

pytestmark = pytest.mark.django_db
BASE = "https://city.example"


def signed_in(name: str) -> Client:
    client = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(Account.objects.get(username=name), backend)
    return client


def test_an_office_issues_a_licence_and_no_number_stands_in_clear_text(city: City) -> None:
    type = told.type_of(city)
    number = synthetic_identity(1)
    sent = {"holder_name": "张三（虚构）", "holder_number": number, **told.VALUES}
    answer = signed_in("su").post(reverse("licence-issue", args=[type.ref]), sent)
    made = Licence.objects.get()
    assert answer.headers["Location"] == reverse("licence", args=[made.ref])
    assert identifiers.validate(made.identifier)
    row = str(Licence.objects.values().get()) + str(LedgerRecord.objects.values_list("body"))
    assert number not in row and "虚构路" not in row
    assert made.opened() == {"number": number, "claims": told.VALUES}


def test_only_a_steward_of_the_issuing_office_issues(city: City) -> None:
    type = told.type_of(city)
    for acting in (city.mo, city.ci, city.lin, city.ye):
        with pytest.raises(NotAllowed):
            actions.issue_licence(
                acting_party=acting,
                type_ref=type.ref,
                holder_name="x",
                holder_number="1",
                claims={},
            )


def test_a_second_licence_of_the_same_type_is_refused_while_the_first_lives(city: City) -> None:
    first = told.licence_of(city)
    with pytest.raises(Conflict):
        told.licence_of(city, first.type)
    actions.revoke_licence(acting_party=city.su, licence_ref=first.ref, reasons="注销")
    assert told.licence_of(city, first.type).serial == "00000002"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"holder_number": "370200199001011230"}, "holder_number"),
        ({"holder_name": " "}, "holder_name"),
        ({"claims": {"birthdate": "1990-13-01", "address": "a"}}, "birthdate"),
        ({"claims": {"birthdate": "1990-01-01"}}, "address"),
        ({"claims": {**told.VALUES, "rank": "1"}}, "rank"),
    ],
)
def test_a_faulty_licence_is_refused_with_the_field(city: City, change: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        told.licence_of(city, **change)
    assert field in refusal.value.fields and not Licence.objects.exists()


def test_a_licence_is_suspended_resumed_revoked_and_never_comes_back(city: City) -> None:
    made = told.licence_of(city)
    su = signed_in("su")
    for act, state in (("suspend", "suspended"), ("resume", "valid"), ("revoke", "revoked")):
        su.post(reverse("licence-act", args=[made.ref, act]), {"reasons": "调查需要"})
        made.refresh_from_db()
        assert made.state == state
    again = su.post(reverse("licence-act", args=[made.ref, "resume"]), {"reasons": "调查需要"})
    assert again.status_code == 409
    verbs = LedgerRecord.objects.filter(subject=made.urn).values_list("verb", flat=True)
    assert list(verbs.order_by("id")) == [
        "licence.issue",
        "licence.suspend",
        "licence.resume",
        "licence.revoke",
    ]


def test_a_change_without_reasons_changes_nothing(city: City) -> None:
    made = told.licence_of(city)
    answer = signed_in("su").post(reverse("licence-act", args=[made.ref, "revoke"]))
    made.refresh_from_db()
    assert answer.status_code == 422 and made.state == "valid"


def test_a_replacement_is_the_next_edition_of_the_same_serial(city: City) -> None:
    old = told.licence_of(city)
    values = {**told.VALUES, "address": "崂山区虚构路2号"}
    new = actions.replace_licence(
        acting_party=city.su, licence_ref=old.ref, claims=values, reasons="住址变更"
    )
    old.refresh_from_db()
    assert (old.state, new.edition, new.serial) == ("replaced", 2, old.serial)
    assert identifiers.parse(new.identifier).version == "002"
    assert new.opened()["claims"]["address"] == "崂山区虚构路2号"


def csv_of(*rows: str) -> bytes:
    return "\n".join(["holder_name,holder_number,birthdate,address,level", *rows]).encode()


def sent_file(city: City, type: LicenceType, data: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("licences.csv", data)
    return signed_in("su").post(reverse("licence-issue-many", args=[type.ref]), {"file": file})


def test_a_file_with_one_faulty_row_imports_nothing_and_names_the_row(city: City) -> None:
    type = told.type_of(city)
    good = f"李四（虚构）,{synthetic_identity(2)},1991-02-03,虚构路3号,"
    bad = "王五（虚构）,123,1991-02-03,虚构路4号,"
    answer = sent_file(city, type, csv_of(good, bad))
    assert answer.status_code == 422 and "row 2" in answer.content.decode()
    assert not Licence.objects.exists()
    assert sent_file(city, type, csv_of(good)).status_code == 302
    assert Licence.objects.get().holder_name == "李四（虚构）"


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a,b\n1,2", csv_of(), csv_of("a,b,c,d,e,f")])
def test_what_is_no_file_of_licences_is_refused(city: City, data: bytes) -> None:
    assert sent_file(city, told.type_of(city), data).status_code == 422
    assert not Licence.objects.exists()


def verified(text: str) -> str:
    answer = Client().post("/verify-licence", {"code": text}, HTTP_ACCEPT_LANGUAGE="en")
    return answer.content.decode()


def test_anybody_verifies_the_code_of_a_paper_copy(city: City) -> None:
    made = told.licence_of(city)
    code = wire.paper_code(made, BASE)
    said = verified(f"{BASE}/verify-licence#{code}")
    assert "cb-tone-good" in said and "张三（虚构）" in said and made.holder_masked in said
    actions.revoke_licence(acting_party=city.su, licence_ref=made.ref, reasons="注销")
    assert "cb-tone-warn" in verified(code)


def test_an_expired_licence_is_genuine_and_not_in_force(city: City) -> None:
    with clock.at(datetime(2020, 1, 1, tzinfo=UTC)):
        made = told.licence_of(city)
        credential = wire.credential(made, BASE, None)
    assert "cb-tone-warn" in verified(wire.paper_code(made, BASE))
    assert "cb-tone-warn" in verified(credential)


def test_a_suspended_licence_is_not_in_force(city: City) -> None:
    made = told.licence_of(city)
    credential = wire.credential(made, BASE, None)
    assert "cb-tone-good" in verified(credential)
    actions.suspend_licence(acting_party=city.su, licence_ref=made.ref, reasons="调查需要")
    assert "cb-tone-warn" in verified(credential)


def test_a_forged_code_is_not_genuine(city: City) -> None:
    code = wire.paper_code(told.licence_of(city), BASE)
    head, body, mark = code.split(".")
    other = body[:20] + ("A" if body[20] != "A" else "B") + body[21:]
    for forged in (f"{head}.{other}.{mark}", f"{head}.{body}.", "abc", "a~b~", "~", "﷽" * 50):
        assert "cb-tone-bad" in verified(forged)


def test_nothing_pasted_is_an_error_in_the_form(db: None) -> None:
    assert Client().post("/verify-licence", {"code": " "}).status_code == 422
    assert Client().get("/verify-licence").status_code == 200


def test_checking_writes_nothing(city: City, django_assert_num_queries: Any) -> None:
    code = wire.paper_code(told.licence_of(city), BASE)
    before = LedgerRecord.objects.count()
    with django_assert_num_queries(1):
        Client().post("/verify-licence", {"code": code})
    assert LedgerRecord.objects.count() == before


def test_the_months_of_a_type_end_the_day_before(city: City) -> None:
    with clock.at(datetime(2026, 1, 30, 17, tzinfo=UTC)):
        made = told.licence_of(city, told.type_of(city, months=1))
    assert (str(made.valid_from), str(made.valid_to)) == ("2026-01-31", "2026-02-27")
    assert made.standing(made.valid_to) == "in-force"
    assert made.standing(made.valid_to + timedelta(days=1)) == "expired"
