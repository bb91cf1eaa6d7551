"""What can be asked of a database about itself."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from quiz.store.engine import Database
from quiz.store.migrate import newest, revision
from quiz.store.upkeep import database_file

OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Health:
    """`kind`: product and version; `damage`: what a look over all pages found; `connections`: PostgreSQL's limit."""

    kind: str
    schema: str | None
    needed: str
    damage: str | None
    connections: int | None


def health(database: Database) -> Health:
    """Ask the database; what it raises is passed on."""
    with database.read.connect() as connection:
        schema = revision(connection)
        if connection.dialect.name == "postgresql":
            version = connection.execute(text("SHOW server_version")).scalar_one()
            limit = int(connection.execute(text("SHOW max_connections")).scalar_one())
            return Health(f"PostgreSQL {version}", schema, newest(), None, limit)
        version = connection.execute(text("SELECT sqlite_version()")).scalar_one()
        said = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
        return Health(f"SQLite {version}", schema, newest(), None if said == "ok" else said, None)


def read_by_others(database: Database) -> list[Path]:
    """The database's files that other users of this machine may read or write."""
    path = database_file(database)
    files = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))] if path else []
    return [file for file in files if file.exists() and file.stat().st_mode & OTHERS]
