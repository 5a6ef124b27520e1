"""What the registration adds to the pages: entries, a tab, words for its verbs."""

from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.registration import places
from citybrain.ui.navigation import add_page, add_public, add_tab, add_verbs
from citybrain.ui.subjects import add_places

add_page("elements", "registrations", lazy("Registrations"), "certificate", 10)
add_page(
    "elements", "registration-applications", lazy("Registration cases"), "file-certificate", 11
)
add_public("/registry")
add_tab("resource", "resource-registration", lazy("Registration"), 40)
add_places("registration", places.registrations)
add_places("registration-application", places.applications)
add_places("registration-certificate", places.certificates)
add_places("registration-objection", places.objections)
add_verbs(
    {
        "registration.apply": lazy("Registration applied for"),
        "registration.draft": lazy("Application drafted"),
        "registration.fill-in": lazy("Form filled in"),
        "registration.submit": lazy("Application submitted"),
        "registration.accept": lazy("Application accepted"),
        "registration.supplement": lazy("Applicant told what is missing"),
        "registration.decline": lazy("Application not accepted"),
        "registration.pass": lazy("Formal review passed, put on public notice"),
        "registration.grant": lazy("Formal review passed, completed"),
        "registration.reject": lazy("Formal review not passed"),
        "registration.object": lazy("Notice stopped by an objection"),
        "registration.objection": lazy("Objection received"),
        "registration.answer-objection": lazy("Objection answered"),
        "registration.dismiss": lazy("Objections dismissed, notice goes on"),
        "registration.uphold": lazy("Objection upheld"),
        "registration.close-notice": lazy("Public notice over"),
        "registration.code": lazy("Code and certificate given"),
        "registration.withdraw": lazy("Application withdrawn"),
        "registration.registered-first": lazy("Registered for the first time"),
        "registration.registered-change": lazy("Change registered"),
        "registration.registered-correction": lazy("Correction registered"),
        "registration.registered-renewal": lazy("Registration renewed"),
        "registration.certificate": lazy("Certificate issued"),
        "registration.certificate-superseded": lazy("Certificate replaced"),
        "registration.certificate-void": lazy("Certificate out of force"),
        "registration.national": lazy("National certificate number noted"),
        "registration.remind": lazy("Reminded of expiry"),
        "registration.expired": lazy("Registration expired"),
        "registration.cancelled": lazy("Registration cancelled"),
        "registration.ended": lazy("Not registered"),
    }
)
