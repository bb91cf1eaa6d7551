"""Work on every core, in processes that end with whoever wants their results."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children
from typing import TypeVar

from quiz.stopping import deaf, whole

Part = TypeVar("Part")
Done = TypeVar("Done")


def on_every_core(
    work: Callable[[Part], Done], parts: Iterable[Part], chunksize: int = 1
) -> Generator[Done, None, None]:
    """What comes of the parts, in their order. Whoever stops early, or is stopped, ends the workers at once."""
    with ProcessPoolExecutor(os.cpu_count(), initializer=deaf) as pool:
        try:
            with whole():  # no worker may be started and not be known yet
                found = pool.map(work, parts, chunksize=chunksize)
            yield from found
        except BaseException:
            for worker in active_children():
                worker.kill()
            raise
