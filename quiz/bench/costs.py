"""What single steps cost inside one process: belief, choice, draw, rendering, reading the bank."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median

import numpy as np

from quiz.attempt.fold import Progress, belief_after
from quiz.attempt.following import candidates, drawn
from quiz.attempt.goal import goal_of
from quiz.attempt.log import Answered, Plan
from quiz.bank import shown
from quiz.bank.mark import best_score
from quiz.bank.question import TYPES
from quiz.bank.version import BankVersion, LiveQuestion
from quiz.bench.figure import Figure
from quiz.measure.choose import usefulness
from quiz.services.banks import Banks
from quiz.services.taking import DEFAULT_ROLE, DEFAULT_SENIORITY
from quiz.store.engine import Database

RUNS = 200
FEW = 20
ANSWERS = 35
LARGE = 10_000
WEIGHED = 360
CACHES = (shown.texts, shown.stem, shown.html, shown.phrase, shown.code_rows)


def costs(bank: BankVersion, database: Database) -> Iterator[tuple[str, Figure]]:
    """Each figure with its name. The bank is that of the database."""
    answers = _answers(bank)
    yield "fold_35_ms", _figure(lambda: belief_after(bank, answers), 2.0)
    yield f"choice_{WEIGHED}_ms", _figure(_weighing(bank, answers, WEIGHED), 1.0)
    large = _grown(bank, LARGE)
    yield f"choice_{LARGE}_ms", _figure(_weighing(large, answers), 5.0)
    plan = _plan(large)
    yield f"draw_{LARGE}_ms", _figure(lambda: drawn(large, plan), 20.0, FEW)
    yield "bank_load_ms", _figure(lambda: _read(database), 2000.0, 3)
    for kind in TYPES:
        yield f"render_{kind}_ms", Figure(_rendering(bank, kind), "ms", 20.0)


def _figure(work: Callable[[], object], budget: float, runs: int = RUNS) -> Figure:
    return Figure(_milliseconds(work, runs), "ms", budget)


def _milliseconds(work: Callable[[], object], runs: int) -> float:
    """The median of some runs, after one that fills what is kept."""
    work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return 1000 * median(times)


def _answers(bank: BankVersion) -> tuple[Answered, ...]:
    """Answers to questions drawn at random, right or wrong at random."""
    draw = np.random.default_rng(1)
    rows = draw.permutation(len(bank.live))[:ANSWERS].tolist()
    return tuple(_answer(bank.live[row], right=bool(draw.integers(0, 2))) for row in rows)


def _answer(live: LiveQuestion, *, right: bool) -> Answered:
    score = best_score(live.question) if right else 0
    return Answered(live.revision, {}, score, unknown=False, guessing=False, seconds=0, following=None)


def _weighing(bank: BankVersion, answers: tuple[Answered, ...], rows: int | None = None) -> Callable[[], object]:
    """The choice of the next question: the open ones found and weighed, or so many of them weighed."""
    plan, progress, belief = _plan(bank), Progress(answers, None, len(answers) + 1), belief_after(bank, answers)
    goal = goal_of(bank, plan.role, plan.seniority)

    def weigh() -> object:
        found = candidates(bank, plan, progress, frozenset()) if rows is None else np.arange(rows) % len(bank.live)
        return usefulness(goal, belief, bank.skills[found], bank.told[found], bank.seconds[found])

    return weigh


def _plan(bank: BankVersion) -> Plan:
    return Plan(DEFAULT_ROLE, DEFAULT_SENIORITY, ANSWERS, seed=1, version=bank.number, first=0)


def _grown(bank: BankVersion, questions: int) -> BankVersion:
    """The bank's questions over and over, each time as revisions of their own."""
    first = max(live.revision for live in bank.live) + 1
    more = (
        replace(bank.live[n % len(bank.live)], revision=first + n) for n in range(max(0, questions - len(bank.live)))
    )
    return replace(bank, live=(*bank.live, *more))


def _read(database: Database) -> BankVersion:
    with database.reading() as session:
        return Banks().newest(session)


def _rendering(bank: BankVersion, kind: str) -> float:
    """The median over questions of this type, each rendered as for the first person who meets it."""
    times = []
    for live in [live for live in bank.live if live.question.type == kind][:FEW]:
        for cache in CACHES:
            cache.cache_clear()
        started = time.perf_counter()
        shown.shown(live, 1)
        times.append(time.perf_counter() - started)
    return 1000 * median(times or [0.0])
