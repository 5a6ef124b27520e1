"""好差评: who asked rates the answer, who raised a problem rates how it was settled."""

from datetime import timedelta

from citybrain.domains.lists.models import Rating
from citybrain.domains.lists.rules import days
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, locked
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.models import Issue, Party, Request

ANSWERED_REQUEST = frozenset({"agreed", "refused", "delivered", "suspended", "ended"})
ANSWERED_ISSUE = frozenset({"corrected", "not-corrected", "closed", "settled", "ruled"})
"""States in which there is an answer that can be rated."""
GOOD = 4
"""The lowest score that counts as satisfied."""


def can_be_rated(record: Request | Issue) -> bool:
    """Whether there is an answer yet."""
    states = ANSWERED_REQUEST if isinstance(record, Request) else ANSWERED_ISSUE
    return record.state in states


def can_be_changed(rating: Rating) -> bool:
    """Whether the days of the rule `lists-rating-change` have not passed."""
    last = rating.created_at + timedelta(days=days("lists-rating-change"))
    return clock.now() <= last


@action("rating.give")
def rate(
    *,
    acting_party: Acting,
    score: int,
    words: str = "",
    request_ref: str = "",
    issue_ref: str = "",
) -> Rating:
    """Rate the answer to a request or a problem; a second time changes the rating.

    Raises `Conflict` before there is an answer and after the days in which it may be changed.
    """
    record, rater = _rated(request_ref, issue_ref)
    authorise(acting_party, "rating.give", rater)
    _check(score, words)
    if not can_be_rated(record):
        raise Conflict("not-answered", "答复之后才能评价。", "It can be rated once it is answered.")
    named = {"request": record} if isinstance(record, Request) else {"issue": record}
    rating = Rating.objects.select_for_update(of=("self",)).filter(**named).first()
    if rating is None:
        rating = Rating(party=rater, office=record.resource.owner, score=score, **named)
    else:
        _check_window(rating)
        rating.version += 1
    rating.score, rating.words = score, words.strip()
    rating.save()
    ledger.write("rating.give", rating, acting_party)
    return rating


def _rated(request_ref: str, issue_ref: str) -> tuple[Request | Issue, Party]:
    if bool(request_ref) == bool(issue_ref):
        raise Invalid(
            "one-record", "请指明一件申请或一个问题。", "Name one request or one problem."
        )
    if request_ref:
        request = locked(Request, request_ref, "申请", "request")
        return request, request.requester
    issue = locked(Issue, issue_ref, "问题", "problem")
    return issue, issue.raised_by


def _check(score: int, words: str) -> None:
    faults = {}
    if not 1 <= score <= 5:
        faults["score"] = ("请选择1至5分。", "Choose from 1 to 5.")
    if len(words) > 1000:
        faults["words"] = ("评价不超过1000字。", "At most 1,000 characters.")
    if faults:
        raise Invalid("bad-rating", "请更正标出的字段。", "Correct the marked fields.", faults)


def _check_window(rating: Rating) -> None:
    if not can_be_changed(rating):
        limit = days("lists-rating-change")
        raise Conflict(
            "rating-closed",
            f"评价作出{limit}天后不再修改。",
            f"A rating cannot be changed after {limit} days.",
        )
