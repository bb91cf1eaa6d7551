"""A backup is a SQLite file with everything, whatever database it came from and whatever it goes back to.

From SQLite it is a page-by-page copy of one moment, from PostgreSQL the rows of one snapshot; others may go on
writing meanwhile. It is restored row by row, in one transaction, into an empty database of either kind.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Integer, Table, create_engine, func, select, text

from quiz.store.engine import Database, open_database
from quiz.store.migrate import upgrade
from quiz.store.tables import Base
from quiz.store.upkeep import database_file

ROWS = 500
COUNTED = ("takers", "attempts", "log", "questions", "versions")
HOW_MANY = {table: str(select(func.count()).select_from(Base.metadata.tables[table])) for table in COUNTED}


class BackupError(Exception):
    """A backup can't be made or used; the message says why and what to do."""


@dataclass(frozen=True)
class Held:
    """What a backup holds: its schema's revision, and the number of rows in the tables that matter most."""

    schema: str
    rows: dict[str, int]


def write_backup(database: Database, path: Path) -> Held:
    """Write a backup of this moment, checked by opening it. Raises BackupError; then there is no file."""
    if path.exists():
        raise BackupError(f"{path} exists already; choose another name")
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
        source = database_file(database)
        if source is not None:
            _copy_pages(source, part)
        else:
            _copy_snapshot(database, part)
        held = look_into(part)
        _sync(part)
        part.rename(path)
        _sync(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"can't write {path}: {error}") from None
    finally:
        part.unlink(missing_ok=True)
    return held


def look_into(path: Path) -> Held:
    """Open a backup and check all of it: pages, indexes, references. Raises BackupError where anything is wrong."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            wrong = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            wrong += [
                f"{row[0]} refers to a missing {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")
            ]
            if wrong:
                raise BackupError(f"{path} is damaged: {'; '.join(wrong[:3])}")
            (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
            counts = {table: connection.execute(HOW_MANY[table]).fetchone()[0] for table in COUNTED}
    except sqlite3.Error as error:
        raise BackupError(f"{path} is no backup of this app: {error}") from None
    return Held(schema, counts)


def restore_backup(path: Path, database: Database) -> Held:
    """Fill an empty database from a backup, an older one brought to the current schema. Raises BackupError."""
    held = look_into(path)
    with _current_copy(path) as source, database.write.begin() as target:
        full = [table.name for table in Base.metadata.sorted_tables if _holds(target, table)]
        if full:
            raise BackupError(f"the database is not empty ({', '.join(full[:3])}); restore into a new one")
        for table in Base.metadata.sorted_tables:
            _copy_rows(table, source, target)
            _go_on_counting(table, target)
    return held


def _copy_pages(source: Path, path: Path) -> None:
    with closing(sqlite3.connect(source, timeout=5)) as old, closing(sqlite3.connect(path)) as new:
        old.backup(new)  # all pages in one read transaction: writers go on, and are not in it
        new.execute("PRAGMA journal_mode=DELETE")


def _copy_snapshot(database: Database, path: Path) -> None:
    with _migrated(path, None) as new:
        snapshot = database.read.connect().execution_options(isolation_level="REPEATABLE READ")
        with snapshot as old, new.begin():
            old.execute(text("SET LOCAL statement_timeout = 0"))
            for table in Base.metadata.sorted_tables:
                new.execute(table.delete())
                _copy_rows(table, old, new)


@contextmanager
def _current_copy(path: Path) -> Iterator[Connection]:
    """A copy of a backup in the current schema; the backup itself is never written to."""
    with tempfile.TemporaryDirectory(prefix="quiz-restore-") as folder:
        copy = Path(folder) / "copy.sqlite3"
        copy.write_bytes(path.read_bytes())
        with _migrated(copy, path) as connection:
            yield connection


@contextmanager
def _migrated(path: Path, named: Path | None) -> Iterator[Connection]:
    database = open_database(f"sqlite:///{path}")
    try:
        upgrade(database)
    except Exception as error:
        raise BackupError(f"{named or path} can't be brought to the current schema: {error}") from error
    finally:
        database.close()
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)
    with engine.connect() as connection:
        yield connection
    engine.dispose()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")


def _holds(connection: Connection, table: Table) -> bool:
    return connection.execute(select(text("1")).select_from(table).limit(1)).first() is not None


def _copy_rows(table: Table, old: Connection, new: Connection) -> None:
    wanted = select(table).order_by(*table.primary_key.columns)
    for rows in old.execution_options(yield_per=ROWS).execute(wanted).mappings().partitions():
        new.execute(table.insert(), [dict(row) for row in rows])


def _go_on_counting(table: Table, connection: Connection) -> None:
    """PostgreSQL counts ids apart from the rows; the next one must follow the last restored."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None or not isinstance(column.type, Integer):
        return
    newest = connection.execute(select(func.max(column))).scalar()
    if newest is not None:
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, newest)))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
