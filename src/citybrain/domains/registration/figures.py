"""The figures that registrations give to the report."""

from django.db.models import QuerySet

from citybrain.domains.registration.models import Registration
from citybrain.kernel.report.period import Period
from citybrain.kernel.report.registry import Value, figure


def _registered(period: Period) -> QuerySet[Registration]:
    """Registrations whose first code was given in the period, whatever became of them."""
    return Registration.objects.filter(
        registered_at__gte=period.start, registered_at__lt=period.end
    )


@figure("registrations")
def registrations(period: Period) -> Value:
    """公共数据资源登记: resources registered in the period."""
    return Value.count(_registered(period))


@figure("registrations-national")
def registrations_national(period: Period) -> Value:
    """Those among them that have a national certificate by the period's last day."""
    return Value.count(_registered(period).filter(national_on__lte=period.last))
