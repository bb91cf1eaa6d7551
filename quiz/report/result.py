"""The result of an attempt against one job: every number that a page, a file or a print may show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np

from quiz.attempt.fold import belief_after
from quiz.attempt.goal import goal_of
from quiz.attempt.log import UNSURE, Answered
from quiz.bank.mark import best_score
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import SENIORITIES
from quiz.measure.belief import Belief
from quiz.measure.curve import Floats
from quiz.report import rounding
from quiz.report.rounding import STANDARD, Chance, Level, Verdict

SAMPLES = 1024
PROBABLY = 0.65
"""A weighted mean chance from which a job's targets count as "probably met": it rounds to 7 in 10."""


@dataclass(frozen=True)
class AreaResult:
    """One area against its target. `weight` in percent; `target` in steps; `dots` in steps, rising.

    `mostly` names the step at which more than half of its questions were set, if there is one.
    """

    id: str
    weight: int
    target: float
    level: Level
    chance: Chance
    verdict: Verdict
    asked: int
    right: int
    partly: int
    dots: tuple[float, ...]
    mostly: str = ""

    @property
    def open(self) -> bool:
        """Whether more questions could settle it."""
        return self.verdict in {"either", "not-shown", "not-asked", "probably-met", "probably-gap"}


@dataclass(frozen=True)
class Share:
    """A rounded number with the range that holds it in 8 of 10 cases."""

    about: int
    low: int
    high: int


@dataclass(frozen=True)
class Result:
    """An attempt's answers against one job. `coverage` in percent; `met` counts targets.

    `chosen_for`: the seniority was chosen for someone not sure of it; `fallback`: though no job is probably met.
    """

    role: str
    seniority: str
    chosen_for: bool
    questions: int
    coverage: Share
    met: Share
    all_met: Chance
    areas: tuple[AreaResult, ...]
    fallback: bool = False

    def printed(self) -> dict[str, Any]:
        """The numbers as plain data: stored with the attempt, and given out as JSON."""
        areas = [
            {
                **{"id": a.id, "weight": a.weight, "target": a.target, "level": asdict(a.level)},
                **{"chance_in_ten": a.chance.tenths, "verdict": a.verdict, "asked": a.asked, "right": a.right},
            }
            for a in self.areas
        ]
        return {
            **{"role": self.role, "seniority": self.seniority, "questions": self.questions},
            **{"coverage": asdict(self.coverage), "met": asdict(self.met), "all_met": self.all_met.tenths},
            "areas": areas,
        }


def result(
    bank: BankVersion, answers: Sequence[Answered], role: str, seniority: str, belief: Belief | None = None
) -> Result:
    """Compute the result against a role at a seniority.

    Where the seniority is "unsure", against the most senior job whose targets are probably met (else junior).
    `belief`: that after these answers, where it is known already.
    """
    belief = belief or belief_after(bank, answers)
    chosen, suits = most_senior(bank, belief, role) if seniority == UNSURE else (seniority, True)
    goal = goal_of(bank, role, chosen)
    targets = goal.targets[0]
    drawn = _drawn(belief.of(goal.weights), goal.doubt)
    return Result(
        role=role,
        seniority=chosen,
        chosen_for=seniority == UNSURE,
        questions=len(answers),
        coverage=covered(bank, belief, role, chosen),
        met=_share((drawn >= targets).sum(axis=1).astype(float), percent=False),
        all_met=rounding.tenths(float((drawn >= targets).all(axis=1).mean())),
        areas=tuple(_areas(bank, answers, belief, role, chosen)),
        fallback=not suits,
    )


def most_senior(bank: BankVersion, belief: Belief, role: str) -> tuple[str, bool]:
    """The most senior job whose targets are probably met: mean chance, by the areas' weights, at least .65.

    And whether there is one, which can be the first; else the first, to begin with.
    """
    chances = goal_of(bank, role, UNSURE).chances(belief) @ area_weights(bank, role)
    met = [seniority for seniority, p in zip(SENIORITIES, chances, strict=True) if p >= PROBABLY]
    return (met or SENIORITIES[:1])[-1], bool(met)


def coverage_at(bank: BankVersion, role: str, seniority: str, levels: Floats) -> Floats:
    """How much of a job's profile someone at these area levels (n, areas) covers: (n,), from 0 to 1."""
    return _coverage(levels, area_weights(bank, role), goal_of(bank, role, seniority).targets[0])


def covered(bank: BankVersion, belief: Belief, role: str, seniority: str) -> Share:
    """How much of a job's profile the answers behind a belief cover."""
    goal = goal_of(bank, role, seniority)
    drawn = _drawn(belief.of(goal.weights), goal.doubt)
    return _share(_coverage(drawn, area_weights(bank, role), goal.targets[0]), percent=True)


