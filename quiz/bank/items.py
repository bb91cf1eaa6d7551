"""From a question to its curve: slope, location and luck by type (docs/method.md)."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, factorial, perm

import numpy as np

from quiz.bank import question as q
from quiz.bank.order import right_orders
from quiz.measure.curve import Curve, authored
from quiz.measure.guessing import EXPECTED

GUESSED = frozenset({"single", "judgement"})
"""Types whose luck is scaled by how often the person guesses; the rest can hardly be guessed."""
SLOPE = 1.0
SLOPES = {"multiple": 0.85, "judgement": 0.5, "case": 0.7}
"""Per score point. One reply or one scenario should not count as three questions, so graded steps are flatter."""


def chance_of_guess(body: q.Body) -> float:
    """The chance that someone who knows nothing is right."""
    match body:
        case q.SingleBody():
            return 1 / len(body.options)
        case q.MultipleBody():
            return 1 / ((1 << len(body.options)) - 2)
        case q.LineBody():
            return len(body.key) / sum(bool(row.strip()) for row in body.rows)
        case q.OrderBody():
            lines = [line.id for line in body.lines]
            right = right_orders(lines, body.key)
            if not body.unused:
                return right / factorial(len(lines))
            total = len(lines) + len(body.unused)
            return right / sum(perm(total, n) for n in range(1, total + 1))
        case q.MatchBody():
            return 1 / perm(len(body.responses), len(body.premises))
        case _:
            return 0.0


def luck(question: q.Question) -> tuple[float, ...]:
    """The chance of each score for someone who knows nothing and guesses throughout."""
    match question:
        case q.Case():
            found = np.ones(1)
            for part in question.parts:
                c = chance_of_guess(part)
                found = np.convolve(found, [1 - c, c])
            return tuple(map(float, found))
        case q.Judgement():
            credit = list(question.key.values())
            return tuple(credit.count(k) / len(credit) for k in range(4))
        case _:
            c = chance_of_guess(question)
            return (1 - c, c)


def weights(question: q.Question) -> tuple[float, ...]:
    """How many ways lead to each score: binomial for a case, 1 or 0 for credits a judgement has or lacks."""
    match question:
        case q.Case():
            return tuple(float(comb(len(question.parts), k)) for k in range(len(question.parts) + 1))
        case q.Judgement():
            return tuple(float(k == 0 or k in question.key.values()) for k in range(4))
        case _:
            return (1.0, 1.0)


def curve(question: q.Question, doubt: float) -> Curve:
    """The curve from the author's level; `doubt` is the level's standard deviation, in steps.

    Its luck is that of someone who always guesses; b is set for a person who guesses as often as usual.
    """
    level = q.LEVELS.index(question.level) + 1.0
    full = luck(question)
    usual = with_share(full, EXPECTED) if question.type in GUESSED else full
    found = authored(level, SLOPES.get(question.type, SLOPE), weights(question), usual, doubt)
    return Curve(found.a, found.b, found.weights, full)


def with_share(full: Sequence[float], share: float) -> tuple[float, ...]:
    """Luck of a person who guesses only this share of the time."""
    return (share * full[0] + 1 - share, *(share * p for p in full[1:]))
