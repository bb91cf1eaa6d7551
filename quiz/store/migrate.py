"""Bringing a database to the current schema, once, whoever else tries at the same time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from quiz.store.engine import Database

LOCK = 8_675_309
"""The number of PostgreSQL's advisory lock; SQLite's write transaction is a lock by itself."""


def upgrade(database: Database, to: str = "head") -> tuple[str | None, str]:
    """Apply the missing migrations up to a revision in one transaction; returns the revision before and after."""
    with database.write.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = revision(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        return before, revision(connection) or ""


def revision(connection: Connection) -> str | None:
    """The schema's revision in the database, or None where there is none yet."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str:
    """The schema's revision that this code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def is_current(database: Database) -> bool:
    """Whether the database has the schema that this code needs."""
    with database.read.connect() as connection:
        return revision(connection) == newest()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
