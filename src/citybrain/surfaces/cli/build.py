"""List and show commands, made from the filters and forms of the API."""

import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from types import NoneType
from typing import Any, TypeVar, get_args

import click
from django.db.models import QuerySet
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from citybrain.kernel.acting import Acting
from citybrain.kernel.queries import visible
from citybrain.kernel.queries.search import Ranked
from citybrain.surfaces.api.paging import PageQuery, page_of
from citybrain.surfaces.cli.failures import say
from citybrain.surfaces.cli.output import Column, json_option, plain, print_json, print_rows, show
from citybrain.surfaces.cli.person import as_option

M = TypeVar("M", bound=BaseModel)


def checked(form: type[M], values: dict[str, Any]) -> M:
    """Values as the API's form; a usage error names what is wrong."""
    given = {name: value for name, value in values.items() if value is not None}
    try:
        return form.model_validate(given)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise click.UsageError("; ".join(faults)) from None


def filter_options(form: type[BaseModel]) -> Callable[[Any], Any]:
    """One option for each field of a filter form."""

    def add(function: Any) -> Any:
        for name, field in reversed(form.model_fields.items()):
            flag = "--" + name.replace("_", "-")
            function = click.option(
                flag, name, type=_type_of(field), default=None, help=field.description
            )(function)
        return function

    return add


def _type_of(field: FieldInfo) -> click.ParamType:
    kinds = get_args(field.annotation) or (field.annotation,)
    kind = next((one for one in kinds if one is not NoneType), str)
    if isinstance(kind, type) and issubclass(kind, str) and hasattr(kind, "__members__"):
        return click.Choice([str(one.value) for one in kind])  # type: ignore[attr-defined]
    simple = {int: click.INT, bool: click.BOOL}
    return simple.get(kind, click.STRING)


def list_command(
    group: click.Group,
    form: type[PageQuery],
    find: Callable[[Acting, Any], QuerySet[Any] | Ranked],
    row: type[BaseModel],
    columns: Sequence[Column],
    name: str = "list",
) -> None:
    """Add `list` to a group: filters as options, a table or JSON out."""

    @group.command(name, help="List with filters. 查询列表")
    @as_option
    @json_option
    @filter_options(form)
    def run(acting: Acting, as_json: bool, **given: Any) -> None:
        query = checked(form, given)
        page = page_of(find(acting, query), query)
        rows = [row.model_validate(one, context={"acting": acting}) for one in page["items"]]
        if as_json:
            print_json({**page, "items": [plain(one) for one in rows]})
            return
        print_rows(rows, columns)
        count, number = page["count"], page["page"]
        click.echo(say(f"共 {count} 条，第 {number} 页", f"{count} in all, page {number}"))


def show_command(
    group: click.Group,
    find: Callable[[Acting], QuerySet[Any]],
    form: type[BaseModel],
    what: tuple[str, str],
) -> None:
    """Add `show REF` to a group."""

    @group.command("show", help="Show one whole. 查看详情")
    @click.argument("ref")
    @as_option
    @json_option
    def run(ref: str, acting: Acting, as_json: bool) -> None:
        record = visible.one(find(acting), ref, *what)
        show(form.model_validate(record, context={"acting": acting}), as_json)


class JsonFile(click.ParamType):
    """A JSON object: a file's name, `-` for standard input, or the object itself."""

    name = "json"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Read and parse."""
        if not isinstance(value, str):
            return value
        text = value
        if not value.lstrip().startswith("{"):
            with click.open_file(value, encoding="utf-8") as file:
                text = file.read()
        try:
            parsed = json.loads(text)
        except ValueError as error:
            self.fail(f"not JSON: {error}", param, ctx)
        if not isinstance(parsed, dict):
            self.fail("not a JSON object", param, ctx)
        return parsed


def values_of(enumeration: type[StrEnum] | Any) -> click.Choice[str]:
    """A choice of the values of an enumeration."""
    return click.Choice([str(one.value) for one in enumeration])
