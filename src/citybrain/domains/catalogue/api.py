"""The catalogue's routes of the API."""

from ninja import Router

from citybrain.domains.catalogue.quality import api as quality

prefix = ""
router = Router()
router.add_router("", quality.router)
