"""The catalogue's part of the demo city: real data, registered, published and offered."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings

from citybrain.domains.catalogue.datasets import PERSONS, Dataset, datasets
from citybrain.domains.catalogue.local_datasets import local_datasets
from citybrain.domains.catalogue.logic.synthetic import synthetic_persons
from citybrain.domains.catalogue.quality import jobs
from citybrain.domains.catalogue.quality.actions import decisions, profiles
from citybrain.domains.catalogue.quality.profiling import KINDS
from citybrain.domains.catalogue.serving import demo_upstream
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import resources
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.models import Resource

log = structlog.get_logger(__name__)

PURPOSES = ["public-service", "administration", "urban-governance", "research"]
SCOPE = "用于履行法定职责和提供公共服务，不得用于其他目的"
OPEN_TERMS: dict[str, Any] = {
    "action": "use",
    "constraints": [
        {"operand": "purpose", "operator": "isAnyOf", "value": PURPOSES},
        {"operand": "rate", "operator": "lteq", "value": {"limit": 600, "per": "PT1M"}},
    ],
}
STATISTICS_ONLY: dict[str, Any] = {
    "action": "aggregate",
    "constraints": [
        {"operand": "purpose", "operator": "isAnyOf", "value": ["statistics", "research"]},
        {"operand": "minimumCohort", "operator": "gteq", "value": 10},
        {"operand": "rate", "operator": "lteq", "value": {"limit": 60, "per": "PT1H"}},
    ],
}
TERMS = {"survival-register": STATISTICS_ONLY}
CHECKS: dict[str, list[dict[str, Any]]] = {
    "survival-register": [
        {
            "rule": "in_list",
            "column": "status",
            "values": {"list": ["alive", "deceased"]},
            "note": "生存状态只有两种取值",
        },
        {"rule": "unique", "column": "identity"},
    ]
}
WITHOUT_OFFER = {"survival-check"}
"""The main job offers this one before the visitor's eyes."""


def start() -> None:
    """Start what the demo's resources need beside the platform: the upstream of `sun-times`.

    Its port is part of what is registered. When it is taken, most likely another demo
    serves the same upstream; the rest of the demo does not depend on it.
    """
    try:
        demo_upstream.start()
    except OSError as error:
        log.warning("the upstream of sun-times was not started", reason=str(error))


def survival_calls(count: int) -> list[dict[str, Any]]:
    """Bodies of calls to `survival-check` about the first invented persons."""
    return [
        {"subject": number, "match": {"name": name}}
        for number, name, *_ in synthetic_persons(PERSONS)[:count]
    ]


def build(acting_for: Callable[[str], Acting], registered_at: datetime) -> list[Resource]:
    """Register what is not there yet, as of `registered_at`; returns all of the demo's resources.

    `acting_for` gives the steward of a department by the hint that datasets carry.
    """
    found = []
    for one in [*datasets(), *local_datasets(settings.CITYBRAIN.local_data)]:
        one.build(data_root())
        known = Resource.objects.filter(code=one.code).first()
        with clock.at(registered_at):
            found.append(known or _register(one, acting_for(one.owner)))
    _look(found)
    return found


def _look(found: list[Resource]) -> None:
    """Profile each table once, so that scores, proposals and a check's result are there."""
    for resource in found:
        if resource.kind in KINDS and not resource.profiles.exists():
            steward = profiles.system_of(resource)
            if resource.code in CHECKS:
                decisions.import_expectations(
                    acting_party=steward, resource_ref=resource.ref, wanted=CHECKS[resource.code]
                )
            jobs.run(profiles.ask_profile(acting_party=steward, resource_ref=resource.ref))


def _register(one: Dataset, steward: Acting) -> Resource:
    conditional = one.share_type == "conditional"
    draft = resources.register_resource(
        acting_party=steward,
        code=one.code,
        kind=one.kind,
        metadata=one.metadata,
        title_zh=one.title_zh,
        title_en=one.title_en,
        summary_zh=one.summary_zh,
        summary_en=one.summary_en,
        share_type=one.share_type,
        share_scope=SCOPE if conditional else "",
        update_cycle="yearly",
        grade="L3" if conditional else "L1",
    )
    resource = resources.publish_resource(acting_party=steward, resource_ref=draft.ref)
    if one.code not in WITHOUT_OFFER:
        resources.make_offer(
            acting_party=steward,
            resource_ref=resource.ref,
            title_zh="统计分析使用" if one.code in TERMS else "履职与公共服务使用",
            title_en="For statistics" if one.code in TERMS else "For duties and public service",
            policy=TERMS.get(one.code, OPEN_TERMS),
        )
    return resource
