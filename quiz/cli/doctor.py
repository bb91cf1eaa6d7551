"""`quiz doctor`: what is well with an installation, and what to do about the rest."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import asdict

import click
from sqlalchemy.exc import SQLAlchemyError

from quiz.cli.environment import data_folder
from quiz.cli.files import JSON
from quiz.config import SettingError, read_settings
from quiz.services.doctor import Finding, examine
from quiz.store.engine import DatabaseError, MissingError, open_database
from quiz.web.metrics import available
from quiz.web.request import is_loopback

MARKS = {"ok": "ok  ", "look": "LOOK", "bad": "BAD "}


@click.command()
@JSON
def doctor(as_json: bool) -> None:
    """Look over settings, database, disk, bank and proofs; exit 1 where something does not work."""
    findings = _all()
    if as_json:
        click.echo(json.dumps({"ok": _well(findings), "findings": [asdict(finding) for finding in findings]}))
    else:
        for finding in findings:
            click.echo(f"{MARKS[finding.state]} {finding.name:12} {finding.found}")
            if finding.todo:
                click.echo(f"{'':17} → {finding.todo}")
    if not _well(findings):
        raise SystemExit(1)


def _well(findings: list[Finding]) -> bool:
    return all(finding.state != "bad" for finding in findings)


def _all() -> list[Finding]:
    try:
        settings = read_settings(os.environ, data_folder(os.environ))
    except SettingError as error:
        return [Finding("settings", "bad", str(error), "Correct it; docs/operate.md lists all settings")]
    findings = [Finding("settings", "ok", f"every QUIZ_ variable is known; log: {settings.log}")]
    if settings.metrics and not available():
        todo = "Run: pip install 'mle-quiz[metrics]', or set QUIZ_METRICS=0"
        findings.append(Finding("metrics", "bad", "the library for /metrics is not installed", todo))
    try:
        with closing(open_database(settings.database_url, create=False)) as database:
            findings.extend(examine(database, settings, loopback=is_loopback(settings.host)))
    except MissingError as error:
        findings.append(Finding("database", "bad", str(error), "Restore a backup, or run: quiz db upgrade"))
    except DatabaseError as error:
        findings.append(Finding("database", "bad", str(error), "Check QUIZ_DATABASE_URL and the folder's rights"))
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", error)).strip()
        findings.append(Finding("database", "bad", said, "Is it running? Check QUIZ_DATABASE_URL"))
    return findings
