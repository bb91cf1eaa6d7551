"""Synthetic people: who they are, how they answer, and how wrong the questions' levels are for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quiz.bank import question as q
from quiz.bank.items import SLOPE, SLOPES, curve
from quiz.bank.version import BankVersion, remembered
from quiz.measure.belief import Belief
from quiz.measure.curve import Curves, Floats, probabilities

Habit = Literal["usual", "guesses", "honest"]
GUESSES: Mapping[Habit, float] = {"usual": 0.8, "guesses": 1.0, "honest": 0.0}
"""How often a person of this habit guesses at a single or judgement they don't know, instead of saying so."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What is known of the questions from answers: their curves, and the standard errors of their places."""

    curves: Curves
    errors: tuple[float, ...]


@dataclass(frozen=True)
class World:
    """How the truth differs from what the engine assumes.

    `level_error`: sd of an author's error about one question, `author_error`: about all questions of an area
    together, in steps; `slope`: the median true slope as a multiple of the assumed one, `slope_spread`: the sd of
    its logarithm; `population_mean`: where people are on average, in steps (None: where the prior says).
    `measured`: what answers say of the questions; then only the errors of that are drawn.
    """

    level_error: float = 0.6
    author_error: float = 0.25
    slope: float = 1.0
    slope_spread: float = 0.3
    population_mean: float | None = None
    measured: Measured | None = None


@dataclass(frozen=True)
class Person:
    """One person's true skills (skills,) in steps, and what they do where they don't know."""

    skills: Floats
    habit: Habit = "usual"


@dataclass(frozen=True)
class Questions:
    """What is written of every question: slope per step, a(level − b), level, each (n,)."""

    slopes: Floats
    thirds: Floats
    levels: Floats


@remembered(1)
def written(bank: BankVersion) -> Questions:
    """The questions as their authors see them, without doubt."""
    exact = [curve(live.question, doubt=0.0) for live in bank.live]
    levels = np.array([q.LEVELS.index(live.question.level) + 1.0 for live in bank.live])
    return Questions(
        slopes=np.array([SLOPES.get(live.question.type, SLOPE) for live in bank.live]),
        thirds=np.array([c.a * (level - c.b) for c, level in zip(exact, levels, strict=True)]),
        levels=levels,
    )


def real_curves(bank: BankVersion, world: World, draw: np.random.Generator) -> Curves:
    """The questions as they are for one taker: errors are drawn anew, so that no bank is favoured."""
    if world.measured is not None:
        known = world.measured.curves
        return Curves(known.a, known.b + draw.normal(0.0, world.measured.errors), known.weights, known.luck)
    said = written(bank)
    by_area = draw.normal(0.0, world.author_error, len(bank.catalogue.areas))
    level = said.levels + draw.normal(0.0, world.level_error, len(said.levels)) + by_area[bank.areas]
    a = said.slopes * world.slope * np.exp(draw.normal(0.0, world.slope_spread, len(level)))
    return Curves(a, level - said.thirds / a, bank.curves.weights, bank.curves.luck)


def someone(prior: Belief, world: World, draw: np.random.Generator) -> Person:
    """A person drawn from the prior, moved to where the population is."""
    root = np.linalg.cholesky(prior.covariance)
    moved = 0.0 if world.population_mean is None else world.population_mean - float(prior.mean.mean())
    return Person(prior.mean + moved + root @ draw.normal(size=len(prior.mean)))


def reply(bank: BankVersion, curves: Curves, row: int, person: Person, draw: np.random.Generator) -> tuple[int, bool]:
    """A person's score on a question, and whether they said "I don't know".

    Who does not know guesses (with the luck of the question) or, at types that ask for it, says so.
    """
    one = curves.take(np.array([row]))
    knows = probabilities(
        Curves(one.a, one.b, one.weights, np.eye(1, one.luck.shape[1])), np.array([[person.skills[bank.skills[row]]]])
    )[:, 0, 0]
    score = int(draw.choice(len(knows), p=knows / knows.sum()))
    if score > 0:
        return score, False
    if bank.guessable[row] and draw.random() >= GUESSES[person.habit]:
        return 0, True
    luck = one.luck[0]
    return int(draw.choice(len(luck), p=luck / luck.sum())), False
