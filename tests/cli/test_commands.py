from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from quiz.bank.blind import code
from quiz.bank.files import question_paths, read_folder, read_records
from quiz.bank.proofs import is_proved, proof_hash
from quiz.bank.question import TYPES
from quiz.cli.main import main
from quiz.paths import QUESTIONS
from tests.databases import part_of_the_bank


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    skills = ("sql", "array-dataframe", "python-core", "project-management", "responsible-secure-ml")
    return part_of_the_bank(tmp_path / "questions", *skills)


def run(*words: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], env=environment)


@pytest.fixture(scope="module")
def checked() -> dict[str, list[Any]]:
    """What a check of the whole bank finds."""
    found: dict[str, list[Any]] = json.loads(run("bank", "check", "--json").stdout)
    return found


def test_check_lists_every_question_and_passes_on_our_bank(checked: dict[str, list[Any]]) -> None:
    assert len(checked["questions"]) == len(question_paths([QUESTIONS]))
    assert set(checked["questions"][0]) == {"id", "area", "skill", "type", "level", "status", "proof", "seconds"}
    assert (checked["errors"], checked["warnings"]) == ([], [])


def test_our_bank_has_questions_for_every_skill_and_of_every_type(checked: dict[str, list[Any]]) -> None:
    questions = checked["questions"]
    skills = [q["skill"] for q in questions if q["status"] == "live"]
    assert len(set(skills)) == 30
    assert min(skills.count(skill) for skill in skills) >= 2
    assert len({q["type"] for q in questions}) == 9


def test_the_proofs_on_record_are_of_the_questions_as_they_stand() -> None:
    records = {name: r.content for known in read_records(QUESTIONS).values() for name, r in known.items()}
    stale = {
        file.question.id
        for file in read_folder(QUESTIONS).files
        if is_proved(file.question) and records.get(file.question.id) != proof_hash(file.question)
    }
    assert stale == set(), "run: quiz bank prove"


def test_check_fails_with_file_line_and_field(folder: Path) -> None:
    path = folder / "programming/sql/spent-before.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("level: advanced", "level: hard\ncolour: red"))
    result = run("bank", "check", folder)
    assert result.exit_code == 1
    assert "programming/sql/spent-before.yaml:4: level" in result.stdout
    assert "colour: is not a field" in result.stdout


def test_a_scaffold_of_every_type_is_valid_and_is_not_overwritten(folder: Path) -> None:
    for kind in ("single", "multiple", "number", "fill", "line", "order", "match", "judgement", "case"):
        assert run("bank", "new", kind, "sql", "--id", f"new-{kind}", "--into", folder).exit_code == 0
    assert len([f for f in read_folder(folder).files if f.question.id.startswith("new-")]) == 9
    again = run("bank", "new", "single", "sql", "--id", "new-single", "--into", folder)
    assert again.exit_code == 1
    assert "exists already" in again.stderr
    unknown = run("bank", "new", "single", "sewing", "--into", folder)
    assert unknown.exit_code == 1
    assert "no skill sewing" in unknown.stderr


def test_format_mends_the_layout_and_only_says_so_when_asked_to_check(folder: Path) -> None:
    path = folder / "programming/sql/spent-before.yaml"
    proper = path.read_text(encoding="utf-8")
    path.write_text(proper.replace("seconds: 110", "seconds:    110"), encoding="utf-8")
    assert run("bank", "format", "--check", folder).exit_code == 1
    assert path.read_text(encoding="utf-8") != proper
    assert run("bank", "format", folder).exit_code == 0
    assert path.read_text(encoding="utf-8") == proper


def test_prove_tells_proved_refuted_and_unproved_apart(folder: Path) -> None:
    wrong = folder / "programming/array-dataframe/rows-after-join.yaml"
    key = next(line for line in wrong.read_text(encoding="utf-8").splitlines() if line.startswith("  value:"))
    wrong.write_text(wrong.read_text(encoding="utf-8").replace(key, "  value: 12345", 1), encoding="utf-8")
    judgement = folder / "soft-skills/project-management/late-labels.yaml"
    right = folder / "programming/python-core/generator-epochs.yaml"
    result = run("bank", "prove", "--json", wrong, judgement, right)
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert found["proved"] == ["generator-epochs"]
    assert [r["id"] for r in found["refuted"]] == ["rows-after-join"]
    assert "12345" in found["refuted"][0]["reason"]
    assert found["unproved"] == ["late-labels"]


