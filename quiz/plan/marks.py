"""What a person made of their plan: hours a week, what they have, what is done, and their own order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from quiz.plan.steps import PlanStep

USUAL_HOURS = 6
MOST_HOURS = 80


@dataclass(frozen=True)
class Marks:
    """`hours` a week; `have`: ids of what the person has; `done`: keys of steps; `order`: keys, the first first."""

    hours: int = USUAL_HOURS
    have: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "hours": self.hours,
            "have": sorted(self.have),
            "done": sorted(self.done),
            "order": list(self.order),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Marks:
        """What was stored."""
        return cls(data["hours"], frozenset(data["have"]), frozenset(data["done"]), tuple(data["order"]))


@dataclass(frozen=True)
class Placed:
    """A step in the person's own order. `weeks`: the first and last week it takes, None once it is done."""

    step: PlanStep
    done: bool
    weeks: tuple[int, int] | None
    earlier: tuple[str, ...] = field(default=())
    """The whole order of keys after this step moved up by one; empty for the first."""
    usual: int = 0
    """Where the plan itself has the step."""


def read_hours(text: str) -> int:
    """Hours a week as typed. Raises ValueError with a sentence for the person."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("Give the hours a week as a whole number in digits, for example 6.")
    if not 1 <= int(digits[:9]) <= MOST_HOURS or len(digits) > 9:
        raise ValueError(f"Give a number of hours from 1 to {MOST_HOURS}.")
    return int(digits)


def placed(steps: Sequence[PlanStep], marks: Marks) -> tuple[Placed, ...]:
    """The steps in the person's order (new ones after it, as the plan has them), with the weeks that each takes."""
    place = {key: n for n, key in enumerate(marks.order)}
    mine = sorted(steps, key=lambda step: place.get(step.key, len(place)))
    keys = [step.key for step in mine]
    spent, found = 0, []
    for n, step in enumerate(mine):
        done = step.key in marks.done
        weeks = None if done or not step.hours else (spent // marks.hours + 1, ceil((spent + step.hours) / marks.hours))
        spent += 0 if done else step.hours
        moved = (*keys[: n - 1], keys[n], keys[n - 1], *keys[n + 1 :]) if n else ()
        found.append(Placed(step, done, weeks, moved, steps.index(step)))
    return tuple(found)


def is_own_order(steps: Sequence[Placed]) -> bool:
    """Whether the person has moved a step from where the plan has it."""
    return any(one.usual != at for at, one in enumerate(steps))


def weeks_in_all(steps: Sequence[Placed]) -> int:
    """How many weeks what is left takes."""
    return max((one.weeks[1] for one in steps if one.weeks), default=0)
