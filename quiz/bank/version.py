"""A bank version: which questions are live together, with which curves. Immutable, so it can be cached."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, wraps
from typing import Any, TypeVar, cast
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from quiz.bank import question as q
from quiz.bank.items import GUESSED
from quiz.competency.catalogue import Catalogue
from quiz.measure.belief import Belief, population
from quiz.measure.choose import told_at_levels
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

    def __getstate__(self) -> dict[str, Any]:
        """What another process gets: all but what functions have found, which stays with the functions."""
        return {name: value for name, value in vars(self).items() if name != "known"}

    @cached_property
    def known(self) -> dict[Callable[..., Any], Callable[..., Any]]:
        """What functions have found about this version: see `remembered`."""
        return {}

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

    def rows_of(self, revisions: Iterable[int]) -> Ints:
        """Where these revisions stand in the arrays over questions."""
        return np.array([*map(self.row_of.__getitem__, revisions)], dtype=np.int64)

    @cached_property
    def skills(self) -> Ints:
        """For each question the number of its skill."""
        numbers = {skill: i for i, skill in enumerate(self.skill_ids)}
        return np.array([numbers[live.question.skill] for live in self.live], dtype=np.int64)

    @cached_property
    def first_of_skill(self) -> Ints:
        """For each skill, how many questions the skills before it have."""
        many = np.bincount(self.skills, minlength=len(self.skill_ids))
        return np.asarray(np.cumsum(many) - many)

    @cached_property
    def lots(self) -> NDArray[np.uint64]:
        """For each question a number that follows from its id alone: what its lots are drawn from."""
        return np.array([lot_of(live.question.id) for live in self.live], dtype=np.uint64)

    @cached_property
    def areas(self) -> Ints:
        """For each question the number of its area."""
        return self.area_of_skill[self.skills]

    @cached_property
    def curves(self) -> Curves:
        """The questions' curves."""
        return stack([live.curve for live in self.live])

    @cached_property
    def told(self) -> Floats:
        """What each question tells at each of `quiz.measure.choose.LEVELS`."""
        return told_at_levels(self.curves)

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

    @cached_property
    def _row_of_id(self) -> Mapping[str, int]:
        return {live.question.id: row for row, live in enumerate(self.live)}

    @cached_property
    def enemies(self) -> tuple[Ints, ...]:
        """For each question the rows of those that are not to be asked beside it, whichever of the two says so."""
        foes: list[set[int]] = [set() for _ in self.live]
        for row, live in enumerate(self.live):
            for other in (self._row_of_id[name] for name in live.question.enemies if name in self._row_of_id):
                foes[row].add(other)
                foes[other].add(row)
        return tuple(np.array(sorted(rows), dtype=np.int64) for rows in foes)

    def named(self, ids: Collection[str]) -> NDArray[np.bool_]:
        """Which questions have one of these ids; ids that are not live are passed over."""
        found = np.zeros(len(self.live), dtype=bool)
        found[[self._row_of_id[name] for name in ids if name in self._row_of_id]] = True
        return found

    def at(self, revision: int) -> LiveQuestion:
        """The live question with this revision."""
        return self.live[self.row_of[revision]]


def lot_of(name: str) -> np.uint64:
    """A number of 64 bits that follows from a name, evenly spread."""
    return np.uint64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))


Function = TypeVar("Function", bound=Callable[..., Any])


def remembered(most: int) -> Callable[[Function], Function]:
    """Remember what a function finds about a version, for so many of its other arguments.

    It is kept with the version and goes with it: a cache of functools would hold on to versions long since replaced.
    """

    def of(function: Function) -> Function:
        @wraps(function)
        def found(bank: BankVersion, *more: Any) -> Any:
            if function not in bank.known:
                bank.known[function] = lru_cache(most)(_about(ref(bank), function))
            return bank.known[function](*more)

        return cast("Function", found)

    return of


def _about(bank: ref[BankVersion], function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of its other arguments alone. It does not keep the version, which keeps it."""
    return lambda *more: function(bank(), *more)


def fingerprint(bank: BankVersion) -> str:
    """Names what a simulation rests on: skills, curves and expected seconds of the live questions, and the prior."""
    order = np.argsort([live.question.id for live in bank.live])
    arrays = (bank.skills, bank.curves.a, bank.curves.b, bank.curves.luck, bank.seconds)
    parts = (*(array[order] for array in arrays), bank.prior.mean, bank.prior.covariance)
    return hashlib.sha256(b"".join(np.round(part, 6).tobytes() for part in parts)).hexdigest()[:16]
