"""The pages of editors over a large bank: how long a server works on each, one request after the other."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count as count_from
from pathlib import Path

import numpy as np
from flask.testing import FlaskClient

from quiz.app import create_app, now
from quiz.bench.crowd import answer, grow
from quiz.bench.postgres import postgresql
from quiz.bench.taker import attempt_of
from quiz.bench.walk import unknown_form
from quiz.config import Settings
from quiz.paths import QUESTIONS
from quiz.services.accounts import LOGIN_SECONDS, token_hash
from quiz.services.banks import Banks
from quiz.services.counting import IN_THE_BROWSER, count
from quiz.services.load import load_bank
from quiz.store import accounts
from quiz.store.engine import Database, open_database
from quiz.store.migrate import upgrade
from quiz.web.admin.access import EDITOR

PAGES = {
    "list": ("/admin/questions", 80.0),
    "list, filtered": ("/admin/questions?area=programming&status=live&sort=title", 80.0),
    "list, searched": ("/admin/questions?q=gradient", 80.0),
    "question": ("/admin/questions/{name}", 0.0),
    "editor": ("/admin/questions/{name}/edit", 60.0),
    "statistics": ("/admin/questions/{name}/statistics", 0.0),
    "front page": ("/admin", 0.0),
}
"""Addresses and their budgets for the 95th percentile in milliseconds (0: none is set)."""
TIMES = 40
BEFORE, AFTER = "answer, none yet", "answer, all there"
SIGNED_IN = "__Host-" + EDITOR


@dataclass(frozen=True)
class Page:
    """What one page cost: milliseconds at the median and the 95th percentile, CPU at the median, and its size.

    CPU is that of this process, so without a PostgreSQL server's; on a busy machine it says more than the clock.
    """

    page: str
    cpu_ms: float
    p50_ms: float
    p95_ms: float
    kilobytes: float
    budget_ms: float

    @property
    def ok(self) -> bool:
        """Whether it is within its budget."""
        return not self.budget_ms or self.p95_ms <= self.budget_ms


def pages(kind: str, questions: int, answers: int, told: Callable[[str], object] = lambda _: None) -> list[Page]:
    """Each page over a database of this kind, grown to so many questions and answers; `told` hears what is done.

    Before them, an answer (POST, redirect and the next question) with no answers stored, and with all of them.
    """
    with _database(kind) as database:
        told(f"growing to {questions} questions")
        with database.writing() as session:
            load_bank(session, QUESTIONS, now())
        grow(database, questions, now())
        before = _answering(database, BEFORE, told)
        told(f"writing {answers} answers")
        answer(database, answers, now())
        after = _answering(database, AFTER, told)
        count(database, Banks(), IN_THE_BROWSER, now())
        client = create_app(Settings(str(database.write.url)), database).test_client()
        client.set_cookie(SIGNED_IN, _signed_in(database), secure=True)
        return [before, after, *(_page(client, name, told) for name in PAGES)]


def _page(client: FlaskClient, page: str, told: Callable[[str], object]) -> Page:
    told(page)
    address, budget = PAGES[page]
    address = address.format(name="password-in-notebook")
    client.get(address)  # what is computed once for a bank version is computed now
    seconds, busy, size = [], [], 0
    for _ in range(TIMES):
        started, worked = time.perf_counter(), time.process_time()
        answered = client.get(address, headers={"Accept-Encoding": "gzip"})
        size = len(answered.data)
        seconds.append(time.perf_counter() - started)
        busy.append(time.process_time() - worked)
        if answered.status_code != 200:
            raise RuntimeError(f"{address} answered {answered.status_code}")
    return _told(page, seconds, busy, size, budget)


def _answering(database: Database, name: str, told: Callable[[str], object]) -> Page:
    """An answer by people who don't know; the first attempt fills what is kept for all."""
    told(name)
    client = create_app(Settings(str(database.write.url), starts_per_day=0), database).test_client()
    seconds, busy, size = [], [], 0
    for attempt in count_from(0):
        address = attempt_of(client.post("/start").headers["Location"])
        page = client.get(address).get_data(as_text=True)
        while 'name="question"' in page:
            started, worked = time.perf_counter(), time.process_time()
            onward = client.post(address, data=unknown_form(page)).headers["Location"]
            page = client.get(onward).get_data(as_text=True)
            if attempt:
                seconds.append(time.perf_counter() - started)
                busy.append(time.process_time() - worked)
                size = max(size, len(page))
            if len(seconds) == TIMES:
                return _told(name, seconds, busy, size, 0.0)
    raise AssertionError  # pragma: no cover - the count does not end


def _told(page: str, seconds: Sequence[float], busy: Sequence[float], size: int, budget: float) -> Page:
    half, most = 1000 * np.quantile(seconds, [0.5, 0.95])
    cpu = 1000 * float(np.median(busy))
    return Page(page, round(cpu, 1), round(float(half), 1), round(float(most), 1), round(size / 1024, 1), budget)


def _signed_in(database: Database) -> str:
    token = secrets.token_urlsafe(32)
    with database.writing() as session:
        user = accounts.add_account(session, "bench", "admin", now())
        accounts.add_login(session, user, token_hash(token), now(), now() + LOGIN_SECONDS)
    return token


@contextmanager
def _database(kind: str) -> Iterator[Database]:
    if kind == "postgresql":
        with postgresql() as (url, _):
            yield from _opened(url)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield from _opened(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")


def _opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    upgrade(database)
    yield database
    database.close()
