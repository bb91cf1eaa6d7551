"""A bar on standard error for work that takes a while, so that standard output stays clean for results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from click import progressbar


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Call what this gives with the number of things done since the last call."""
    with progressbar(length=total or 0, label=label, file=sys.stderr) as bar:
        yield bar.update
