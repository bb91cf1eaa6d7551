"""Looking after the database's file: how much room is left beside it, and keeping its log short."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from quiz.store.engine import Database

MEGABYTE = 1024 * 1024


def database_file(database: Database) -> Path | None:
    """The SQLite file; None for PostgreSQL, whose disk is its server's business."""
    engine = database.write
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


def free_megabytes(database: Database) -> int | None:
    """Free space beside the SQLite file; None for PostgreSQL."""
    path = database_file(database)
    return shutil.disk_usage(path.parent).free // MEGABYTE if path else None


def checkpoint(database: Database) -> None:
    """Bring SQLite's write-ahead log into the file and cut it to nothing.

    A log that has filled the disk would otherwise keep it full after room was made. Waits for nobody: where
    someone reads or writes just now, the rest of the log is left for the next time.
    """
    path = database_file(database)
    if path is not None and path.exists():  # connecting would make an empty one
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
