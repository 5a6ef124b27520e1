"""What the worker does for the catalogue again and again."""

from citybrain.domains.catalogue.harvest.duty import Harvester
from citybrain.kernel.duties import add_duty

add_duty("harvest-due", 15, Harvester())
