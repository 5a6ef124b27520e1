"""Resources, kinds, offers, scenarios."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from citybrain.kernel.kinds import Kind
from citybrain.kernel.models import Offer, Party, Resource
from citybrain.kernel.queries import described
from citybrain.kernel.queries.search import Hit
from citybrain.kernel.searching.documents import FACETS
from citybrain.surfaces.api.paging import Page, PageQuery
from citybrain.surfaces.api.schemas.clauses import ClauseOut, both_clauses
from citybrain.surfaces.api.schemas.common import (
    Line,
    Object,
    PartyRef,
    Recorded,
    ResourceRef,
    Short,
    Text,
    Version,
)
from citybrain.surfaces.api.schemas.moves import acting_in


class ResourceSummary(Recorded):
    """A resource as lists show it."""

    code: str
    kind: str
    owner: PartyRef
    title_zh: str
    title_en: str
    share_type: str
    update_cycle: str
    grade: str
    district: str
    status: str
    published_at: datetime | None


class Piece(Schema):
    """A piece of text; `hit`: the words of the search cover it. Joined, pieces are the text."""

    text: str
    hit: bool


class Highlights(Schema):
    """Where the words of a search stand; `snippet` is the part of the description around them."""

    title_zh: list[Piece]
    title_en: list[Piece]
    snippet: list[Piece]


class ResourceFound(ResourceSummary):
    """A resource in an answer to a search."""

    highlights: Highlights | None = None

    @staticmethod
    def resolve_highlights(obj: Resource) -> Object | None:
        """Only where a search has ranked it."""
        hit: Hit | None = getattr(obj, "hit", None)
        if hit is None:
            return None
        return {
            name: [{"text": text, "hit": is_hit} for text, is_hit in getattr(hit, name)]
            for name in ("title_zh", "title_en", "snippet")
        }


class ResourcePage(Page[ResourceFound]):
    """A page of the directory; with `q` ranked, and with `facets` counted by them."""

    ranked: bool = Field(False, description="Whether items come by relevance.")
    partial: bool = Field(
        False, description="None holds the greater part of the words; these hold some of them."
    )
    facets: dict[str, dict[str, int]] = Field(
        default_factory=dict, description="Facet → value → resources that match."
    )


class Suggestion(Schema):
    """A completion: `ref` is the resource's whose title or code it is."""

    text: str
    ref: str
    code: str


class SuggestQuery(Schema):
    """What has been typed so far."""

    q: Short = ""


class ResourceOut(ResourceSummary):
    """A resource whole: `metadata` as its kind defines, `facts` as the probe found.

    Where the source lies is left out for all but its owner and the bureau.
    """

    summary_zh: str
    summary_en: str
    share_scope: str
    share_basis: str
    open_type: str
    open_conditions: str
    category_class: str
    category_item: str
    category_subject: str
    category_detail: str
    source_party: PartyRef | None
    related: list[str] = Field(description="Directory codes.")
    format_class: str
    metadata: Object
    facts: Object

    @staticmethod
    def resolve_related(obj: Resource, context: Any) -> list[str]:
        """Only those that the reader may see."""
        return described.related_codes(acting_in(context), obj)

    @staticmethod
    def resolve_metadata(obj: Resource, context: Any) -> Object:
        """See `described.metadata`."""
        return described.metadata(acting_in(context), obj)

    @staticmethod
    def resolve_facts(obj: Resource, context: Any) -> Object:
        """See `described.facts`."""
        return described.facts(acting_in(context), obj)


class Description(Schema):
    """What an owner says of a resource."""

    title_zh: str = Field(max_length=200)
    title_en: str = Field(max_length=240)
    summary_zh: Text = ""
    summary_en: Text = ""
    share_type: Resource.ShareType
    share_scope: Text = ""
    share_basis: Text = ""
    update_cycle: Resource.UpdateCycle
    grade: Resource.Grade = Resource.Grade.INTERNAL
    district: str = Field("", pattern=r"^(\d{6})?$", description="GB/T 2260 code.")
    category_class: str = Field("", max_length=1, description="类 of the 2017 guide.")
    category_item: str = Field("", max_length=2, description="项: 2 digits.")
    category_subject: str = Field("", max_length=3, description="目: 3 digits.")
    category_detail: str = Field("", max_length=20, description="细目.")
    source_party: Short = Field(
        "", description="数源单位: reference or credit code; empty for the owner."
    )
    open_type: Resource.OpenType | Literal[""] = ""
    open_conditions: Text = ""
    related: list[Short] = Field(
        default_factory=list, max_length=100, description="Codes or references of resources."
    )
    format_class: Resource.FormatClass | Literal[""] = ""


class ResourceIn(Description):
    """A resource to be registered as a draft."""

    code: str = Field(min_length=1, max_length=40)
    kind: str = Field(max_length=30)
    metadata: Object


