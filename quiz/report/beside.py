"""What a person said of themselves, beside what was measured. It never enters a level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from quiz.attempt.log import Answered
from quiz.bank.mark import best_score
from quiz.bank.version import BankVersion
from quiz.report.result import Result
from quiz.report.words import level_words, named_stretch, plural


@dataclass(frozen=True)
class Said:
    """One area: the step the person named, what the answers look like, and how the two stand."""

    area: str
    said: str
    measured: str
    stands: Literal["within", "above", "below", "unmeasured"]


STANDS: Mapping[str, str] = {
    "within": "Within the likely range",
    "above": "You placed yourself above the likely range",
    "below": "You placed yourself below the likely range",
    "unmeasured": "Too few were asked to compare",
}


def beside(rated: Mapping[str, int], found: Result) -> tuple[Said, ...]:
    """The rated areas, in the report's order; a rating whose name is said within the printed range agrees with it."""
    return tuple(
        Said(
            area.id,
            level_words(rated[area.id]),
            level_words(area.level.at) if area.verdict != "not-asked" else "not asked enough",
            _stands(rated[area.id], area.level.low, area.level.high, asked=area.verdict != "not-asked"),
        )
        for area in found.areas
        if area.id in rated
    )


def _stands(step: int, low: float, high: float, *, asked: bool) -> Literal["within", "above", "below", "unmeasured"]:
    """A choice is all the levels of its name: nobody can place themselves below the lowest or above the highest."""
    if not asked:
        return "unmeasured"
    lowest, highest = named_stretch(step)
    if lowest > high:
        return "above"
    return "below" if highest < low else "within"


def guesses_words(bank: BankVersion, answers: Sequence[Answered]) -> str:
    """How the answers marked as guesses went, and the others; empty where none was marked."""
    marked, others = [a for a in answers if a.guessing], [a for a in answers if not a.guessing]
    if not marked:
        return ""
    right = [sum(a.score == best_score(bank.at(a.revision).question) for a in some) for some in (marked, others)]
    return (
        f"You marked {plural(len(marked), 'answer')} as a guess; {right[0]} of them {_was(right[0])} right. "
        f"Of the other {len(others)}, {right[1]} {_was(right[1])} right. Guess marks never change a level."
    )


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
