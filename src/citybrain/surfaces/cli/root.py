"""The command group: knows every command by name, imports one when it is asked for.

Domains bring further commands in `commands.py` (`commands: list[click.Command]`). Such
a module imports nothing but click at its top, so that `--help` stays quick.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from citybrain.surfaces.cli.failures import failure_of
from citybrain.surfaces.cli.table import OWN

PACKAGE = Path(__file__).resolve().parents[2]


class Commands(click.Group):
    """Own commands by table, domains' commands by module name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name: own ones in the table's order, then the domains'."""
        return [*OWN, *sorted(found_commands())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command; Django is set up for it where it is needed."""
        entry = OWN.get(cmd_name)
        if entry is None:
            found = found_commands().get(cmd_name)
            if found is not None:
                set_up_django()
            return found
        if entry.django:
            set_up_django()
        module = import_module(f"citybrain.surfaces.cli.commands.{entry.module}")
        command: click.Command = getattr(module, entry.attribute)
        if isinstance(command, click.Group):
            _extend(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line each, in both languages, without importing them."""
        found = found_commands()
        rows = [(name, entry.line) for name, entry in OWN.items()]
        rows += [(name, (found[name].help or "").strip().split("\n")[0]) for name in sorted(found)]
        with formatter.section("Commands 命令"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run; a refusal is told in the reader's language and ends with exit code 1."""
        try:
            return super().invoke(ctx)
        except click.exceptions.Exit:
            raise
        except Exception as error:
            told = failure_of(error)
            if told is None:
                raise
            raise told from None


def set_up_django() -> None:
    """Load settings and apps; a second call costs nothing."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citybrain.settings")
    django.setup()


def command_modules() -> Iterator[str]:
    """Names of the `commands.py` modules of the lower floors."""
    for path in sorted(PACKAGE.glob("domains/*/commands.py")):
        yield f"citybrain.domains.{path.parent.name}.commands"
    for floor in ("flows", "gateway", "kernel"):
        if (PACKAGE / floor / "commands.py").exists():
            yield f"citybrain.{floor}.commands"


def found_commands() -> dict[str, click.Command]:
    """The commands that domains bring. An own name is not given away, but an own group can get
    further subcommands from a group of its name."""
    found: dict[str, click.Command] = {}
    for name in command_modules():
        for command in import_module(name).commands:
            if command.name in OWN and isinstance(command, click.Group):
                continue
            if command.name in OWN or command.name in found:
                raise RuntimeError(f"{name}: command {command.name!r} exists already")
            found[command.name] = command
    return found


def _extend(group: click.Group) -> None:
    """Give an own group the subcommands that lower floors bring for it."""
    for name in command_modules():
        for command in import_module(name).commands:
            if command.name == group.name and isinstance(command, click.Group):
                for one in command.commands.values():
                    if one.name not in group.commands:
                        group.add_command(one)


def _print_reference(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from citybrain.surfaces.cli.reference import page

        click.echo(page(citybrain), nl=False)
        ctx.exit()


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="CityBrain 城市云脑: register, offer, request, agree, use, account.",
)
@click.option(
    "--markdown",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_reference,
    help="Print docs/commands.md. 输出命令文档",
)
def citybrain() -> None:
    """The group itself does nothing."""
