"""People whose results serve as examples: who they are, and the answers that the real questions draw from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from zlib import crc32

import numpy as np

from quiz.attempt.fold import Progress
from quiz.attempt.following import first_question, following
from quiz.attempt.goal import goal_of
from quiz.attempt.log import Answered, Plan
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import Seniority
from quiz.simulate.people import Habit, Person, reply

GUESSED_OPENLY = 0.5
"""How often a lucky guess is marked as one."""


@dataclass(frozen=True)
class Sample:
    """An invented person. `levels`: steps by area; None: `beside` steps from every target of the job."""

    title: str
    about: str
    levels: Mapping[str, float] | None
    seniority: Seniority = "mid"
    role: str = "machine-learning-engineer"
    length: int = 20
    hours: int = 6
    beside: float = 0.0
    habit: Habit = "usual"


def _levels(programming: float, frameworks: float, mathematics: float, design: float, soft: float) -> dict[str, float]:
    names = ("programming", "frameworks", "mathematics", "system-design", "soft-skills")
    return dict(zip(names, (programming, frameworks, mathematics, design, soft), strict=True))


SAMPLES: Mapping[str, Sample] = {
    "backend-engineer": Sample(
        "A backend engineer moving over",
        "Assumed: advanced in programming, solid in system design, little machine learning and mathematics.",
        _levels(3.0, 1.25, 1.0, 2.5, 2.0),
    ),
    "career-changer": Sample(
        "A career changer",
        "Assumed: a year of evenings with Python and courses, years of work with people in another field.",
        _levels(1.4, 1.0, 1.0, 0.3, 2.3),
        seniority="junior",
        hours=10,
    ),
    "data-scientist": Sample(
        "A data scientist",
        "Assumed: models and statistics well, code for analyses, systems in production hardly.",
        _levels(1.8, 2.6, 2.8, 0.8, 2.2),
    ),
    "statistician": Sample(
        "A strong statistician",
        "Assumed: leading in mathematics, models by their theory, little engineering.",
        _levels(1.5, 2.0, 3.5, 0.75, 2.0),
        hours=8,
    ),
    "all-rounder": Sample(
        "An all-rounder near the line",
        "Assumed: exactly what the job asks in every area, and 35 questions.",
        None,
        length=35,
    ),
    "guesser": Sample(
        "Someone who guesses at everything",
        "Assumed: knows nothing of the field and never says so.",
        None,
        beside=-6.0,
        habit="guesses",
    ),
}


def person_of(bank: BankVersion, sample: Sample, draw: np.random.Generator) -> Person:
    """The invented person: the area's level for each skill, with as much spread as people have within an area."""
    if sample.levels is None:
        levels = goal_of(bank, sample.role, sample.seniority).targets[0][bank.area_of_skill] + sample.beside
    else:
        levels = np.array([sample.levels[bank.catalogue.area_of[skill].id] for skill in bank.skill_ids])
    spread = sqrt(bank.catalogue.competencies.prior.skill)
    return Person(levels + spread * draw.normal(size=len(levels)), sample.habit)


def sample_answers(bank: BankVersion, sample: Sample, seed: int) -> list[Answered]:
    """The answers of one attempt, by the real choice and stop rules; the same for the same bank and seed."""
    draw = np.random.default_rng([seed, crc32(sample.title.encode())])
    person = person_of(bank, sample, draw)
    plan = Plan(sample.role, sample.seniority, sample.length, seed, bank.number, 0)
    answers: list[Answered] = []
    current = first_question(bank, plan, frozenset())
    while current is not None:
        answers.append(_answer(bank, person, current, draw))
        current = following(bank, plan, Progress(tuple(answers), None, plan.length), frozenset())
    return answers


def _answer(bank: BankVersion, person: Person, revision: int, draw: np.random.Generator) -> Answered:
    row = bank.row_of[revision]
    score, unknown = reply(bank, bank.curves, row, person, draw)
    level = person.skills[bank.skills[row]]
    guessing = not unknown and level < bank.live[row].curve.b - 1 and draw.random() < GUESSED_OPENLY
    return Answered(revision, {}, score, unknown, bool(guessing), seconds=0, following=None)
