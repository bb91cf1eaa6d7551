from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from quiz.cli import sample as command
from quiz.plan.document import Document
from quiz.services.examples import read_examples
from tests.databases import part_of_the_bank

SKILLS = ("python-core", "classical-ml", "probability", "data-pipelines", "communication")


@pytest.fixture
def few_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = part_of_the_bank(tmp_path / "questions", *SKILLS)
    monkeypatch.setattr(command, "QUESTIONS", folder)
    return folder


def test_a_persona_has_a_report_that_says_it_is_simulated(few_questions: Path) -> None:
    done = CliRunner().invoke(command.sample, ["--persona", "statistician"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("SIMULATED: A strong statistician")
    assert "Your answers cover" in done.output
    assert few_questions.exists()


def test_the_answers_are_kept_and_the_same_seed_makes_the_same_again(few_questions: Path) -> None:
    arguments = ["--persona", "guesser", "--seed", "5", "--keep", "--json"]
    first, second = (CliRunner().invoke(command.sample, arguments) for _ in range(2))
    assert first.stdout == second.stdout
    doc = Document.model_validate(json.loads(first.stdout))
    assert doc.simulated is not None
    assert len(read_examples(few_questions)["guesser"].answers) == doc.questions
