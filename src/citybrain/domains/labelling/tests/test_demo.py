"""Labelling's part of the demo city, and the figure that it gives."""

import time
from datetime import UTC, datetime

import pytest
from tests.personas import City

from citybrain.domains.labelling import comparing, demo
from citybrain.domains.labelling.models import Project
from citybrain.kernel.acting import Acting
from citybrain.kernel.report.period import period_of
from citybrain.kernel.report.registry import compute_of

WHEN = datetime(2025, 2, 3, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_the_demo_labels_settles_and_releases_once(city: City) -> None:
    people = {"approval": city.su, "civil-affairs": city.ci, "market": city.zhao}

    def acting_for(hint: str) -> Acting:
        return people[hint]

    began = time.monotonic()
    (resource,) = demo.build(acting_for, WHEN)
    assert time.monotonic() - began < 6
    assert demo.build(acting_for, WHEN) == [resource]
    assert (resource.status, resource.facts["items"]) == ("published", 24)
    project = Project.objects.get()
    (pair,) = comparing.report(project).pairs
    assert pair.tasks == 24 and 0.4 < (pair.kappa or 0) < 1
    assert project.verdicts.count() > 0
    compute = compute_of("datasets")
    assert compute is not None
    assert compute(period_of("2025H1")).amount == 1
    assert compute(period_of("2024H2")).amount == 0
