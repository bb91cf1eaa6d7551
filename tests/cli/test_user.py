from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from quiz.cli.main import main
from quiz.store.engine import open_database
from quiz.store.migrate import upgrade


def test_accounts_are_added_listed_and_closed_from_the_shell(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'quiz.sqlite3'}"
    upgrade(open_database(url))

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["user", *words], env={"QUIZ_DATABASE_URL": url})

    assert "There is no account yet" in run("list").stdout
    assert "/admin/welcome/" in run("add", "Ada", "--role", "admin").stdout
    assert "/admin/welcome/" in run("add", "bob").stdout
    assert "/admin/welcome/" in run("invite", "bob").stdout
    assert "bob is reviewer now" in run("role", "bob", "reviewer").stdout
    run("disable", "bob")
    listed = run("list").stdout
    assert "ada                  admin     has no password yet" in listed
    assert "bob                  reviewer  disabled" in listed
    assert run("enable", "bob").exit_code == 0
    for words, sentence in (
        (("add", "bob"), "There is an account bob already"),
        (("add", "b"), "A name has 2 to 40 letters"),
        (("disable", "eve"), "There is no account eve"),
        (("disable", "ada"), "This is the only admin"),
    ):
        failed = run(*words)
        assert failed.exit_code == 1
        assert sentence in failed.output
