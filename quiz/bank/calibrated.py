"""From a question to an item of calibration, and from what was estimated back to a curve for the belief.

Calibration gives each person one level, the belief gives them one per skill. What a skill differs from the general
level (variance v) flattens a curve over the general level to a/√(1 + .35·a²·v), which is undone here; the doubt that
is left in b flattens it again, as the author's doubt did. The midpoint b is left alone by both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from quiz.bank import question as q
from quiz.bank.items import GUESSED, curve, with_share
from quiz.bank.version import LiveQuestion
from quiz.measure.calibration.data import Item, Prior
from quiz.measure.calibration.fit import Estimate
from quiz.measure.curve import FLATTENING, Curve, two_thirds_at
from quiz.measure.guessing import EXPECTED

STEEPEST = 3.0


@dataclass(frozen=True)
class Calibrated:
    """A question with its estimated curve: `exact` as if b were known, `curve` flattened for the doubt in it."""

    live: LiveQuestion
    exact: Curve
    curve: Curve
    error: float
    n: int


def item_of(question: q.Question, doubt: float) -> Item:
    """A question as calibration sees it: prior from its level, luck of a person who guesses as often as usual.

    The assumed slope is not flattened for the doubt in the level, because b is estimated.
    """
    assumed = curve(question, 0.0)
    level = level_of(question)
    luck = with_share(assumed.luck, EXPECTED) if question.type in GUESSED else assumed.luck
    prior = Prior(level, doubt, assumed.a, (level - assumed.b) * assumed.a)
    return Item(question.id, assumed.weights, luck, prior)


def level_of(question: q.Question) -> float:
    """The author's level, in steps."""
    return q.LEVELS.index(question.level) + 1.0


def calibrated(
    questions: Mapping[str, LiveQuestion], estimates: Sequence[Estimate], beside: float, doubt: float
) -> list[Calibrated]:
    """The curves that these estimates imply.

    `beside`: the variance of a skill beside the general level; `doubt`: the author's, where no error was found.
    The scale is tied anew: on average a person at a question's level expects two thirds of its score.
    """
    slopes = [_alone(one.a, beside) for one in estimates]
    off = [
        one.b + _third(questions[one.id].question) / slope - level_of(questions[one.id].question)
        for one, slope in zip(estimates, slopes, strict=True)
    ]
    shift = sum(off) / max(1, len(off))
    return [
        _calibrated(questions[one.id], slope, one.b - shift, one.se_b or doubt, one.n)
        for one, slope in zip(estimates, slopes, strict=True)
    ]


def _calibrated(live: LiveQuestion, slope: float, b: float, error: float, n: int) -> Calibrated:
    now = live.curve
    flat = slope / sqrt(1 + FLATTENING * slope**2 * error**2)
    exact = Curve(slope, b, now.weights, now.luck)
    return Calibrated(live, exact, Curve(flat, b, now.weights, now.luck), error, n)


def _alone(slope: float, beside: float) -> float:
    """The slope over the skill's own level, from the one over the general level."""
    return min(STEEPEST, slope / sqrt(max(0.1, 1 - FLATTENING * slope**2 * beside)))


def _third(question: q.Question) -> float:
    """The x at which two thirds of the score are expected."""
    item = item_of(question, 1.0)
    return two_thirds_at(item.weights, item.luck)
