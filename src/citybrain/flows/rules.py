"""Rules of law that packs bring, for pages that speak of their clocks."""

from citybrain.engines.law import Rule


def rule_of_a_pack(code: str) -> Rule | None:
    """The rule of this code in the newest pack that has it; packs are kept by digest, so this
    reads each version once."""
    from citybrain.flows.faults import FaultyError
    from citybrain.flows.models import PackVersion
    from citybrain.flows.versions import pack_of

    versions = PackVersion.objects.defer("files").exclude(state=PackVersion.State.DRAFT)
    for version in versions.order_by("-activated_at", "-pk"):
        try:
            law = pack_of(version).law
        except FaultyError:
            continue
        if law is not None and code in law:
            return law[code]
    return None
