"""Backups while people answer, restored elsewhere."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from quiz.store.backup import restore_backup, write_backup
from quiz.store.engine import open_database
from quiz.store.migrate import upgrade
from tests.faults.bar import Bar
from tests.faults.client import Crowd
from tests.faults.history import Sent, compare
from tests.faults.server import serving, sqlite


def under_load(folder: Path, *, long: bool) -> Bar:
    """The control copies the database's file, as one would copy any file."""
    trials, acknowledged, lost, wrong, control = 100 if long else 20, 0, 0, 0, 0
    with serving(sqlite(folder)) as server, closing(open_database(sqlite(folder))) as database:
        crowd = Crowd(server.port)
        for trial in range(trials):
            crowd.wait_for(20)
            before = _confirmed(crowd)
            file, elsewhere = folder / f"backup-{trial}.sqlite3", folder / f"elsewhere-{trial}.sqlite3"
            write_backup(database, file)
            with closing(open_database(f"sqlite:///{elsewhere}")) as restored:
                upgrade(restored)
                restore_backup(file, restored)
                found = compare(restored, crowd.secrets, before)
            acknowledged, lost = found.acknowledged, lost + found.lost
            wrong += found.wrong["replayed differently"] + found.wrong["doubled"]
            if trial < 3 or not control:
                control += _copied(folder, crowd)
            file.unlink()
            elsewhere.unlink()
        crowd.leave()
    return Bar(trials, acknowledged, lost, wrong, control, "lost by copying the file", "acknowledged: before the last")


def _confirmed(crowd: Crowd) -> list[Sent]:
    return [one for one in crowd.sent if one.outcome == "acknowledged"]


def _copied(folder: Path, crowd: Crowd) -> int:
    """What is missing from a copy of the file alone; all of it where the copy can't even be opened."""
    before = _confirmed(crowd)
    copy = folder / "copy.sqlite3"
    shutil.copy(folder / "quiz.sqlite3", copy)
    try:
        with closing(open_database(f"sqlite:///{copy}")) as database:
            return compare(database, crowd.secrets, before).lost
    except (SQLAlchemyError, sqlite3.Error):
        return len(before)
    finally:
        for end in ("", "-wal", "-shm"):
            copy.with_name(copy.name + end).unlink(missing_ok=True)
