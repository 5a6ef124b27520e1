"""What a party may see of licences; what the public may is in `checking.py`."""

from django.db.models import QuerySet

from citybrain.domains.credentials.models import Licence, LicenceType
from citybrain.kernel.acting import Acting


def types(_acting: Acting) -> QuerySet[LicenceType]:
    """Every type: what a licence says is no secret."""
    return LicenceType.objects.select_related("office")


def licences(acting: Acting) -> QuerySet[Licence]:
    """The licences of one's own office; all for those who read all."""
    rows = Licence.objects.select_related("type__office", "roll")
    return rows if acting.reads_all else rows.filter(type__office=acting.party)
