"""`quiz db …`, `quiz bank load|export` and `quiz replay`: what works on the database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from quiz.app import now
from quiz.cli.bank import bank
from quiz.cli.environment import changing, database_or_stop, settings_or_stop
from quiz.cli.files import JSON
from quiz.cli.progress import progress, tracked
from quiz.paths import QUESTIONS
from quiz.services.banks import Banks
from quiz.services.load import LoadPlan, export_bank, load_bank
from quiz.services.results import replay as replay_all
from quiz.stopping import NOTHING, leaving
from quiz.store.attempts import count_finished
from quiz.store.migrate import upgrade as migrate
from quiz.yamlfile import FileProblems

FOLDER = click.option("--folder", default=QUESTIONS, type=click.Path(exists=True, file_okay=False, path_type=Path))
DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")

MOST_NAMED = 10


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the current schema."""
    database = database_or_stop(settings_or_stop(), migrate=True)
    _, after = migrate(database)
    click.echo(f"The database has schema {after}.")


@db.command()
def check() -> None:
    """Exit 1 unless the database has the current schema."""
    database_or_stop(settings_or_stop())
    click.echo("The database has the current schema.")


@bank.command()
@FOLDER
@DRY_RUN
def load(folder: Path, dry_run: bool) -> None:
    """Bring the files' questions into the database as a new bank version."""
    database = database_or_stop(settings_or_stop())
    try:
        with changing(database) as session:
            plan = load_bank(session, folder, now(), dry_run=dry_run, track=tracked)
    except FileProblems as error:
        raise click.ClickException(f"nothing was loaded:\n{error}") from None
    click.echo(_summary(plan, dry_run=dry_run))


def _summary(plan: LoadPlan, *, dry_run: bool) -> str:
    named = (
        ("new", plan.new),
        ("changed", plan.changed),
        ("no longer asked", plan.stopped),
        ("kept", plan.kept),
        ("live, without a file", plan.absent),
    )
    lines = [f"  {what}: {name}" for what, names in named for name in names[:MOST_NAMED]]
    lines += [f"  {what}: {len(names) - MOST_NAMED} more" for what, names in named if len(names) > MOST_NAMED]
    if not plan.changes:
        return "\n".join([*lines, f"Nothing to do: {plan.unchanged} questions are as in the files."])
    counts = f"{len(plan.new)} new, {len(plan.changed)} changed, {plan.unchanged} unchanged"
    if plan.catalogue_changed:
        counts += "; competencies, profiles or resources changed"
    return "\n".join([*lines, f"Would load: {counts}." if dry_run else f"Bank version {plan.version}: {counts}."])


@bank.command()
@FOLDER
@DRY_RUN
@click.option("--drafts", is_flag=True, help="The newest text of each question, not the one that is asked today.")
def export(folder: Path, dry_run: bool, drafts: bool) -> None:
    """Write the database's questions to their files, in canonical form: as they are asked today."""
    database = database_or_stop(settings_or_stop())
    with database.reading() as session:
        changed = export_bank(session, folder, drafts=drafts, dry_run=dry_run)
    for path in changed:
        click.echo(f"{'would write' if dry_run else 'wrote'} {path}")
    held = "newest texts, drafts included" if drafts else "texts as they are asked today"
    click.echo(f"{len(changed)} files {'would change' if dry_run else 'changed'} ({held})")


@click.command()
@JSON
def replay(as_json: bool) -> None:
    """Compute every finished result again; exit 1 where one differs from what was shown."""
    database = database_or_stop(settings_or_stop())
    leaving(NOTHING)
    with database.reading() as session, progress("Replaying", count_finished(session)) as step:
        found = replay_all(session, Banks(), step)
    if as_json:
        click.echo(json.dumps({"attempts": found.attempts, "different": list(found.different)}))
    else:
        click.echo(f"{found.attempts} results computed again, {len(found.different)} different")
        for token in found.different:
            click.echo(f"  {token}")
    if found.different:
        raise SystemExit(1)
