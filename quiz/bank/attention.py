"""What an editor should look at in a question, from its statistics, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from quiz.bank import question as q
from quiz.bank.choices import Choice
from quiz.measure.item_statistics import Figures

SURE = 1.645
"""Standard errors by which one of two things must lie above the other (one-sided, 5 %)."""
STRANGE = 0.001
"""A p value this small among some hundred questions is not chance."""
FAR = 0.5
"""Steps from the set level that matter."""
WEAK = 0.2
DRIFT = 0.1
UNUSED_FROM = 100


@dataclass(frozen=True)
class Taken:
    """How many people of each third (lower, middle, upper) made a choice, out of how many."""

    choice: Choice
    count: tuple[int, int, int]
    of: tuple[int, int, int]

    @property
    def shares(self) -> tuple[float, float, float]:
        """The shares of the three thirds."""
        low, middle, high = (n / max(1, of) for n, of in zip(self.count, self.of, strict=True))
        return low, middle, high


def attention(
    question: q.Question, found: Figures, taken: Sequence[Taken], level: float, error: float
) -> tuple[str, ...]:
    """Why an editor should look at this question, the gravest first; nothing where all is well.

    `level`, `error`: the level that the answers say, in steps, and its standard error.
    """
    return (
        *_key(question, taken),
        *_tells(found),
        *_level(question, level, error),
        *_extreme(found),
        *_curve(found),
        *_drift(found),
        *_time(question, found),
        *_unused(found, taken),
    )


def _key(question: q.Question, taken: Sequence[Taken]) -> Iterator[str]:
    """A wrong choice that the upper third prefers to the right one: perhaps the key is wrong."""
    if question.type in {"multiple", "case"}:
        return
    right = sum(one.count[2] for one in taken if one.choice.credit == 1)
    for one in taken:
        wrong = one.count[2]
        if one.choice.credit < 1 and one.choice.id != "unknown" and wrong - right > SURE * sqrt(wrong + right):
            yield f"strong people choose {one.choice.name}"


def _tells(found: Figures) -> Iterator[str]:
    told = found.discrimination
    if told is not None and told.r <= 0:
        yield "strong people do no better than weak ones"
    elif told is not None and told.high < WEAK:
        yield "hardly tells strong people from weak ones"


def _level(question: q.Question, level: float, error: float) -> Iterator[str]:
    said = nearest(level)
    set_at = q.LEVELS.index(question.level) + 1.0
    if said != question.level and abs(level - set_at) - SURE * error > FAR:
        yield f"set: {question.level}, answers say: {said}"


def nearest(level: float) -> str:
    """The step nearest to a level."""
    return q.LEVELS[min(max(round(level), 1), len(q.LEVELS)) - 1]


def _extreme(found: Figures) -> Iterator[str]:
    if found.right.low > 0.95:
        yield "nearly everyone is right"
    if found.right.high < 0.05:
        yield "nearly nobody is right"
    if found.unknown.low > 0.4:
        yield f"{found.unknown.share * 100:.0f} % say “I don't know”"


def _curve(found: Figures) -> Iterator[str]:
    if found.fit.p < STRANGE:
        worst = max(found.fit.groups, key=lambda group: abs(group.observed - group.expected))
        yield (
            f"answers do not follow the expected curve: near level {worst.level:.1f} people get "
            f"{worst.observed * 100:.0f} % instead of {worst.expected * 100:.0f} %"
        )


def _drift(found: Figures) -> Iterator[str]:
    drift = found.drift
    if drift is not None and abs(drift.difference) > max(DRIFT, 3 * drift.error):
        yield f"{'easier' if drift.difference > 0 else 'harder'} since the newest version than before"


def _time(question: q.Question, found: Figures) -> Iterator[str]:
    if not question.seconds / 3 <= found.seconds <= question.seconds * 2:
        yield f"half of the people take over {found.seconds:.0f} seconds; {question.seconds} are expected"


def _unused(found: Figures, taken: Sequence[Taken]) -> Iterator[str]:
    """An option that nobody chooses only costs reading time."""
    if found.n >= UNUSED_FROM:
        options = [one for one in taken if one.choice.name.rpartition(" ")[2].isupper() and one.choice.id != "unknown"]
        yield from (f"nobody chooses {one.choice.name}" for one in options if not any(one.count))
