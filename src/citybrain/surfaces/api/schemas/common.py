"""What the schemas of every subject share."""

from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

D = TypeVar("D", bound=date)


def _in_reach(value: D) -> D:
    """Years that every database and time zone can reckon with."""
    if not 1900 <= value.year <= 2200:
        raise ValueError("the year must lie between 1900 and 2200")
    return value


Day = Annotated[date, AfterValidator(_in_reach)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_reach)]

Short = Annotated[str, StringConstraints(max_length=80)]
Line = Annotated[str, StringConstraints(max_length=240)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Object = dict[str, Any]
Version = Annotated[
    int | None,
    Field(ge=1, le=10**9, description="The version that was seen; If-Match says the same."),
]


class Recorded(Schema):
    """What every record of the kernel has."""

    ref: str
    urn: str
    version: int
    created_at: datetime


class PartyRef(Schema):
    """A party, in short."""

    ref: str
    type: str
    name_zh: str
    name_en: str


class ResourceRef(Schema):
    """A resource, in short."""

    ref: str
    code: str
    kind: str
    title_zh: str
    title_en: str


class Reasons(Schema):
    """Why something is done."""

    reasons: Text
    expected_version: Version = None


class Seen(Schema):
    """Nothing but the version that was seen."""

    expected_version: Version = None


class Filled(Schema):
    """What a move of a process takes: reasons, and what the process definition asks for."""

    reasons: Text = ""
    given: dict[Short, Text] = Field(default_factory=dict, max_length=20)
    expected_version: Version = None

    def values(self) -> dict[str, str]:
        """Every input by name."""
        return {**self.given, **({"reasons": self.reasons} if self.reasons else {})}


class Problem(Schema):
    """RFC 9457 problem details: every error of the API."""

    type: str = Field(description="`urn:citybrain:problem:<reason>`; stable.")
    title: str
    status: int
    detail: str = Field(description="What to do next, in the language of Accept-Language.")
    errors: dict[str, str] = Field(default_factory=dict, description="Field → what is wrong.")
