"""Results: of an attempt as it stands, and of all finished attempts again, to see that nothing has drifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from quiz.attempt.fold import belief_after
from quiz.attempt.log import Answered, Finished
from quiz.bank.version import BankVersion
from quiz.measure.belief import Belief
from quiz.plan.document import Document, document
from quiz.plan.marks import Marks, placed
from quiz.plan.steps import plan
from quiz.report.result import Result, result
from quiz.services.banks import Banks
from quiz.services.taking import OpenAttempt, opened
from quiz.store import attempts as store
from quiz.tracking import Step

BATCH = 100


@dataclass(frozen=True)
class Report:
    """A result, the document that says it with the plan that follows, and the belief that both rest on."""

    result: Result
    document: Document
    belief: Belief


@dataclass(frozen=True)
class Replay:
    """How many stored results were computed again, and which came out differently."""

    attempts: int
    different: tuple[str, ...]


def report(attempt: OpenAttempt, role: str, seniority: str, marks: Marks) -> Report:
    """The attempt's answers against a role at a seniority, with the plan as the person has marked it."""
    return made(attempt.bank, attempt.progress.answers, (role, seniority), marks, day_of(attempt))


def made(bank: BankVersion, answers: Sequence[Answered], job: tuple[str, str], marks: Marks, on: date) -> Report:
    """The report of these answers, dated."""
    belief = belief_after(bank, answers)
    found = result(bank, answers, *job, belief)
    steps = placed(plan(bank, answers, found, belief), marks)
    return Report(found, document(bank, found, steps, marks, on.isoformat()), belief)


def day_of(attempt: OpenAttempt) -> date:
    """The day a result is of: when it was finished, or when something last happened."""
    finished = [logged.at for logged in attempt.stored.log if isinstance(logged.entry, Finished)]
    return datetime.fromtimestamp(finished[-1] if finished else attempt.stored.last_at, UTC).date()


def replay(session: Session, banks: Banks, progress: Step = lambda _: None) -> Replay:
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
