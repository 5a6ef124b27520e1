"""The kind `external`: what is kept elsewhere cannot be served, only pointed to."""

from pydantic import BaseModel

from citybrain.domains.catalogue.logic.errors import bad
from citybrain.domains.catalogue.logic.external import ExternalMetadata
from citybrain.kernel.kinds import Answer, Call, UseContext


def output_of(call: Call) -> str:
    """Always "json", so that the answer is where to go and not a refusal of a form."""
    return "json"


async def serve(context: UseContext, call: Call) -> Answer:
    """Never answers. Raises `ServeError` 409 "kept-elsewhere" with the page to go to."""
    page = _metadata(context.resource.metadata).landing_page
    raise bad(
        "kept-elsewhere",
        f"本目录只描述该资源，数据保存在别处，请访问：{page}",
        f"This directory only describes the resource; it is kept elsewhere: {page}",
        409,
    )


def _metadata(metadata: BaseModel) -> ExternalMetadata:
    if not isinstance(metadata, ExternalMetadata):
        raise TypeError("not the metadata of a resource kept elsewhere")
    return metadata
