"""The half-year report, computed from the records when the page is opened."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import NotAllowed, NotFound
from citybrain.kernel.report import BadPeriod, report
from citybrain.surfaces.documents.report import report_docx
from citybrain.ui.labels import localised
from citybrain.ui.pages import page

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The running half-year's report, or that of `?period=`."""
    today = clock.today()
    running = f"{today.year}H{1 if today.month <= 6 else 2}"
    return redirect("report", (request.GET.get("period", "").strip() or running)[:12])


@page()
def show(request: HttpRequest, acting: Acting, period: str) -> HttpResponseBase:
    """One period's report. The figures are the city's, so only the bureau sees them."""
    if not acting.reads_all:
        raise NotAllowed(
            "not-allowed",
            "全市报告由数据局管理员和审计人员查看。",
            "The city's report is for the bureau's administrators and auditors.",
        )
    try:
        found = report(period)
    except BadPeriod as error:
        raise NotFound("bad-period", error.zh, error.en) from None
    if request.GET.get("format") == "docx":
        language = "en" if (get_language() or "").startswith("en") else "zh"
        config = settings.CITYBRAIN
        body = report_docx(found, config.city_zh, config.city_en, language)
        answer = HttpResponse(body, content_type=WORD)
        answer["Content-Disposition"] = f'attachment; filename="report-{found.period.code}.docx"'
        return answer
    years = sorted({found.period.first.year, clock.today().year}, reverse=True)
    context = {
        "report": found,
        "period_name": localised(found.period.zh, found.period.en),
        "sections": [
            (localised(one.zh, one.en), [(localised(r.title_zh, r.title), r) for r in one.figures])
            for one in found.sections
        ],
        "periods": [f"{year}H{half}" for year in years for half in (2, 1)],
    }
    return render(request, "console/report.html", context)
