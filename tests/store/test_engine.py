from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.orm import Session

from quiz.store import engine as engines
from quiz.store.engine import (
    ASKING_MILLISECONDS,
    AT_ONCE,
    BUSY_MILLISECONDS,
    CONNECTIONS,
    Database,
    DatabaseError,
    _still_there,
    open_database,
)
from quiz.store.shared import count_up, forget_counts, shared_secret
from quiz.store.upkeep import checkpoint, database_file
from tests.databases import Server


def test_what_reads_can_t_write(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text("DELETE FROM takers"))
    with database.look.connect() as connection, pytest.raises(DBAPIError, match=r"read-?only"):
        connection.execute(text("DELETE FROM takers"))


@pytest.mark.postgres
@pytest.mark.parametrize("looking", [True, False])
def test_a_connection_that_the_server_has_ended_is_left_before_it_is_used(
    postgres: Server, postgres_url: str, *, looking: bool
) -> None:
    with closing(open_database(postgres_url)) as database:
        if not looking:  # the control: without the look, the first to come pays for it
            for engine in database.engines:
                event.remove(engine, "checkout", _still_there)
        for _ in range(2):  # the second time there are connections in the pools
            for session in (database.reading(), database.writing(), database.look.connect()):
                with session as found:
                    assert found.scalar(text("SELECT 1")) == 1
        name = make_url(postgres_url).database
        postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        for session in (database.reading(), database.writing(), database.look.connect()):
            failing = contextlib.nullcontext() if looking else pytest.raises(OperationalError, match="terminating")
            with failing, session as found:
                assert found.scalar(text("SELECT 1")) == 1


@pytest.mark.postgres
def test_a_process_opens_no_more_connections_than_the_doctor_counts_with(postgres_url: str) -> None:
    with closing(open_database(postgres_url)) as database, contextlib.ExitStack() as held:
        for engine in database.engines:
            for _ in range(AT_ONCE):
                held.enter_context(engine.connect())
            engine.pool._timeout = 0.01  # type: ignore[attr-defined]
            with pytest.raises(NoConnectionError):
                engine.connect()
        assert sum(engine.pool.checkedout() for engine in database.engines) == CONNECTIONS  # type: ignore[attr-defined]


