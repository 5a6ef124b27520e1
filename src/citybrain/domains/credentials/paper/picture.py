"""The paper copy: one A4 page with the code that anybody can check."""

import io
import json
from pathlib import Path

import segno
import typst
from django.conf import settings
from django.urls import reverse

from citybrain.domains.credentials.logic.wire import paper_code
from citybrain.domains.credentials.models import Licence

HERE = Path(__file__).parent
FONTS = Path(settings.BASE_DIR) / "domains" / "registration" / "fonts"
"""The font that this platform's papers are set in."""


def pdf_of(licence: Licence, base: str) -> bytes:
    """The copy as PDF; its QR code opens the public check with the signed code behind "#"."""
    address = base + reverse("verify-licence")
    qr = io.BytesIO()
    made_of = f"{address}#{paper_code(licence, base)}"
    segno.make(made_of, error="m", micro=False).save(qr, kind="svg", border=2)
    made = typst.compile(
        HERE / "template.typ",
        root=HERE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(_shown(licence, address)), "qr": qr.getvalue().decode()},
    )
    if not isinstance(made, bytes):
        raise TypeError("a copy is one file")
    return made


def _shown(licence: Licence, address: str) -> dict[str, object]:
    end = licence.valid_to.isoformat() if licence.valid_to else "长期"
    return {
        "title": licence.type.name_zh,
        "title_en": licence.type.name_en,
        "office": licence.type.office.name_zh,
        "rows": [
            ["持证主体", licence.holder_name],
            ["证件号码", licence.holder_masked],
            ["证照标识", licence.identifier],
            ["有效期", f"{licence.valid_from.isoformat()} 至 {end}"],
        ],
        "address": address,
    }
