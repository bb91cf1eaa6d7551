"""A bar for work that takes a while, on standard error and only where that is a terminal: results stand alone."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from click import progressbar

from quiz.tracking import Step, Thing

STEPS = 500
"""How often a bar is drawn anew at most: with millions of things to do, drawing would cost more than doing them."""


@contextmanager
def progress(label: str, total: int) -> Iterator[Step]:
    """Call what this gives with the number of things done since the last call."""
    least, hidden = max(1, total // STEPS), not sys.stderr.isatty()
    with progressbar(length=total, label=label, file=sys.stderr, update_min_steps=least, hidden=hidden) as bar:
        yield bar.update
        bar.update(max(total, 1))  # to the end, however little the last steps were


def tracked(label: str, things: Collection[Thing]) -> Iterator[Thing]:
    """The same things, a bar saying how many of them are done."""
    with progress(label, len(things)) as step:
        for thing in things:
            yield thing
            step(1)
