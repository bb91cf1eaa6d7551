"""Eight processes read, think and write at once, on the app's own engine.

SQLite's lock is not fair: who is unlucky for as long as the engine is patient is refused. That is no loss, and on a
slow machine it may happen; so the short count tries again and says how often, and the long one allows none.
"""

from __future__ import annotations

import multiprocessing
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from quiz.store.engine import BUSY_MILLISECONDS, Database, open_database
from tests.faults.bar import Bar
from tests.faults.server import sqlite

WRITERS = 8
READ, WRITE = "SELECT count FROM counters WHERE key = 'race'", "UPDATE counters SET count = :n WHERE key = 'race'"


def concurrent_writers(folder: Path, *, long: bool) -> Bar:
    """The control is the engine as SQLAlchemy makes it."""
    times = 2000 if long else 150
    refused, counted = _race(sqlite(folder), times, plain=False)
    told = WRITERS * times
    _, plain_counted = _race(sqlite(folder, "control"), 150, plain=True)
    said = f"lost of {WRITERS * 150} by the engine as it comes"
    wrong = max(counted - told, 0) + (refused if long else 0)
    note = f"{refused} refused after {BUSY_MILLISECONDS / 1000:.0f} s of patience, and tried again"
    return Bar(told, told, max(told - counted, 0), wrong, WRITERS * 150 - plain_counted, said, note)


def _race(url: str, times: int, *, plain: bool) -> tuple[int, int]:
    """How many writes were refused before all were told that they worked, and what the number then is."""
    with closing(open_database(url)) as database, database.writing() as session:
        session.execute(text("INSERT INTO counters VALUES ('race', 1, 0)"))
    with multiprocessing.get_context("fork").Pool(WRITERS) as pool:
        refused = sum(pool.starmap(_write, [(url, times, plain)] * WRITERS))
    with closing(open_database(url)) as database, database.reading() as session:
        return refused, session.execute(text(READ)).scalar_one()


def _write(url: str, times: int, plain: bool) -> int:
    engine = create_engine(url)
    database = Database(engine, engine, engine, engine) if plain else open_database(url)
    done, refused = 0, 0
    while done < times:
        try:
            with database.writing() as session:
                count = session.execute(text(READ)).scalar_one()
                time.sleep(0.001)
                session.execute(text(WRITE), {"n": count + 1})
            done += 1
        except OperationalError:
            refused += 1
    database.close()
    return refused
