"""A migration killed at its statements: the old schema or the new one, never between; and results stay.

The short count kills at every other statement, the long one at each.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, event, inspect, select, text

from quiz.services.banks import Banks
from quiz.services.results import Replay, replay
from quiz.store.engine import Database, open_database
from quiz.store.migrate import upgrade
from tests.faults.bar import Bar
from tests.faults.client import SECONDS
from tests.faults.postgres import postgresql
from tests.faults.server import sqlite
from tests.faults.taken import take_attempts

FIRST = "0001"
Schema = frozenset[tuple[str, str]]
Renew = Callable[[], None]


def killed_migration(folder: Path, *, long: bool) -> Bar:
    """From an empty database, and from the first release's schema with results in it; on both databases."""
    confirmed, every = take_attempts(sqlite(folder), 10 if long else 3), 1 if long else 2
    place = folder / "migrated.sqlite3"
    url = f"sqlite:///{place}"

    def renew() -> None:
        for end in ("", "-wal", "-shm"):
            place.with_name(place.name + end).unlink(missing_ok=True)

    found = [_everywhere(url, renew, source, every) for source in (None, sqlite(folder))]
    with postgresql(folder / "control.sqlite3") as server:

        def renew_postgresql() -> None:
            server.run("DROP DATABASE IF EXISTS migrated WITH (FORCE)")
            server.run("CREATE DATABASE migrated")

        found += [_everywhere(server.url("migrated"), renew_postgresql, s, every) for s in (None, sqlite(folder))]
    control = _everywhere(url, renew, None, every, plain=True)[1]
    trials, torn, lost = (sum(part) for part in zip(*found, strict=True))
    return Bar(trials, confirmed, lost, torn, control, "torn schemas by a migration without a transaction")


def _everywhere(url: str, renew: Renew, source: str | None, every: int, *, plain: bool = False) -> tuple[int, int, int]:
    """Kill at each `every`th statement: how many were, how many left a torn schema, how many results differ."""
    renew()
    old = _prepare(url, source)
    with closing(open_database(url)) as database:
        upgrade(database)
    new, points, torn, different = _schema(url), 0, 0, 0
    while True:
        renew()
        _prepare(url, source)
        process = multiprocessing.get_context("fork").Process(target=_migrate, args=(url, points * every + 1, plain))
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"a migration hangs at its statement {points * every + 1}")
        if process.exitcode == 0:
            return points, torn, different
        points += 1
        torn += _schema(url) not in {old, new}
        if source is not None:
            different += _after(url)


def _prepare(url: str, source: str | None) -> Schema:
    """An empty database, or one with the first schema and what of the source's rows has a place there."""
    if source is not None:
        with closing(open_database(url)) as database:
            upgrade(database, FIRST)
            _copy(source, database)
    return _schema(url)


def _copy(source: str, target: Database) -> None:
    engine = create_engine(source)
    now, then = MetaData(), MetaData()
    now.reflect(engine)
    then.reflect(target.write)
    with engine.connect() as old, target.write.begin() as new:
        for table in then.sorted_tables:
            if table.name == "alembic_version":
                continue
            columns = [now.tables[table.name].c[column.name] for column in table.columns]
            rows = [dict(row) for row in old.execute(select(*columns)).mappings()]
            if rows:
                new.execute(table.insert(), rows)
    engine.dispose()


def _migrate(url: str, point: int, plain: bool) -> None:
    """Upgrade, and die before the statement of this number."""
    database = _plain(url) if plain else open_database(url)
    count = 0

    def die(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.write, "before_cursor_execute", die)
    event.listen(database.write, "commit", die)
    upgrade(database)


def _plain(url: str) -> Database:
    engine = create_engine(url)
    event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
    return Database(engine, engine, engine, engine)


def _schema(url: str) -> Schema:
    with closing(open_database(url)) as database, database.read.connect() as connection:
        found = inspect(connection)
        columns = {(table, column["name"]) for table in found.get_table_names() for column in found.get_columns(table)}
        version = ""
        if ("alembic_version", "version_num") in columns:
            version = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
            if version == "None":
                columns -= {("alembic_version", "version_num")}
        return frozenset(columns | {("revision", version if version != "None" else "")})


def _after(url: str) -> int:
    """Results that differ once the migration was done again."""
    with closing(open_database(url)) as database:
        upgrade(database)
        with database.reading() as session:
            found: Replay = replay(session, Banks())
    return len(found.different) + (found.attempts == 0)
