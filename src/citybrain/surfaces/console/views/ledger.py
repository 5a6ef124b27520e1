"""The ledger: newest checkpoint, records, one record with its receipt, consistency."""

import base64
import json
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import ActionError, NotFound
from citybrain.kernel.models import Checkpoint, LedgerRecord
from citybrain.kernel.queries import ledger, visible
from citybrain.ui.formats import number, shanghai
from citybrain.ui.history import told
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, text
from citybrain.ui.processes import verb_name
from citybrain.ui.shapes import Item
from citybrain.ui.subjects import Place, located

COUNT_CAP = 10_000
GROUPS = (
    ("resource.", lazy("Resources")),
    ("offer.", lazy("Offers")),
    ("request.", lazy("Requests")),
    ("agreement.", lazy("Agreements")),
    ("token.", lazy("Tokens")),
    ("use", lazy("Uses")),
    ("issue.", lazy("Problems")),
    ("deadline.", lazy("Deadlines")),
    ("entry.", lazy("Entries")),
    ("party.", lazy("Parties")),
    ("membership.", lazy("Memberships")),
)

RECORDS = ListSpec(
    name="ledger",
    caption=lazy("Sealed records"),
    columns=(
        Column(
            "number",
            lazy("Number"),
            "index",
            sort="index",
            numeric=True,
            link=lambda row: reverse("ledger-record", args=[row.index]),
        ),
        Column("what", lazy("What"), lambda row: verb_name(row.verb)),
        Column("at", lazy("Time"), lambda row: shanghai(row.at, seconds=True), sort="at"),
        Column("subject", lazy("Subject"), lambda row: "" if row.verb == "use" else row.subject),
        Column("leaf", lazy("Hash of the leaf"), lambda row: f"{row.leaf[:16]}…"),
    ),
    filters=(
        Filter(
            "group",
            lazy("About"),
            "",
            GROUPS,
            lambda rows, value: rows.filter(verb__startswith=value),
        ),
    ),
    search=("subject",),
    search_hint=lazy("Whole URN of the subject, urn:citybrain:…"),
    default_sort="-number",
    count_cap=COUNT_CAP,
    empty=lazy("Nothing is sealed yet."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The newest checkpoint and the sealed records."""
    newest = ledger.latest_checkpoint()
    context = {
        "checkpoint": newest,
        "checkpoints": list(Checkpoint.objects.all()[:10]),
        "waiting": LedgerRecord.objects.filter(index=None).count(),
        "origin": newest.text.split("\n", 1)[0] if newest else "",
    }
    sealed = LedgerRecord.objects.exclude(index=None)
    return list_response(request, RECORDS, sealed, "console/ledger.html", context)


def may_read(record: LedgerRecord, acting: Acting) -> Place | bool | None:
    """The subject's place when one may see it, True without a place, False when one may not.

    The list shows what everyone may know (number, time, sort, hash); the record's text may
    hold reasons and belongs to those who may see its subject, and to who wrote it.
    """
    if record.verb == "use":
        return (
            acting.reads_all or visible.uses(acting).filter(ledger_index=record.index or 0).exists()
        )
    place = located([record.subject], acting).get(record.subject)
    return place or acting.reads_all or f'"party":"{acting.party.urn}"' in record.body


@page()
def show(request: HttpRequest, acting: Acting, index: int) -> HttpResponseBase:
    """One record, and the proof that it is in the ledger."""
    record = ledger.record_at(index)
    readable = may_read(record, acting)
    context: dict[str, Any] = {
        "record": record,
        "verb": verb_name(record.verb),
        "readable": readable,
    }
    context["items"] = _items(record, readable)
    if readable:
        context |= receipt_context(ledger.receipt(index))
        context["told"] = told([record], acting)[0] if record.verb != "use" else None
        context["pretty"] = json.dumps(orjson.loads(record.body), ensure_ascii=False, indent=1)
    return render(request, "console/ledger_record.html", context)


def _items(record: LedgerRecord, readable: Place | bool | None) -> list[Item]:
    place = readable if isinstance(readable, Place) else None
    use = reverse("use", args=[record.index]) if record.verb == "use" and readable else ""
    return [
        Item(_("Number"), number(record.index)),
        Item(_("What"), verb_name(record.verb), use),
        Item(_("Time"), shanghai(record.at, seconds=True)),
        Item(
            _("About"),
            f"{place.sort} · {place.title}" if place else record.subject,
            place.url if place else "",
        ),
        Item(_("Subject"), record.subject),
        Item(_("Hash of the leaf"), record.leaf),
    ]


def receipt_context(receipt: dict[str, Any]) -> dict[str, Any]:
    """A receipt for a page: as data for the checking script, and in figures for people."""
    root = receipt["checkpoint"].split("\n")[2]
    return {
        "receipt": receipt,
        "receipt_root": base64.b64decode(root).hex(),
        "receipt_name": f"receipt-{receipt['index']}.json",
    }


@page()
def receipt(request: HttpRequest, acting: Acting, index: int) -> HttpResponseBase:
    """The receipt as a file for `tools/verify.py`."""
    record = ledger.record_at(index)
    if not may_read(record, acting):
        raise NotFound("not-found", "找不到该记录。", "There is no such record.")
    body = json.dumps(ledger.receipt(index), ensure_ascii=False, indent=1)
    answer = HttpResponse(body, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="receipt-{index}.json"'
    return answer


@page()
def consistency(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The proof that an older tree is the beginning of a newer one."""
    sizes = [one.size for one in Checkpoint.objects.all()[:100]]
    context: dict[str, Any] = {"sizes": sizes}
    status = 200
    old, new = request.GET.get("old", ""), request.GET.get("new", "")
    if old or new:
        try:
            context |= _proved(old, new)
        except ActionError as error:
            status, context["refused"] = error.status, text(error)
    context |= {"old": old, "new": new}
    return render(request, "console/consistency.html", context, status=status)


def _proved(old: str, new: str) -> dict[str, Any]:
    if not (old.isascii() and old.isdigit() and new.isascii() and new.isdigit()):
        raise NotFound("no-checkpoint", "请选择两个检查点。", "Choose two checkpoints.")
    sizes = (int(old[:18]), int(new[:18]))
    roots = dict(Checkpoint.objects.filter(size__in=sizes).values_list("size", "root"))
    if len(roots) < len(set(sizes)):
        raise NotFound("no-checkpoint", "没有这样的检查点。", "There is no such checkpoint.")
    proof = ledger.consistency(*sizes)
    return {"proof": {**proof, "old_root": roots[sizes[0]], "new_root": roots[sizes[1]]}}
