"""What commands print: tables for people, JSON for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from citybrain.surfaces.cli.failures import say

Column = tuple[str, str, str]
"""Path into a row ("owner.name_zh"), Chinese heading, English heading."""
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出JSON")


def console() -> Console:
    """Wide when nobody watches, so that pipes get whole lines."""
    return Console(width=None if sys.stdout.isatty() else 200, highlight=False)


def print_json(value: Any) -> None:
    """One JSON document, Chinese readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def plain(row: Any) -> Any:
    """A row as JSON values."""
    return row.model_dump(mode="json") if isinstance(row, BaseModel) else row


def print_rows(rows: Iterable[Any], columns: Sequence[Column]) -> None:
    """Rows as a table."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for _, zh, en in columns:
        table.add_column(say(zh, en), overflow="fold")
    for row in rows:
        values = plain(row)
        table.add_row(*[_cell(_at(values, path)) for path, _, _ in columns])
    console().print(table)


def print_record(record: Any) -> None:
    """A record, one field a line; compound values as JSON."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in plain(record).items():
        table.add_row(name, _cell(value))
    console().print(table)


def show(record: Any, as_json: bool) -> None:
    """One record in the asked-for form."""
    if as_json:
        print_json(plain(record))
    else:
        print_record(record)


def _at(values: Any, path: str) -> Any:
    for part in path.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values


def _cell(value: Any) -> str:
    """Text without rich's markup: what a record holds is shown as it is."""
    if value is None:
        text = ""
    elif isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False, indent=1)
    else:
        text = str(value)
    return text.replace("[", r"\[")
