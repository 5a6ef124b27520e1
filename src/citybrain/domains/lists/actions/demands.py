"""需求清单: filing a demand, supporting it, and moving it through its process."""

from collections.abc import Mapping, Sequence

from citybrain.domains.lists.models import Demand, Match, Support
from citybrain.domains.lists.rules import demand_process
from citybrain.kernel import clock, clocks, ledger
from citybrain.kernel.acting import Acting, Role, authorise
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.models import Party, Resource
from citybrain.kernel.moves import move_of
from citybrain.kernel.policy.vocabulary import PURPOSES
from citybrain.kernel.process import Move

MOST_ITEMS, LONGEST_ITEM = 100, 80
CLOSED = ("met", "refused", "withdrawn")
OPEN = ("open", "assigned", "matched")


@action("demand.file")
def file_demand(
    *,
    acting_party: Acting,
    title: str,
    basis: str,
    purpose: str,
    detail: str = "",
    scenario: str = "",
    items: Sequence[str] = (),
    cycle: str = "",
) -> Demand:
    """Say what is needed that nobody has registered; the clock of its assignment starts."""
    authorise(acting_party, "demand.file", acting_party.party)
    wished = list(dict.fromkeys(one.strip() for one in items if one.strip()))
    faults = _faults(title, basis, purpose, detail, wished, cycle)
    if faults:
        raise Invalid("bad-demand", "请更正标出的字段。", "Correct the marked fields.", faults)
    running = demand_process()
    demand = Demand.objects.create(
        party=acting_party.party,
        title=title.strip(),
        detail=detail.strip(),
        items=wished,
        cycle=cycle,
        basis=basis.strip(),
        purpose=purpose,
        scenario=scenario.strip(),
        state=running.initial,
    )
    clocks.start_initial(running, demand.urn, acting_party.party, acting_party.party)
    ledger.write("demand.file", demand, acting_party)
    return demand


def _faults(
    title: str, basis: str, purpose: str, detail: str, items: list[str], cycle: str
) -> dict[str, tuple[str, str]]:
    faults = {}
    if not title.strip() or len(title) > 200:
        faults["title"] = (
            "请填写需求名称，不超过200字。",
            "Give a title of at most 200 characters.",
        )
    if not basis.strip() or len(basis) > 4000:
        faults["basis"] = (
            "请填写依据，不超过4000字。",
            "State the basis, at most 4,000 characters.",
        )
    if purpose not in PURPOSES:
        faults["purpose"] = ("请从用途目录中选择。", "Choose from the vocabulary of purposes.")
    if len(detail) > 8000:
        faults["detail"] = ("说明不超过8000字。", "At most 8,000 characters.")
    if len(items) > MOST_ITEMS or any(len(one) > LONGEST_ITEM for one in items):
        faults["items"] = (
            f"数据项不超过{MOST_ITEMS}个，每个不超过{LONGEST_ITEM}字。",
            f"At most {MOST_ITEMS} items of at most {LONGEST_ITEM} characters.",
        )
    if cycle and cycle not in Resource.UpdateCycle.values:
        faults["cycle"] = ("请选择更新周期。", "Choose an update cycle.")
    return faults


@action("demand.support")
def support_demand(*, acting_party: Acting, demand_ref: str, words: str = "") -> Support:
    """Say that one's own party needs the same; once each."""
    authorise(acting_party, "demand.file", acting_party.party)
    demand = locked(Demand, demand_ref, "需求", "demand")
    _is_open(demand)
    if demand.party_id == acting_party.party.pk:
        raise Conflict("own-demand", "本单位提出的需求无需附议。", "It is your own demand.")
    if Support.objects.filter(demand=demand, party=acting_party.party).exists():
        raise Conflict("already-supported", "本单位已附议。", "Your party supports it already.")
    if len(words) > 1000:
        raise Invalid("too-long", "说明不超过1000字。", "At most 1,000 characters.")
    made = Support.objects.create(demand=demand, party=acting_party.party, words=words.strip())
    ledger.write("demand.support", made, acting_party)
    return made


def _is_open(demand: Demand) -> None:
    if demand.state in CLOSED:
        raise Conflict("demand-closed", "该需求已办结。", "This demand is closed.")


def sides_of(acting: Acting, demand: Demand) -> set[str]:
    """The sides on which a party stands to a demand, alone and with its role."""
    sides = set()
    if acting.party.pk == demand.party_id:
        sides.add("requester")
    if acting.party.pk == demand.office_id:
        sides.add("owner")
    if acting.party.is_bureau and acting.role == Role.ADMINISTRATOR:
        sides.add("bureau")
    if acting.role == Role.AUDITOR:
        return set()
    return sides | {f"{side}:{acting.role}" for side in sides}


@action("demand.assign")
def assign_demand(
    *, acting_party: Acting, demand_ref: str, office_ref: str, expected_version: int | None = None
) -> Demand:
    """The bureau names the office that should have it (数源部门); its clock starts."""
    authorise(acting_party, "demand.assign")
    demand = locked(Demand, demand_ref, "需求", "demand")
    expect_version(demand, expected_version)
    office = Party.objects.filter(ref=office_ref, active=True).first()
    if office is None or office.type != Party.Type.DEPARTMENT or office.pk == demand.party_id:
        fault = ("请选择提出方以外的部门。", "Choose a department other than the demander.")
        raise Invalid("no-such-office", *fault, {"office": fault})
    demand.office = office
    return _moved(demand, "assign", acting_party, {})


