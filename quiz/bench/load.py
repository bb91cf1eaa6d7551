"""The load bench: so many people at once on real servers, and what each of their answers cost."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import numpy as np

from quiz.bench.accounting import cpu_seconds, proportional_megabytes
from quiz.bench.figure import Figure
from quiz.bench.postgres import postgresql
from quiz.bench.server import HOST, Running, serving
from quiz.bench.taker import Person, Taken, UnexpectedError
from quiz.bench.walk import statements_per_answer
from quiz.bench.yard import yard
from quiz.store.attempts import answers_by_token
from quiz.store.engine import open_database

DATABASES = ("sqlite", "postgresql")
BUDGETS: dict[str, tuple[str, float]] = {
    "cpu_ms_per_answer": ("ms", 5),
    "yards_per_answer": ("yards", 0.13),
    "sql_per_answer": ("", 5),
    "pss_mb": ("MB", 120),
    "errors": ("", 0),
    "lost": ("", 0),
}
"""Unit and budget of each field of a `Load` that has one."""


@dataclass(frozen=True)
class Load:
    """What one round of so many takers at once cost. Times in milliseconds; from submit to the next page, whole."""

    database: str
    takers: int
    answers: int
    answers_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms_per_answer: float
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


def loads(
    found: Site, takers: Iterable[int], attempts: int, told: Callable[[int], object] = lambda _: None
) -> Iterator[Load]:
    """One round for each number of takers, `attempts` whole attempts in each round (at least one a taker).

    `told` is called with 1 after each attempt.
    """
    _round(found, 1, 2, lambda _: None)  # every worker reads the bank before anything is measured
    for number in takers:
        yield _round(found, number, max(attempts, number), told)


def _round(found: Site, takers: int, attempts: int, told: Callable[[int], object]) -> Load:
    before = yard()
    server, database = cpu_seconds(found.server.pid), _database_cpu(found)
    done = attempts_at(found.server.port, takers, attempts, told)
    server, database = cpu_seconds(found.server.pid) - server, _database_cpu(found) - database
    quantiles = 1000 * np.quantile([one for taken in done.taken for one in taken.seconds] or [0.0], [0.5, 0.95, 0.99])
    each = 1000 / max(done.answers, 1)
    return Load(
        database=found.database,
        takers=takers,
        answers=done.answers,
        answers_per_second=done.answers_per_second,
        p50_ms=round(float(quantiles[0]), 2),
        p95_ms=round(float(quantiles[1]), 2),
        p99_ms=round(float(quantiles[2]), 2),
        cpu_ms_per_answer=round(server * each, 2),
        yards_per_answer=round((server + database) * each / 1000 / (0.5 * (before + yard())), 3),
        database_cpu_ms_per_answer=round(database * each, 2),
        sql_per_answer=found.sql_per_answer,
        pss_mb=round(max(proportional_megabytes(found.server.pid), default=0.0), 1),
        errors=done.errors,
        lost=lost(found.url, done.taken),
    )


def _database_cpu(found: Site) -> float:
    return cpu_seconds(found.database_pid) if found.database_pid is not None else 0.0


@dataclass(frozen=True)
class Round:
    """Attempts that were made at the same time: those that came to their end, and how many broke off."""

    taken: tuple[Taken, ...]
    errors: int
    seconds: float

    @property
    def answers(self) -> int:
        """How many answers were acknowledged."""
        return sum(one.acknowledged for one in self.taken)

    @property
    def answers_per_second(self) -> float:
        """To one decimal."""
        return round(self.answers / self.seconds, 1)


def attempts_at(
    port: int, takers: int, attempts: int, told: Callable[[int], object] = lambda _: None, patience: int = 0
) -> Round:
    """So many whole attempts by so many people at once. `told` is called with 1 after each.

    `patience`: how often someone sends the same request again where no answer comes.
    """

    def take(seed: int) -> Taken | None:
        try:
            return Person(HOST, port, seed, patience).take()
        except (UnexpectedError, OSError, HTTPException):
            return None
        finally:
            told(1)

    began = time.perf_counter()
    with ThreadPoolExecutor(takers) as pool:
        done = list(pool.map(take, range(attempts)))
    taken = tuple(one for one in done if one is not None)
    return Round(taken, len(done) - len(taken), time.perf_counter() - began)


def lost(url: str, taken: Iterable[Taken]) -> int:
    """How many acknowledged answers the database does not hold."""
    database = open_database(url)
    with database.reading() as session:
        held = Counter(answers_by_token(session))
    database.close()
    return sum(max(attempt.acknowledged - held[attempt.token], 0) for attempt in taken)
