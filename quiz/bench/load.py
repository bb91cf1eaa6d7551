"""The load bench: so many people at once on real servers, and what each of their answers cost."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path

import numpy as np

from quiz.bench.accounting import cpu_seconds, proportional_megabytes
from quiz.bench.figure import Figure
from quiz.bench.postgres import postgresql
from quiz.bench.server import HOST, Running, serving
from quiz.bench.taker import Person, Taken, UnexpectedError
from quiz.bench.walk import statements_per_answer
from quiz.bench.yard import yards_beside
from quiz.store.attempts import answers_by_token
from quiz.store.engine import open_database

DATABASES = ("sqlite", "postgresql")
BUDGETS: dict[str, tuple[str, float]] = {
    "cpu_ms_per_answer": ("ms", 5),
    "yards_per_answer": ("yards", 0.13),
    "sql_per_answer": ("", 3),
    "pss_mb": ("MB", 120),
    "errors": ("", 0),
    "lost": ("", 0),
}
"""Unit and budget of each field of a `Load` that has one."""
WARMING = 3
"""How many times as many attempts are made before measuring as in a round."""
WARMED_BY = 4
"""People at once then, so that every process has its share."""


@dataclass(frozen=True)
class Load:
    """What one round of so many takers at once cost.

    Times are in milliseconds, from submit to the next page, whole. CPU an answer is that of POST, redirect and GET;
    landing, start and first question, and finish and result, are told for each attempt.
    """

    database: str
    takers: int
    answers: int
    answers_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms_per_answer: float
    cpu_ms_per_start: float
    cpu_ms_per_result: float
    yards_per_answer: float
    database_cpu_ms_per_answer: float
    sql_per_answer: float
    pss_mb: float
    errors: int
    lost: int

    @property
    def figures(self) -> dict[str, Figure]:
        """What has a budget, by the field's name."""
        return {name: Figure(getattr(self, name), unit, budget) for name, (unit, budget) in BUDGETS.items()}


@dataclass(frozen=True)
class Site:
    """A server under load: its database's name and URL, its processes, and its database's process if it has one."""

    database: str
    url: str
    server: Running
    database_pid: int | None
    sql_per_answer: float


@contextmanager
def site(database: str, workers: int) -> Iterator[Site]:
    """A server over a fresh database of this kind, with the whole bank, while the block runs."""
    with _fresh_database(database) as (url, pid):
        with serving(url, workers):
            pass  # the first start makes the tables and loads the questions
        statements = statements_per_answer(url)
        with serving(url, workers) as running:
            yield Site(database, url, running, pid, statements)


@contextmanager
def _fresh_database(database: str) -> Iterator[tuple[str, int | None]]:
    if database == "postgresql":
        with postgresql() as (url, pid):
            yield url, pid
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}", None


def attempts_in_all(takers: Iterable[int], attempts: int) -> int:
    """How many attempts are made for these rounds, those before them included."""
    return WARMING * attempts + sum(max(attempts, number) for number in takers)


def loads(
    found: Site, takers: Iterable[int], attempts: int, told: Callable[[int], object] = lambda _: None
) -> Iterator[Load]:
    """One round for each number of takers, `attempts` whole attempts in each round (at least one a taker).

    Before them come more attempts that are not measured: a server that has run for minutes has rendered its questions.

    `told` is called with 1 after each attempt, also of those before.
    """
    _round(found, WARMED_BY, WARMING * attempts, told)
    for number in takers:
        yield _round(found, number, max(attempts, number), told)


def _round(found: Site, takers: int, attempts: int, told: Callable[[int], object]) -> Load:
    with yards_beside() as told_yard:
        done = attempts_at(found.server.port, takers, attempts, told, used=lambda: _used(found))
        one_yard = told_yard()
    start, answers, result = done.used
    quantiles = 1000 * np.quantile([one for taken in done.every for one in taken.seconds] or [0.0], [0.5, 0.95, 0.99])
    each = 1000 / max(done.answers, 1)
    return Load(
        database=found.database,
        takers=takers,
        answers=done.answers,
        answers_per_second=done.answers_per_second,
        p50_ms=round(float(quantiles[0]), 2),
        p95_ms=round(float(quantiles[1]), 2),
        p99_ms=round(float(quantiles[2]), 2),
        cpu_ms_per_answer=round(answers.server * each, 2),
        cpu_ms_per_start=round(1000 * start.server / max(len(done.every), 1), 2),
        cpu_ms_per_result=round(1000 * result.server / max(len(done.taken), 1), 2),
        yards_per_answer=round(answers.both * each / 1000 / one_yard, 3),
        database_cpu_ms_per_answer=round(answers.database * each, 2),
        sql_per_answer=found.sql_per_answer,
        pss_mb=round(max(proportional_megabytes(found.server.pid), default=0.0), 1),
        errors=done.errors,
        lost=lost(found.url, done.every),
    )


