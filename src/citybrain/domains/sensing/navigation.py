"""Sensing's entries of the navigation, and words for what its acts leave in the ledger."""

from django.utils.translation import gettext_lazy as lazy

from citybrain.ui.navigation import add_page, add_verbs

add_page("government", "sensing", lazy("Sensing"), "antenna", 60)
add_page("government", "streams", lazy("Streams"), "chart-line", 61)
add_page("government", "quarantine", lazy("Quarantine"), "filter", 62)
add_page("government", "device-tokens", lazy("Device tokens"), "key", 63)
add_verbs(
    {
        "stream_class.register": lazy("Class of streams registered"),
        "stream.register": lazy("Stream registered"),
        "stream.attach": lazy("Stream attached to a resource"),
        "stream.switch": lazy("Stream taken out of use or into use"),
        "device_token.issue": lazy("Device token issued"),
        "device_token.revoke": lazy("Device token revoked"),
        "quarantine.keep": lazy("Readings put aside"),
        "quarantine.released": lazy("Readings taken in after all"),
        "quarantine.discarded": lazy("Readings left out for good"),
    }
)
