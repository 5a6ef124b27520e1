"""Versions and lineage of resources."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from citybrain.kernel.models import Relation
from citybrain.kernel.queries.lineage import Lineage
from citybrain.kernel.queries.versions import Seen
from citybrain.surfaces.api.schemas.common import Object, PartyRef, ResourceRef, Short


class DifferenceOut(Schema):
    """A field before and after; `items.NAME` is an information item."""

    field: str
    before: Any
    after: Any


class VersionSummary(Schema):
    """A version, and how it differs from the one before that the reader may see."""

    number: int
    at: datetime
    verb: str
    party: PartyRef | None
    reasons: str
    changes: list[DifferenceOut]

    @staticmethod
    def of(seen: Seen) -> Object:
        """As values."""
        row = seen.row
        return {
            "number": row.number,
            "at": row.at,
            "verb": row.verb,
            "party": row.party,
            "reasons": row.reasons,
            "changes": list(seen.differences),
        }


class VersionOut(VersionSummary):
    """A version whole."""

    snapshot: Object

    @staticmethod
    def of(seen: Seen) -> Object:
        """As values."""
        return {**VersionSummary.of(seen), "snapshot": seen.snapshot}


class RelationOut(Schema):
    """One statement: `source` is derived from, part of or replaces `target`."""

    ref: str
    type: str
    note: str
    source: ResourceRef
    target: ResourceRef


class RelationIn(Schema):
    """A statement about one's own resource."""

    type: Relation.Type
    target: Short = Field(description="Reference or directory code.")
    note: str = Field("", max_length=300)


class LineageOut(Schema):
    """The resources around one, and the statements between them."""

    resources: list[ResourceRef]
    relations: list[RelationOut]
    cut: bool = Field(description="Whether there are more than are told.")

    @staticmethod
    def of(found: Lineage) -> Object:
        """As values."""
        for one in found.relations:
            one.source = found.resources[one.source_id]
            one.target = found.resources[one.target_id]
        return {
            "resources": list(found.resources.values()),
            "relations": found.relations,
            "cut": found.cut,
        }
