"""The beginning of an installation: the bureau and its first administrator."""

from django.db import transaction

from citybrain.kernel import ledger
from citybrain.kernel.acting import Acting, Role
from citybrain.kernel.actions import parties
from citybrain.kernel.errors import Conflict
from citybrain.kernel.models import Membership, Party


@transaction.atomic
def found_bureau(*, name_zh: str, name_en: str, username: str, password: str) -> Membership:
    """Register the bureau and its first administrator, which nobody could authorise yet.

    Possible only while no bureau has an administrator. Raises `Conflict` afterwards.
    """
    if Membership.objects.filter(role=Role.ADMINISTRATOR, active=True).exists():
        raise Conflict(
            "already-founded",
            "数据局管理员已存在，请由其创建账号。",
            "The bureau has an administrator already, who creates further accounts.",
        )
    bureau = Party.objects.filter(is_bureau=True).first()
    if bureau is None:
        bureau = Party.objects.create(
            type=Party.Type.DEPARTMENT, name_zh=name_zh, name_en=name_en, is_bureau=True
        )
        ledger.write("party.found", bureau, None)
    founder = Acting(party=bureau, role=Role.ADMINISTRATOR, account="system")
    account = parties.create_account(acting_party=founder, username=username, password=password)
    return parties.grant_membership(
        acting_party=founder, account=account, party=bureau, role=Role.ADMINISTRATOR
    )
