"""Registration of public data resources as a Django app."""

from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    """公共数据资源登记: applications, public notice, certificates, the public register."""

    name = "citybrain.domains.registration"
    label = "registration"
    verbose_name = "Registration of public data resources"
