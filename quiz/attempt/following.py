"""What is asked next, and when to stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from quiz.attempt.fold import ENOUGH, Progress, asked_per_area, belief_after, every_area_asked
from quiz.attempt.goal import goal_of
from quiz.attempt.log import Answered, Plan
from quiz.bank.arrange import shuffled
from quiz.bank.version import BankVersion, lot_of
from quiz.measure.belief import Belief
from quiz.measure.choose import usefulness
from quiz.measure.curve import Floats, Ints

EASY_START = 2
SHARE_DRAWN = 3
LEAST_DRAWN = 4
BEST = 5
CLEAR = 0.1
TURN = 30.0
"""Seconds that any question costs beside its own: a new page, a new subject. Without them the shortest questions of
each skill are asked of nearly everyone (docs/method.md)."""

ROUGHLY = 0.05
"""How far, in steps, the last round may have moved a belief to choose a question by: a result needs more. What is then
still wrong was .0015 of a step on average and .007 at most, in 236 choices of whole attempts."""

SEEN = 0.5
"""Of the way to the next skill: one number puts questions in order by skill, then what was seen last, then by lot."""

Mask = NDArray[np.bool_]


def first_question(bank: BankVersion, plan: Plan, withdrawn: frozenset[str]) -> int | None:
    """The revision that begins an attempt, or None where nothing can be asked."""
    return following(bank, plan, Progress((), None, plan.length), withdrawn)


def following(bank: BankVersion, plan: Plan, progress: Progress, withdrawn: frozenset[str]) -> int | None:
    """The revision to ask after these answers, or None where the attempt stops.

    `withdrawn` names questions known to be wrong, whatever the attempt's bank version says.
    """
    place = len(progress.answers)
    if place >= progress.until:
        return None
    rows = candidates(bank, plan, progress, withdrawn)
    if len(rows) == 0:
        return None
    if place < EASY_START:
        chosen: int = shuffled(rows.tolist(), plan.seed, "start", place)[0]
        return bank.live[chosen].revision
    belief = belief_after(bank, progress.answers, ROUGHLY)
    if _clear(bank, plan, progress, belief):
        return None
    goal = goal_of(bank, plan.role, plan.seniority)
    use = usefulness(goal, belief, bank.skills[rows], bank.told[rows], bank.seconds[rows] + TURN)
    best = rows[np.argsort(-use, kind="stable")[:BEST]]
    chosen = shuffled(best.tolist(), plan.seed, "next", place)[0]
    return bank.live[chosen].revision


def candidates(bank: BankVersion, plan: Plan, progress: Progress, withdrawn: frozenset[str]) -> Ints:
    """The rows of the questions among which the next one is chosen; none where nothing suitable is left."""
    rows = _open(bank, progress.answers, withdrawn)
    only = _only(bank, progress)
    if only is not None and not only[rows].any():
        return rows[:0]
    return _narrowed(rows, _wishes(bank, plan, progress))


def should_stop(bank: BankVersion, plan: Plan, progress: Progress) -> bool:
    """Whether enough was asked: the length is reached, or every area is clear (unless more was asked for)."""
    if len(progress.answers) >= progress.until:
        return True
    return _clear(bank, plan, progress, belief_after(bank, progress.answers))


def _clear(bank: BankVersion, plan: Plan, progress: Progress, belief: Belief) -> bool:
    """Whether every area has its answers and its verdict is clear, and nobody asked for more."""
    if progress.forced or not every_area_asked(bank, progress.answers):
        return False
    chances = goal_of(bank, plan.role, plan.seniority).chances(belief)
    return bool(((chances < CLEAR) | (chances > 1 - CLEAR)).all())


def _open(bank: BankVersion, answers: Sequence[Answered], withdrawn: frozenset[str]) -> Ints:
    """Rows that may be asked at all: not answered, not withdrawn, no enemy of one answered."""
    open_ = ~bank.named(withdrawn)
    rows = bank.rows_of([a.revision for a in answers])
    open_[rows] = False
    for enemies in filter(len, map(bank.enemies.__getitem__, rows.tolist())):
        open_[enemies] = False
    return np.flatnonzero(open_)


def _wishes(bank: BankVersion, plan: Plan, progress: Progress) -> Iterator[Mask]:
    """What the next question should be, the most important wish first; a wish nobody can meet is dropped."""
    asked = asked_per_area(bank, progress.answers)
    narrow = _only(bank, progress)
    yield (asked < ENOUGH)[bank.areas] if narrow is None else narrow
    yield ~bank.named(plan.excluded)
    if len(progress.answers) < EASY_START:
        yield bank.guided
        yield (asked == 0)[bank.areas]
    yield drawn(bank, plan)


def _only(bank: BankVersion, progress: Progress) -> Mask | None:
    """The questions of the skill or area that more was wanted on, if it was one."""
    if progress.skill is not None:
        return np.asarray(bank.skills == bank.skill_ids.index(progress.skill))
    if progress.area is not None:
        areas = [area.id for area in bank.catalogue.areas]
        return np.asarray(bank.areas == areas.index(progress.area))
    return None


def _narrowed(rows: Ints, wishes: Iterable[Mask]) -> Ints:
    for wish in wishes:
        kept = rows[wish[rows]]
        rows = kept if len(kept) else rows
    return rows


def drawn(bank: BankVersion, plan: Plan) -> Mask:
    """A third of the unseen questions of each skill (at least four), drawn by the attempt's seed.

    Rounded down: where a skill has twelve questions or more, none is asked of more than a third of the takers.
    """
    unseen = ~bank.named(plan.excluded)
    order = np.argsort(bank.skills + SEEN * ~unseen + SEEN * _lots(bank.lots, plan.seed))
    skills = bank.skills[order]
    most = np.maximum(LEAST_DRAWN, np.bincount(bank.skills[unseen], minlength=len(bank.skill_ids)) // SHARE_DRAWN)
    found = np.zeros(len(bank.live), dtype=bool)
    found[order] = np.arange(len(order)) < (bank.first_of_skill + most)[skills]
    return found & unseen


def _lots(lots: NDArray[np.uint64], seed: int) -> Floats:
    """Each question's lot in an attempt with this seed: (n,), evenly spread from 0 to 1, the same on every machine.

    The last step of SplitMix64 (Steele, Lea and Flood 2014), which changes half the bits where its argument has one
    other bit.
    """
    z = lots ^ lot_of(f"{seed}/draw")
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53)
