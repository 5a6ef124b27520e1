"""Tables of the catalogue."""

from citybrain.domains.catalogue.models.harvest import HarvestEntry, HarvestRun, HarvestSource

__all__ = ["HarvestEntry", "HarvestRun", "HarvestSource"]
