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


def test_a_persona_has_a_report_that_says_it_is_simulated_and_the_same_seed_makes_it_again(few_questions: Path) -> None:
    arguments = ["--persona", "statistician", "--seed", "5"]
    printed = CliRunner().invoke(command.sample, arguments)
    assert printed.exit_code == 0, printed.output
    assert printed.output.startswith("SIMULATED: A strong statistician")
    kept = CliRunner().invoke(command.sample, [*arguments, "--keep", "--json"])
    doc = Document.model_validate(json.loads(kept.stdout))
    assert doc.headline in printed.output
    assert len(read_examples(few_questions)["statistician"].answers) == doc.questions
