"""In which order a taker sees the movable pieces of a question.

The order depends on the attempt's seed and the question alone, so it is the same on every reload and every
machine. Pages and forms speak of places (1, 2, …), never of the ids in the file: those could betray the key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from quiz.bank import question as q
from quiz.bank.order import respects

T = TypeVar("T")
_LEADING_NUMBER = re.compile(r"^[^\w\u2212-]*([\u2212-]?\d+(?:[, ]\d{3})*(?:\.\d+)?(?:[eE][+-]?\d+)?)")


@dataclass(frozen=True)
class Arrangement:
    """Ids in the order in which they are shown. Only the pieces that the type has are filled."""

    options: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    premises: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    parts: dict[str, Arrangement] = field(default_factory=dict)


def shuffled(things: Sequence[T], *seed: object) -> list[T]:
    """A permutation that depends on `seed` alone (not on the platform or on Python's version)."""
    text = "/".join(map(str, seed))
    keyed = [(hashlib.sha256(f"{text}/{i}".encode()).digest(), i) for i in range(len(things))]
    return [things[i] for _, i in sorted(keyed)]


def arrange(question: q.Question | q.Part, seed: int) -> Arrangement:
    """How an attempt with this seed sees the question."""
    match question:
        case q.Case():
            return Arrangement(parts={part.id: arrange(part, seed) for part in question.parts})
        case q.SingleBody() | q.MultipleBody() if _numbers_in_order(question.options):
            return Arrangement(options=tuple(o.id for o in question.options))
        case q.SingleBody() | q.MultipleBody() | q.JudgementBody():
            ids = [o.id for o in question.options]
            return Arrangement(options=tuple(shuffled(ids, seed, question.id, "options")))
        case q.OrderBody():
            return Arrangement(lines=_wrong_order(question, seed))
        case q.MatchBody():
            return Arrangement(
                premises=tuple(shuffled([p.id for p in question.premises], seed, question.id, "premises")),
                responses=tuple(shuffled([r.id for r in question.responses], seed, question.id, "responses")),
            )
        case _:
            return Arrangement()


def _wrong_order(question: q.Order, seed: int) -> tuple[str, ...]:
    """The first shuffle that is not already right."""
    used = [line.id for line in question.lines]
    ids = used + [line.id for line in question.unused]
    for attempt in count():
        order = shuffled(ids, seed, question.id, "lines", attempt)
        if attempt > 100 or not respects([x for x in order if x in used], used, question.key):
            return tuple(order)
    raise AssertionError  # pragma: no cover - count() does not end


def _numbers_in_order(options: Sequence[q.Option]) -> bool:
    """Whether the options are numbers in rising order; shuffling those would only confuse."""
    values = [_leading_number(option.content) for option in options]
    known = [value for value in values if value is not None]
    return len(known) == len(values) and known == sorted(set(known))


def _leading_number(content: q.Value) -> float | None:
    """The number that an option is, or that its text begins with."""
    if isinstance(content, bool):
        return None
    if isinstance(content, int | float):
        return float(content)
    found = _LEADING_NUMBER.match(content)
    if found is None:
        return None
    text = found[1].replace("\u2212", "-").replace(",", "").replace(" ", "").rstrip(".")
    return float(text)
