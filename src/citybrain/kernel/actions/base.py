"""What every action shares: the transaction, the lock on its record, the registry.

An action is a keyword-only function whose first argument is `acting_party`. Its body
is always: authorise → validate → write → ledger record.
"""

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import DataError, IntegrityError, transaction
from django.db.models import Model

from citybrain.kernel.errors import Conflict, Invalid, NotFound
from citybrain.kernel.models.base import Registered

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T", bound=Model)
S = TypeVar("S", bound=Registered)

ACTIONS: dict[str, Callable[..., object]] = {}
"""Every action by its verb; the docs and the tests read it."""


def action(verb: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare an action: atomic, keyword-only, known by its verb."""

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        parameters = list(inspect.signature(function).parameters.values())
        if not parameters or parameters[0].name != "acting_party":
            raise TypeError(f"{function.__qualname__}: the first argument must be acting_party")
        named = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
        if any(one.kind not in named for one in parameters):
            raise TypeError(f"{function.__qualname__}: every argument must be keyword-only")
        if verb in ACTIONS:
            raise TypeError(f"action {verb!r} is declared twice")

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except IntegrityError:
                # Looked for before, but somebody wrote it between the look and the write.
                raise Conflict(
                    "already-exists",
                    "同样的记录刚被他人写入，请刷新后重试。",
                    "Somebody has just written the same; reload and try again.",
                ) from None
            except (DataError, OverflowError):
                raise Invalid(
                    "bad-value",
                    "有字段超出可接受的范围。",
                    "A value is out of the range that can be kept.",
                ) from None

        ACTIONS[verb] = run
        return run

    return declare


def locked(model: type[T], ref: str, what_zh: str, what_en: str) -> T:
    """The record under this reference, locked until the transaction ends."""
    manager = model._default_manager
    record = manager.select_for_update(of=("self",)).filter(ref=ref).first()
    if record is None:
        raise NotFound("not-found", f"找不到该{what_zh}。", f"There is no such {what_en}.")
    return record


def expect_version(record: Registered, expected: int | None) -> None:
    """Refuse when the record has changed since the person saw it."""
    if expected is not None and record.version != expected:
        raise Conflict(
            "changed-meanwhile",
            "在您操作期间，他人已更新该记录，请刷新后重试。",
            "Somebody else has changed this record meanwhile; reload it and try again.",
        )


def save_next(record: S) -> S:
    """Save as the next version."""
    record.version += 1
    record.save()
    return record
