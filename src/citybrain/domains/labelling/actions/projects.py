"""Projects: made, guided by a text, opened to other parties, finished."""

from typing import Any

from citybrain.domains.labelling.logic import labels as label_sets
from citybrain.domains.labelling.models import Guideline, Invitation, Project
from citybrain.domains.labelling.permissions import MANAGE
from citybrain.kernel import ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid, NotFound
from citybrain.kernel.models import Party

LONGEST_GUIDELINE = 50_000
REQUIRED = ("必填。", "Required.")


def project_locked(ref: str) -> Project:
    """The project, locked until the transaction ends."""
    return locked(Project, ref, "标注项目", "labelling project")


@action("labelling_project.create")
def create_project(
    *,
    acting_party: Acting,
    title_zh: str,
    title_en: str,
    type: str,
    labels: list[dict[str, str]],
    guideline: str,
    several: bool = False,
    annotators: int = 2,
    hold_minutes: int = 30,
    source_urn: str = "",
) -> Project:
    """Start a project of one's own party, with the first version of its guideline.

    `labels`: see `logic/labels.py`; colours and keys that are missing are given.
    Raises `Invalid` with a message for each field at fault.
    """
    authorise(acting_party, MANAGE, acting_party.party)
    faults = _faults(title_zh, title_en, type, labels, guideline)
    faults |= _number_faults(annotators, hold_minutes)
    if faults:
        raise Invalid("bad-project", "请更正标出的字段。", "Correct the marked fields.", faults)
    project = Project.objects.create(
        owner=acting_party.party,
        title_zh=title_zh.strip(),
        title_en=title_en.strip(),
        type=type,
        several=several and type == Project.Type.CLASSIFICATION,
        labels=label_sets.complete(labels),
        annotators=annotators,
        hold_minutes=hold_minutes,
        source_urn=source_urn.strip(),
    )
    ledger.write("labelling_project.create", project, acting_party)
    _write_guideline(project, guideline, acting_party)
    return project


def _faults(
    title_zh: str, title_en: str, type: str, labels: Any, guideline: str
) -> dict[str, tuple[str, str]]:
    faults = {}
    if not title_zh.strip():
        faults["title_zh"] = REQUIRED
    if not title_en.strip():
        faults["title_en"] = REQUIRED
    if type not in Project.Type.values:
        faults["type"] = ("没有这种标注类型。", "There is no such type.")
    wrong = label_sets.fault(labels)
    if wrong:
        faults["labels"] = wrong
    if _bad_text(guideline):
        faults["guideline"] = _TEXT_NEEDED
    return faults


_TEXT_NEEDED = (
    f"请填写标注规范，不超过{LONGEST_GUIDELINE}字。",
    f"Say how to label, in at most {LONGEST_GUIDELINE} characters.",
)


def _bad_text(guideline: str) -> bool:
    return not guideline.strip() or len(guideline) > LONGEST_GUIDELINE


def _number_faults(annotators: int, hold_minutes: int) -> dict[str, tuple[str, str]]:
    faults = {}
    if not 1 <= annotators <= 9:
        faults["annotators"] = ("应为1至9人。", "1 to 9 people.")
    if not 1 <= hold_minutes <= 1440:
        faults["hold_minutes"] = ("应为1至1440分钟。", "1 to 1,440 minutes.")
    return faults


def _write_guideline(project: Project, text: str, acting: Acting) -> Guideline:
    guideline = Guideline.objects.create(
        project=project, number=project.guideline_number, text=text.strip()
    )
    ledger.write("labelling_guideline.publish", guideline, acting)
    return guideline


@action("labelling_guideline.publish")
def publish_guideline(*, acting_party: Acting, project_ref: str, text: str) -> Guideline:
    """Put the next version of the guideline in force; earlier annotations keep theirs."""
    project = project_locked(project_ref)
    authorise(acting_party, MANAGE, project.owner)
    if _bad_text(text):
        raise Invalid("bad-guideline", *_TEXT_NEEDED, {"text": _TEXT_NEEDED})
    project.guideline_number += 1
    save_next(project)
    ledger.write("labelling_project.change", project, acting_party)
    return _write_guideline(project, text, acting_party)


@action("labelling_invitation.send")
def invite(*, acting_party: Acting, project_ref: str, party_ref: str) -> Invitation:
    """Let the people of another party annotate."""
    project = project_locked(project_ref)
    authorise(acting_party, MANAGE, project.owner)
    party = Party.objects.filter(ref=party_ref, active=True).first()
    if party is None:
        raise NotFound("not-found", "找不到该单位。", "There is no such party.")
    if party.pk == project.owner_id:
        raise Conflict("own-party", "本单位人员无需邀请。", "One's own people need no invitation.")
    invitation, created = Invitation.objects.get_or_create(project=project, party=party)
    if not created:
        if invitation.active:
            raise Conflict("invited-already", "该单位已受邀。", "The party is invited already.")
        invitation.active = True
        save_next(invitation)
    ledger.write("labelling_invitation.send", invitation, acting_party)
    return invitation


@action("labelling_invitation.end")
def end_invitation(*, acting_party: Acting, project_ref: str, party_ref: str) -> Invitation:
    """Take an invitation back; what the party's people handed in stays."""
    project = project_locked(project_ref)
    authorise(acting_party, MANAGE, project.owner)
    invitation = project.invitations.filter(party__ref=party_ref, active=True).first()
    if invitation is None:
        raise NotFound("not-found", "该单位未受邀。", "The party is not invited.")
    invitation.active = False
    save_next(invitation)
    ledger.write("labelling_invitation.end", invitation, acting_party)
    return invitation


@action("labelling_project.finish")
def finish_project(*, acting_party: Acting, project_ref: str) -> Project:
    """End the work: nothing is given out or taken in any more."""
    return _moved(acting_party, project_ref, Project.State.FINISHED, "labelling_project.finish")


@action("labelling_project.reopen")
def reopen_project(*, acting_party: Acting, project_ref: str) -> Project:
    """Go on with a finished project."""
    return _moved(acting_party, project_ref, Project.State.OPEN, "labelling_project.reopen")


def _moved(acting: Acting, ref: str, state: str, verb: str) -> Project:
    project = project_locked(ref)
    authorise(acting, MANAGE, project.owner)
    if project.state == state:
        raise Conflict("no-change", "项目已处于该状态。", "The project is in this state already.")
    project.state = state
    save_next(project)
    ledger.write(verb, project, acting)
    return project
