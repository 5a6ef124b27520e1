"""`settings`: every setting with type, default and current value."""

import json
import types
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click

from citybrain import config
from citybrain.surfaces.cli.failures import say

SECRET = {"secret_key", "oidc_client_secret", "metrics_token", "database_url"}
MASK = "••••••"
HEADINGS = ("| variable | type | default | what it is |", "|---|---|---|---|")
PREFACE = """# Settings

Every setting is an environment variable. Names that start with `CITYBRAIN_` and are not
listed here, and malformed values, are refused at start.
This page is made by `./citybrain settings --markdown`.
"""


@click.command(help="Show every setting: type, default, current value. 列出全部配置项")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出JSON")
@click.option("--markdown", is_flag=True, help="Print docs/settings.md. 输出文档")
def settings(as_json: bool, markdown: bool) -> None:
    """Secrets are masked."""
    if markdown:
        click.echo(page(), nl=False)
        return
    rows = current()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(click.style(row["name"], bold=True) + f"  ({row['type']})")
        click.echo(f"  {row['description']}")
        click.echo(
            say("  当前：", "  now: ")
            + row["value"]
            + say("  默认：", "  default: ")
            + row["default"]
        )


def current() -> list[dict[str, str]]:
    """Each setting with its value in this environment."""
    loaded = config.load()
    return [
        {
            "name": config.environment_name(name),
            "type": type_name(field.annotation),
            "default": _text(_default(name, field.default)),
            "value": _shown(name, getattr(loaded, name)),
            "description": field.description or "",
        }
        for name, field in config.Config.model_fields.items()
    ]


def page() -> str:
    """docs/settings.md: the same on every machine."""
    lines = [
        f"| `{config.environment_name(name)}` | {type_name(field.annotation).replace('|', 'or')} "
        f"| {_quoted(_default(name, field.default))} | {field.description} |"
        for name, field in config.Config.model_fields.items()
    ]
    return "\n".join((PREFACE, *HEADINGS, *lines)) + "\n"


def type_name(annotation: Any) -> str:
    """A type as an operator reads it."""
    origin = get_origin(annotation)
    if origin is Literal:
        return " | ".join(get_args(annotation))
    if origin in (types.UnionType,):
        return " | ".join(type_name(one) for one in get_args(annotation) if one is not type(None))
    names = {bool: "true | false", int: "integer", str: "text", Path: "path"}
    return names.get(annotation, str(annotation))


def _default(name: str, value: Any) -> Any:
    """Defaults below the installation are shown from there, as they differ by machine."""
    if isinstance(value, Path) and value.is_relative_to(config.HOME):
        return Path(value.relative_to(config.HOME))
    return value


def _text(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(value: Any) -> str:
    text = _text(value)
    return text if text == "–" else f"`{text}`"


def _shown(name: str, value: Any) -> str:
    return MASK if name in SECRET and value else _text(value)
