"""What the API says of itself: landing page, conformance, collection, queryables, OpenAPI."""

from typing import Any

from citybrain.domains.catalogue.exchange.entry import Directory
from citybrain.domains.catalogue.records.asking import KNOWN, LIMIT, MOST
from citybrain.domains.catalogue.records.places import extent
from citybrain.domains.catalogue.records.shapes import COLLECTION, link

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
JSON, GEOJSON = "application/json", "application/geo+json"
_SPEC = "http://www.opengis.net/spec"
CLASSES = [
    f"{_SPEC}/ogcapi-common-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/landing-page",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/json",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/oas30",
    f"{_SPEC}/ogcapi-common-2/1.0/conf/collections",
    f"{_SPEC}/ogcapi-features-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-features-1/1.0/conf/geojson",
    f"{_SPEC}/ogcapi-records-1/1.0/conf/record-core",
    f"{_SPEC}/ogcapi-records-1/1.0/conf/record-collection",
    f"{_SPEC}/ogcapi-records-1/1.0/conf/record-core-query-parameters",
    f"{_SPEC}/ogcapi-records-1/1.0/conf/record-api",
    f"{_SPEC}/ogcapi-records-1/1.0/conf/json",
]


def landing(directory: Directory) -> dict[str, Any]:
    """The way in."""
    home = f"{directory.base}/ogc"
    return {
        "title": directory.title_zh,
        "description": directory.title_en,
        "links": [
            link("self", home, JSON),
            link("service-desc", f"{home}/api", OPENAPI),
            link("service-doc", f"{directory.base}/directory", "text/html"),
            link("conformance", f"{home}/conformance", JSON),
            link("data", f"{home}/collections", JSON),
            link(
                "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog",
                f"{home}/collections/{COLLECTION}",
                JSON,
            ),
        ],
    }


def collection(directory: Directory) -> dict[str, Any]:
    """The one collection of records."""
    home = f"{directory.base}/ogc/collections/{COLLECTION}"
    return {
        "id": COLLECTION,
        "type": "Collection",
        "title": directory.title_zh,
        "description": directory.title_en,
        "itemType": "record",
        "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        "extent": {
            "spatial": {
                "bbox": [extent()],
                "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            }
        },
        "links": [
            link("self", home, JSON),
            link("items", f"{home}/items", GEOJSON),
            link("http://www.opengis.net/def/rel/ogc/1.0/queryables", f"{home}/queryables", SCHEMA),
            link("alternate", f"{directory.base}/catalog.ttl", "text/turtle", "DCAT"),
            link("root", f"{directory.base}/ogc", JSON),
        ],
    }


_TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
PARAMETERS: dict[str, dict[str, Any]] = {
    "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
    "datetime": {"type": "string", "description": "Of the publication (`issued`)."},
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
    "offset": {"type": "integer", "minimum": 0, "default": 0},
    "q": {**_TEXTS, "description": "Alternatives; all words of one must occur."},
    "type": {"type": "array", "items": {"type": "string", "enum": ["dataset", "service"]}},
    "ids": {**_TEXTS, "description": "References."},
    "externalIds": {**_TEXTS, "description": "Directory codes."},
    "externalid": {**_TEXTS, "description": "The same as externalIds."},
    "f": {"type": "string", "enum": ["json", "geojson"]},
}


def queryables(directory: Directory) -> dict[str, Any]:
    """What a search can be narrowed by, as a JSON Schema."""
    address = f"{directory.base}/ogc/collections/{COLLECTION}/queryables"
    named = {name: PARAMETERS[name] for name in ("q", "type", "externalIds", "datetime")}
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$id": address,
        "type": "object",
        "title": directory.title_en,
        "properties": {
            **named,
            "geometry": {"$ref": "https://geojson.org/schema/Geometry.json"},
        },
        "additionalProperties": False,
    }


def openapi(directory: Directory) -> dict[str, Any]:
    """OpenAPI 3.0 of every address."""
    items = f"/collections/{COLLECTION}/items"
    listed = [_parameter(name) for name in KNOWN]
    reference = {
        "name": "recordId",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": directory.title_en, "version": "1.0"},
        "servers": [{"url": f"{directory.base}/ogc"}],
        "paths": {
            "/": _get("The landing page", "landing"),
            "/conformance": _get("Conformance classes", "conformance"),
            "/collections": _get("The collections", "collections"),
            f"/collections/{COLLECTION}": _get("The collection", "collection"),
            f"/collections/{COLLECTION}/queryables": _get("The queryables", "queryables", SCHEMA),
            items: _get("Search records", "records", GEOJSON, listed),
            items + "/{recordId}": _get("One record", "record", GEOJSON, [reference]),
            "/api": _get("This document", "api", OPENAPI),
        },
    }


def _parameter(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "in": "query", "schema": PARAMETERS[name]}
    is_list = PARAMETERS[name]["type"] == "array"
    return found | ({"style": "form", "explode": False} if is_list else {})


def _get(
    summary: str, name: str, type_: str = JSON, parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    schema = {"schema": {"type": "object"}}
    return {
        "get": {
            "summary": summary,
            "operationId": name,
            "parameters": parameters or [],
            "responses": {
                "200": {"description": summary, "content": {type_: schema}},
                "default": {
                    "description": "Problem details",
                    "content": {"application/problem+json": schema},
                },
            },
        }
    }
