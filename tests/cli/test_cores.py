"""Work on every core: its order, its errors, and processes that never outlive who wants their results."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from multiprocessing import active_children

import click
import pytest

from quiz.bench.accounting import tree
from quiz.cli.cores import on_every_core

WITHIN = 60
"""Seconds after which what should end is held to wait for ever, on any machine."""
LARGE = 1_000_000
"""Bytes that no pipe takes at once."""


def slower_at_first(part: int) -> int:
    time.sleep(0.2 if part == 0 else 0.0)
    return part * part


def no_three(part: int) -> int:
    if part == 3:
        raise ValueError("it was three")
    return part


def killed_at_three(part: int) -> bytes:
    if part == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return bytes(LARGE)


def endless(_: int) -> None:
    time.sleep(10 * WITHIN)


def test_results_come_in_the_order_of_the_parts() -> None:
    assert list(on_every_core(slower_at_first, range(20))) == [part * part for part in range(20)]
    assert active_children() == []


def test_of_no_parts_comes_nothing() -> None:
    assert list(on_every_core(endless, [])) == []


def test_parts_and_results_may_be_larger_than_a_pipe_takes() -> None:
    parts = [bytes([number]) * LARGE for number in range(6)]
    assert list(on_every_core(bytes.upper, parts)) == parts


def test_an_error_in_a_worker_is_raised_here_and_says_where_it_was() -> None:
    with pytest.raises(ValueError, match="it was three") as caught:
        list(on_every_core(no_three, range(20)))
    assert "in no_three" in "".join(caught.value.__notes__)
    assert active_children() == []


def test_a_worker_that_is_killed_is_an_error_and_nobody_waits_for_it() -> None:
    with pytest.raises(click.ClickException, match="a worker process ended"):
        list(on_every_core(killed_at_three, range(20)))
    assert active_children() == []


def test_whoever_wants_no_more_ends_the_workers_at_once() -> None:
    begun = time.monotonic()
    with closing(on_every_core(slower_at_first, range(10**9))) as found:
        assert next(found) == 0
    assert active_children() == []
    assert time.monotonic() - begun < WITHIN


PROGRAM = """
import time
from quiz.cli.cores import on_every_core
for _ in on_every_core(time.sleep, [0, *[.2] * 10_000]):
    print("at work", flush=True)
"""


def test_workers_end_when_whoever_wants_their_results_is_killed() -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"at work\n"
    workers = [one.pid for one in tree(process.pid) if one.pid != process.pid]
    process.kill()
    process.communicate(timeout=WITHIN)  # the workers have the pipe too: it ends with the last of them
    assert workers
