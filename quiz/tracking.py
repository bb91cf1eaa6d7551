"""Long work while somebody watches: what does it knows neither bar nor screen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeVar

Thing = TypeVar("Thing")
Step = Callable[[int], object]
"""Called with the number of things done since the last call."""
Bar = Callable[[str, int], AbstractContextManager[Step]]
"""Given a label and how many things there are to do, shows while the block runs how many of them are done."""
HUNDREDTHS = 100


class Track(Protocol):
    """Gives the things one by one, and may show under the label how many of them are done."""

    def __call__(self, label: str, things: Collection[Thing], /) -> Iterable[Thing]:
        """The same things, in their order."""
        ...


def untracked(_: str, things: Collection[Thing], /) -> Iterable[Thing]:
    """Nobody watches."""
    return things


def no_bar(_: str, __: int) -> AbstractContextManager[Step]:
    """Nobody watches."""
    return nullcontext(lambda _: None)


def in_hundredths(step: Step) -> Callable[[float], None]:
    """For work that knows how much of it is done, and not how many things: call it with the share so far."""
    done = 0

    def told(share: float) -> None:
        nonlocal done
        now = int(HUNDREDTHS * share)
        if now > done:
            step(now - done)
            done = now

    return told
