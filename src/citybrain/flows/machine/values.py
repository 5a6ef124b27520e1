"""Between the fields of a run (JSON) and the values of expressions."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from citybrain.flows.expressions import compile_python, parse
from citybrain.flows.expressions.evaluate import TODAY
from citybrain.flows.expressions.values import BadValueError, plain, typed
from citybrain.flows.machine.outcome import Data, Stuck
from citybrain.flows.packs import Pack


class World(dict[str, Any]):
    """The fields as values, read when they are asked for, with the day."""

    def __init__(self, pack: Pack, data: Data, today: date) -> None:
        super().__init__({TODAY: today})
        self.pack, self.data = pack, data

    def get(self, name: str, default: Any = None) -> Any:
        """A field's value. Raises `Stuck` for one that does not have its type."""
        if name not in self:
            self[name] = self._read(name)
        return self[name]

    def _read(self, name: str) -> Any:
        known = self.pack.fields.get(name)
        if known is None:
            return None
        raw = self.data.get(name)
        # Numbers with a fraction are kept as decimal text, because JSON has none.
        try:
            is_decimal = known.type == "number" and isinstance(raw, str)
            return typed(Decimal(str(raw)) if is_decimal else raw, known.type)
        except (BadValueError, InvalidOperation):
            raise Stuck(
                "bad-value",
                f"字段“{name}”的值类型不符。",
                f"The field {name!r} does not have the type {known.type}.",
            ) from None


def value(text: str, world: World) -> Any:
    """What an expression gives now, as JSON holds it."""
    return plain(compile_python(parse(text))(world))


def is_true(text: str, world: World) -> bool:
    """Whether a condition is true; null is not."""
    return compile_python(parse(text))(world) is True


def at_pointer(answer: Any, pointer: str) -> Any:
    """RFC 6901; None for what is not there."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(answer, Mapping):
            answer = answer.get(name)
        elif isinstance(answer, list) and name.isdecimal() and int(name) < len(answer):
            answer = answer[int(name)]
        else:
            return None
    return answer
