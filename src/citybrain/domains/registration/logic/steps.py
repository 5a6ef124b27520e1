"""The form of an application, step by step, as on the national platform.

数据基本信息 → 数据内容与规模 → 委托代理信息 → 数据存储信息 → 说明与登记承诺 → 信息确认 → 提交.
Materials (来源合法, 存证, 安全评估, 应用场景) after the interim measures; which of them stand
in the form is from excerpts and memory (see docs/registration.md).
"""

from django.utils.translation import gettext_lazy as _

from citybrain.domains.registration.logic.fields import Field, Step

CYCLES = (
    ("real-time", _("Real time")),
    ("daily", _("Daily")),
    ("weekly", _("Weekly")),
    ("monthly", _("Monthly")),
    ("quarterly", _("Quarterly")),
    ("half-yearly", _("Half-yearly")),
    ("yearly", _("Yearly")),
    ("never", _("Not updated")),
)
DATA_TYPES = (
    ("dataset", _("Data set")),
    ("interface", _("Interface")),
    ("product", _("Data product or service")),
    ("model", _("Model or algorithm")),
    ("other", _("Other")),
)
HOLDINGS = (
    ("holds", _("Holds or manages the data by its duties")),
    ("authorised", _("Is authorised to operate the data")),
)
PLACES = (
    ("government-cloud", _("Government cloud")),
    ("own", _("Own machine room")),
    ("entrusted", _("Entrusted to a third party")),
    ("other", _("Other")),
)
MEDIA = (
    ("database", _("Database")),
    ("files", _("Files and folders")),
    ("object", _("Object storage")),
    ("stream", _("Stream")),
    ("other", _("Other")),
)
ASSESSMENTS = (
    ("self", _("Assessed by the unit itself")),
    ("third-party", _("Assessed by a third party")),
)
CASES = (
    ("lost", _("The resource is lost or cannot be recovered")),
    ("abandoned", _("The registrant gives up its right")),
    ("right-ended", _("The registrant's right has expired")),
    ("dissolved", _("The registrant is dissolved, revoked or bankrupt")),
    ("other", _("Another case that a law or regulation names")),
)
"""注销情形 of the interim measures (from memory)."""

