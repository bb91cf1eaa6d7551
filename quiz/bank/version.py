"""A bank version: which questions are live together, with which curves. Immutable, so it can be cached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quiz.bank import question as q
from quiz.bank.items import GUESSED
from quiz.competency.catalogue import Catalogue
from quiz.measure.belief import Belief, population
from quiz.measure.curve import Curve, Curves, Floats, Ints, stack


@dataclass(frozen=True, eq=False)
class LiveQuestion:
    """One revision of a question as it is live in a version. Equal only to itself, so that it can key caches."""

    revision: int
    question: q.Question
    curve: Curve


@dataclass(frozen=True, eq=False)
class BankVersion:
    """All live questions of a version, and the framework they are asked for. Equal only to itself."""

    number: int
    catalogue: Catalogue
    live: tuple[LiveQuestion, ...]

    @cached_property
    def skill_ids(self) -> tuple[str, ...]:
        """The skills in the order of every array over skills."""
        return tuple(self.catalogue.skills)

    @cached_property
    def area_of_skill(self) -> Ints:
        """For each skill the number of its area."""
        numbers = {area.id: i for i, area in enumerate(self.catalogue.areas)}
        return np.array([numbers[self.catalogue.area_of[s].id] for s in self.skill_ids])

    @cached_property
    def row_of(self) -> Mapping[int, int]:
        """Where each revision stands in the arrays over questions."""
        return {live.revision: row for row, live in enumerate(self.live)}

    @cached_property
    def skills(self) -> Ints:
        """For each question the number of its skill."""
        numbers = {skill: i for i, skill in enumerate(self.skill_ids)}
        return np.array([numbers[live.question.skill] for live in self.live], dtype=np.int64)

    @cached_property
    def areas(self) -> Ints:
        """For each question the number of its area."""
        return self.area_of_skill[self.skills]

    @cached_property
    def curves(self) -> Curves:
        """The questions' curves."""
        return stack([live.curve for live in self.live])

    @cached_property
    def seconds(self) -> Floats:
        """The time each question is expected to take."""
        return np.array([live.question.seconds for live in self.live], dtype=float)

    @cached_property
    def guessable(self) -> NDArray[np.bool_]:
        """Which questions have a guessing floor that depends on the person's habit."""
        return np.array([live.question.type in GUESSED for live in self.live], dtype=bool)

    @cached_property
    def single(self) -> NDArray[np.bool_]:
        """Which questions are singles; their answers show the habit."""
        return np.array([live.question.type == "single" for live in self.live], dtype=bool)

    @cached_property
    def guided(self) -> NDArray[np.bool_]:
        """Which questions are set at the first step."""
        return np.array([live.question.level == "guided" for live in self.live], dtype=bool)

    @cached_property
    def prior(self) -> Belief:
        """What is believed before the first answer."""
        prior = self.catalogue.competencies.prior
        return population(prior.mean, prior.general, prior.area, prior.skill, list(self.area_of_skill))

    def at(self, revision: int) -> LiveQuestion:
        """The live question with this revision."""
        return self.live[self.row_of[revision]]
