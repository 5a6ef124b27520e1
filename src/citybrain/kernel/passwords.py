"""Password rules beyond Django's own."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class MixedCharacters:
    """At least three of: lower case, upper case, digits, other characters (GB/T 22239 practice)."""

    classes = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z\d]")
    least = 3

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` for a password of too few classes."""
        if sum(bool(re.search(one, password)) for one in self.classes) < self.least:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        """The rule in the reader's language."""
        return _("Use at least three of: lower case, upper case, digits, other characters.")
