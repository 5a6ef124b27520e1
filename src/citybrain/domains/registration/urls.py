"""Addresses of the registration: the console's pages, and the register that is open to all."""

from django.urls import URLPattern, path

from citybrain.domains.registration.views import (
    applications,
    lists,
    public,
    registrations,
    wizard,
)

CASE = "registration-cases/<str:ref>"
urlpatterns: list[URLPattern] = [
    path("registrations", lists.index, name="registrations"),
    path("registrations/<str:ref>", registrations.show, name="registration"),
    path(
        "registrations/<str:ref>/begin/<str:kind>", registrations.again, name="registration-again"
    ),
    path("registrations/<str:ref>/national", registrations.national, name="registration-national"),
    path("registrations/<str:ref>/expire", registrations.expire, name="registration-expire"),
    path(
        "registration-certificates/<str:ref>",
        registrations.certificate,
        name="registration-certificate",
    ),
    path("resources/<str:ref>/registration", registrations.tab, name="resource-registration"),
    path("resources/<str:ref>/registration/begin", registrations.begin, name="registration-begin"),
    path("registration-cases", lists.applications, name="registration-applications"),
    path(CASE, applications.show, name="registration-application"),
    path(f"{CASE}/moves/<str:move>", applications.move, name="registration-move"),
    path(f"{CASE}/steps/<str:step>", wizard.step, name="registration-step"),
    path(f"{CASE}/check", wizard.check, name="registration-check"),
    path(
        "registration-objections/<str:ref>/<str:verdict>",
        applications.answer,
        name="registration-objection",
    ),
    path("registry", public.register, name="registry"),
    path("registry/notices", public.notices, name="registry-notices"),
    path("registry/notices/<str:ref>", public.notice, name="registry-notice"),
    path("registry/verify", public.verify, name="registry-verify"),
    path("registry/<str:code>", public.entry, name="registry-entry"),
    path("registry/<str:code>/certificate.pdf", public.certificate_pdf, name="registry-pdf"),
    path("registry/<str:code>/certificate.json", public.certificate_json, name="registry-json"),
]
