from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quiz.bank import question as q
from quiz.cli.robots import robots
from tests import factories as make

MANY = 16


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(robots, [str(word) for word in words])


def folder_of(folder: Path, questions: list[q.Single]) -> Path:
    make.write_framework(folder)
    for question in questions:
        make.write_question(folder, question)
    return folder


def long_key(number: int) -> q.Single:
    """A single whose key is much the longest option."""
    texts = [f"It grows by {number} a second until nobody waits any longer", "It stays", "It shrinks", "It stops"]
    return make.single(id=f"long-{number}", options=make.options(*texts), key="a")


def even(number: int) -> q.Single:
    """A single whose options look alike."""
    words = ["grows", "stays", "falls", "stops"]
    texts = [f"It {word}" for word in words[number % 4 :] + words[: number % 4]]
    return make.single(id=f"even-{number}", options=make.options(*texts), key="abcd"[number // 4 % 4])


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(tmp_path_factory.mktemp("telling"), [long_key(n) for n in range(MANY)])


@pytest.fixture(scope="module")
def told(telling: Path) -> Result:
    return run(telling, "--worst", "2")


def test_the_json_holds_every_robot_over_all_and_per_area(telling: Path) -> None:
    found = json.loads(run(telling, "--json").stdout)
    assert set(found) == {"questions", "items", "robots", "areas", "ok", "gate"}
    assert (found["questions"], found["items"], found["ok"], found["gate"]) == (MANY, MANY, False, False)
    names = {"longest", "echo", "convergence", "no-absolutes", "first", "middle", "surface"}
    assert set(found["robots"]) == set(found["areas"][make.AREA]) == names
    assert set(found["robots"]["longest"]) == {"score", "chance", "low", "high", "p", "holm"}
    assert found["robots"]["longest"]["score"] == 1


def test_below_the_gate_a_robot_that_gains_is_told_and_is_no_error(told: Result) -> None:
    assert told.exit_code == 0
    assert "The wording gives keys away" in told.stdout
    assert "longest in all areas" in told.stdout
    assert "the gate begins at 180" in told.stdout


def test_the_questions_that_a_robot_feeds_on_most_are_listed_when_asked_for(told: Result) -> None:
    lines = [line for line in told.stdout.splitlines() if line.startswith("longest feeds")]
    assert lines == ["longest feeds most on: long-10, long-11"]


def test_the_table_fits_a_hundred_columns(told: Result) -> None:
    table = told.stdout.split("\n\n")[0].splitlines()
    assert len(table) == 2 + 2 * 7
    assert max(map(len, table)) <= 100


def test_from_the_gate_on_it_is_an_error(telling: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quiz.simulate.robots.GATE", MANY)
    found = run(telling, "--worst", "1", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["gate"]
    assert json.loads(found.stdout)["worst"]["longest"] == ["long-10"]


def test_an_even_bank_passes_the_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quiz.simulate.robots.GATE", 16)
    result = run(folder_of(tmp_path, [even(n) for n in range(16)]))
    assert result.exit_code == 0
    assert "No robot gains more than chance explains." in result.stdout
    assert "the gate begins" not in result.stdout


def test_a_bank_without_options_says_so(tmp_path: Path) -> None:
    make.write_framework(tmp_path)
    make.write_question(tmp_path, make.number())
    result = run(tmp_path)
    assert result.exit_code == 0
    assert "1 live questions, 0 choices among options" in result.stdout
