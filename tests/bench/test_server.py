"""A server that a measurement starts never outlives it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from quiz.bench import server
from quiz.bench.accounting import tree
from quiz.bench.server import serving
from quiz.stopping import Stopped, running
from tests.processes import left_of

LAZY = f"""#!{sys.executable}
import os, signal, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

def told(number, _):
    if os.environ["QUIZ_WHEN_TOLD"] == "stop who asks":
        os.kill(os.getppid(), signal.SIGINT)
    elif os.environ["QUIZ_WHEN_TOLD"] == "end":
        worker.kill()
        os._exit(0)

signal.signal(signal.SIGTERM, told)
worker = subprocess.Popen(["sleep", "60"])
HTTPServer(("127.0.0.1", int(sys.argv[3])), Ready).serve_forever()
"""
"""It answers and has a process beside it; told to end, it does what the environment says, and may go on for ever."""


@pytest.fixture(autouse=True)
def lazy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This server in the place of ours."""
    program = tmp_path / "quiz"
    program.write_text(LAZY, encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))


@contextmanager
def used(when_told: str) -> Iterator[list[int]]:
    """Its processes, while the block runs."""
    with serving("sqlite://", 1, {"QUIZ_WHEN_TOLD": when_told}) as found:
        yield [process.pid for process in tree(found.pid)]


def test_a_server_is_asked_to_end_and_may_end_by_itself() -> None:
    with used("end") as started:
        assert len(started) == 2
    assert left_of(started) == ()


def test_a_server_that_does_not_end_is_killed_with_all_its_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "END_WITHIN", 0.2)
    with used("go on") as started:
        pass
    assert left_of(started) == ()


def test_after_an_error_nobody_waits_for_a_server() -> None:
    with pytest.raises(ZeroDivisionError), used("go on") as started:
        raise ZeroDivisionError
    assert left_of(started) == ()


def test_whoever_is_stopped_while_a_server_ends_leaves_none_of_its_processes() -> None:
    with running(), pytest.raises(Stopped), used("stop who asks") as started:
        pass
    assert left_of(started) == ()
