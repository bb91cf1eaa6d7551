"""PostgreSQL stopped at once and started again, under load and while nobody asks."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from quiz.store.engine import open_database
from tests.databases import Server, find_binaries, postgresql_server, prepare_as
from tests.faults.bar import Bar
from tests.faults.client import SECONDS, Crowd
from tests.faults.history import compare
from tests.faults.server import serving

REQUESTS = 200
ALLOWED = {"503"}


@contextmanager
def postgresql(template: Path) -> Iterator[Server]:
    """A server whose `quiz_template` holds what the SQLite template holds. Raises RuntimeError without PostgreSQL."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("PostgreSQL is not installed")
    with postgresql_server(binaries, partial(prepare_as, template)) as server:
        yield server


def restarted(folder: Path, *, long: bool) -> Bar:
    """The control asks connections that a restart has cut, without looking first."""
    trials = 50 if long else 5
    with postgresql(folder / "quiz.sqlite3") as server:
        server.run("CREATE DATABASE quiz TEMPLATE quiz_template")
        away, failed = [], 0
        with serving(server.url("quiz")) as web:
            crowd = Crowd(web.port)
            for _ in range(trials):
                crowd.wait_for(20)
                server.control("-m", "immediate", "stop")
                away.append(web.readiness())
                server.start()
            crowd.wait_for(20)
            crowd.leave()
            server.control("-m", "immediate", "stop")
            server.start()
            failed = _ask(web.port)
        with closing(open_database(server.url("quiz"))) as database:
            found = compare(database, crowd.secrets, crowd.sent)
        control = _without_looking(server)
    others = sum(count for what, count in crowd.statuses.items() if what not in ALLOWED)
    said = ", ".join(f"{what}: {count}" for what, count in {**crowd.statuses, **found.wrong}.items())
    wrong = found.wrong.total() + others + failed + sum(status != 503 for status in away)
    note = (
        f"{failed} of {REQUESTS} failed after an idle restart; not ready while it was away: {away.count(503)}; {said}"
    )
    return Bar(trials, found.acknowledged, found.lost, wrong, control, f"of {REQUESTS} failed unlooked", note)


def _ask(port: int) -> int:
    failed = 0
    for _ in range(REQUESTS):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
            connection.request("GET", "/")
            failed += connection.getresponse().status != 200
    return failed


def _without_looking(server: Server) -> int:
    engine = create_engine(server.url("quiz"), pool_size=8)
    warm = [engine.connect() for _ in range(8)]
    for connection in warm:
        connection.close()
    server.control("-m", "immediate", "stop")
    server.start()
    time.sleep(0.1)
    failed = 0
    for _ in range(REQUESTS):
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError:
            failed += 1
    engine.dispose()
    return failed
