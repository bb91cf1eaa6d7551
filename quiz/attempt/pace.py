"""How long an attempt takes: a few invented takers run through the questions that would really be chosen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from quiz.attempt.fold import Progress
from quiz.attempt.following import first_question, following
from quiz.attempt.log import Answered, Plan
from quiz.bank.mark import best_score
from quiz.bank.version import BankVersion, remembered

TAKERS = 4
SPREAD = (-1.0, -0.3, 0.3, 1.0)


@remembered(64)
def minutes(bank: BankVersion, role: str, seniority: str, length: int) -> int:
    """The expected minutes for so many questions, by the seconds their authors expect."""
    runs = [sum(_seconds(bank, Plan(role, seniority, length, seed, bank.number, 0), seed)) for seed in range(TAKERS)]
    return max(1, round(sum(runs) / len(runs) / 60))


def _seconds(bank: BankVersion, plan: Plan, taker: int) -> Iterator[float]:
    """The seconds of each question that an invented taker is asked, who answers rightly up to a level."""
    level = bank.catalogue.competencies.prior.mean + SPREAD[taker]
    progress = Progress((), first_question(bank, plan, frozenset()), plan.length)
    while progress.current is not None:
        live = bank.at(progress.current)
        yield float(live.question.seconds)
        luck = hashlib.sha256(f"{taker}/{live.question.id}".encode()).digest()[0] / 255 - 0.5
        score = best_score(live.question) if live.curve.b <= level + luck else 0
        given = Answered(live.revision, {}, score, unknown=False, guessing=False, seconds=0, following=None)
        answers = (*progress.answers, given)
        after = Progress(answers, None, plan.length)
        progress = Progress(answers, following(bank, plan, after, frozenset()), plan.length)