@action("demand.refuse")
def refuse_demand(
    *, acting_party: Acting, demand_ref: str, reasons: str, expected_version: int | None = None
) -> Demand:
    """The assigned office or the bureau says why it cannot be met."""
    demand = locked(Demand, demand_ref, "需求", "demand")
    authorise(acting_party, "demand.answer", demand.office)
    expect_version(demand, expected_version)
    return _moved(demand, "refuse", acting_party, {"reasons": reasons})


@action("demand.withdraw")
def withdraw_demand(
    *, acting_party: Acting, demand_ref: str, reasons: str, expected_version: int | None = None
) -> Demand:
    """The demander takes it back, with reasons: others may have supported it."""
    demand = locked(Demand, demand_ref, "需求", "demand")
    authorise(acting_party, "demand.file", demand.party)
    expect_version(demand, expected_version)
    return _moved(demand, "withdraw", acting_party, {"reasons": reasons})


@action("demand.offer")
def offer_for_demand(*, acting_party: Acting, demand_ref: str, resource_ref: str) -> Match:
    """The assigned office names one of its published resources."""
    demand = locked(Demand, demand_ref, "需求", "demand")
    authorise(acting_party, "demand.answer", demand.office)
    own = Resource.objects.filter(owner=acting_party.party, status=Resource.Status.PUBLISHED)
    resource = own.select_for_update(of=("self",)).filter(ref=resource_ref).first()
    if resource is None:
        fault = ("请选择本单位已发布的资源。", "Choose a published resource of your own.")
        raise Invalid("not-yours", *fault, {"resource": fault})
    known = Match.objects.filter(demand=demand, resource=resource).first()
    if known and known.state == Match.State.PROPOSED:
        raise Conflict(
            "already-proposed", "该资源已在匹配之中。", "It is among the matches already."
        )
    match = known or Match(demand=demand, resource=resource, version=0)
    match.by, match.state = acting_party.party, Match.State.PROPOSED
    save_next(match)
    ledger.write("match.propose", match, acting_party)
    _moved(demand, "offer", acting_party, {})
    return match


@action("demand.accept")
def accept_match(*, acting_party: Acting, match_ref: str) -> Demand:
    """The demander says that a match is what was needed: the demand is met."""
    match, demand = _proposal(acting_party, match_ref)
    if match.resource.status != Resource.Status.PUBLISHED:
        raise Conflict("not-published", "该资源已撤出目录。", "The resource is not published.")
    match.state = Match.State.ACCEPTED
    save_next(match)
    ledger.write("match.accept", match, acting_party)
    demand.resource = match.resource
    return _moved(demand, "meet", acting_party, {})


@action("demand.dismiss")
def dismiss_match(*, acting_party: Acting, match_ref: str, reasons: str) -> Demand:
    """The demander says why a match does not fit; without any left the demand is open again."""
    match, demand = _proposal(acting_party, match_ref)
    if not reasons.strip() or len(reasons) > 1000:
        fault = ("请说明为何不适用，不超过1000字。", "Say why, in at most 1,000 characters.")
        raise Invalid("reasons-missing", *fault, {"reasons": fault})
    match.state, match.reasons = Match.State.DISMISSED, reasons.strip()
    save_next(match)
    ledger.write("match.dismiss", match, acting_party, {"reasons": match.reasons})
    if demand.matches.filter(state=Match.State.PROPOSED).exists():
        return demand
    back = "reopen-assigned" if demand.office_id else "reopen"
    return _moved(demand, back, acting_party, {})


def _proposal(acting: Acting, match_ref: str) -> tuple[Match, Demand]:
    match = locked(Match, match_ref, "匹配", "match")
    demand = locked(Demand, match.demand.ref, "需求", "demand")
    authorise(acting, "demand.file", demand.party)
    _is_open(demand)
    if match.state != Match.State.PROPOSED:
        raise Conflict("already-answered", "该匹配已有结论。", "This match has been answered.")
    return match, demand


def _moved(demand: Demand, move: str, acting: Acting, given: Mapping[str, str]) -> Demand:
    supplied = {name: text.strip() for name, text in given.items() if text.strip()}
    chosen = move_of(demand_process(), demand.state, move, sides_of(acting, demand), supplied)
    return advance(demand, chosen, acting, supplied.get("reasons", ""))


def advance(demand: Demand, chosen: Move, acting: Acting, reasons: str = "") -> Demand:
    """Carry out a move that may be made: state, clocks, ledger."""
    demand.state = chosen.to
    demand.reasons = reasons or demand.reasons
    if demand_process().state(chosen.to).terminal:
        demand.closed_at = clock.now()
    save_next(demand)
    clocks.apply(chosen, demand.urn, demand.office or demand.party, demand.party, {})
    ledger.write(f"demand.{chosen.code}", demand, acting, {"reasons": reasons})
    return demand
