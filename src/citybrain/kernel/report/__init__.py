"""The report on a period: every figure computed from the platform's records.

A domain gives figures by `figures.py` with functions declared by `@figure(code)`; the
list of what a report holds is `figures.toml`. What nobody computes is "not built".
"""

from citybrain.kernel.report.build import FigureRow, Report, Section, report
from citybrain.kernel.report.period import BadPeriod, Period, period_of
from citybrain.kernel.report.registry import Value, figure

__all__ = [
    "BadPeriod",
    "FigureRow",
    "Period",
    "Report",
    "Section",
    "Value",
    "figure",
    "period_of",
    "report",
]
