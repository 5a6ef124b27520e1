"""Short ways for tests to types, licences and offers. All holders are invented."""

from typing import Any

from tests.personas import City

from citybrain.domains.credentials.actions.licences import issue_licence
from citybrain.domains.credentials.actions.types import describe_type
from citybrain.domains.credentials.models import Licence, LicenceType
from citybrain.engines.codes import synthetic_identity, synthetic_uscc

MINISTRY = synthetic_uscc(1, "1", "1")
OFFICE = synthetic_uscc(2, "1", "1")
CLAIMS = [
    {"name": "birthdate", "zh": "出生日期", "en": "Date of birth", "type": "date"},
    {"name": "address", "zh": "居住地址", "en": "Address"},
    {"name": "level", "zh": "等级", "en": "Level", "required": False, "hidden": False},
]
VALUES = {"birthdate": "1990-01-01", "address": "市南区虚构路1号"}


def type_of(city: City, suffix: str = "001", **more: Any) -> LicenceType:
    given: dict[str, Any] = {
        "code": MINISTRY + suffix,
        "name_zh": "居住证",
        "name_en": "Residence permit",
        "holder_kind": "person",
        "claims": CLAIMS,
        "months": 12,
        "issuer_code": OFFICE,
    }
    return describe_type(acting_party=city.su, **(given | more))


def licence_of(city: City, type: LicenceType | None = None, n: int = 1, **more: Any) -> Licence:
    type = type or type_of(city)
    given: dict[str, Any] = {
        "holder_name": "张三（虚构）",
        "holder_number": synthetic_identity(n),
        "claims": VALUES,
    }
    return issue_licence(acting_party=city.su, type_ref=type.ref, **(given | more))
