"""What the writes of this app share."""

from citybrain.kernel.acting import Acting, Role
from citybrain.kernel.models import Party

Faults = dict[str, tuple[str, str]]


def text_fault(value: str, most: int, zh: str, en: str, required: bool = True) -> Faults:
    """A fault under the key "", when the text is missing or too long."""
    if required and not value.strip():
        return {"": (f"请填写{zh}。", f"Give {en}.")}
    if len(value) > most:
        return {"": (f"{zh}不得超过{most}字。", f"At most {most} characters for {en}.")}
    return {}


def of_the_platform() -> Acting | None:
    """The bureau as the platform acts for it; None before the city is founded."""
    bureau = Party.objects.filter(is_bureau=True).order_by("pk").first()
    return Acting(bureau, Role.ADMINISTRATOR, "system") if bureau else None
