"""Running the house: migrate, backup, restore."""

from pathlib import Path

import click
from django.core.management import call_command

from citybrain.kernel import backup as backups
from citybrain.surfaces.cli.failures import Failure, say


@click.command(help="Bring the database up to date. 更新数据库结构")
@click.option("--plan", is_flag=True, help="Only show what would be done. 仅显示计划")
def migrate(plan: bool) -> None:
    """Apply the migrations."""
    call_command("migrate", interactive=False, plan=plan, verbosity=1)


@click.command(help="Back the installation up while it runs. 在线备份")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def backup(target: Path) -> None:
    """Database, journals, keys and files into one archive."""
    try:
        manifest = backups.backup(target)
    except (backups.BackupError, OSError) as error:
        raise Failure(str(error)) from None
    count = len(manifest["files"])
    click.echo(
        say(
            f"已备份 {count} 个文件到 {target}；其中含私钥，请妥善保管。",
            f"{count} files in {target}; it holds private keys, keep it in a safe place",
        )
    )


@click.command(help="Restore a backup into an empty installation. 恢复备份")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(source: Path) -> None:
    """Check everything, then put it in place."""
    try:
        manifest = backups.restore(source)
    except (backups.BackupError, OSError) as error:
        raise Failure(str(error)) from None
    click.echo(
        say(
            f"已恢复 {manifest['made_at']} 的备份，请运行 ./citybrain audit 核对。",
            f"restored the backup of {manifest['made_at']}; now run ./citybrain audit",
        )
    )
