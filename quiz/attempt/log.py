"""What happened in an attempt, in order. The log is all there is: everything else is computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from quiz.competency.catalogue import SENIORITIES

UNSURE = "unsure"
LENGTHS = (15, 20, 35)
EXTENSION = 5
CHECK = 3
"""Questions of a check on one skill."""

AttemptSeniority = Literal["junior", "mid", "senior", "staff", "unsure"]
ATTEMPT_SENIORITIES: tuple[str, ...] = (*SENIORITIES, UNSURE)


@dataclass(frozen=True)
class Plan:
    """What was fixed when the attempt began. `excluded`: questions this taker had seen before."""

    role: str
    seniority: str
    length: int
    seed: int
    version: int
    first: int
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rated:
    """Where the person placed themselves before the first question: area id to step, 0 for before the first.

    Areas they left out are absent. It is shown beside the result and never enters it.
    """

    steps: Mapping[str, int]


class Answered(NamedTuple):
    """An answer, its score, and the revision to ask next (None: nothing more is asked).

    A tuple, because each request makes one of every answer so far.
    """

    revision: int
    response: Mapping[str, Any]
    score: int
    unknown: bool
    guessing: bool
    seconds: float
    following: int | None


@dataclass(frozen=True)
class Extended:
    """More questions were wanted, perhaps in one area or on one skill only; `following` is the first of them."""

    questions: int
    area: str | None
    following: int | None
    skill: str | None = None


@dataclass(frozen=True)
class Finished:
    """The result was asked for; `printed` holds the numbers as they were shown."""

    printed: Mapping[str, Any]


Entry = Rated | Answered | Extended | Finished
