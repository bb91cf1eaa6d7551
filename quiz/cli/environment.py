"""Settings and database for a command, with failures as one clear sentence."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from quiz.config import SettingError, Settings, read_settings
from quiz.stopping import ALL, NOTHING, leaving, whole
from quiz.store.engine import Database, DatabaseError, open_database
from quiz.store.migrate import is_current, upgrade

INSTRUCTIONS = 100_000
"""Of SQLite, between two calls; a few milliseconds."""


def data_folder(environment: Mapping[str, str]) -> Path:
    """Where the SQLite database lies unless a setting says otherwise."""
    if "QUIZ_DATA" in environment:
        return Path(environment["QUIZ_DATA"])
    shared = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(shared) / "mle-quiz"


def settings_or_stop() -> Settings:
    """The settings; stops with a sentence where one is wrong."""
    try:
        return read_settings(os.environ, data_folder(os.environ))
    except SettingError as error:
        raise click.ClickException(str(error)) from None


def database_or_stop(settings: Settings, *, migrate: bool = False) -> Database:
    """The open database in the current schema; stops with a sentence where it can't be used."""
    try:
        database = open_database(settings.database_url)
        if migrate:
            upgrade(database)
        elif not is_current(database):
            raise click.ClickException("the database has an older schema, or none; run: quiz db upgrade")
    except DatabaseError as error:
        raise click.ClickException(str(error)) from None
    except OperationalError as error:
        raise click.ClickException(f"can't use the database: {error.orig}. Check QUIZ_DATABASE_URL.") from None
    for engine in database.engines:
        engine.dispose()
        event.listen(engine, "connect", _let_signals_in)
    return database


def _let_signals_in(connection: object, _: object) -> None:
    """Within a statement SQLite calls nobody; where it does, a signal is heard, and the statement breaks off."""
    if isinstance(connection, sqlite3.Connection):
        connection.set_progress_handler(lambda: None, INSTRUCTIONS)


@contextmanager
def changing(database: Database) -> Iterator[Session]:
    """A session for all that a command changes: a stop undoes it, up to the commit, which happens whole."""
    leaving(NOTHING)
    with ExitStack() as stack:
        with database.writing() as session:
            yield session
            stack.enter_context(whole())
        leaving(ALL)
