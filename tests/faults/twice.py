"""The same question answered from several tabs at once, again later, and by connections that drop."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from quiz.store.engine import open_database
from tests.faults.bar import Bar
from tests.faults.client import SECONDS, Person, reply
from tests.faults.history import Form, Sent, compare
from tests.faults.server import serving, sqlite

SENDERS = 8
SAME, OTHER = 4, 3
ENOUGH = 50
"""Of what the control finds wrong."""
CONTROL_ROUNDS = 100


def double_submit(folder: Path, *, long: bool) -> Bar:
    """Eight senders a question: four the same answer, three another, one that hangs up."""
    rounds = 2000 if long else 500
    acknowledged, lost, wrong = _rounds(sqlite(folder), rounds, None)
    _, control_lost, control = _rounds(sqlite(folder, "control"), CONTROL_ROUNDS, "tests.faults.once_only:worker")
    said = "wrong where nobody looks again"
    note = ", ".join(f"{what}: {count}" for what, count in wrong.items())
    return Bar(rounds * SENDERS, acknowledged, lost, wrong.total(), control.total() + control_lost, said, note)


def _rounds(url: str, rounds: int, target: str | None) -> tuple[int, int, Counter[str]]:
    wrong, person, draw = Counter[str](), Person(0, 1), random.Random(1)
    with serving(url, target=target) as server, ThreadPoolExecutor(SENDERS) as pool:
        person.port, person.connection = server.port, None
        token, done = None, 0
        while done < rounds:
            page = person.ask("GET", f"/a/{token}", None)[2] if token else ""
            if 'name="question"' not in page:
                person.cookies.clear()
                token = person.start(threading.Event())
                continue
            done += 1
            wrong += _one_round(person, str(token), page, draw, pool)
            if wrong.total() > ENOUGH:
                break
    with closing(open_database(url)) as database:
        found = compare(database, person.secrets, person.sent)
    return found.acknowledged, found.lost, wrong + found.wrong


def _one_round(person: Person, token: str, page: str, draw: random.Random, pool: ThreadPoolExecutor) -> Counter[str]:
    """Send at once, then once more each; what came out other than it should."""
    first, other = reply(page, draw), reply(page, draw)
    while other == first:
        other = reply(page, draw)
    together = threading.Barrier(SENDERS)
    forms = [first] * SAME + [other] * OTHER
    jobs = [pool.submit(_send, person, token, form, together) for form in forms]
    jobs.append(pool.submit(_hang_up, person, token, first, together))
    statuses = [job.result() for job in jobs][:-1]
    late = [_send(person, token, form, None) for form in (first, other)]  # back, and a tab left open
    said = {303 if 303 in statuses[:SAME] or late[0] == 303 else 409, 303 if late[1] == 303 else 409}
    wrong = Counter(
        {
            "statuses": sum(status not in {303, 409} for status in [*statuses, *late]),
            "not one answer stands": len(said) != 2,
            "same answer, other reply": len(set(statuses[:SAME])) + len(set(statuses[SAME:])) - 2,
        }
    )
    position, revision = int(first["position"][0]), int(first["question"][0])
    for form, status in zip([first, other], late, strict=True):
        outcome = "acknowledged" if status == 303 else "refused"
        person.sent.append(Sent("answer", token, outcome, position, revision, form))  # type: ignore[arg-type]
    return +wrong


def _send(person: Person, token: str, form: Form, together: threading.Barrier | None) -> int:
    tab = Person(person.port, 0, cookies=dict(person.cookies))
    return _at_once(lambda: tab.ask("POST", f"/a/{token}", form)[0], together)


def _hang_up(person: Person, token: str, form: Form, together: threading.Barrier) -> int:
    body = urlencode(form, doseq=True)
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    head = (
        f"POST /a/{token} HTTP/1.1\r\nHost: 127.0.0.1:{person.port}\r\nCookie: {cookies}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )

    def send() -> int:
        with socket.create_connection(("127.0.0.1", person.port), timeout=SECONDS) as connection:
            connection.sendall((head + body).encode())
        return 0

    return _at_once(send, together)


def _at_once(send: Callable[[], int], together: threading.Barrier | None) -> int:
    if together is not None:
        together.wait(SECONDS)
    try:
        return send()
    except OSError:
        return 0
