"""The figure that datasets give to the report."""

from citybrain.kernel.models import Resource
from citybrain.kernel.report.period import Period
from citybrain.kernel.report.registry import Value, figure


@figure("datasets")
def datasets(period: Period) -> Value:
    """高质量数据集: published in the directory by the end of the period and standing there."""
    return Value.count(
        Resource.objects.filter(
            kind="dataset", status=Resource.Status.PUBLISHED, published_at__lt=period.end
        )
    )
