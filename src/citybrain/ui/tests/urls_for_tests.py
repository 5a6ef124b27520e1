"""The style page alone, as a site."""

from django.urls import include, path

handler400 = "citybrain.ui.handlers.bad_request"
urlpatterns = [
    path("", include("citybrain.ui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
