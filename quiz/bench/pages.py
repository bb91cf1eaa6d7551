"""The pages of editors over a large bank, and an answer beside many: how long a server works on each, in turn."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count as count_from
from pathlib import Path

import numpy as np
from flask.testing import FlaskClient

from quiz.app import create_app, now
from quiz.bench.crowd import answer, grow
from quiz.bench.figure import Figure
from quiz.bench.plans import OF_PEOPLE, Sent, Way, noted, read_whole, ways
from quiz.bench.postgres import postgresql
from quiz.bench.taker import attempt_of
from quiz.bench.walk import unknown_form
from quiz.bench.yard import yard
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
    "question": ("/admin/questions/{name}", 80.0),
    "editor": ("/admin/questions/{name}/edit", 60.0),
    "statistics": ("/admin/questions/{name}/statistics", 40.0),
    "front page": ("/admin", 100.0),
}
"""Addresses and their budgets for the 95th percentile in milliseconds."""
TIMES = 40
BEFORE, AFTER = "answer, none yet", "answer, all there"
SLOWER = 1.5
"""How many times as much CPU an answer may cost with all answers there: what two runs differ by, and some room."""
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


@dataclass(frozen=True)
class Answering:
    """What an answer costs: its page, the most statements it took, and which tables each statement reads, and how.

    `yards`: its CPU in yards, since minutes lie between one measurement and the other, and a machine changes its pace.
    """

    page: Page
    yards: float
    statements: int
    read: Mapping[str, frozenset[Way]]


@dataclass(frozen=True)
class Measured:
    """The pages; and the figures with a budget: what became of an answer with all answers there, and each page's."""

    pages: tuple[Page, ...]
    figures: Mapping[str, Figure]


def pages(kind: str, questions: int, answers: int, told: Callable[[str], object] = lambda _: None) -> Measured:
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
        found = [_page(client, name, told) for name in PAGES]
    budgets = {one.page: Figure(one.p95_ms, "ms", PAGES[one.page][1]) for one in found}
    return Measured((before.page, after.page, *found), became(before, after) | budgets)


def became(before: Answering, after: Answering) -> dict[str, Figure]:
    """What is another with many answers stored than with none: nothing may be, but for the time's own noise."""
    texts = before.read.keys() | after.read.keys()
    return {
        "answer, more statements": Figure(abs(after.statements - before.statements), "", 0),
        "answer, other plans": Figure(sum(before.read.get(one) != after.read.get(one) for one in texts), "", 0),
        "answer, whole tables": Figure(sum(len(read_whole(one, OF_PEOPLE)) for one in after.read.values()), "", 0),
        "answer, CPU": Figure(round(after.yards / before.yards, 2), "times", SLOWER),
    }


def _page(client: FlaskClient, page: str, told: Callable[[str], object]) -> Page:
    told(page)
    address = PAGES[page][0].format(name="password-in-notebook")
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
    return _told(page, seconds, busy, size)


def _answering(database: Database, name: str, told: Callable[[str], object]) -> Answering:
    told(name)
    client = create_app(Settings(str(database.write.url), starts_per_day=0), database).test_client()
    one_yard = yard()
    page = _answered(client, name)
    sent = [*_sent_by_answers(database, client)]
    read = {one.statement: _read(database, one) for statements in sent for one in statements}
    return Answering(page, page.cpu_ms / 1000 / one_yard, max(map(len, sent)), read)


def _read(database: Database, sent: Sent) -> frozenset[Way]:
    """The ways into the tables that people make long; a database may take any way into one of a few rows."""
    return frozenset(way for way in ways(database, sent) if way.table in OF_PEOPLE)


def _sent_by_answers(database: Database, client: FlaskClient) -> Iterator[list[Sent]]:
    """What each answer of one attempt sends. Apart from what is timed: to note it takes time."""
    address = attempt_of(client.post("/start").headers["Location"])
    page = client.get(address).get_data(as_text=True)
    while 'name="question"' in page:
        with noted(database) as sent:
            client.post(address, data=unknown_form(page))
            page = client.get(address).get_data(as_text=True)
        yield sent


def _answered(client: FlaskClient, name: str) -> Page:
    """An answer by people who don't know; the first attempt fills what is kept for all."""
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
                return _told(name, seconds, busy, size)
    raise AssertionError  # pragma: no cover - the count does not end


def _told(page: str, seconds: Sequence[float], busy: Sequence[float], size: int) -> Page:
    half, most = 1000 * np.quantile(seconds, [0.5, 0.95])
    cpu = 1000 * float(np.median(busy))
    return Page(page, round(cpu, 2), round(float(half), 1), round(float(most), 1), round(size / 1024, 1))


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
