"""Attempts of synthetic people through the real choice, stop rule, belief and report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quiz.attempt.fold import Progress, belief_after
from quiz.attempt.following import EASY_START, candidates, following, should_stop
from quiz.attempt.goal import goal_of
from quiz.attempt.log import Answered, Plan
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import SENIORITIES, Seniority
from quiz.measure.curve import Floats, Ints, information
from quiz.report.result import coverage_at, result
from quiz.report.rounding import Verdict
from quiz.simulate.people import Person, World, real_curves, reply, someone

Policy = Literal["adaptive", "random", "widest", "separate"]
LONG = 10_000
"""A length that is never reached, where time is the limit."""


USUAL = World()


@dataclass(frozen=True)
class Setting:
    """What is simulated. `minutes`: stop when this time is used, instead of at the length or when all is clear."""

    role: str = "machine-learning-engineer"
    seniority: Seniority = "mid"
    length: int = 20
    minutes: float | None = None
    policy: Policy = "adaptive"
    world: World = USUAL
    seed: int = 1


@dataclass(frozen=True)
class Outcome:
    """What one attempt printed, and what is true.

    `rows`: the questions asked; `level`, `mean`, `sd` (areas,): true level and belief, in steps; `true` (areas,):
    the level with the doubt in targets added, which is what the printed chances and ranges speak of; `chances`,
    `met` (seniorities, areas); `tenths`, `verdicts` (areas,): as printed for the job; `coverage`: printed share with
    its range, and the true share, in percent.
    """

    rows: Ints
    seconds: float
    level: Floats
    true: Floats
    mean: Floats
    sd: Floats
    chances: Floats
    met: Floats
    tenths: Ints
    verdicts: tuple[Verdict, ...]
    coverage: tuple[int, int, int, float]


def attempt(
    bank: BankVersion, setting: Setting, taker: int, person: Person | None = None, believed: BankVersion | None = None
) -> Outcome:
    """The attempt of one synthetic taker: the same for the same setting and number, whatever ran before.

    `believed`: the bank as the engine takes it to be, where that differs (other curves or another prior).
    """
    engine = believed or bank
    draw = np.random.default_rng([setting.seed, taker])
    who = person or someone(bank.prior, setting.world, draw)
    curves = real_curves(bank, setting.world, draw)
    length = LONG if setting.minutes else setting.length
    plan = Plan(setting.role, setting.seniority, length, int(draw.integers(1 << 40)), engine.number, 0)
    answers: list[Answered] = []
    seconds = 0.0
    while (row := _next_row(engine, setting, plan, answers, draw)) is not None:
        live = engine.live[row]
        if setting.minutes and seconds + live.question.seconds > 60 * setting.minutes:
            break
        seconds += live.question.seconds
        score, unknown = reply(bank, curves, row, who, draw)
        answers.append(Answered(live.revision, {}, score, unknown, guessing=False, seconds=0.0, following=None))
    return _outcome(engine, setting, answers, who, seconds, draw)


def apart(bank: BankVersion) -> BankVersion:
    """The bank as five separate tests would take it: what an area shows says nothing of the others."""
    framework = bank.catalogue.competencies
    prior = framework.prior.model_copy(update={"general": 0.0, "area": framework.prior.general + framework.prior.area})
    competencies = framework.model_copy(update={"prior": prior})
    return BankVersion(bank.number, bank.catalogue.model_copy(update={"competencies": competencies}), bank.live)


def _next_row(
    bank: BankVersion, setting: Setting, plan: Plan, answers: Sequence[Answered], draw: np.random.Generator
) -> int | None:
    progress = Progress(tuple(answers), None, plan.length, forced=setting.minutes is not None)
    if setting.policy in POLICIES:
        if should_stop(bank, plan, progress):
            return None
        rows = candidates(bank, plan, progress, frozenset())
        return POLICIES[setting.policy](bank, plan, answers, rows, draw) if len(rows) else None
    found = following(bank, plan, progress, frozenset())
    return None if found is None else bank.row_of[found]


def _random(_: BankVersion, __: Plan, ___: Sequence[Answered], rows: Ints, draw: np.random.Generator) -> int:
    return int(draw.choice(rows))


def _widest(bank: BankVersion, plan: Plan, answers: Sequence[Answered], rows: Ints, draw: np.random.Generator) -> int:
    """The question that tells most in the area whose level is least certain."""
    if len(answers) < EASY_START:
        return int(draw.choice(rows))
    belief = belief_after(bank, answers)
    spread = belief.of(goal_of(bank, plan.role, plan.seniority).weights).sd[bank.areas[rows]]
    inside = rows[spread == spread.max()]
    told = information(bank.curves.take(inside), belief.mean[bank.skills[inside]][:, None])
    return int(inside[np.argmax(told[:, 0])])


Choice = Callable[[BankVersion, Plan, Sequence[Answered], Ints, np.random.Generator], int]
POLICIES: Mapping[str, Choice] = {"random": _random, "widest": _widest}
"""Other ways to choose among the same candidates, to compare with; `adaptive` is the product's own."""


def _outcome(
    bank: BankVersion,
    setting: Setting,
    answers: Sequence[Answered],
    who: Person,
    seconds: float,
    draw: np.random.Generator,
) -> Outcome:
    goals = [goal_of(bank, setting.role, seniority) for seniority in SENIORITIES]
    belief = belief_after(bank, answers)
    areas = belief.of(goals[0].weights)
    level = goals[0].weights @ who.skills
    true = level + draw.normal(0.0, goals[0].doubt, len(level))
    printed = result(bank, answers, setting.role, setting.seniority)
    share = coverage_at(bank, setting.role, setting.seniority, true[None, :])
    return Outcome(
        rows=np.array([bank.row_of[a.revision] for a in answers], dtype=np.int64),
        seconds=seconds,
        level=level,
        true=true,
        mean=areas.mean,
        sd=areas.sd,
        chances=np.vstack([goal.chances(belief) for goal in goals]),
        met=np.vstack([true >= goal.targets[0] for goal in goals]).astype(float),
        tenths=np.array([area.chance.tenths for area in printed.areas]),
        verdicts=tuple(area.verdict for area in printed.areas),
        coverage=(printed.coverage.about, printed.coverage.low, printed.coverage.high, 100 * float(share[0])),
    )
