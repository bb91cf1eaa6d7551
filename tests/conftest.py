"""Fixtures: databases with the real bank, an app with a clock that tests move, and a client that audits pages."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quiz.app import create_app
from quiz.config import Settings
from quiz.services import banks
from quiz.store.engine import Database, open_database
from tests.audit import audit
from tests.databases import LOADED_AT, Server, find_binaries, postgresql_server, prepare, prepare_as
from tests.once import Compiled, FirstVersions

IN_CI = bool(os.environ.get("CI"))
NUMBERS = itertools.count()
COMPILED = Compiled()


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = LOADED_AT + 86_400

    def __call__(self) -> int:
        return self.now

    def forward(self, seconds: int) -> None:
        """Let time pass."""
        self.now += seconds


class AuditingClient(FlaskClient):
    """A client that audits every page it is given."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; fail where the page that comes back breaks a rule."""
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 308}:
            wrong = audit(response.get_data(as_text=True))
            assert not wrong, f"{response.request.path}: {wrong}"
        return response


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: it checked nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def _the_first_version_is_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(banks, "read_version", FirstVersions().read)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all workers of a run: the first to come makes it while the others wait."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    path = shared / "template.sqlite3"
    with (shared / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            made = own / "made.sqlite3"
            prepare(f"sqlite:///{made}")
            made.rename(path)
    return path


@pytest.fixture(scope="session")
def postgres(sqlite_template: Path) -> Iterator[Server]:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: sudo apt-get install postgresql")
    with postgresql_server(binaries, partial(prepare_as, sqlite_template)) as server:
        yield server


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "quiz.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    name = f"quiz_{next(NUMBERS)}"
    postgres.run(f"CREATE DATABASE {name} TEMPLATE quiz_template")
    yield postgres.url(name)
    postgres.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    found = open_database(request.getfixturevalue(f"{request.param}_url"))
    yield found
    found.close()


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    found = open_database(sqlite_url)
    yield found
    found.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make_app(database: Database, clock: Clock, **settings: Any) -> Flask:
    """An app over a database, whose attempts all have known seeds."""
    seeds = itertools.count(100)
    url = database.write.url.render_as_string(hide_password=False)
    app = create_app(Settings(url, **settings), database, clock, lambda: next(seeds))
    app.jinja_env.bytecode_cache = COMPILED
    app.test_client_class = AuditingClient
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def app(sqlite: Database, clock: Clock) -> Flask:
    return make_app(sqlite, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def any_app(database: Database, clock: Clock) -> Flask:
    """The app on SQLite, and again on PostgreSQL."""
    return make_app(database, clock)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--shots FOLDER` keeps a screenshot of every page and question type."""
    parser.addoption("--shots", default=None, help="keep screenshots of every page in this folder")
