"""What the one who runs it does from a shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quiz.cli.main import main
from quiz.store.engine import open_database
from quiz.store.migrate import upgrade


def run(*words: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], env=environment)


def findings(**environment: str) -> dict[str, tuple[str, str]]:
    found = json.loads(run("doctor", "--json", **environment).stdout)
    return {f["name"]: (f["state"], f["todo"]) for f in found["findings"]}


def test_the_doctor_finds_nothing_wrong_with_a_new_installation(sqlite_url: str) -> None:
    result = run("doctor", QUIZ_DATABASE_URL=sqlite_url, QUIZ_FREE_MB="1")
    assert result.exit_code == 0, result.stdout
    assert "live questions" in result.stdout


def test_the_doctor_names_what_is_wrong_and_what_to_do(sqlite_url: str, tmp_path: Path) -> None:
    assert findings(QUIZ_PROT="1")["settings"][0] == "bad"
    here = {"QUIZ_DATABASE_URL": sqlite_url, "QUIZ_FREE_MB": "1000000", "QUIZ_HOST": "0.0.0.0"}
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    path.chmod(0o644)
    found = findings(**here)
    assert found["disk"][0] == "bad"
    assert "chmod 600" in found["rights"][1]
    assert "QUIZ_PROXIES" in found["reach"][1]
    empty = {"QUIZ_DATA": str(tmp_path / "new")}
    assert findings(**empty)["database"] == ("bad", "Restore a backup, or run: quiz db upgrade")
    assert not (tmp_path / "new").exists(), "who looks makes nothing"
    upgrade(open_database(f"sqlite:///{tmp_path / 'new' / 'quiz.sqlite3'}"))
    assert findings(**empty)["bank"] == ("bad", "Run: quiz bank load")


def test_the_doctor_notices_damaged_pages_and_a_database_that_is_away(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    whole = path.read_bytes()
    path.write_bytes(whole[: 4096 * 300] + b"x" * 4096 * 60 + whole[4096 * 360 :])
    assert findings(QUIZ_DATABASE_URL=sqlite_url)["pages"][0] == "bad"
    away = run("doctor", QUIZ_DATABASE_URL="postgresql://nobody@127.0.0.1:1/quiz")
    assert away.exit_code == 1
    assert "Is it running?" in away.stdout


@pytest.mark.parametrize("as_json", [True, False])
def test_a_backup_is_restored_elsewhere(sqlite_url: str, tmp_path: Path, *, as_json: bool) -> None:
    file = tmp_path / "backup.sqlite3"
    made = run("backup", file, *(["--json"] if as_json else []), QUIZ_DATABASE_URL=sqlite_url)
    assert made.exit_code == 0, made.output
    elsewhere = {"QUIZ_DATA": str(tmp_path / "elsewhere")}
    restored = run("restore", file, *(["--json"] if as_json else []), **elsewhere)
    assert restored.exit_code == 0, restored.output
    assert restored.stdout.split("schema")[-1] == made.stdout.split("schema")[-1]
    again = run("restore", file, **elsewhere)
    assert again.exit_code == 1
    assert "nothing was restored: the database is not empty" in again.stderr
