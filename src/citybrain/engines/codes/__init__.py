"""Codes and check digits of Chinese administration, and the two map datums.

`uscc` unified social credit codes · `identity` citizen numbers · `area` GB/T 2260 ·
`gb28181` video devices · `licence` electronic licences · `service_item` service items ·
`datum` GCJ-02 and WGS-84 · `synthetic` invented numbers for demos and tests.
"""

from citybrain.engines.codes import (
    area,
    datum,
    gb28181,
    identity,
    licence,
    service_item,
    synthetic,
    uscc,
)
from citybrain.engines.codes.synthetic import is_synthetic, synthetic_identity, synthetic_uscc

__all__ = [
    "area",
    "datum",
    "gb28181",
    "identity",
    "is_synthetic",
    "licence",
    "service_item",
    "synthetic",
    "synthetic_identity",
    "synthetic_uscc",
    "uscc",
]
