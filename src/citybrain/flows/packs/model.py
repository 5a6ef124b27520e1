"""What stands in `scenario.yaml` and `flow.yaml`: closed, so that a misspelt word is found."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$")]
Expression = Annotated[str, Field(min_length=1, max_length=2000)]
Kind = Literal["service", "one-thing", "no-proof", "city-run", "model", "data"]
Method = Literal["cancelled", "e-licence", "shared-data", "commitment", "cross-check"]


class Part(BaseModel):
    """Closed and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Part):
    """A text in both languages."""

    zh: str = Field(min_length=1, max_length=2000)
    en: str = Field(min_length=1, max_length=2000)


class Basis(Part):
    """A law that the scenario rests on; `status` as in `law/*.toml`."""

    title: str = Field(min_length=1, max_length=300)
    article: str = Field("", max_length=300)
    status: Literal["verified", "secondary", "from memory"]


class Needed(Part):
    """A resource that the scenario uses, with the policy that it asks for."""

    name: Id
    kind: str = Field(max_length=30)
    title: Words
    policy: dict[str, Any]


class Material(Part):
    """A paper that the item would ask for."""

    code: Id
    title: Words
    necessity: Literal["required", "situation"] = "required"


class ScenarioFile(Part):
    """`scenario.yaml`"""

    code: Code
    version: str = Field(pattern=r"^[0-9A-Za-z.-]{1,20}$")
    title: Words
    about: Words
    kind: Kind
    owner: Words
    purpose: str = Field(max_length=40)
    basis: tuple[Basis, ...] = Field(min_length=1)
    items: tuple[str, ...] = ()
    resources: tuple[Needed, ...] = ()
    materials: tuple[Material, ...] = ()


class Waiver(Part):
    """A paper that need not be brought once this step is done (and `when` is true)."""

    material: Id
    method: Method
    when: Expression | None = None


class _Step(Part):
    id: Id
    waives: tuple[Waiver, ...] = ()
    next: Id | None = None
    """The step that follows; without it the one below."""

    def ways(self) -> dict[str, str | None]:
        """Why → the step that follows; "" is the plain way on."""
        return {"": self.next}


class Ask(_Step):
    """Fields that the applicant gives."""

    do: Literal["ask"]
    fields: tuple[Name, ...] = Field(min_length=1)


class Decide(_Step):
    """A decision table is asked; its outputs become fields."""

    do: Literal["decide"]
    table: Id


class Take(Part):
    """A value out of the answer: a JSON pointer and its type."""

    pointer: str = Field(alias="from", pattern=r"^(/[^/]*)+$")
    type: Literal["number", "text", "boolean", "date"]
    optional: bool = False


class UseStep(_Step):
    """A governed use of a resource through the gateway, under the scenario's agreement."""

    do: Literal["use"]
    resource: Id
    method: Literal["GET", "POST"] = "GET"
    path: str = Field("", pattern=r"^[A-Za-z0-9_./-]{0,200}$")
    send: dict[str, Expression] = {}
    take: dict[Name, Take] = {}
    consent: Name | None = None
    failed: Id | None = None
    """Where to go when it is refused or cannot be served; without it a person must look."""

    def ways(self) -> dict[str, str | None]:
        """The plain way, and the one after a failure."""
        return {"": self.next} | ({"failed": self.failed} if self.failed else {})


class Outcome(Part):
    """How a person can end a step."""

    code: Id
    next: Id
    reasons: bool = False


class Human(_Step):
    """Somebody of an office looks and decides; a clock of the pack's `law.toml` may run."""

    do: Literal["human"]
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    fields: tuple[Name, ...] = ()
    deadline: str | None = Field(None, max_length=60)

    def ways(self) -> dict[str, str | None]:
        """By outcome."""
        return {one.code: one.next for one in self.outcomes}


class Wait(_Step):
    """Until a day, or until an event (and at the latest until the day)."""

    do: Literal["wait"]
    until: Expression | None = None
    event: Id | None = None
    late: Id | None = None

    @model_validator(mode="after")
    def _has_an_end(self) -> "Wait":
        if self.until is None and self.event is None:
            raise ValueError("give until (a date), event, or both")
        if self.late is not None and (self.until is None or self.event is None):
            raise ValueError("late is where to go when the event has not come until the day")
        return self

    def ways(self) -> dict[str, str | None]:
        """The plain way, and the one when the event did not come."""
        return {"": self.next} | ({"late": self.late} if self.late else {})


class Issue(_Step):
    """A document or letter is made from `documents.<document>` of the texts."""

    do: Literal["issue"]
    document: Id


class Notify(_Step):
    """A message from `messages.<message>` of the texts goes to an address out of the data."""

    do: Literal["notify"]
    channel: Literal["sms", "email"]
    to: Expression
    message: Id


class Case(Part):
    """One way of a branch."""

    when: Expression
    next: Id


class Branch(_Step):
    """The first case whose condition is true; otherwise `next`."""

    do: Literal["branch"]
    cases: tuple[Case, ...] = Field(min_length=1)

    def ways(self) -> dict[str, str | None]:
        """By condition, and otherwise."""
        return {one.when: one.next for one in self.cases} | {"": self.next}


class Each(_Step):
    """Steps from `start` on for every element of a list, side by side, each with own clocks.

    An element is the field `name`; the results are the list `into`.
    """

    do: Literal["each"]
    over: Expression
    name: Name = Field(alias="as")
    start: Id
    into: Name

    def ways(self) -> dict[str, str | None]:
        """The plain way, and where each element begins."""
        return {"": self.next, "each": self.start}


class End(_Step):
    """The run has come to a result."""

    do: Literal["end"]
    result: Id

    def ways(self) -> dict[str, str | None]:
        """None."""
        return {}


Step = Annotated[
    Ask | Decide | UseStep | Human | Wait | Issue | Notify | Branch | Each | End,
    Field(discriminator="do"),
]
STEPS = ("ask", "decide", "use", "human", "wait", "issue", "notify", "branch", "each", "end")


class FlowFile(Part):
    """`flow.yaml`; the run begins with the first step."""

    steps: tuple[Step, ...] = Field(min_length=1, max_length=200)


class Served(Part):
    """What a resource answers in an example: an answer, or the reason of a refusal."""

    answer: dict[str, Any] | None = None
    refused: str | None = None


class Done(Part):
    """What a person does in an example."""

    step: Id
    outcome: Id
    fields: dict[str, Any] = {}
    reasons: str = ""


class Expected(Part):
    """What an example must come to. What is left out is not compared."""

    result: Id
    path: tuple[Id, ...] | None = None
    waived: tuple[Id, ...] | None = None
    data: dict[str, Any] = {}
    notified: tuple[Id, ...] | None = None
    issued: tuple[Id, ...] | None = None


class ExampleFile(Part):
    """`examples/*.yaml`: input → path, result, papers waived."""

    title: Words
    today: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    input: dict[str, Any] = {}
    uses: dict[Id, tuple[Served, ...]] = {}
    people: tuple[Done, ...] = ()
    events: tuple[Id, ...] = ()
    """Events that come; a wait for another one goes on late."""
    expect: Expected
