"""Work on every core, in processes that end with whoever wants their results.

Not with a pool of the standard library: the workers of one share its queues, so that one that is killed in the midst
of a result can leave all others, and whoever waits for them, waiting for ever. Here each has a pipe of its own, which
ends when the worker does, and no thread stands between.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

import click

from quiz.stopping import deaf, whole

Part = TypeVar("Part")
Done = TypeVar("Done")

Workers = dict[Connection, Process]
"""By the end of the pipe that is ours."""


@dataclass(frozen=True)
class _Failed:
    """What a worker sends instead of a result."""

    error: Exception


def on_every_core(work: Callable[[Part], Done], parts: Sequence[Part]) -> Generator[Done, None, None]:
    """What comes of the parts, in their order. Whoever stops early, or is stopped, ends the workers at once."""
    workers: Workers = {}
    try:
        with whole():  # no worker may be started and not be known yet
            for _ in range(min(os.cpu_count() or 1, len(parts))):
                _start(work, workers)
        yield from _in_order(workers, parts)
    finally:
        with whole():
            _end(workers)


def _start(work: Callable[[Any], Any], workers: Workers) -> None:
    ours, theirs = Pipe()
    worker = Process(target=_serve, args=(work, theirs, ours), daemon=True)
    worker.start()
    theirs.close()
    workers[ours] = worker


def _end(workers: Workers) -> None:
    for worker in workers.values():
        worker.kill()
    for ours, worker in workers.items():
        worker.join()
        ours.close()


def _in_order(workers: Workers, parts: Sequence[Any]) -> Generator[Any, None, None]:
    waiting = iter(enumerate(parts))
    busy: dict[Connection, int] = {}
    found: dict[int, Any] = {}
    for place in range(len(parts)):
        while place not in found:
            for idle, (number, part) in zip(workers.keys() - busy.keys(), waiting, strict=False):
                with _alive():
                    idle.send(part)
                busy[idle] = number
            for ready in busy.keys() & wait(list(busy)):
                found[busy.pop(ready)] = _heard(ready)
        yield found.pop(place)


def _heard(worker: Connection) -> Any:
    with _alive():
        result = worker.recv()
    if isinstance(result, _Failed):
        raise result.error
    return result


@contextmanager
def _alive() -> Iterator[None]:
    """A worker that is gone is an error that names the likely cause: the kernel kills one where memory runs out."""
    try:
        yield
    except (EOFError, OSError):
        raise click.ClickException("a worker process ended before its work was done; perhaps memory ran out") from None


def _serve(work: Callable[[Any], Any], theirs: Connection, ours: Connection) -> None:
    """In a worker: do part after part until nobody asks any more."""
    deaf()
    ours.close()  # held here too, it would never tell that whoever asks has ended
    with suppress(EOFError, OSError):
        while True:
            theirs.send(_tried(work, theirs.recv()))


def _tried(work: Callable[[Any], Any], part: Any) -> Any:
    try:
        return work(part)
    except Exception as error:  # noqa: BLE001 - raised again where the result is wanted
        error.add_note(f"In a worker:\n{traceback.format_exc()}")
        return _Failed(error)
