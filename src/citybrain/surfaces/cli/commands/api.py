"""`api`: keys for programs, and the description of the API."""

import json
from pathlib import Path

import click

from citybrain.config import HOME
from citybrain.kernel.acting import Acting
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.actions import create_api_key, revoke_api_key
from citybrain.surfaces.api.schemas import parties as out
from citybrain.surfaces.cli.build import checked
from citybrain.surfaces.cli.failures import say
from citybrain.surfaces.cli.output import json_option, print_json, print_rows, show
from citybrain.surfaces.cli.person import as_option

SNAPSHOT = HOME / "tests" / "contract" / "openapi.json"
KEYS = (
    ("ref", "编号", "Ref"),
    ("label", "名称", "Label"),
    ("hint", "末四位", "Ends in"),
    ("party.name_zh", "单位", "Party"),
    ("role", "角色", "Role"),
    ("expires_at", "有效期至", "Expires"),
    ("revoked_at", "吊销时间", "Revoked"),
)


@click.group(help="Keys and description of the API. 接口密钥与描述")
def api() -> None:
    """Subcommands follow."""


def description() -> str:
    """The OpenAPI document as text, in a stable order."""
    from citybrain.surfaces.api.main import api as the_api

    # Once to and fro, because status codes are numbers in it and names in JSON.
    schema = json.loads(json.dumps(the_api.get_openapi_schema(path_prefix="/api/v1/")))
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@api.command("snapshot", help="Refresh the OpenAPI snapshot of the tests. 更新接口快照")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=SNAPSHOT,
    help="Where to write it. 输出",
)
def snapshot(output: Path) -> None:
    """Write the description; the test compares it with the running one."""
    output.write_text(description(), encoding="utf-8")
    click.echo(str(output))


@api.command("keys", help="List keys. 密钥列表")
@as_option
@json_option
def keys(acting: Acting, as_json: bool) -> None:
    """One's own; all for the bureau."""
    rows = [out.ApiKeyOut.model_validate(one) for one in queries.api_keys(acting)]
    if as_json:
        print_json([one.model_dump(mode="json") for one in rows])
    else:
        print_rows(rows, KEYS)


@api.command("key", help="Make a key for the membership that acts. 创建密钥")
@click.option("--label", default="")
@click.option("--days", type=int, default=90, show_default=True)
@as_option
@json_option
def key(label: str, days: int, acting: Acting, as_json: bool) -> None:
    """Its secret is shown this once."""
    form = checked(out.ApiKeyIn, {"label": label, "days": days})
    made, secret = create_api_key(acting_party=acting, **form.model_dump())
    shown = out.ApiKeyOut.model_validate(made)
    if as_json:
        print_json({"key": shown.model_dump(mode="json"), "secret": secret})
        return
    show(shown, False)
    click.echo(say("密钥（仅显示这一次）：", "Secret, shown this once: ") + secret)


@api.command("revoke", help="Revoke a key. 吊销密钥")
@click.argument("ref")
@as_option
@json_option
def revoke(ref: str, acting: Acting, as_json: bool) -> None:
    """Make a key worthless at once."""
    done = revoke_api_key(acting_party=acting, key_ref=ref)
    show(out.ApiKeyOut.model_validate(done), as_json)
