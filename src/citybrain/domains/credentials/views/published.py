"""What programs read without signing in: status lists, the issuer's key, types in words."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe

from citybrain.domains.credentials.logic import wire
from citybrain.domains.credentials.logic.rules import minutes
from citybrain.domains.credentials.models import Licence, LicenceType, StatusRoll
from citybrain.engines import sdjwt
from citybrain.kernel import clock

HOUR = 3600
LASTS = 24 * HOUR
CODES = {"revoked": 1, "replaced": 1, "suspended": 2}


@require_safe
def status(request: HttpRequest, number: int) -> HttpResponseBase:
    """One status list, signed. Its tag changes with each change of a state and each hour."""
    roll = StatusRoll.objects.filter(number=number).first() if number < 10**8 else None
    if roll is None:
        raise Http404
    begun = int(clock.now().timestamp()) // HOUR * HOUR
    tag = f'"{number}-{roll.revision}-{begun}"'
    ttl = int(minutes("status-ttl").total_seconds())
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    else:
        base = wire.public_base(request.build_absolute_uri("/"))
        address = wire.status_address(base, number)
        made = sdjwt.status_token(_filled(roll), address, wire.key(), begun, ttl, LASTS)
        answer = HttpResponse(made, content_type="application/statuslist+jwt")
    answer["ETag"] = tag
    answer["Cache-Control"] = f"public, max-age={ttl}"
    return answer


def _filled(roll: StatusRoll) -> sdjwt.StatusList:
    found = sdjwt.StatusList(roll.size)
    changed = roll.licences.exclude(state=Licence.State.VALID)
    for place, state in changed.values_list("place", "state"):
        found[place] = CODES[state]
    return found


@require_safe
def issuer(request: HttpRequest) -> HttpResponseBase:
    """The issuer's metadata: who signs, and with which key."""
    key = wire.key()
    base = wire.public_base(request.build_absolute_uri("/"))
    jwk = {**key.jwk, "kid": key.kid, "alg": key.alg, "use": "sig"}
    return JsonResponse({"issuer": base, "jwks": {"keys": [jwk]}})


@require_safe
def type_metadata(_request: HttpRequest, ref: str) -> HttpResponseBase:
    """The metadata of a type (SD-JWT VC): its names and claims in both languages."""
    found = LicenceType.objects.filter(ref=ref).first()
    if found is None:
        raise Http404
    names = [("zh-CN", found.name_zh), ("en", found.name_en)]
    told = {
        "vct": found.vct,
        "name": found.name_en,
        "display": [{"locale": locale, "name": name} for locale, name in names],
        "claims": _claims(found),
    }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def _claims(found: LicenceType) -> list[dict[str, Any]]:
    shown = {one["name"] for one in found.claims if not one["hidden"]}
    return [
        {
            "path": [name],
            "display": [{"locale": "zh-CN", "label": zh}, {"locale": "en", "label": en}],
            "sd": "never" if name in shown else "always",
        }
        for name, (zh, en) in wire.claim_titles(found).items()
    ]
