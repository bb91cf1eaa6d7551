"""`quiz backup` and `quiz restore`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from quiz.cli.environment import database_or_stop, settings_or_stop
from quiz.cli.files import JSON
from quiz.store.backup import BackupError, Held, restore_backup, write_backup

NEW_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
A_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command()
@NEW_FILE
@JSON
def backup(file: Path, as_json: bool) -> None:
    """Write everything to FILE as it stands at one moment, while the app goes on, and check it by opening it."""
    try:
        held = write_backup(database_or_stop(settings_or_stop()), file)
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    _tell(held, f"{file} holds", as_json=as_json)


@click.command()
@A_FILE
@JSON
def restore(file: Path, as_json: bool) -> None:
    """Fill an empty database, SQLite or PostgreSQL, from a backup of either. All of it, or nothing."""
    database = database_or_stop(settings_or_stop(), migrate=True)
    try:
        held = restore_backup(file, database)
    except BackupError as error:
        raise click.ClickException(f"nothing was restored: {error}") from None
    _tell(held, "Restored", as_json=as_json)


def _tell(held: Held, begin: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"schema": held.schema, "rows": held.rows}))
        return
    rows = held.rows
    click.echo(
        f"{begin} {rows['takers']} takers, {rows['attempts']} attempts with {rows['log']} log entries, "
        f"{rows['questions']} questions, {rows['versions']} bank versions (schema {held.schema})."
    )
