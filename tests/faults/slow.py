"""Clients that begin to speak and stop: half a form, half a head, an idle connection of HTTP/2."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

from quiz.store.engine import open_database
from tests.faults.bar import Bar
from tests.faults.client import SECONDS, Person, reply
from tests.faults.history import Sent, compare
from tests.faults.server import Server, serving, sqlite

HALF_A_FORM = b"POST /start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HALF_A_FORM += b"Content-Length: 100\r\n\r\nlength=15"
HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
IDLE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
FORMS, IDLERS = 200, 1100
STALLED = 5.0
"""Seconds after which the control counts as stalled; it would stall for as long as its clients do."""


def slow_clients(folder: Path, *, long: bool) -> Bar:
    """Everything is answered while they all hold on. The control has 4 threads, as many servers do by default."""
    rounds, url = 200 if long else 20, sqlite(folder)
    with serving(url) as server, ExitStack() as stack:
        stack.enter_context(_holding(server.port, HALF_A_FORM, FORMS))
        stack.enter_context(_holding(server.port, HALF_A_HEAD, FORMS))
        stack.enter_context(_holding(server.port, IDLE, IDLERS))
        unready = sum(server.readiness() != 200 for _ in range(rounds))
        person = _answering(server, rounds)
    with closing(open_database(url)) as database:
        found = compare(database, person.secrets, person.sent)
    refused = sum(person.statuses.values())
    note = f"{FORMS} half forms, {FORMS} half heads, {IDLERS} idle; {unready} not ready, {refused} not answered at once"
    said = "of 5 not answered by a server with 4 threads"
    return Bar(
        2 * rounds,
        found.acknowledged,
        found.lost,
        unready + refused + found.wrong.total(),
        _stalled(folder),
        said,
        note,
    )


@contextmanager
def _holding(port: int, beginning: bytes, count: int) -> Iterator[None]:
    """So many connections that send this and nothing more, held open while the block runs."""
    with ExitStack() as stack:
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=SECONDS))
            connection.sendall(beginning)
        yield


def _answering(server: Server, rounds: int) -> Person:
    """Someone who answers so many questions; whatever is not taken at once is counted."""
    person, never, draw = Person(server.port, 1), threading.Event(), random.Random(1)
    token, page = "", ""
    for _ in range(rounds):
        if 'name="question"' not in page:
            person.cookies.clear()
            token = str(person.start(never))
            page = person.ask("GET", f"/a/{token}", None)[2]
        form = reply(page, draw)
        status = person.ask("POST", f"/a/{token}", form)[0]
        outcome = "acknowledged" if status == 303 else "refused"
        place, revision = int(form["position"][0]), int(form["question"][0])
        person.sent.append(Sent("answer", token, outcome, place, revision, form))  # type: ignore[arg-type]
        if status != 303:
            person.statuses[str(status)] = person.statuses.get(str(status), 0) + 1
        page = person.ask("GET", f"/a/{token}", None)[2]
    return person


def _stalled(folder: Path) -> int:
    """How many of five requests get no answer from a server with few threads while forms dawdle."""
    with serving(sqlite(folder, "control"), workers=1, target="quiz.cli.serve:worker", threads=4) as server:
        said: SimpleQueue[int] = SimpleQueue()
        with _holding(server.port, HALF_A_FORM, FORMS):
            for _ in range(5):
                threading.Thread(target=lambda: said.put(server.readiness()), daemon=True).start()
            return 5 - sum(_within(said) for _ in range(5))


def _within(said: SimpleQueue[int]) -> bool:
    try:
        return said.get(timeout=STALLED) == 200
    except Empty:
        return False
