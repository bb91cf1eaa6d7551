from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from quiz.store.engine import Database, DatabaseError, open_database
from quiz.store.shared import count_up, shared_secret


def test_a_reading_session_can_t_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match="read-?only"), database.reading() as session:
        session.execute(text("DELETE FROM takers"))
        session.commit()


def test_what_a_failing_block_wrote_is_undone(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            shared_secret(session, "half-done")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM secrets WHERE name = 'half-done'")).scalar() == 0


def test_sqlite_keeps_the_settings_that_lose_nothing(sqlite: Database) -> None:
    with sqlite.write.connect() as connection:
        found = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous")}
        assert found == {"journal_mode": "wal", "synchronous": 2}
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


def count_in_parallel(database: Database, writers: int, times: int) -> None:
    def work(_: int) -> None:
        for _ in range(times):
            with database.writing() as session:
                count_up(session, "race", 1)

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(work, range(writers)))


def test_parallel_writers_lose_no_update(database: Database) -> None:
    count_in_parallel(database, writers=4, times=25)
    with database.reading() as session:
        assert session.execute(text("SELECT count FROM counters WHERE key = 'race'")).scalar() == 100


def test_without_our_settings_parallel_writers_do_lose_updates(sqlite_url: str) -> None:
    """The control: the same work on an engine as it comes."""
    plain = create_engine(sqlite_url)
    database = Database(plain, plain)
    with database.writing() as session:
        count_up(session, "race", 1)
    failed = False
    try:
        count_in_parallel(database, writers=4, times=25)
    except DBAPIError:
        failed = True
    with database.reading() as session:
        count = session.execute(text("SELECT count FROM counters WHERE key = 'race'")).scalar_one()
    plain.dispose()
    assert failed or count < 101


def test_a_folder_that_can_t_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(DatabaseError, match=r"can't write the database .*QUIZ_DATABASE_URL"):
        open_database(f"sqlite:///{blocked}/quiz.sqlite3")


def test_a_counter_counts_per_day_and_forgets_older_days(database: Database) -> None:
    with database.writing() as session:
        assert [count_up(session, "a", 5), count_up(session, "a", 5), count_up(session, "b", 5)] == [1, 2, 1]
        assert count_up(session, "a", 6) == 1
        assert session.execute(text("SELECT count(*) FROM counters")).scalar() == 1


def test_all_nodes_share_one_secret(database: Database) -> None:
    with database.writing() as session:
        first = shared_secret(session, "key")
    with database.writing() as session:
        assert shared_secret(session, "key") == first
    assert len(first) > 40
