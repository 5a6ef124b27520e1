"""Half-years that lists and board can be narrowed to."""

from django.db.models import Min

from citybrain.kernel import clock
from citybrain.kernel.models import Resource
from citybrain.kernel.report.period import Period, period_of


def half_years() -> list[Period]:
    """From the first registration to now, the newest first; at most twenty."""
    today = clock.today()
    first = Resource.objects.aggregate(first=Min("created_at"))["first"]
    year = min(first.year, today.year) if first else today.year
    codes = [f"{y}H{half}" for y in range(year, today.year + 1) for half in (1, 2)]
    found = [one for one in map(period_of, codes) if one.first <= today]
    return found[::-1][:20]
