"""What the licences add to the pages: entries, words for verbs."""

from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting
from citybrain.ui.navigation import add_page, add_verbs


def _issues(acting: Acting) -> bool:
    return acting.reads_all or acting.may("licence.manage", acting.party)


add_page("government", "licences", lazy("Licences"), "id", 40, _issues)
add_page("government", "licence-types", lazy("Types of licences"), "file-certificate", 41)
add_verbs(
    {
        "licence-type.describe": lazy("Type of licence described"),
        "licence.issue": lazy("Licence issued"),
        "licence.suspend": lazy("Licence suspended"),
        "licence.resume": lazy("Licence in force again"),
        "licence.revoke": lazy("Licence revoked"),
        "licence.replace": lazy("Licence replaced"),
    }
)
