"""Addresses for clients that exist already: DCAT harvesters and programs written for CKAN;
then the catalogue's own pages.

The former are open to everybody and answer with the description of what is published.
"""

from django.urls import URLPattern, path, re_path

from citybrain.domains.catalogue.ckan import views as ckan
from citybrain.domains.catalogue.dcat import views as dcat
from citybrain.domains.catalogue.harvest import views as harvest
from citybrain.domains.catalogue.public import crawling
from citybrain.domains.catalogue.public import views as public
from citybrain.domains.catalogue.quality import urls as quality
from citybrain.domains.catalogue.records import views as records

urlpatterns: list[URLPattern] = [
    path("directory", public.directory, name="directory"),
    re_path(r"^ogc/?$", records.landing, name="ogc"),
    path("ogc/conformance", records.conformance, name="ogc-conformance"),
    path("ogc/api", records.api, name="ogc-api"),
    path("ogc/collections", records.collections, name="ogc-collections"),
    path("ogc/collections/directory", records.collection, name="ogc-collection"),
    path("ogc/collections/directory/queryables", records.queryables, name="ogc-queryables"),
    path("ogc/collections/directory/items", records.items, name="ogc-items"),
    path("ogc/collections/directory/items/<slug:ref>", records.item, name="ogc-item"),
    path("robots.txt", crawling.robots, name="robots"),
    path("sitemap.xml", crawling.index, name="sitemap"),
    path("sitemap-<int:number>.xml", crawling.part, name="sitemap-part"),
    path("catalog", dcat.catalogue, name="dcat-catalogue"),
    re_path(r"^catalog\.(?P<form>ttl|jsonld|rdf)$", dcat.catalogue, name="dcat-catalogue-in"),
    path("dataset/<slug:ref>", dcat.dataset, name="dcat-dataset"),
    re_path(
        r"^dataset/(?P<ref>[-\w]+)\.(?P<form>ttl|jsonld|rdf)$", dcat.dataset, name="dcat-dataset-in"
    ),
    path("harvest", harvest.index, name="harvest"),
    path("harvest/new", harvest.add, name="harvest-add"),
    path("harvest/<slug:ref>", harvest.show, name="harvest-source"),
    path("harvest/<slug:ref>/run", harvest.run, name="harvest-run"),
    re_path(
        r"^harvest/(?P<ref>[-\w]+)/switch/(?P<to>on|off)$", harvest.switch, name="harvest-switch"
    ),
    path("harvest/<slug:ref>/drop", harvest.drop, name="harvest-drop"),
    re_path(r"^api/(?:3/)?action/(?P<name>[a-z_]+)$", ckan.act, name="ckan-action"),
    *quality.urlpatterns,
]
