"""What the worker does for the catalogue again and again."""

from citybrain.domains.catalogue.harvest.duty import Harvester
from citybrain.domains.catalogue.quality.due import ask_for_due
from citybrain.domains.catalogue.quality.jobs import Runner
from citybrain.kernel.duties import add_duty

add_duty("harvest-due", 15, Harvester())
add_duty("quality-run", 2, Runner())
add_duty("quality-due", 300, ask_for_due)