def test_blind_prints_what_a_taker_sees_and_compare_settles_it(folder: Path, tmp_path: Path) -> None:
    path = folder / "system-design/responsible-secure-ml/password-in-notebook.yaml"
    printed = run("bank", "blind", path, "--seed", "3").stdout
    assert "password-in-notebook" not in printed
    assert "anyone may have a copy" not in printed
    name = code(read_folder(folder, [path]).files[0].question, 3)
    lines = printed.split(f"## {name}")[1].splitlines()
    right = next(line[0] for line in lines if "Have the password replaced" in line)
    answers = []
    for reader, (answer, step) in enumerate(((right, "guided"), (right, "independent"))):
        file = tmp_path / f"reader-{reader}.yaml"
        file.write_text(f"- question: '{name}'\n  answer: {answer}\n  sure: 90\n  step: {step}\n  seconds: 40\n")
        answers.append(file)
    settled = json.loads(run("bank", "compare", *answers, "--seed", "3", "--json").stdout)
    assert [(row["id"], row["settled"], row["median_step"]) for row in settled] == [
        ("password-in-notebook", True, "guided")
    ]
    answers[0].write_text(f"- question: '{name}'\n  answer: null\n  sure: 0\n  step: leading\n  seconds: 40\n")
    assert "GO BACK" in run("bank", "compare", *answers, "--seed", "3").stdout


def test_a_reader_s_broken_file_is_named_with_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "reader.yaml"
    file.write_text("- question: abc\n  answer: 1\n  sure: certain\n  step: expert\n  seconds: 40\n")
    result = run("bank", "compare", file)
    assert result.exit_code == 1
    assert "reader.yaml:3" in result.stderr
    assert "reader.yaml:4" in result.stderr


def test_a_new_database_is_made_loaded_exported_and_replayed(folder: Path, tmp_path: Path) -> None:
    here = {"QUIZ_DATA": str(tmp_path)}
    before = run("bank", "load", **here)
    assert before.exit_code == 1
    assert "run: quiz db upgrade" in before.stderr
    assert run("db", "check", **here).exit_code == 1
    assert run("db", "upgrade", **here).exit_code == 0
    assert run("db", "check", **here).exit_code == 0
    count = len(question_paths([folder]))
    assert f"Would load: {count} new" in run("bank", "load", "--dry-run", "--folder", folder, **here).stdout
    assert f"Bank version 1: {count} new" in run("bank", "load", "--folder", folder, **here).stdout
    assert "Nothing to do" in run("bank", "load", "--folder", folder, **here).stdout
    assert "0 files would change" in run("bank", "export", "--dry-run", "--folder", folder, **here).stdout
    assert json.loads(run("replay", "--json", **here).stdout) == {"attempts": 0, "different": []}


def test_a_load_of_a_broken_folder_says_that_nothing_was_loaded(folder: Path, tmp_path: Path) -> None:
    here = {"QUIZ_DATA": str(tmp_path / "data")}
    run("db", "upgrade", **here)
    (folder / "competencies.yaml").write_text("steps: [")
    result = run("bank", "load", "--folder", folder, **here)
    assert result.exit_code == 1
    assert "nothing was loaded" in result.stderr
    assert "competencies.yaml" in result.stderr


@pytest.mark.sweep
def test_bench_prints_value_unit_budget_and_verdict_of_each_figure() -> None:
    found = json.loads(run("bench", "--json").stdout)
    assert set(found) == {
        *("yard_ms", "fold_35_ms", "choice_360_ms", "choice_10000_ms", "draw_10000_ms", "bank_load_ms"),
        *(f"render_{kind}_ms" for kind in TYPES),
        "calibration_10000x60_s",
        *("sql_per_answer", "question_page_gzip_bytes", "question_page_requests"),
    }
    assert all(set(figure) == {"value", "unit", "budget", "ok"} for figure in found.values())
    assert found["sql_per_answer"]["value"] == 3
