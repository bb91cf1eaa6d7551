"""Where an attempt stands: its log, folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import groupby
from typing import Literal, NamedTuple, cast

import numpy as np

from quiz.attempt.log import Answered, Entry, Extended, Finished, Plan, Rated
from quiz.bank.version import BankVersion
from quiz.measure.belief import TOLERANCE, Belief, update, without_each
from quiz.measure.curve import Curves, Floats, Ints
from quiz.measure.guessing import guessing_share

ENOUGH = 3
"""Answers that an area needs before anything is said of it."""

Phase = Literal["asking", "stopped", "finished"]


class Progress(NamedTuple):
    """Where an attempt stands.

    `current` is the revision to answer now. `until` is the number of answers after which it stops, `forced`
    whether only that stops it (an extension). `revealed` answers came before the last result: only these may
    be reviewed with their keys. `rated` is the self-rating, area id to step; None where there is none.
    """

    answers: tuple[Answered, ...]
    current: int | None
    until: int
    area: str | None = None
    skill: str | None = None
    forced: bool = False
    finished: bool = False
    revealed: int = 0
    extensions: int = 0
    rated: Mapping[str, int] | None = None

    @property
    def position(self) -> int:
        """The number of the current question, from 1."""
        return len(self.answers) + 1

    @property
    def phase(self) -> Phase:
        """Asking; stopped, with no result yet; or finished."""
        if self.finished:
            return "finished"
        return "asking" if self.current is not None else "stopped"


def fold(plan: Plan, entries: Sequence[Entry]) -> Progress:
    """The attempt's progress after these entries."""
    start = Progress(answers=(), current=plan.first, until=plan.length)
    return reduce(_after, (tuple(run) for _, run in groupby(entries, type)), start)


def onward(progress: Progress, entry: Entry) -> Progress:
    """The progress after one more entry."""
    match entry:
        case Rated():
            return progress._replace(rated=entry.steps)
        case Answered():
            return _after(progress, (entry,))
        case Extended():
            return progress._replace(
                current=entry.following,
                until=len(progress.answers) + entry.questions,
                area=entry.area,
                skill=entry.skill,
                forced=True,
                finished=False,
                extensions=progress.extensions + 1,
            )
        case Finished():
            return progress._replace(finished=True, current=None, revealed=len(progress.answers))


def _after(progress: Progress, run: Sequence[Entry]) -> Progress:
    """The progress after entries of one kind. Answers are added all at once: an attempt holds little else."""
    last = run[-1]
    if not isinstance(last, Answered):
        return reduce(onward, run, progress)
    return progress._replace(answers=(*progress.answers, *cast("Sequence[Answered]", run)), current=last.following)


def belief_after(bank: BankVersion, answers: Sequence[Answered], tolerance: float = TOLERANCE) -> Belief:
    """The belief about the person after these answers, from scratch; see `update` for the tolerance."""
    return update(bank.prior, *_seen(bank, answers), tolerance)


def levels_without_each(bank: BankVersion, answers: Sequence[Answered]) -> tuple[Floats, Floats]:
    """For each answer, mean and sd (n,) of its skill's level as the person's other answers leave it, in steps."""
    return without_each(bank.prior, *_seen(bank, answers))


def _seen(bank: BankVersion, answers: Sequence[Answered]) -> tuple[Ints, Curves, Ints]:
    """Skill, curve (for a person who guesses as often as this one) and score of each answer."""
    rows = bank.rows_of([a.revision for a in answers])
    scores = np.array([a.score for a in answers], dtype=np.int64)
    unknown = np.array([a.unknown for a in answers], dtype=bool)
    single = bank.single[rows]
    share = guessing_share(
        wrong=int(np.count_nonzero(single & ~unknown & (scores == 0))), unknown=int(np.count_nonzero(single & unknown))
    )
    return bank.skills[rows], bank.curves.take(rows).with_guessing(share, bank.guessable[rows]), scores


def asked_per_area(bank: BankVersion, answers: Sequence[Answered]) -> Ints:
    """How many questions of each area were answered: (areas,)."""
    return np.bincount(bank.areas[bank.rows_of([a.revision for a in answers])], minlength=len(bank.catalogue.areas))


def every_area_asked(bank: BankVersion, answers: Sequence[Answered]) -> bool:
    """Whether each area has enough answers to say something of it."""
    return bool((asked_per_area(bank, answers) >= ENOUGH).all())
