from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from quiz.services.banks import Banks
from quiz.services.results import replay
from quiz.store.backup import BackupError, look_into, restore_backup, write_backup
from quiz.store.engine import Database, open_database
from quiz.store.migrate import upgrade
from quiz.store.tables import Base
from tests.conftest import Clock, make_app
from tests.databases import Server
from tests.taker import answer_all, begin, finish


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with tables and nothing in them."""
    url = f"sqlite:///{tmp_path / 'elsewhere' / 'empty.sqlite3'}"
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        name = f"restored_{abs(hash(str(tmp_path)))}"
        server.run(f"CREATE DATABASE {name}")
        url = server.url(name)
    database = open_database(url)
    upgrade(database)
    yield database
    database.close()


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {
            t.name: [tuple(row) for row in connection.execute(t.select().order_by(*t.primary_key.columns))]
            for t in tables
        }


def test_a_backup_of_either_database_goes_back_into_either(any_app: Flask, empty: Database, tmp_path: Path) -> None:
    client = any_app.test_client()
    address = begin(client, length="15")
    answer_all(any_app, client, address)
    finish(client, address)
    database: Database = any_app.extensions["quiz"].database
    held = write_backup(database, tmp_path / "backup.sqlite3")
    assert held.rows["attempts"] == 1
    assert restore_backup(tmp_path / "backup.sqlite3", empty) == held
    assert contents(empty) == contents(database)
    with empty.reading() as session:
        assert replay(session, Banks()).different == ()
    started = begin(make_app(empty, Clock()).test_client())
    assert started != address, "new ids follow the restored ones"


def test_a_backup_is_readable_by_its_owner_alone_and_never_overwrites(sqlite: Database, tmp_path: Path) -> None:
    path = tmp_path / "backup.sqlite3"
    write_backup(sqlite, path)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(BackupError, match="exists already"):
        write_backup(sqlite, path)
    assert [file.name for file in tmp_path.glob("backup*")] == ["backup.sqlite3"]


def test_a_backup_that_can_t_be_written_leaves_nothing(sqlite: Database, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="can't write"):
        write_backup(sqlite, tmp_path / "no-such-folder" / "backup.sqlite3")


def test_a_full_database_is_not_restored_over(sqlite: Database, tmp_path: Path) -> None:
    write_backup(sqlite, tmp_path / "backup.sqlite3")
    before = contents(sqlite)
    with pytest.raises(BackupError, match="not empty"):
        restore_backup(tmp_path / "backup.sqlite3", sqlite)
    assert contents(sqlite) == before


def test_a_damaged_or_foreign_file_is_refused_and_nothing_is_restored(
    sqlite: Database, empty: Database, tmp_path: Path
) -> None:
    path = tmp_path / "backup.sqlite3"
    write_backup(sqlite, path)
    whole = path.read_bytes()
    for hurt in (whole[: len(whole) // 2], whole[:8192] + bytes(4096) * 40 + whole[8192 + 4096 * 40 :], b"no database"):
        path.write_bytes(hurt)
        with pytest.raises(BackupError, match=r"damaged|no backup"):
            restore_backup(path, empty)
    assert not any(contents(empty).values())


def test_a_backup_of_an_older_schema_is_brought_to_this_one(empty: Database, tmp_path: Path) -> None:
    older = open_database(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    upgrade(older, "0001")
    older.close()
    with sqlite3.connect(tmp_path / "older.sqlite3") as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("INSERT INTO takers VALUES (7, 'x', 1, 1)")
    assert look_into(tmp_path / "older.sqlite3").schema == "0001"
    restore_backup(tmp_path / "older.sqlite3", empty)
    assert contents(empty)["takers"] == [(7, "x", 1, 1)]