def coverage_if(bank: BankVersion, belief: Belief, role: str, seniority: str, levels: Floats) -> int:
    """The percentage of a job covered if the skills (skills,) stood at these levels, with the doubt there is now."""
    goal = goal_of(bank, role, seniority)
    areas = Belief(goal.weights @ levels, belief.of(goal.weights).covariance)
    return rounding.percent5(
        float(_coverage(_drawn(areas, goal.doubt), area_weights(bank, role), goal.targets[0]).mean())
    )


def _drawn(areas: Belief, doubt: float) -> Floats:
    """Area levels drawn from the belief, with the doubt in targets: (samples, areas)."""
    covariance = areas.covariance + doubt**2 * np.eye(len(areas.mean))
    return np.asarray(_samples(len(areas.mean)) @ np.linalg.cholesky(covariance).T + areas.mean)


def area_weights(bank: BankVersion, role: str) -> Floats:
    """How much each area weighs in a job: (areas,), adds up to 1."""
    profile = bank.catalogue.profiles[role]
    return np.array([profile.areas[area.id].weight for area in bank.catalogue.areas])


def _coverage(levels: Floats, weights: Floats, targets: Floats) -> Floats:
    """For sampled levels (n, areas): how much of each target is reached, weighed: Σ w·min(1, level/target).

    Taken per area, so that a job that asks no more anywhere is never covered less (a weighted shortfall over
    the weighted target would not keep that, where targets rise unevenly).
    """
    reached = np.clip(levels / np.where(targets > 0, targets, 1), 0, 1)
    return np.asarray(np.where(targets > 0, reached, 1) @ weights)


def _share(values: Floats, *, percent: bool) -> Share:
    tail = (1 - rounding.LIKELY) / 2
    low, high = np.quantile(values, [tail, 1 - tail], method="inverted_cdf")
    about = float(values.mean())
    if percent:
        ends = rounding.percent5(low), rounding.percent5(high)
        return Share(_inside(rounding.percent5(about), *ends), *ends)
    middle = int(about + 0.5)
    return Share(middle, min(int(low), middle), max(int(high), middle))


def _inside(about: int, low: int, high: int) -> int:
    """The point, kept off the open ends: "95 or more" and "5 or less" are said only where the whole range says so."""
    top, bottom = (95 if low >= 95 else 90), (5 if high <= 5 else 10)
    return min(max(about, low, bottom), high, top)


def _areas(
    bank: BankVersion, answers: Sequence[Answered], belief: Belief, role: str, seniority: str
) -> list[AreaResult]:
    goal = goal_of(bank, role, seniority)
    now, start = belief.of(goal.weights), bank.prior.of(goal.weights)
    counts = tally(bank, answers)
    profile = bank.catalogue.profiles[role]
    found = []
    for i, area in enumerate(bank.catalogue.areas):
        asks = profile.areas[area.id]
        target = float(goal.targets[0, i])
        mean, variance = float(now.mean[i]), float(now.covariance[i, i])
        exact = rounding.chance(mean, variance, target, goal.doubt)
        before = rounding.chance(float(start.mean[i]), float(start.covariance[i, i]), target, goal.doubt)
        chance = rounding.tenths(exact)
        asked, right, partly = counts.get(area.id, (0, 0, 0))
        found.append(
            AreaResult(
                id=area.id,
                weight=round(100 * asks.weight),
                target=target,
                level=rounding.level(mean, variance, goal.doubt),
                chance=chance,
                verdict=rounding.verdict(chance, before, exact, asked),
                asked=asked,
                right=right,
                partly=partly,
                dots=rounding.dots(mean, variance, target, goal.doubt, chance),
                mostly=_mostly(bank, answers, area.id),
            )
        )
    return found


def _mostly(bank: BankVersion, answers: Sequence[Answered], area: str) -> str:
    asked = [bank.at(a.revision).question for a in answers]
    levels = Counter(question.level for question in asked if bank.catalogue.area_of[question.skill].id == area)
    level, count = levels.most_common(1)[0] if levels else ("", 0)
    return level if levels and 2 * count > levels.total() else ""


def tally(bank: BankVersion, answers: Sequence[Answered], by: str = "area") -> Mapping[str, tuple[int, int, int]]:
    """Per area (or skill): questions asked, fully right, partly right."""
    counts: dict[str, tuple[int, int, int]] = {}
    for answer in answers:
        question = bank.at(answer.revision).question
        key = bank.catalogue.area_of[question.skill].id if by == "area" else question.skill
        full = answer.score == best_score(question)
        asked, right, partly = counts.get(key, (0, 0, 0))
        counts[key] = (asked + 1, right + full, partly + (answer.score > 0 and not full))
    return counts


@cache
def _samples(dimensions: int) -> Floats:
    """1,024 evenly spread draws from a standard normal: an additive recurrence (Roberts 2018), the same everywhere."""
    root = 2.0
    for _ in range(60):
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = [(1 / root) ** (d + 1) for d in range(dimensions)]
    return np.array([[STANDARD.inv_cdf((0.5 + n * s) % 1 or 0.5) for s in steps] for n in range(1, SAMPLES + 1)])
