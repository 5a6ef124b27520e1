"""Electronic licences as a Django app."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """电子证照: types, licences, their status, their way to a wallet and to a verifier."""

    name = "citybrain.domains.credentials"
    label = "credentials"
    verbose_name = "Electronic licences"
