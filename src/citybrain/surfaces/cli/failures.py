"""Errors as the person at the terminal reads them."""

import errno
import os

import click

from citybrain.config import ConfigurationError


def language() -> str:
    """ "en" when the terminal is English, otherwise "zh"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


def say(zh: str, en: str) -> str:
    """One of two texts, by the terminal's language."""
    return en if language() == "en" else zh


class Failure(click.ClickException):
    """A refusal: exit code 1."""

    def show(self, file: object = None) -> None:
        """To standard error, in the reader's language."""
        click.echo(f"{say('错误', 'Error')}: {self.format_message()}", err=True)


def failure_of(error: Exception) -> click.ClickException | None:
    """What to tell about an error; None for a click error or an unexpected one."""
    if isinstance(error, click.ClickException | click.exceptions.Abort):
        return None
    if isinstance(error, ConfigurationError):
        return Failure(str(error))
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return Failure(
            say(
                "端口已被占用：可能已有一个实例在运行，请先停止或改用 --port。",
                "The port is in use: another instance may be running; stop it or choose --port.",
            )
        )
    return _of_action(error) or _of_database(error)


def _of_action(error: Exception) -> click.ClickException | None:
    from citybrain.kernel.errors import ActionError

    if not isinstance(error, ActionError):
        return None
    lines = [error.text(language())]
    english = language() == "en"
    lines += [f"  {name}: {words[english]}" for name, words in error.fields.items()]
    return Failure("\n".join(lines))


def _of_database(error: Exception) -> click.ClickException | None:
    from django.db.utils import OperationalError, ProgrammingError

    if not isinstance(error, OperationalError | ProgrammingError):
        return None
    text = str(error)
    if "no such table" in text or "does not exist" in text or "no such column" in text:
        return Failure(
            say(
                "数据库结构不是最新，请先运行 ./citybrain migrate。",
                "The database is not up to date; run ./citybrain migrate first.",
            )
        )
    return Failure(say(f"数据库不可用：{text}", f"The database cannot be used: {text}"))