BASIC = Step(
    "basic",
    _("Basic information"),
    _("What the resource is, and by what right the registrant has it."),
    (
        Field("title", _("Name of the resource"), longest=100),
        Field("data_type", _("Type of resource"), "choice", choices=DATA_TYPES),
        Field("field", _("Field of the economy or of government"), longest=60),
        Field("summary", _("Summary"), "area"),
        Field("holding", _("The registrant"), "choice", choices=HOLDINGS),
        Field(
            "authorised_until",
            _("Authorised operation ends on"),
            "date",
            needed_if=("holding", "authorised"),
            help=_("Needed for authorised operation; the registration is valid no longer than it."),
        ),
        Field("update_cycle", _("Update cycle"), "choice", choices=CYCLES),
        Field("coverage", _("Time and area covered"), required=False),
    ),
)
CONTENT = Step(
    "content",
    _("Items, formats and scale"),
    _("How the data are represented: what they hold, in which formats, how much of it."),
    (
        Field(
            "items",
            _("Data items"),
            "lines",
            help=_("One a line: name | type | note. Type and note may be left out."),
        ),
        Field("formats", _("Formats"), help=_("Such as CSV, JSON, database table.")),
        Field("rows", _("Number of records"), "number"),
        Field("megabytes", _("Size in megabytes"), "number", required=False),
        Field("products", _("Products and services made of it"), "area", required=False),
        Field("scenarios", _("Where it is used"), "area"),
    ),
)
AGENT = Step(
    "agent",
    _("Contact and agent"),
    _("Who can be asked, and who files if it is not the registrant. Only the bureau reads this."),
    (
        Field("contact", _("Contact person"), longest=60, public=False),
        Field("phone", _("Telephone of the contact"), longest=40, public=False),
        Field("by_agent", _("An agent files for the registrant"), "yes", False, public=False),
        Field(
            "agent",
            _("Name of the agent"),
            needed_if=("by_agent", "True"),
            public=False,
        ),
        Field(
            "authority",
            _("Number of the power of attorney"),
            needed_if=("by_agent", "True"),
            public=False,
        ),
    ),
)
STORAGE = Step(
    "storage",
    _("Storage"),
    _("Where and how the data are kept. The exact place is for the bureau alone."),
    (
        Field("place", _("Where it is stored"), "choice", choices=PLACES),
        Field("medium", _("How it is stored"), "choice", choices=MEDIA),
        Field("address", _("Exact place"), public=False),
        Field("backup", _("Backup and recovery"), "area", False, public=False),
    ),
)
UNDERTAKING = Step(
    "undertaking",
    _("Explanation and undertaking"),
    _("Where the data come from, how they were assessed and kept as evidence, and the promise."),
    (
        Field("source", _("Lawful source of the data"), "area"),
        Field(
            "processing",
            _("How processing is controlled"),
            "area",
            help=_("Who processes the data, by which rules, and how it can be traced."),
        ),
        Field("evidence", _("Number of the deposited evidence"), longest=120),
        Field("assessment", _("Security assessment"), "choice", choices=ASSESSMENTS),
        Field("assessed_on", _("Assessed on"), "date", public=False),
        Field("conclusion", _("Conclusion of the assessment"), "area", public=False),
        Field("promise_true", _("What this application says is true and complete."), "yes"),
        Field(
            "promise_lawful",
            _("The data are lawfully obtained and infringe nobody's rights; no State secret."),
            "yes",
        ),
        Field(
            "promise_change",
            _("Changes are registered in time, and the consequences of a false statement borne."),
            "yes",
        ),
    ),
)
_WHY = Field("reasons", _("Reasons"), "area")
GROUNDS = {
    "change": Step(
        "grounds", _("What has changed"), _("Say what has changed; the next pages can be edited."),
        (_WHY,),
    ),
    "correction": Step(
        "grounds", _("What is wrong"), _("Say what was registered wrongly, and what shows it."),
        (
            _WHY,
            Field("proof", _("Written consent of the registrant, or evidence of the error"), "area",
                  public=False),
        ),
    ),
    "renewal": Step(
        "grounds", _("Renewal"), _("The registration goes on from the day after its last one."),
        (
            Field("years", _("Years"), "number", help=_("At most what the rule allows.")),
            Field("reasons", _("Reasons"), "area", False),
            Field(
                "authorised_until",
                _("Authorised operation ends on"),
                "date",
                False,
                help=_("Only for authorised operation whose term has been extended."),
            ),
        ),
    ),
    "cancellation": Step(
        "grounds", _("Cancellation"), _("Which of the cases that the rule names it is, and why."),
        (Field("case", _("Case"), "choice", choices=CASES), _WHY),
    ),
}  # fmt: skip
DESCRIPTION = (BASIC, CONTENT, AGENT, STORAGE, UNDERTAKING)
WAYS: dict[str, tuple[Step, ...]] = {
    "first": DESCRIPTION,
    "change": (GROUNDS["change"], *DESCRIPTION),
    "correction": (GROUNDS["correction"], *DESCRIPTION),
    "renewal": (GROUNDS["renewal"], UNDERTAKING),
    "cancellation": (GROUNDS["cancellation"],),
}
"""Kind of application → its steps; what is confirmed and submitted at the end is all of them."""


def step_of(kind: str, code: str) -> Step | None:
    """The step of a kind under this code."""
    return next((one for one in WAYS[kind] if one.code == code), None)


def choice_title(field: Field, code: str) -> str:
    """A choice in the reader's language; the code of one that is not listed any more."""
    return next((str(title) for value, title in field.choices if value == code), code)
