from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from quiz.bank import question as q
from quiz.cli.main import main
from quiz.store.engine import Database
from tests.answered import answered, newest
from tests.services.test_statistics import PEOPLE, asked, reply


@pytest.fixture
def environment(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("QUIZ_DATABASE_URL", sqlite.write.url.render_as_string(hide_password=False))
    return sqlite


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["bank", "stats", *words])


def test_statistics_are_printed_for_a_person_and_for_a_machine(environment: Database) -> None:
    bank = newest(environment)
    three = asked(bank)
    answered(environment, bank, three, range(PEOPLE), reply)
    name = three[0].question.id

    told = run()
    assert told.exit_code == 0, told.output
    assert told.stdout.count(f"{name} ") == 1
    assert f"3 questions have 30 answers or more; nothing is said of the other {len(bank.live) - 3}." in told.stdout
    assert "chosen by the lower, middle and upper third" in run(name).stdout

    made = json.loads(run("--json", name).stdout)["questions"][0]
    assert (made["id"], made["n"]) == (name, PEOPLE)
    assert set(made["figures"]) >= {"right", "unknown", "discrimination", "seconds", "fit", "drift"}
    assert isinstance(three[0].question, q.Single)
    assert {one["id"] for one in made["choices"]} >= {"unknown", three[0].question.key}
    assert len(json.loads(run("--json").stdout)["questions"]) == len(bank.live)
    assert len(json.loads(run("--json", "--attention").stdout)["questions"]) <= 3


def test_an_unknown_question_is_named(environment: Database) -> None:
    result = run("no-such-question")
    assert result.exit_code == 1
    assert "no live question has the id no-such-question" in result.stderr
    assert environment
