"""`registration`: registrations and their certificates at the terminal."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from citybrain.domains.registration.models import Registration


@click.group("registration", help="Registrations and their certificates. 公共数据资源登记")
def registration() -> None:
    """Subcommands follow."""


@registration.command("list", help="The register. 登记簿")
@click.option("--state", default="", help="valid, expired, cancelled, pending. 状态")
@click.option("--expiring", is_flag=True, help="What expires within the time for renewal. 即将到期")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出JSON")
def list_(state: str, expiring: bool, as_json: bool) -> None:
    """One line a registration."""
    import json

    from citybrain.domains.registration import queries
    from citybrain.domains.registration.models import Registration

    rows = Registration.objects.select_related("registrant").order_by("code", "id")
    rows = queries.expiring(rows) if expiring else rows
    found = rows.filter(state=state) if state else rows
    told = [_row(one) for one in found]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for one in told:
        click.echo("  ".join(str(value or "—") for value in one.values()))
    click.echo(f"共 {len(told)} 件 · {len(told)} in all")


def _row(one: "Registration") -> dict[str, str | None]:
    return {
        "code": one.code,
        "state": one.state,
        "title": one.title,
        "registrant": one.registrant.name_zh,
        "national_number": one.national_number,
        "valid_to": str(one.valid_to) if one.valid_to else None,
        "ref": one.ref,
    }


@registration.command("show", help="One registration. 查看登记")
@click.argument("code")
def show(code: str) -> None:
    """What is registered, its applications and certificates."""
    record = _registration(code)
    for name, value in _row(record).items():
        click.echo(f"{name}: {value or '—'}")
    for one in record.applications.all():
        click.echo(f"  申请 application {one.ref} {one.kind} {one.state}")
    for certificate in record.certificates.all():
        click.echo(f"  证书 certificate {certificate.number} {certificate.state}")


def _registration(code: str) -> "Registration":
    from django.db.models import Q

    from citybrain.domains.registration.models import Registration
    from citybrain.kernel.errors import NotFound

    found = Registration.objects.filter(Q(code=code) | Q(ref=code)).first()
    if found is None:
        raise NotFound("not-found", f"没有登记{code}。", f"There is no registration {code}.")
    return found


@registration.command("certificate", help="Write the newest certificate. 导出证书")
@click.argument("code")
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
@click.option(
    "--base",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Address of the platform, for the QR code. 平台地址",
)
def certificate(code: str, file: str, base: str) -> None:
    """Write a PDF, or the JSON document where the file's name ends with .json."""
    import json
    from pathlib import Path

    from citybrain.domains.registration import queries
    from citybrain.domains.registration.certificate import files

    found = queries.certificate_of(_registration(code))
    if file.endswith(".json"):
        text = json.dumps(files.document(found), ensure_ascii=False, indent=2)
        Path(file).write_text(text, encoding="utf-8")
    else:
        Path(file).write_bytes(files.pdf(found, base))
    click.echo(f"{found.number} → {file}")
    click.echo(f"--key {files.published_key()}")
    click.echo(f"--key {files.ledger_key()}")


@registration.command("verify", help="Check a certificate's file. 核验证书")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def verify(file: str) -> None:
    """Say whether it is genuine and in force; anything else ends with exit code 1."""
    from pathlib import Path

    from citybrain.domains.registration.certificate import files

    done = files.checked(Path(file).read_bytes())
    known = done.certificate
    if not done.good or known is None:
        click.echo("bad: 证书不真实或已被改动 · not genuine, or changed")
        raise click.exceptions.Exit(1)
    click.echo(f"good: {known.number} {known.registration.title} · {known.get_state_display()}")
    if known.state != "current":
        raise click.exceptions.Exit(1)


commands: list[click.Command] = [registration]
