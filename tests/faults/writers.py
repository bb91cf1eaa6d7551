"""Eight processes read, think and write at once, on the app's own engine."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from quiz.store.engine import Database, open_database
from tests.faults.bar import Bar
from tests.faults.server import sqlite

WRITERS = 8
READ, WRITE = "SELECT count FROM counters WHERE key = 'race'", "UPDATE counters SET count = :n WHERE key = 'race'"


def concurrent_writers(folder: Path, *, long: bool) -> Bar:
    """The control is the engine as SQLAlchemy makes it."""
    times = 2000 if long else 150
    told, failed, counted = _race(sqlite(folder), times, plain=False)
    plain_told, plain_failed, plain_counted = _race(sqlite(folder, "control"), 150, plain=True)
    control = plain_told - plain_counted + plain_failed
    said = f"lost or locked of {WRITERS * 150} by the engine as it comes"
    return Bar(WRITERS * times, told, told - counted, failed, control, said)


def _race(url: str, times: int, *, plain: bool) -> tuple[int, int, int]:
    """How many were told that it worked, how many that it failed, and what the number then is."""
    with closing(open_database(url)) as database, database.writing() as session:
        session.execute(text("INSERT INTO counters VALUES ('race', 1, 0)"))
    with multiprocessing.get_context("fork").Pool(WRITERS) as pool:
        told = sum(pool.starmap(_write, [(url, times, plain)] * WRITERS))
    with closing(open_database(url)) as database, database.reading() as session:
        return told, WRITERS * times - told, session.execute(text(READ)).scalar_one()


def _write(url: str, times: int, plain: bool) -> int:
    engine = create_engine(url)
    database = Database(engine, engine) if plain else open_database(url)
    done = 0
    for _ in range(times):
        try:
            with database.writing() as session:
                count = session.execute(text(READ)).scalar_one()
                time.sleep(0.001)
                session.execute(text(WRITE), {"n": count + 1})
            done += 1
        except DBAPIError:
            pass
    database.close()
    return done
