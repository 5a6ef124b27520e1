"""Tables, profiles and checks for the tests of quality; everybody in them is invented."""

from itertools import count
from typing import Any

from tests.personas import City

from citybrain.domains.catalogue.logic.synthetic import synthetic_persons
from citybrain.domains.catalogue.models import Expectation, Profile
from citybrain.domains.catalogue.quality import jobs
from citybrain.domains.catalogue.quality.actions import decisions
from citybrain.domains.catalogue.quality.actions import profiles as actions
from citybrain.kernel.actions import resources
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.models import Resource

_files = count()
GIVEN = ("伟", "芳", "敏", "静", "秀英", "丽", "强", "磊", "军", "洋", "艳", "勇", "明", "超")
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林"


def table(
    city: City,
    code: str,
    content: str | bytes,
    columns: dict[str, str],
    publish: bool = True,
    **changes: Any,
) -> Resource:
    """A table of the transport commission over a CSV file with this content."""
    name = f"quality/{next(_files)}-{code}.csv"
    path = data_root() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    items = [
        {"name": one, "title_zh": one, "title_en": one, "type": letter}
        for one, letter in columns.items()
    ]
    metadata = {
        "source": {"type": "file", "path": name, "format": "csv"},
        "items": items,
        "primary_key": changes.pop("primary_key", []),
    }
    description = {
        "title_zh": "人员表",
        "title_en": "Persons",
        "share_type": "conditional",
        "share_scope": "用于履职",
        "update_cycle": "monthly",
        "grade": "L1",
    } | changes
    resource = _register(city, code, metadata, description, path)
    if publish:
        resources.publish_resource(acting_party=city.su, resource_ref=resource.ref)
        resource.refresh_from_db()
    return resource


def _register(city: City, code: str, metadata: Any, description: Any, path: Any) -> Resource:
    """Registering opens the source; what is broken is put there afterwards."""
    whole = path.read_bytes()
    names = whole.split(b"\n")[0]
    path.write_bytes(names[:100_000] + b"\n")
    try:
        return resources.register_resource(
            acting_party=city.su, code=code, kind="table", metadata=metadata, **description
        )
    finally:
        path.write_bytes(whole)


def persons(city: City, code: str = "Q-0001", n: int = 60, **changes: Any) -> Resource:
    """Identity numbers, names and districts; nothing marked as protected."""
    lines = ["identity,name,district,note"]
    for place, (number, _name, district, *_more) in enumerate(synthetic_persons(n)):
        name = f"{FAMILY[place % len(FAMILY)]}{GIVEN[place % len(GIVEN)]}"
        lines.append(f"{number},{name},{district},")
    columns = {"identity": "C", "name": "C", "district": "C", "note": "C"}
    return table(city, code, "\n".join(lines) + "\n", columns, **changes)


def check(city: City, of: Resource, rule: str, on: str = "", /, **values: Any) -> Expectation:
    """A check of the owner's steward."""
    return decisions.write_expectation(
        acting_party=city.su, resource_ref=of.ref, rule=rule, column=on, values=values
    )


def profiled(resource: Resource) -> Profile:
    """Look at it now."""
    resource.refresh_from_db()
    asked = actions.ask_profile(acting_party=actions.system_of(resource), resource_ref=resource.ref)
    return jobs.run(asked)
