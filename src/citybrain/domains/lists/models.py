"""What the lists add to the kernel's records: escalations, ratings, demands, stories."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.models import Deadline, Issue, Party, Request, Resource
from citybrain.kernel.models.base import Registered


class Escalation(Registered):
    """督办: a clock that stayed overdue came to the bureau's supervisor, once."""

    urn_type = "escalation"

    deadline = models.OneToOneField(Deadline, on_delete=models.PROTECT, related_name="escalation")
    subject = models.CharField(_("subject"), max_length=80, db_index=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="escalations")
    due_on = models.DateField(_("due on"))
    days_over = models.PositiveSmallIntegerField(_("working days overdue"))
    note = models.TextField(_("what the supervisor did"), blank=True)
    noted_at = models.DateTimeField(_("noted at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["noted_at", "-id"], name="escalation_to_note")]

    def __str__(self) -> str:
        return self.subject


class Rating(Registered):
    """好差评: how content a party is with an answer, 1 (worst) to 5; one a record."""

    urn_type = "rating"

    request = models.OneToOneField(
        Request, on_delete=models.PROTECT, related_name="rating", null=True
    )
    issue = models.OneToOneField(Issue, on_delete=models.PROTECT, related_name="rating", null=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="ratings")
    office = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="received_ratings")
    score = models.PositiveSmallIntegerField(_("score"))
    words = models.TextField(_("words"), blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__gte=1, score__lte=5), name="rating_of_one_to_five"
            ),
            models.CheckConstraint(
                condition=models.Q(request__isnull=True) ^ models.Q(issue__isnull=True),
                name="rating_of_one_record",
            ),
        ]
        indexes = [models.Index(fields=["office", "-id"], name="rating_by_office")]

    @property
    def resource(self) -> Resource:
        """What the rated answer was about."""
        record = self.request or self.issue
        return record.resource  # type: ignore[union-attr]  # the constraint: one of the two


class Demand(Registered):
    """需求: something that a party needs and nobody has registered.

    `state` is one of the states of `definitions/demand.toml`.
    """

    urn_type = "demand"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="demands")
    title = models.CharField(_("what is needed"), max_length=200)
    detail = models.TextField(_("in more words"), blank=True)
    items = models.JSONField(_("wished items"), default=list, blank=True)
    cycle = models.CharField(
        _("wished update cycle"), max_length=12, choices=Resource.UpdateCycle, blank=True
    )
    basis = models.TextField(_("legal or factual basis"))
    purpose = models.CharField(_("purpose"), max_length=40)
    scenario = models.CharField(_("scenario"), max_length=200, blank=True)
    office = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="assigned_demands", null=True, blank=True
    )
    state = models.CharField(_("state"), max_length=12, db_index=True)
    reasons = models.TextField(_("reasons"), blank=True)
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, related_name="met_demands", null=True, blank=True
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "-id"], name="demand_by_state")]

    def __str__(self) -> str:
        return self.title


class Support(Registered):
    """Another party needs the same."""

    urn_type = "support"

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="supports")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="supported_demands")
    words = models.TextField(_("for what"), blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["demand", "party"], name="support_once_each")
        ]


class Match(Registered):
    """A registered resource that may be what a demand asks for.

    `score` is in thousandths; `terms` are the words both have, heaviest first.
    """

    urn_type = "match"

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        ACCEPTED = "accepted", _("Accepted")
        DISMISSED = "dismissed", _("Found not to fit")

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="matches")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="matches")
    by = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="proposed_matches", null=True, blank=True
    )
    """The office that named it; None when the platform found it."""
    score = models.PositiveSmallIntegerField(_("score"), default=0)
    terms = models.JSONField(_("common terms"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    reasons = models.TextField(_("reasons"), blank=True)

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["demand", "resource"], name="match_once_a_pair")
        ]


class Story(Registered):
    """成果路演: the owner's words about a capability; its figures come from the records."""

    urn_type = "story"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SHOWN = "shown", _("Shown")

    resource = models.OneToOneField(Resource, on_delete=models.PROTECT, related_name="story")
    headline_zh = models.CharField(_("headline (Chinese)"), max_length=120)
    headline_en = models.CharField(_("headline (English)"), max_length=160)
    text_zh = models.TextField(_("story (Chinese)"))
    text_en = models.TextField(_("story (English)"))
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DRAFT)
    featured = models.BooleanField(_("featured"), default=False)
    shown_at = models.DateTimeField(_("shown at"), null=True, blank=True)

    class Meta:
        ordering = ["-featured", "-shown_at", "-id"]

    def __str__(self) -> str:
        return self.headline_zh
