"""Ways out for messages. Each takes a key, so that a message which is handed over twice
because of a crash still exists once.

`FileAdapter` writes a file a message: the default where no server is named. `MailAdapter` is
Django's e-mail; its Message-ID is made of the key, so that mail servers recognise a repeat.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import orjson
from django.conf import settings
from django.core.mail import EmailMessage

from citybrain.flows.models import Message


class Adapter(Protocol):
    """Raises any exception when the message could not be handed over."""

    def send(self, message: Message) -> None:
        """Hand it over."""


class FileAdapter:
    """`<data folder>/outbox/<channel>/<key>.json`, complete or not there."""

    def send(self, message: Message) -> None:
        """Write it, unless it has been."""
        folder: Path = settings.CITYBRAIN.data_dir / "outbox" / message.channel
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{message.key}.json"
        if path.exists():
            return
        body = {"to": message.to, "subject": message.subject, "body": message.body}
        temporary = path.with_suffix(f".{os.getpid()}.part")
        with temporary.open("wb") as out:
            out.write(orjson.dumps(body))
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)


class MailAdapter:
    """E-mail through the server of Django's settings."""

    def send(self, message: Message) -> None:
        """Hand it to the mail server."""
        name = f"<{message.key}@{settings.CITYBRAIN.ledger_origin.partition('/')[0]}>"
        EmailMessage(
            message.subject, message.body, None, [message.to], headers={"Message-ID": name}
        ).send()


_adapters: dict[str, Callable[[], Adapter]] = {}


def set_adapter(channel: str, make: Callable[[], Adapter]) -> None:
    """Let another program carry a channel's messages, for example the city's SMS platform."""
    _adapters[channel] = make


def adapter_of(channel: str) -> Adapter:
    """The adapter of a channel: one that was set, e-mail where a server is named, or files."""
    if channel in _adapters:
        return _adapters[channel]()
    if channel == "email" and settings.CITYBRAIN.smtp_url:
        return MailAdapter()
    return FileAdapter()
