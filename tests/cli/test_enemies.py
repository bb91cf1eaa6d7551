from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quiz.bank.files import canonical, read_folder
from quiz.cli.enemies import enemies
from tests import factories as make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make.write_framework(tmp_path)
    for question in (make.single(), make.single(id="copy", enemies=["far"]), make.number(id="far", skill="loops")):
        make.write_question(tmp_path, question)
    return tmp_path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(enemies, [str(word) for word in words])


def named(folder: Path) -> dict[str, list[str]]:
    return {file.question.id: file.question.enemies for file in read_folder(folder).files}


def test_suggestions_change_no_file(folder: Path) -> None:
    before = named(folder)
    result = run(folder)
    assert result.exit_code == 0
    assert "a-single and copy are nearly the same" in result.stdout
    assert "1 pairs suggested, 0 settled already" in result.stdout
    assert named(folder) == before


def test_written_enemies_stand_in_both_files_beside_those_there_before_and_settle_the_pair(folder: Path) -> None:
    assert run(folder, "--write").stdout.count("changed ") == 2
    assert named(folder) == {"a-single": ["copy"], "copy": ["far", "a-single"], "far": []}
    found = json.loads(run(folder, "--json").stdout)
    assert found["suggested"] == []
    assert [(pair["a"], pair["b"], pair["kind"]) for pair in found["settled"]] == [("a-single", "copy", "duplicate")]


def test_written_files_are_canonical_and_nothing_is_left_beside_them(folder: Path) -> None:
    run(folder, "--write", "--json")
    for file in read_folder(folder).files:
        assert file.path.read_text(encoding="utf-8") == canonical(file.question)
    assert not [path for path in folder.rglob("*") if path.suffix == ".tmp"]


def test_a_write_keeps_the_mode_of_a_file(folder: Path) -> None:
    path = folder / make.AREA / make.SKILL / "copy.yaml"
    path.chmod(0o640)
    run(folder, "--write")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    assert isinstance(run(folder, "--write").exception, OSError)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_stem_that_gives_a_key_away_is_told_with_the_words(folder: Path) -> None:
    key = "A nightly job copies the warehouse table"
    told = make.number(id="telling", skill="loops", stem=f"{key}. How many rows?\n", given={})
    asked = make.single(id="betrayed", stem="Which plan?\n", options=make.options(key, "Nothing", "Anything"), key="a")
    for question in (told, asked):
        make.write_question(folder, question)
    wanted = (
        "betrayed: its key stands in the stem of telling: “nightly job copies warehouse table” (100 % of its words)"
    )
    assert wanted in run(folder).stdout
