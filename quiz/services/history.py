"""A person's attempts over time: where each put them, and what may be said of the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from quiz.attempt.fold import belief_after
from quiz.attempt.goal import goal_of
from quiz.attempt.log import UNSURE
from quiz.report.change import LONG, Change, changes
from quiz.report.result import Result, most_senior, result
from quiz.services.results import day_of
from quiz.services.taking import OpenAttempt


@dataclass(frozen=True)
class Past:
    """One finished attempt, read against the job of the newest one."""

    token: str
    on: date
    result: Result


@dataclass(frozen=True)
class History:
    """The finished attempts, the oldest first, and per area what changed from `since` to the newest.

    `since` is the day of the attempt that the newest is compared with, None where there is only one. `long_enough`:
    whether both have the answers that a change needs.
    """

    past: tuple[Past, ...]
    changed: tuple[Change, ...]
    since: date | None
    long_enough: bool


def history(attempts: Sequence[OpenAttempt]) -> History:
    """All of a person's finished attempts against the job of the newest.

    The newest is compared with the oldest that has answers enough, else with the oldest.
    """
    done = sorted((a for a in attempts if a.progress.revealed), key=lambda a: a.stored.started_at)
    if not done:
        return History((), (), None, long_enough=False)
    newest = done[-1]
    bank, role = newest.bank, newest.plan.role
    belief = belief_after(bank, newest.progress.answers)
    unsure = newest.plan.seniority == UNSURE
    seniority = most_senior(bank, belief, role)[0] if unsure else newest.plan.seniority
    comparable = [a for a in done if role in a.bank.catalogue.profiles and a.bank.skill_ids == bank.skill_ids]
    past = tuple(
        Past(a.stored.token, day_of(a), result(a.bank, a.progress.answers, role, seniority)) for a in comparable
    )
    before = _before(comparable)
    if before is None:
        return History(past, (), None, long_enough=False)
    counts = len(before.progress.answers), len(newest.progress.answers)
    then = belief_after(before.bank, before.progress.answers)
    moved = changes(bank.prior, then, belief, goal_of(bank, role, seniority).weights, counts)
    return History(past, tuple(one.said for one in moved), day_of(before), long_enough=min(counts) >= LONG)


def _before(done: Sequence[OpenAttempt]) -> OpenAttempt | None:
    """The attempt to compare the newest with."""
    earlier = done[:-1]
    long = [a for a in earlier if len(a.progress.answers) >= LONG]
    return next(iter([*long, *earlier]), None)
