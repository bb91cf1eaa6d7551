from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner

from quiz.bench import load
from quiz.bench.accounting import cpu_seconds, proportional_megabytes, tree
from quiz.bench.server import Running
from quiz.bench.taker import Person, Taken, UnexpectedError
from quiz.bench.walk import statements_per_answer
from quiz.bench.yard import LOOP, yard
from quiz.cli.main import main

BUSY = "import time\nwhile time.process_time() < .3: pass\nprint('done', flush=True)\ninput()"


def test_an_answer_costs_three_statements_whatever_the_database(sqlite_url: str, postgres_url: str) -> None:
    assert (statements_per_answer(sqlite_url), statements_per_answer(postgres_url)) == (3, 3)


def test_an_answer_that_the_database_does_not_hold_is_counted_as_lost(sqlite_url: str) -> None:
    assert load.lost(sqlite_url, [Taken("never-begun", acknowledged=3), Taken("not-answered", acknowledged=0)]) == 3


class BreaksOff(Person):
    """Somebody whose attempt has four answers, or breaks off after three where its number is odd."""

    number = 0

    def __init__(self, *_: object) -> None:
        self.taken = Taken(f"attempt-{BreaksOff.number}")
        self.whole = BreaksOff.number % 2 == 0
        BreaksOff.number += 1

    def begin(self) -> None:
        """Nothing is asked of a server."""

    def answer(self, _: object = None) -> None:
        self.taken.acknowledged = 4 if self.whole else 3
        if not self.whole:
            raise UnexpectedError("broke off")

    def finish(self) -> None:
        """Nothing is asked of a server."""


@pytest.fixture
def broken_off(monkeypatch: pytest.MonkeyPatch) -> load.Round:
    monkeypatch.setattr(load, "Person", BreaksOff)
    monkeypatch.setattr(BreaksOff, "number", 0)
    return load.attempts_at(1, takers=2, attempts=4)


def test_answers_before_an_attempt_broke_off_count_as_acknowledged(broken_off: load.Round) -> None:
    assert (broken_off.errors, len(broken_off.taken), broken_off.answers) == (2, 2, 14)


def test_answers_before_an_attempt_broke_off_are_lost_where_the_database_does_not_hold_them(
    sqlite_url: str, broken_off: load.Round
) -> None:
    assert load.lost(sqlite_url, broken_off.every) == 14
    assert load.lost(sqlite_url, broken_off.broken) == 6


def test_cpu_is_divided_by_every_acknowledged_answer(
    sqlite_url: str, broken_off: load.Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = (load.Used(), load.Used(server=1.4), load.Used())
    monkeypatch.setattr(load, "attempts_at", lambda *_, **__: replace(broken_off, used=used))
    site = load.Site("sqlite", sqlite_url, Running(1, os.getpid()), None, 3)

    found = load._round(site, 2, 4, lambda _: None)

    assert (found.answers, found.cpu_ms_per_answer, found.errors, found.lost) == (14, 100, 2, 14)


def test_the_bar_moves_from_the_first_attempt_on_and_is_full_at_the_end(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(load, "Person", BreaksOff)
    rounds = load.loads(load.Site("sqlite", sqlite_url, Running(1, os.getpid()), None, 3), [1, 5], 3, told.append)

    next(rounds)
    assert len(told) == load.WARMING * 3 + 3
    next(rounds)
    assert len(told) == load.attempts_in_all([1, 5], 3)


def test_a_process_s_time_and_memory_hold_those_of_its_children() -> None:
    parent = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])"
    process = subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"done\n"
        assert len(tree(process.pid)) == 2
        assert cpu_seconds(process.pid) > 0.2  # the child works for .3; the kernel counts in ticks
        assert len(proportional_megabytes(process.pid)) == 2
    finally:
        process.communicate(b"\n", timeout=60)
    assert tree(process.pid) == []


def test_a_yard_is_the_time_of_half_a_million_sums() -> None:
    names: dict[str, int] = {}
    exec(LOOP, names)
    assert names["x"] == sum(i * i for i in range(500_000))
    assert yard() > 0


@pytest.mark.sweep
def test_a_load_says_what_each_answer_cost_and_that_none_was_lost() -> None:
    words = ["bench", "load", "--takers", "2", "--attempts", "2", "--workers", "1", "--database", "sqlite", "--json"]

    found = json.loads(CliRunner().invoke(main, words, catch_exceptions=False).stdout)

    assert len(found) == 1
    one = found[0]
    assert (one["database"], one["takers"], one["errors"], one["lost"]) == ("sqlite", 2, 0, 0)
    assert one["answers"] >= 2 * 15
    assert 0 < one["p50_ms"] <= one["p95_ms"] <= one["p99_ms"]
    assert one["cpu_ms_per_answer"] > 0
    assert one["yards_per_answer"] > 0
    assert one["pss_mb"] > 20


@pytest.mark.parametrize("takers", ["", "0", "two", "1,,2", "1000"])
def test_a_number_of_takers_that_is_none_is_said(takers: str) -> None:
    result = CliRunner().invoke(main, ["bench", "load", "--takers", takers])

    assert result.exit_code == 2
    assert "give whole numbers from 1 to 256" in result.output
