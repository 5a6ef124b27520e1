"""Tables of the catalogue."""

from citybrain.domains.catalogue.models.harvest import HarvestEntry, HarvestRun, HarvestSource
from citybrain.domains.catalogue.models.quality import (
    Expectation,
    GradeProposal,
    Profile,
    QualityStanding,
)

__all__ = [
    "Expectation",
    "GradeProposal",
    "HarvestEntry",
    "HarvestRun",
    "HarvestSource",
    "Profile",
    "QualityStanding",
]