def _used(found: Site) -> Used:
    database = cpu_seconds(found.database_pid) if found.database_pid is not None else 0.0
    return Used(cpu_seconds(found.server.pid), database)


@dataclass(frozen=True)
class Used:
    """CPU seconds of the server's processes and of the database's, if it has any."""

    server: float = 0.0
    database: float = 0.0

    @property
    def both(self) -> float:
        """Together."""
        return self.server + self.database

    def since(self, before: Used) -> Used:
        """What was used between two readings."""
        return Used(self.server - before.server, self.database - before.database)


@dataclass(frozen=True)
class Round:
    """Attempts that were made at the same time: those that came to their end, and those that broke off.

    `used`: CPU of starting them all, of all answers, and of all results.
    """

    taken: tuple[Taken, ...]
    broken: tuple[Taken, ...]
    seconds: float
    used: tuple[Used, Used, Used]

    @property
    def every(self) -> tuple[Taken, ...]:
        """All of them: what was acknowledged before an attempt broke off must be kept as well."""
        return self.taken + self.broken

    @property
    def errors(self) -> int:
        """How many broke off."""
        return len(self.broken)

    @property
    def answers(self) -> int:
        """How many answers were acknowledged."""
        return sum(one.acknowledged for one in self.every)

    @property
    def answers_per_second(self) -> float:
        """To one decimal."""
        return round(self.answers / self.seconds, 1)


def attempts_at(
    port: int,
    takers: int,
    attempts: int,
    told: Callable[[int], object] = lambda _: None,
    patience: int = 0,
    used: Callable[[], Used] = Used,
    looked: Callable[[str, str, str], object] = lambda *_: None,
) -> Round:
    """So many whole attempts by so many people at once: all begin, then all answer, then all look at their result.

    `told` is called with 1 after each one's last answer, `used` before and after each of the three.
    `patience`: how often someone sends the same request again where no answer comes.
    `looked` is called with each question page, its path and the cookies it needs, before it is answered.
    """
    everyone = people = [Person(HOST, port, seed, patience) for seed in range(attempts)]
    spent = []
    began = time.perf_counter()
    pool = ThreadPoolExecutor(takers)
    try:
        for part in (_begin, partial(_answer, told, looked), _finish):
            before = used()
            people = [person for person in pool.map(part, people) if person]
            spent.append(used().since(before))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # whoever stops early ends the server, and so whoever is at it
    seconds = time.perf_counter() - began
    start, answers, result = spent
    whole = tuple(one.taken for one in people)
    broken = tuple(one.taken for one in everyone if one not in people)
    return Round(whole, broken, seconds, (start, answers, result))


def _begin(person: Person) -> Person | None:
    return _unbroken(person, person.begin)


def _answer(told: Callable[[int], object], looked: Callable[[str, str, str], object], person: Person) -> Person | None:
    try:
        return _unbroken(person, partial(person.answer, looked))
    finally:
        told(1)


def _finish(person: Person) -> Person | None:
    return _unbroken(person, person.finish)


def _unbroken(person: Person, part: Callable[[], None]) -> Person | None:
    """The person after a part of an attempt; None where it broke off."""
    try:
        part()
    except (UnexpectedError, OSError, HTTPException):
        return None
    return person


def lost(url: str, taken: Iterable[Taken]) -> int:
    """How many acknowledged answers the database does not hold."""
    database = open_database(url)
    with database.reading() as session:
        held = Counter(answers_by_token(session))
    database.close()
    return sum(max(attempt.acknowledged - held[attempt.token], 0) for attempt in taken)
