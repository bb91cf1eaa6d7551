from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from quiz.bank import question as q
from quiz.bank.files import read_records
from quiz.cli import prove as command
from quiz.cli.main import main
from quiz.paths import QUESTIONS
from quiz.proof.run import Prover, provers
from tests.factories import number, write_question

EPOCHS = "programming/python-core/generator-epochs.yaml"
RATE = "programming/python-core/requests-in-all.yaml"
"""A number question of our own making, whose proof needs no library; that takes a second to import."""
REPLY = "soft-skills/project-management/late-labels.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bank of three questions, with nothing proved yet."""
    small = tmp_path / "questions"
    for name in ("competencies.yaml", EPOCHS, REPLY):
        (small / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(QUESTIONS / name, small / name)
    for name in ("profiles", "resources"):
        shutil.copytree(QUESTIONS / name, small / name)
    write_question(small, requests_in_all(), "programming")
    return small


def requests_in_all() -> q.Number:
    """A number question with a `given` that moves nothing, which its proof says."""
    as_made = number()
    assert as_made.proof is not None
    return number(
        id=Path(RATE).stem,
        skill="python-core",
        stem=f"A service on {{hosts}} hosts is asked. {as_made.stem}",
        given={**as_made.given, "hosts": 3},
        proof=as_made.proof.model_dump(exclude_defaults=True) | {"unmoved": {"given hosts": "All requests count."}},
    )


def run(*words: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, ["bank", *(str(word) for word in words)], env=environment)


def proved(*words: str | Path, **environment: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("prove", "--json", *words, **environment).stdout)
    return found


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_was_proved_and_has_not_changed_is_not_run_again(folder: Path) -> None:
    first = proved(folder)
    assert (first["proved"], first["refuted"], first["unproved"]) == (
        ["generator-epochs", "requests-in-all"],
        [],
        ["late-labels"],
    )
    assert first["kept"] == 0
    assert set(read_records(folder)["programming"]) == {"generator-epochs", "requests-in-all"}
    again = proved(folder)
    assert (again["proved"], again["kept"]) == (first["proved"], 2)
    assert proved("--all", folder)["kept"] == 0


def test_a_change_of_words_keeps_the_proof_and_a_change_of_the_key_does_not(folder: Path) -> None:
    proved(folder)
    edit(folder / EPOCHS, "seconds: ", "seconds: 1")
    assert proved(folder)["kept"] == 2
    before = (folder / RATE).read_text(encoding="utf-8")
    key = next(line for line in before.splitlines() if line.startswith("  value:"))
    edit(folder / RATE, key, "  value: 12345")
    result = run("prove", folder)
    assert result.exit_code == 1
    assert "requests-in-all: the program's answer is" in result.stdout
    assert set(read_records(folder)["programming"]) == {"generator-epochs"}
    (folder / RATE).write_text(before, encoding="utf-8")
    assert proved(folder)["kept"] == 1


def test_the_record_of_a_question_that_is_gone_goes_too(folder: Path) -> None:
    proved(folder)
    (folder / RATE).unlink()
    proved(folder / "soft-skills")
    assert "requests-in-all" in read_records(folder)["programming"]
    proved(folder)
    assert set(read_records(folder)["programming"]) == {"generator-epochs"}


def test_a_dry_run_keeps_nothing(folder: Path) -> None:
    assert proved("--dry-run", folder)["proved"] == ["generator-epochs", "requests-in-all"]
    assert read_records(folder) == {}


def test_mutants_are_counted_and_those_that_go_unnoticed_fail_the_run(folder: Path) -> None:
    found = proved("--mutate", folder)
    assert found["mutants"]["tried"] == found["mutants"]["caught"] + 1 > 5  # one is excused in its file
    assert found["mutants"]["missed"] == []
    text = (folder / RATE).read_text(encoding="utf-8")
    answer = next(line.strip() for line in text.splitlines() if line.strip().startswith("answer ="))
    value = next(line.split()[1] for line in text.splitlines() if line.startswith("  value:"))
    edit(folder / RATE, answer, f"answer = {value}")
    result = run("prove", "--mutate", folder)
    assert result.exit_code == 1
    assert "requests-in-all: its proof does not notice: given" in result.stdout


def test_a_broken_record_stops_the_run_with_its_line(folder: Path) -> None:
    (folder / "programming" / "proofs.json").write_text("{\n", encoding="utf-8")
    result = run("prove", folder)
    assert result.exit_code == 1
    assert "programming/proofs.json" in result.stderr


@contextmanager
def open_provers(**_: object) -> Iterator[list[Prover]]:
    with provers(1) as ready:
        yield [replace(ready[0], open="unshare: Operation not permitted")]


def test_without_a_sandbox_foreign_programs_are_refused_and_our_own_are_run_with_a_warning(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "provers", open_provers)
    foreign = run("prove", folder)
    assert foreign.exit_code == 1
    assert "gives no sandbox (unshare: Operation not permitted)" in foreign.stderr
    assert read_records(folder) == {}
    own = run("prove", "--all", "--dry-run", QUESTIONS / EPOCHS)
    assert own.exit_code == 0
    assert "with limits only" in own.stderr
    assert "1 proved" in own.stdout


@pytest.mark.parametrize("words", [("--watch",), ("--database", "--mutate"), ("--database", "--dry-run")])
def test_options_that_do_not_go_together_are_refused(words: tuple[str, ...]) -> None:
    assert run("prove", *words).exit_code == 1


def test_the_database_s_texts_are_proved_once_and_loaded_records_count(folder: Path, tmp_path: Path) -> None:
    here = {"QUIZ_DATA": str(tmp_path / "data")}
    (tmp_path / "data").mkdir()
    CliRunner().invoke(main, ["db", "upgrade"], env=here)
    proved(folder / EPOCHS)
    run("load", "--folder", folder, **here)
    first = proved("--database", **here)
    assert (first["proved"], first["kept"]) == (["generator-epochs", "requests-in-all"], 1)
    assert proved("--database", **here)["kept"] == 2
    assert proved("--database", "--all", **here)["kept"] == 0


@pytest.mark.slow
def test_a_worker_proves_what_changes_in_the_database_until_it_is_stopped(folder: Path, tmp_path: Path) -> None:
    here = {"QUIZ_DATA": str(tmp_path / "data")}
    (tmp_path / "data").mkdir()
    CliRunner().invoke(main, ["db", "upgrade"], env=here)
    run("load", "--folder", folder, **here)
    program = [str(Path(sys.executable).parent / "quiz"), "bank", "prove", "--database", "--watch"]
    worker = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env={**os.environ, **here})
    try:
        assert worker.stdout is not None
        assert "2 proved" in worker.stdout.readline()
        assert "Watching" in worker.stdout.readline()
        text = (folder / RATE).read_text(encoding="utf-8")
        key = next(line for line in text.splitlines() if line.startswith("  value:"))
        edit(folder / RATE, key, "  value: 12345")
        assert run("load", "--folder", folder, **here).exit_code == 0
        assert worker.stdout.readline().startswith("requests-in-all: refuted: the program's answer is")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(120) == 0
    finally:
        worker.kill()
        worker.communicate()