def test_what_a_failing_block_wrote_is_undone(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            shared_secret(session, "half-done")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM secrets WHERE name = 'half-done'")).scalar() == 0


@pytest.mark.parametrize("engine", ["write", "add"])
def test_sqlite_keeps_the_settings_that_lose_nothing(sqlite: Database, engine: str) -> None:
    with getattr(sqlite, engine).connect() as connection:
        found = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous")}
        assert found == {"journal_mode": "wal", "synchronous": 2}
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1, "whatever SQLite was built with"


@pytest.mark.parametrize("engine", ["write", "add"])
def test_a_writer_waits_for_the_lock_of_another_longer_than_sqlite_does_and_not_for_ever(
    sqlite: Database, sqlite_url: str, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> None:
        with getattr(sqlite, engine).begin() as connection:
            connection.execute(text("INSERT INTO counters VALUES ('waiting', 1, 0)"))

    with closing(open_database(sqlite_url)) as other, ThreadPoolExecutor(1) as pool:
        with other.writing() as session:
            session.execute(text("INSERT INTO counters VALUES ('first', 1, 0)"))
            waiting = pool.submit(write)
            time.sleep(3 * ASKING_MILLISECONDS / 1000)
            assert not waiting.done()
        waiting.result()
        monkeypatch.setattr(engines, "BUSY_MILLISECONDS", 1)
        with other.writing() as session:
            session.execute(text("INSERT INTO counters VALUES ('second', 1, 0)"))
            with pytest.raises(OperationalError, match="locked"):
                write()


def test_who_has_read_what_is_old_by_now_is_told_at_once(sqlite: Database, sqlite_url: str) -> None:
    with closing(open_database(sqlite_url)) as other, sqlite.add.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        connection.execute(text("SELECT count(*) FROM counters")).all()
        keep(other, "meanwhile")
        began = time.monotonic()
        with pytest.raises(OperationalError, match="locked"):
            connection.execute(text("INSERT INTO counters VALUES ('late', 1, 0)"))
        assert time.monotonic() - began < BUSY_MILLISECONDS / 1000 / 2


def keep(database: Database, name: str) -> None:
    with database.writing() as session:
        shared_secret(session, name)


def test_nothing_is_confirmed_in_a_file_that_was_taken_away(sqlite: Database, tmp_path: Path) -> None:
    keep(sqlite, "before")
    path, aside = database_file(sqlite), tmp_path / "aside.sqlite3"
    assert path is not None
    path.rename(aside)
    with pytest.raises(OperationalError, match="unable to open"):
        keep(sqlite, "meanwhile")
    with pytest.raises(OperationalError, match="unable to open"), sqlite.reading() as session:
        session.execute(text("SELECT 1"))
    checkpoint(sqlite)
    assert not path.exists(), "and no empty one is made in its place"
    aside.rename(path)
    keep(sqlite, "after")
    with sqlite.reading() as session:
        names = set(session.scalars(text("SELECT name FROM secrets")))
    assert {"before", "after"} <= names
    assert "meanwhile" not in names


def test_another_file_in_its_place_is_used_from_then_on(sqlite: Database, tmp_path: Path) -> None:
    path, other = database_file(sqlite), tmp_path / "other.sqlite3"
    assert path is not None
    shutil.copy(path, other)
    keep(sqlite, "in the old one")
    other.rename(path)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    keep(sqlite, "in the new one")
    with closing(open_database(str(sqlite.write.url))) as again, again.reading() as session:
        names = set(session.scalars(text("SELECT name FROM secrets")))
    assert "in the new one" in names
    assert "in the old one" not in names


def bump(session: Session) -> None:
    """Read a number, think, write it back one higher: what loses updates where writers do not wait."""
    count = session.execute(
        text(
            "SELECT count FROM counters WHERE key = 'race' FOR UPDATE"
            if is_postgres(session)
            else "SELECT count FROM counters WHERE key = 'race'"
        )
    ).scalar_one()
    time.sleep(0.002)
    session.execute(text("UPDATE counters SET count = :n WHERE key = 'race'"), {"n": count + 1})


def is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def race(database: Database, writers: int = 4, times: int = 20) -> tuple[int, int]:
    """Bump in parallel; how many were told that it worked, and what the counter then says."""
    with database.writing() as session:
        session.execute(text("INSERT INTO counters VALUES ('race', 1, 0)"))

    def work(_: int) -> int:
        done = 0
        for _ in range(times):
            with contextlib.suppress(DBAPIError), database.writing() as session:
                bump(session)
                done += 1
        return done

    with ThreadPoolExecutor(writers) as pool:
        acknowledged = sum(pool.map(work, range(writers)))
    with database.reading() as session:
        return acknowledged, session.execute(text("SELECT count FROM counters WHERE key = 'race'")).scalar_one()


def test_parallel_writers_lose_no_update_and_none_fails(database: Database) -> None:
    assert race(database) == (80, 80)


def test_without_our_settings_parallel_writers_do_lose_updates(sqlite_url: str) -> None:
    """The control: the same work on an engine as it comes."""
    plain = create_engine(sqlite_url)
    acknowledged, counted = race(Database(plain, plain, plain, plain))
    plain.dispose()
    assert counted < acknowledged or acknowledged < 80


def test_a_folder_that_can_t_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(DatabaseError, match=r"can't write the database .*QUIZ_DATABASE_URL"):
        open_database(f"sqlite:///{blocked}/quiz.sqlite3")


def log_outlives_another_process(url: str, meanwhile: Callable[[Path], object]) -> bool:
    """Whether a write-ahead log that we have open is still there after another process has written and ended."""
    path = Path(url.removeprefix("sqlite:///"))
    other = (
        f"from quiz.store.engine import open_database as o; d = o({url!r}); s = d.write.connect(); s.close(); d.close()"
    )
    with closing(open_database(url)) as ours, ours.reading() as session:
        session.execute(text("SELECT count(*) FROM takers"))
        session.rollback()
        meanwhile(path)
        subprocess.run([sys.executable, "-c", other], check=True)
        return path.with_name(path.name + "-wal").exists()


def test_to_open_it_once_more_takes_no_locks_away(sqlite_url: str) -> None:
    assert log_outlives_another_process(sqlite_url, lambda _: open_database(sqlite_url).close())


def test_to_open_and_close_the_bare_file_does_take_them_away(sqlite_url: str) -> None:
    """The control: POSIX drops a process's locks on a file with the first descriptor that it closes."""
    assert not log_outlives_another_process(sqlite_url, lambda path: os.close(os.open(path, os.O_RDWR)))


def test_a_counter_counts_per_day(database: Database) -> None:
    with database.writing() as session:
        assert [count_up(session, "a", 5), count_up(session, "a", 5), count_up(session, "b", 5)] == [1, 2, 1]
        assert count_up(session, "a", 6) == 1
        assert count_up(session, "a", 5) == 3


def test_counters_of_older_days_are_forgotten_some_at_a_time(database: Database) -> None:
    with database.writing() as session:
        for key, day in (("a", 4), ("b", 4), ("a", 5), ("c", 5), ("a", 6)):
            count_up(session, key, day)
        assert [forget_counts(session, 6, most=3) for _ in range(3)] == [3, 1, 0]
        assert session.execute(text("SELECT key, day FROM counters")).all() == [("a", 6)]


def test_all_nodes_share_one_secret(database: Database) -> None:
    with database.writing() as session:
        first = shared_secret(session, "key")
    with database.writing() as session:
        assert shared_secret(session, "key") == first
    assert len(first) > 40
