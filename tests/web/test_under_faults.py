"""What `/readyz` and `quiz doctor --json` say under each fault, and that they are content once it is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.engine import make_url

from quiz.cli.main import main
from quiz.services.load import load_bank
from quiz.store.engine import Database, open_database
from quiz.store.migrate import upgrade
from tests.conftest import Clock, make_app
from tests.databases import LOADED_AT, Server, part_of_the_bank

Seen = tuple[int, list[str], dict[str, str]]
"""The status of `/readyz` with its reasons, and what the doctor finds bad, each with what to do."""
WELL: Seen = (200, [], {})


def look(app: Flask, url: str) -> Seen:
    ready = app.test_client().get("/readyz")
    result = CliRunner().invoke(main, ["doctor", "--json"], env={"QUIZ_DATABASE_URL": url, "QUIZ_FREE_MB": "1"})
    told: dict[str, Any] = json.loads(result.stdout)
    bad = {one["name"]: one["todo"] for one in told["findings"] if one["state"] == "bad"}
    assert result.exit_code == (1 if bad else 0)
    assert told["ok"] is not bool(bad)
    assert ready.json is not None
    assert ready.json["ready"] is (ready.status_code == 200)
    return ready.status_code, ready.json.get("reasons", []), bad


def app_on(database: Database, clock: Clock) -> Flask:
    return make_app(database, clock, free_mb=1, secret_key="x" * 40)


def test_the_database_s_file_is_gone(sqlite: Database, sqlite_url: str, clock: Clock) -> None:
    app, path = app_on(sqlite, clock), Path(make_url(sqlite_url).database or "")
    assert look(app, sqlite_url) == WELL
    aside = path.rename(path.with_name("aside.sqlite3"))
    assert look(app, sqlite_url) == (
        503,
        ["the database does not answer (OperationalError)"],
        {"database": "Restore a backup, or run: quiz db upgrade"},
    )
    assert not path.exists(), "neither makes an empty one in its place"
    aside.rename(path)
    assert look(app, sqlite_url) == WELL


@pytest.mark.postgres
def test_postgresql_lets_nobody_in(postgres: Server, postgres_url: str, clock: Clock) -> None:
    name = make_url(postgres_url).database
    with closing(open_database(postgres_url)) as database:
        app = app_on(database, clock)
        assert look(app, postgres_url) == WELL
        postgres.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        status, reasons, bad = look(app, postgres_url)
        assert (status, bad) == (503, {"database": "Is it running? Check QUIZ_DATABASE_URL"})
        assert "does not answer" in reasons[0]
        postgres.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert look(app, postgres_url) == WELL


def test_the_disk_is_full(sqlite: Database, sqlite_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_on(sqlite, clock)
    with monkeypatch.context() as full:
        for place in ("quiz.services.upkeep", "quiz.services.doctor"):
            full.setattr(f"{place}.free_megabytes", lambda _: 0)
        assert look(app, sqlite_url) == (
            503,
            ["less than 1 MB are free beside the database (QUIZ_FREE_MB)"],
            {"disk": "Make room: below 1 MB (QUIZ_FREE_MB) nobody can begin"},
        )
    assert look(app, sqlite_url) == WELL


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that holds nothing yet, not even a schema."""
    if request.param == "sqlite":
        with closing(open_database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")) as found:
            yield found
        return
    server: Server = request.getfixturevalue("postgres")
    server.run("CREATE DATABASE quiz_empty")
    with closing(open_database(server.url("quiz_empty"))) as found:
        yield found
    server.run("DROP DATABASE quiz_empty WITH (FORCE)")


def test_a_migration_is_missing_and_then_the_bank(empty: Database, clock: Clock, tmp_path: Path) -> None:
    url = str(empty.write.url)
    app = app_on(empty, clock)
    for to in (None, "0001", "0005"):
        if to is not None:
            upgrade(empty, to)
        status, reasons, bad = look(app, url)
        assert (status, bad) == (503, {"database": "Run: quiz db upgrade"}), to
        assert reasons[0].startswith(f"the database has the schema {to}, needed is "), to
    upgrade(empty)
    status, reasons, bad = look(app, url)
    assert (status, bad) == (503, {"bank": "Run: quiz bank load"})
    assert "no questions" in reasons[0]
    with empty.writing() as session:
        load_bank(session, part_of_the_bank(tmp_path / "questions", "sql"), LOADED_AT)
    assert look(app, url) == WELL
