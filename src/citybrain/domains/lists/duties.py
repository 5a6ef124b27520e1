"""What the worker does for the lists again and again."""

from citybrain.domains.lists.actions.escalations import escalate_due
from citybrain.domains.lists.actions.matches import Matching
from citybrain.kernel.duties import add_duty

add_duty("lists-escalate", 300, escalate_due)
add_duty("lists-match-demands", 60, Matching())
