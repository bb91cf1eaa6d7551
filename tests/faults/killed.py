"""kill -9 of a worker, and of the whole server, while people answer."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from quiz.store.engine import open_database
from tests.faults.bar import Bar
from tests.faults.client import Crowd
from tests.faults.history import Found, compare
from tests.faults.server import READY_SECONDS, Server, serving, sqlite

CONTROL = "lost by a server that says saved before it commits"
MOST_TRIES = 10
"""A control that depends on the moment is tried again before it counts as blind."""


def one_worker(folder: Path, *, long: bool) -> Bar:
    """Workers die one after the other; the server goes on."""
    trials, least = (300, 10_000) if long else (30, 1000)
    url = sqlite(folder)
    with serving(url) as server:
        crowd = Crowd(server.port)
        for _ in range(trials):
            before = set(server.workers())
            server.kill_a_worker()
            crowd.wait_for(20)
            _wait_for_another(server, before)
        crowd.wait_for(max(least - crowd.acknowledged, 1))
        crowd.leave()
    return _bar(url, folder, crowd, trials, "")


def whole_server(folder: Path, *, long: bool) -> Bar:
    """The server dies with all workers and is started again."""
    trials, least = (200, 10_000) if long else (15, 1000)
    ready, url = [], sqlite(folder)
    server = Server(url)
    server.start()
    try:
        crowd = Crowd(server.port)
        for _ in range(trials):
            crowd.wait_for(20)
            server.kill()
            ready.append(server.start())
        crowd.wait_for(max(least - crowd.acknowledged, 1))
        crowd.leave()
    finally:
        server.kill()
    ready.sort()
    note = f"ready again in {ready[len(ready) // 2]:.1f} s (median), {ready[-1]:.1f} s at most"
    return _bar(url, folder, crowd, trials, note)


def _wait_for_another(server: Server, before: set[int]) -> None:
    """Wait until the dead worker was replaced: a server whose workers die faster than they start gives up."""
    until = time.monotonic() + READY_SECONDS
    while len(set(server.workers()) - before) < 1 and time.monotonic() < until:
        time.sleep(0.02)


def _bar(url: str, folder: Path, crowd: Crowd, trials: int, note: str) -> Bar:
    found = _compare(url, crowd)
    faults = sum(count for what, count in crowd.statuses.items() if what not in {"no answer", "503"})
    wrong = found.wrong.total() + faults
    said = ", ".join(f"{what}: {count}" for what, count in {**crowd.statuses, **found.wrong}.items())
    control = _control(folder)
    return Bar(trials, found.acknowledged, found.lost, wrong, control, CONTROL, "; ".join(filter(None, (note, said))))


def _control(folder: Path) -> int:
    """The same fault and the same comparison, where an answer is confirmed too early."""
    return next(filter(None, (_lost_by_haste(sqlite(folder, "control")) for _ in range(MOST_TRIES))), 0)


def _lost_by_haste(url: str) -> int:
    server = Server(url, workers=1, target="tests.faults.early:worker")
    server.start()
    try:
        crowd = Crowd(server.port)
        for _ in range(3):
            crowd.wait_for(20)
            server.kill()
            server.start()
        crowd.wait_for(5)
        crowd.leave()
    finally:
        server.kill()
    return _compare(url, crowd).lost


def _compare(url: str, crowd: Crowd) -> Found:
    database = open_database(url)
    with closing(database):
        return compare(database, crowd.secrets, crowd.sent)