class ResourceChange(Schema):
    """What is to change; what is left out stays."""

    title_zh: str | None = Field(None, max_length=200)
    title_en: str | None = Field(None, max_length=240)
    summary_zh: Text | None = None
    summary_en: Text | None = None
    share_type: Resource.ShareType | None = None
    share_scope: Text | None = None
    share_basis: Text | None = None
    update_cycle: Resource.UpdateCycle | None = None
    grade: Resource.Grade | None = None
    district: str | None = Field(None, pattern=r"^(\d{6})?$")
    category_class: str | None = Field(None, max_length=1)
    category_item: str | None = Field(None, max_length=2)
    category_subject: str | None = Field(None, max_length=3)
    category_detail: str | None = Field(None, max_length=20)
    source_party: Short | None = None
    open_type: Resource.OpenType | Literal[""] | None = None
    open_conditions: Text | None = None
    related: list[Short] | None = Field(None, max_length=100)
    format_class: Resource.FormatClass | Literal[""] | None = None
    metadata: Object | None = None
    reasons: Text = ""
    expected_version: Version = None


_FACET = f"({'|'.join(FACETS)})"


class ResourceSort(StrEnum):
    """Orders of the list; a leading minus turns one round."""

    RELEVANCE = "relevance"
    NEWEST = "-created"
    OLDEST = "created"
    PUBLISHED_LAST = "-published"
    PUBLISHED_FIRST = "published"
    TITLE = "title"
    TITLE_DOWN = "-title"
    CODE = "code"
    CODE_DOWN = "-code"


class ResourceQuery(PageQuery):
    """Filters of the list of resources."""

    q: Line = Field(
        "",
        description="Words or a sentence, Chinese or English, or a directory code. Resources with "
        "all the words come first; when they are few, others with a part of them follow.",
    )
    kind: Short = ""
    owner: Short = Field("", description="Reference of the owning party.")
    share_type: Resource.ShareType | None = None
    status: Resource.Status | None = None
    grade: Resource.Grade | None = None
    update_cycle: Resource.UpdateCycle | None = None
    theme: str = Field(
        "", pattern=r"^([0-9](\.[0-9]{1,4})?)?$", description="Class 类 or item 项: 2, 2.05."
    )
    district: str = Field("", pattern=r"^(\d{6})?$")
    facets: str = Field(
        "",
        pattern=rf"^({_FACET}(,{_FACET})*)?$",
        max_length=120,
        description=f"Count by these, separated by commas: {', '.join(FACETS)}.",
    )
    sort: ResourceSort | None = Field(
        None, description="Without: by relevance with `q`, newest first without."
    )

    def filters(self) -> dict[str, list[str]]:
        """The chosen values by facet."""
        given = {
            "kind": self.kind,
            "owner": self.owner,
            "share": self.share_type,
            "status": self.status,
            "grade": self.grade,
            "cycle": self.update_cycle,
            "theme": self.theme,
            "district": self.district,
        }
        return {name: [str(value)] for name, value in given.items() if value}

    def facet_names(self) -> list[str]:
        """What to count by, in the order asked for."""
        return list(dict.fromkeys(filter(None, self.facets.split(","))))


class KindOut(Schema):
    """A kind of resource; `metadata_schema` is the JSON Schema of its metadata."""

    code: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    unit: str
    unit_zh: str
    outputs: list[str]
    icon: str
    metadata_schema: Object

    @staticmethod
    def resolve_metadata_schema(obj: Kind) -> Object:
        """From the kind's pydantic model."""
        return obj.schema.model_json_schema()

    @staticmethod
    def resolve_outputs(obj: Kind) -> list[str]:
        """The output forms."""
        return list(obj.outputs)


class OfferSummary(Recorded):
    """An offer as lists show it."""

    resource: ResourceRef
    owner: PartyRef
    title_zh: str
    title_en: str
    status: str

    @staticmethod
    def resolve_owner(obj: Offer) -> Party:
        """Who offers."""
        return obj.resource.owner


class OfferOut(OfferSummary):
    """Who may use a resource, for what, how much, at what price."""

    policy: Object
    policy_digest: str
    clauses: list[ClauseOut]

    @staticmethod
    def resolve_clauses(obj: Offer) -> list[Object]:
        """See `both_clauses`."""
        return both_clauses(obj.policy)


class OfferIn(Schema):
    """An offer to be made."""

    resource: Short = Field(description="Reference of a published resource of one's own.")
    title_zh: str = Field(max_length=160)
    title_en: str = Field(max_length=200)
    policy: Object


class OfferQuery(PageQuery):
    """Filters of the list of offers."""

    resource: Short = ""
    status: Offer.Status | None = None


class ScenarioOut(Recorded):
    """Why resources are used."""

    code: str
    title_zh: str
    title_en: str
    purpose: str
    owner: PartyRef
    active: bool


class ScenarioIn(Schema):
    """A scenario to be registered."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    title_zh: str = Field(min_length=1, max_length=160)
    title_en: str = Field(min_length=1, max_length=200)
    purpose: str = Field(max_length=40)
    owner: Short = Field("", description="Reference of the owning party; empty: one's own.")


class ScenarioQuery(PageQuery):
    """Filters of the list of scenarios."""

    q: Line = ""
    owner: Short = ""
    active: bool | None = None
