"""Addresses for clients that exist already: DCAT harvesters and programs written for CKAN;
then the catalogue's own pages.

The former are open to everybody and answer with the description of what is published.
"""

from django.urls import URLPattern, path, re_path

from citybrain.domains.catalogue.ckan import views as ckan
from citybrain.domains.catalogue.dcat import views as dcat
from citybrain.domains.catalogue.quality import urls as quality

urlpatterns: list[URLPattern] = [
    path("catalog", dcat.catalogue, name="dcat-catalogue"),
    re_path(r"^catalog\.(?P<form>ttl|jsonld|rdf)$", dcat.catalogue, name="dcat-catalogue-in"),
    path("dataset/<slug:ref>", dcat.dataset, name="dcat-dataset"),
    re_path(
        r"^dataset/(?P<ref>[-\w]+)\.(?P<form>ttl|jsonld|rdf)$", dcat.dataset, name="dcat-dataset-in"
    ),
    re_path(r"^api/(?:3/)?action/(?P<name>[a-z_]+)$", ckan.act, name="ckan-action"),
    *quality.urlpatterns,
]
