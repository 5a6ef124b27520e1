"""Describing types of licences."""

import re
from typing import Any

from citybrain.domains.credentials.logic.schema import checked_schema
from citybrain.domains.credentials.models import LicenceType
from citybrain.engines.codes import uscc
from citybrain.kernel import ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action
from citybrain.kernel.errors import Conflict, Invalid

CODE = re.compile(r"[0-9A-Z]{18}[0-9A-Z]{3}")
MOST_MONTHS = 1200
Faults = dict[str, tuple[str, str]]


@action("licence-type.describe")
def describe_type(
    *,
    acting_party: Acting,
    code: str,
    name_zh: str,
    name_en: str,
    holder_kind: str,
    claims: Any,
    months: int = 0,
    issuer_code: str = "",
) -> LicenceType:
    """Describe a type that the acting office issues.

    `code` is the credit code of the ministry in charge and 3 characters (GB/T 36904);
    `issuer_code` is the office's own where its party has none yet.
    """
    authorise(acting_party, "licence-type.manage", acting_party.party)
    office = acting_party.party
    issuer = (issuer_code or office.code or "").strip().upper()
    code = code.strip().upper()
    _check(code, issuer, name_zh, name_en, holder_kind, months)
    if LicenceType.objects.filter(code=code).exists():
        raise Conflict("already-exists", "该类型代码已登记。", "This type code is taken.")
    made = LicenceType.objects.create(
        code=code,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        office=office,
        issuer_code=issuer,
        holder_kind=holder_kind,
        months=months,
        claims=checked_schema(claims),
        vct=f"urn:citybrain:licence:{code.lower()}",
    )
    ledger.write("licence-type.describe", made, acting_party)
    return made


def _check(
    code: str, issuer: str, name_zh: str, name_en: str, holder_kind: str, months: int
) -> None:
    faults: Faults = {}
    if not CODE.fullmatch(code) or not uscc.validate(code[:18]):
        faults["code"] = (
            "类型代码为主管部门统一社会信用代码加3位字符。",
            "A type code is the credit code of the ministry in charge and 3 characters.",
        )
    if not uscc.validate(issuer):
        faults["issuer_code"] = (
            "须填写发证部门的统一社会信用代码。",
            "The credit code of the issuing office is needed.",
        )
    for name, value in (("name_zh", name_zh), ("name_en", name_en)):
        if not value.strip():
            faults[name] = ("必填。", "It is needed.")
    if holder_kind not in LicenceType.Holder.values:
        faults["holder_kind"] = ("请选择持证主体类型。", "Choose the kind of holder.")
    if not 0 <= months <= MOST_MONTHS:
        faults["months"] = ("有效月数为0至1200。", "Months are 0 to 1,200.")
    if faults:
        raise Invalid("bad-type", "请更正标出的字段。", "Correct the marked fields.", faults)
