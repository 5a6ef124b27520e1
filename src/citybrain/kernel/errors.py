"""What an action refuses with: a stable reason, and words that say what to do next."""

from collections.abc import Mapping


class ActionError(Exception):
    """Base of all refusals. `status` is the HTTP status that programs are told."""

    status = 400

    def __init__(
        self, reason: str, zh: str, en: str, fields: Mapping[str, tuple[str, str]] | None = None
    ) -> None:
        super().__init__(en)
        self.reason, self.zh, self.en = reason, zh, en
        self.fields = dict(fields or {})
        """Field name → (Chinese, English) message, for forms."""

    def text(self, language: str) -> str:
        """The message in the reader's language; Chinese unless it is English."""
        return self.en if language.startswith("en") else self.zh


class NotAllowed(ActionError):  # noqa: N818 - named as what happened
    """The acting party may not do this."""

    status = 403


class NotFound(ActionError):  # noqa: N818 - named as what happened
    """There is no such thing, or none that this party may see."""

    status = 404


class Conflict(ActionError):  # noqa: N818 - named as what happened
    """Somebody else was first, or the state is not what the action needs."""

    status = 409


class Invalid(ActionError):  # noqa: N818 - named as what happened
    """What was given cannot be accepted; `fields` says why, field by field."""

    status = 422
