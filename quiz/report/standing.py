"""Single skills that stand out from the rest of a person's answers: named only where the evidence carries it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from quiz.attempt.goal import goal_of
from quiz.attempt.log import Answered
from quiz.bank.version import BankVersion
from quiz.measure.belief import Belief
from quiz.report.result import area_weights, tally
from quiz.report.rounding import STANDARD

SURE = 0.9
FEWEST = 2


@dataclass(frozen=True)
class StandsOut:
    """A skill that is very probably above (or below) the person's own average over the job."""

    skill: str
    above: bool
    asked: int
    right: int
    partly: int


def standing_out(
    bank: BankVersion, answers: Sequence[Answered], belief: Belief, job: tuple[str, str]
) -> tuple[StandsOut, ...]:
    """Skills asked at least twice that differ from the person's average with a chance of 9 in 10 or more."""
    role, seniority = job
    average = area_weights(bank, role) @ goal_of(bank, role, seniority).weights
    found = []
    for skill, (asked, right, partly) in tally(bank, answers, by="skill").items():
        difference = -average
        difference[bank.skill_ids.index(skill)] += 1
        mean = float(difference @ belief.mean)
        chance = STANDARD.cdf(mean / sqrt(float(difference @ belief.covariance @ difference)))
        if asked >= FEWEST and max(chance, 1 - chance) >= SURE:
            found.append(StandsOut(skill, chance >= SURE, asked, right, partly))
    return tuple(found)
