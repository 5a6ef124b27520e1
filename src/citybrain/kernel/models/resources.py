"""What is registered and offered: resources, offers, scenarios."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.models.base import Registered
from citybrain.kernel.models.parties import Party


class Scenario(Registered):
    """Why resources are used: the unit of value (场景)."""

    urn_type = "scenario"

    code = models.SlugField(_("code"), max_length=60, unique=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=40)
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="scenarios")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title_zh


class Resource(Registered):
    """Anything a party registers: its kind says what its metadata are and how it is served."""

    urn_type = "resource"
    added = frozenset(
        (
            *("category_class", "category_item", "category_subject", "category_detail"),
            *("source_party", "open_type", "open_conditions", "related", "format_class"),
        )
    )

    class ShareType(models.TextChoices):
        """共享属性 of the 2025 decree on sharing government data."""

        UNCONDITIONAL = "unconditional", _("Shared unconditionally")
        CONDITIONAL = "conditional", _("Shared on conditions")
        NONE = "none", _("Not shared")

    class OpenType(models.TextChoices):
        """开放属性 of the 2017 compilation guide: whether the public may have it."""

        UNCONDITIONAL = "unconditional", _("Open to the public")
        CONDITIONAL = "conditional", _("Open on conditions")
        NONE = "none", _("Not open to the public")

    class FormatClass(models.TextChoices):
        """信息资源格式分类 of the 2017 compilation guide."""

        DOCUMENT = "document", _("Electronic document")
        SPREADSHEET = "spreadsheet", _("Spreadsheet")
        DATABASE = "database", _("Database")
        IMAGE = "image", _("Graphics and images")
        STREAM = "stream", _("Streaming media")
        SELF_DESCRIBED = "self-described", _("Self-described format")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Grade(models.TextChoices):
        """Grading 分级: what harm a leak would do."""

        OPEN = "L1", _("L1 open")
        INTERNAL = "L2", _("L2 internal")
        SENSITIVE = "L3", _("L3 sensitive")
        HIGHLY_SENSITIVE = "L4", _("L4 highly sensitive")

    class UpdateCycle(models.TextChoices):
        """更新周期 of the 2017 compilation guide."""

        REAL_TIME = "real-time", _("Real time")
        DAILY = "daily", _("Daily")
        WEEKLY = "weekly", _("Weekly")
        MONTHLY = "monthly", _("Monthly")
        QUARTERLY = "quarterly", _("Quarterly")
        HALF_YEARLY = "half-yearly", _("Half-yearly")
        YEARLY = "yearly", _("Yearly")
        NEVER = "never", _("Not updated")

    code = models.CharField(_("directory code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=30, db_index=True)
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="resources")
    title_zh = models.CharField(_("title (Chinese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=240)
    summary_zh = models.TextField(_("summary (Chinese)"), blank=True)
    summary_en = models.TextField(_("summary (English)"), blank=True)
    share_type = models.CharField(_("share type"), max_length=14, choices=ShareType)
    share_scope = models.TextField(_("scope and use when conditional"), blank=True)
    share_basis = models.TextField(_("legal basis when not shared"), blank=True)
    update_cycle = models.CharField(_("update cycle"), max_length=12, choices=UpdateCycle)
    grade = models.CharField(_("grade"), max_length=2, choices=Grade, default=Grade.INTERNAL)
    district = models.CharField(_("district"), max_length=6, blank=True, db_index=True)
    category_class = models.CharField(_("class"), max_length=1, blank=True, default="")
    category_item = models.CharField(_("class item"), max_length=2, blank=True, default="")
    category_subject = models.CharField(_("class subject"), max_length=3, blank=True, default="")
    category_detail = models.CharField(_("class detail"), max_length=20, blank=True, default="")
    source_party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="sourced"
    )
    """数源单位: who collects the data first; None when that is the owner."""
    open_type = models.CharField(
        _("open attribute"), max_length=14, choices=OpenType, blank=True, default=""
    )
    """Empty: the owner has not said."""
    open_conditions = models.TextField(_("conditions of opening"), blank=True, default="")
    related = models.JSONField(_("related resources"), default=list, blank=True)
    """关联资源代码: directory codes, which never change."""
    format_class = models.CharField(
        _("format class"), max_length=16, choices=FormatClass, blank=True, default=""
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, db_index=True
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    metadata = models.JSONField(_("metadata of the kind"), default=dict)
    facts = models.JSONField(_("what the probe found"), default=dict)
    epoch = models.BigIntegerField(default=0, editable=False, db_index=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status", "-id"], name="resource_by_status"),
            models.Index(fields=["status", "kind", "-id"], name="resource_by_kind"),
            models.Index(fields=["owner", "status", "-id"], name="resource_by_owner"),
            models.Index(fields=["status", "share_type", "-id"], name="resource_by_share_type"),
        ]

    def __str__(self) -> str:
        return self.title_zh


class SourceClaim(Registered):
    """A source that belongs to one party, because it was the first to register it."""

    urn_type = "source"

    name = models.CharField(_("source"), max_length=700, unique=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="sources")


class Offer(Registered):
    """Who may use a resource, for what, how much, at what price: an ODRL policy."""

    urn_type = "offer"

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="offers")
    title_zh = models.CharField(_("title (Chinese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=200)
    policy = models.JSONField(_("policy"))
    policy_digest = models.CharField(max_length=64, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title_zh
