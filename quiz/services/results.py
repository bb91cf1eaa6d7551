"""Results: of an attempt as it stands, and of all finished attempts again, to see that nothing has drifted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from quiz.attempt.log import Answered, Finished
from quiz.plan.steps import PlanStep, plan
from quiz.report.result import Result, result
from quiz.services.banks import Banks
from quiz.services.taking import OpenAttempt, opened
from quiz.store import attempts as store

BATCH = 100


@dataclass(frozen=True)
class Report:
    """A result with the plan that follows from it."""

    result: Result
    plan: tuple[PlanStep, ...]


@dataclass(frozen=True)
class Replay:
    """How many stored results were computed again, and which came out differently."""

    attempts: int
    different: tuple[str, ...]


def report(attempt: OpenAttempt, role: str, seniority: str) -> Report:
    """The attempt's answers against a role at a seniority."""
    found = result(attempt.bank, attempt.progress.answers, role, seniority)
    return Report(found, plan(attempt.bank, attempt.progress.answers, found))


def replay(session: Session, banks: Banks, progress: Callable[[int], None] = lambda _: None) -> Replay:
    """Compute every stored result again from its log and compare it with the numbers that were shown."""
    last, count, different = 0, 0, []
    while batch := store.finished_attempts(session, last, BATCH):
        for stored in batch:
            last, count = stored.id, count + 1
            if any(now != then for now, then in _results(opened(session, banks, stored))):
                different.append(stored.token)
        progress(len(batch))
    return Replay(count, tuple(different))


def _results(attempt: OpenAttempt) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Every result that the attempt printed, computed again from the answers before it, beside the printed one."""
    answers: list[Answered] = []
    pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
    for entry in attempt.stored.entries:
        match entry:
            case Answered():
                answers.append(entry)
            case Finished():
                again = result(attempt.bank, answers, attempt.plan.role, attempt.plan.seniority)
                pairs.append((again.printed(), entry.printed))
    return pairs
