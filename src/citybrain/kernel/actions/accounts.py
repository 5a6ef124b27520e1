"""Money that follows from agreements and uses: savings, fees, payments. Amounts in fen."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db.models import Count, Sum
from django.utils import timezone

from citybrain.engines.law import Rule, RuleTable, load
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.epochs import next_epoch
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Agreement, Entry, Use
from citybrain.kernel.policies import checked_policy
from citybrain.kernel.policy import compile_policy

REFERENCE_COSTS: RuleTable = load(Path(__file__).parent.parent / "law" / "reference_costs.toml")


def book_saving(agreement: Agreement, acting: Acting) -> Entry | None:
    """Book what the consumer saves by reuse (part of "countersign").

    One saving for each consumer and resource: a second agreement about the same resource
    saves nothing more. Valued by the reference cost of the resource's kind; a kind without
    a reference cost yields no entry rather than an invented one. Only departments save
    public money (节省财政资金).
    """
    if agreement.consumer.type != "department" or agreement.resource.kind not in REFERENCE_COSTS:
        return None
    rule = REFERENCE_COSTS[agreement.resource.kind]
    key = f"saving:{agreement.consumer.ref}:{agreement.resource.ref}"
    entry, created = Entry.objects.get_or_create(
        key=key,
        defaults={
            "type": Entry.Type.SAVING,
            "party": agreement.consumer,
            "counterparty": agreement.provider,
            "agreement": agreement,
            "day": clock.today(),
            "amount_fen": _fen(rule),
            "basis": {"rule": rule.code, "source": rule.source, "status": rule.status},
        },
    )
    if created:
        ledger.write("entry.saving", entry, acting, {"amount_fen": entry.amount_fen})
    return entry


def _fen(rule: Rule) -> int:
    if not isinstance(rule.value, int) or rule.unit != "fen":
        raise TypeError(f"the reference cost {rule.code!r} is not a whole number of fen")
    return rule.value


@action("entry.settle")
def settle_fees(*, acting_party: Acting, day: date) -> list[Entry]:
    """Turn the granted uses of one finished day into fees.

    Settling a day again books what was sealed since (a gateway that was cut off brings its
    uses later) and nothing else. Raises `Conflict` for a day that is not over.
    """
    authorise(acting_party, "account.settle")
    if day >= clock.today():
        raise Conflict("day-not-over", "该日尚未结束。", "That day is not over yet.")
    used = _uses_of(day)
    agreements = Agreement.objects.select_related("consumer", "provider").in_bulk(used)
    booked = []
    for key, uses in used.items():
        price = _price(agreements[key])
        if price:
            booked += _book_fee(agreements[key], day, uses, price, acting_party)
    return booked


def _uses_of(day: date) -> dict[int, int]:
    """Agreement → granted uses on that day in Asia/Shanghai."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    rows = Use.objects.filter(
        at__gte=start, at__lt=start + timedelta(days=1), outcome=Use.Outcome.GRANTED
    )
    counted = rows.exclude(agreement=None).order_by().values("agreement").annotate(n=Count("id"))
    return {row["agreement"]: row["n"] for row in counted}


def _price(agreement: Agreement) -> int | None:
    """Fen for one use; None when it is free."""
    clauses = agreement.policy.get("duties", [])
    if not any(clause.get("operand") == "price" for clause in clauses):
        return None
    return compile_policy(checked_policy(agreement.policy)).price_per_use


def _book_fee(
    agreement: Agreement, day: date, uses: int, price: int, acting: Acting
) -> list[Entry]:
    of_day = Entry.objects.filter(agreement=agreement, day=day, type=Entry.Type.FEE)
    settled = of_day.aggregate(units=Sum("units"))["units"] or 0
    if uses <= settled:
        return []
    # The key says behind which use it begins, so that of two who settle at once one books.
    after = f":{settled}" if settled else ""
    entry, created = Entry.objects.get_or_create(
        key=f"fee:{agreement.ref}:{day.isoformat()}{after}",
        defaults={
            "type": Entry.Type.FEE,
            "party": agreement.consumer,
            "counterparty": agreement.provider,
            "agreement": agreement,
            "day": day,
            "amount_fen": (uses - settled) * price,
            "units": uses - settled,
            "basis": {"price_per_use_fen": price, "policy": agreement.policy_digest},
        },
    )
    if created:
        ledger.write("entry.fee", entry, acting, {"amount_fen": entry.amount_fen})
    return [entry] if created else []


@action("payment.record")
def record_payment(
    *, acting_party: Acting, agreement_ref: str, amount_fen: int, receipt: str
) -> Entry:
    """Record that a consumer has paid; a receipt number counts once.

    The consumer never records its own payment, not even when it is the bureau.
    """
    agreement = locked(Agreement, agreement_ref, "协议", "agreement")
    authorise(acting_party, "agreement.manage", agreement.provider)
    if acting_party.party.pk == agreement.consumer_id:
        raise NotAllowed(
            "own-payment",
            "付款须由提供方确认。",
            "The provider records what it has received, not the consumer.",
        )
    if amount_fen <= 0 or amount_fen > 10**15:
        raise Invalid("bad-amount", "金额须为正数（分）。", "The amount, in fen, must be positive.")
    key = f"payment:{agreement.ref}:{receipt.strip()[:60]}"
    if not receipt.strip() or Entry.objects.filter(key=key).exists():
        raise Conflict(
            "receipt-taken",
            "收据号缺失或已登记。",
            "The receipt number is missing or recorded already.",
        )
    entry = Entry.objects.create(
        key=key,
        type=Entry.Type.PAYMENT,
        party=agreement.consumer,
        counterparty=agreement.provider,
        agreement=agreement,
        day=clock.today(),
        amount_fen=amount_fen,
        basis={"receipt": receipt.strip()[:60]},
    )
    agreement.paid_fen += amount_fen
    agreement.epoch = next_epoch()
    save_next(agreement)
    ledger.write("entry.payment", entry, acting_party, {"amount_fen": amount_fen})
    ledger.write("agreement.paid", agreement, acting_party)
    return entry
