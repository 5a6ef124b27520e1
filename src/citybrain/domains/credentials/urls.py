"""Addresses of the licences: the console's pages, the public check, what wallets ask."""

from django.urls import URLPattern, path

from citybrain.domains.credentials.views import licences, public, published

urlpatterns: list[URLPattern] = [
    path("licence-types", licences.types, name="licence-types"),
    path("licence-types/new", licences.describe, name="licence-type-new"),
    path("licence-types/<str:ref>", licences.show_type, name="licence-type"),
    path("licence-types/<str:ref>/issue", licences.issue, name="licence-issue"),
    path("licence-types/<str:ref>/file", licences.issue_many, name="licence-issue-many"),
    path("licences", licences.index, name="licences"),
    path("licences/<str:ref>", licences.show, name="licence"),
    path("licences/<str:ref>/replace", licences.replace, name="licence-replace"),
    path("licences/<str:ref>/paper.pdf", licences.paper, name="licence-paper"),
    path("licences/<str:ref>/acts/<str:name>", licences.act, name="licence-act"),
    path("verify-licence", public.verify, name="verify-licence"),
    path("credentials/status/<int:number>", published.status, name="licence-status"),
    path("credentials/types/<str:ref>", published.type_metadata, name="licence-type-metadata"),
    path(".well-known/jwt-vc-issuer", published.issuer, name="licence-issuer"),
]
