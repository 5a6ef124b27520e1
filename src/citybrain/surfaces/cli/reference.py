"""docs/commands.md: every command with its arguments and options, made from the commands."""

from collections.abc import Iterator

import click

PREFACE = """# Commands

`./citybrain COMMAND --help` shows the same at the terminal. Commands that act for somebody
take `--as USERNAME[:ROLE][@PARTY]`: whoever may run commands on the machine is trusted as its
operator, no password is asked, and the ledger records the account that was named. `PARTY`
is a party's reference or its unified social credit code; role and party may be left out
when the person has one membership.

Refusals are told in Chinese, or in English when `LC_ALL`, `LC_MESSAGES` or `LANG` starts with
`en`, and end with exit code 1; wrong usage ends with 2. `--json` prints what the API would.
This page is made by `./citybrain --markdown`.
"""


def page(root: click.Group) -> str:
    """The whole page as Markdown."""
    context = click.Context(root, info_name="citybrain")
    return "\n".join((PREFACE, *_commands(root, context)))


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield from _one(command, click.Context(command, parent=context, info_name=name))


def _one(command: click.Command, context: click.Context) -> Iterator[str]:
    depth = len(context.command_path.split())
    yield f"{'#' * depth} {' '.join(context.command_path.split()[1:])}\n"
    yield f"{command.help or ''}\n"
    if isinstance(command, click.Group):
        yield from _commands(command, context)
        return
    yield f"`./{context.command_path} {' '.join(command.collect_usage_pieces(context))}`\n"
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield "| option | |"
        yield "|---|---|"
        yield from (_option(one, context) for one in options)
        yield ""


def _option(option: click.Option, context: click.Context) -> str:
    names = ", ".join(option.opts)
    kind = "" if option.is_flag else f" {option.make_metavar(context)}"
    marks = " (required)" if option.required else ""
    if option.show_default and option.default not in (None, ""):
        marks += f" Default: `{option.default}`."
    words = f"{option.help or ''}{marks}".strip().replace("|", "or")
    return f"| `{names}{kind.replace('|', ' ')}` | {words} |"
