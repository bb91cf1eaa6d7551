"""Example results: the answers of invented people, kept in files, read against the bank as it is now."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from quiz.attempt.log import Answered
from quiz.bank.mark import best_score
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import Day, Id, Seniority, Strict, Text
from quiz.plan.document import Document
from quiz.plan.marks import Marks
from quiz.services.results import made

FOLDER = "examples"
LANDING = "backend-engineer"
"""The one that the landing page leads to."""


class GivenAnswer(Strict):
    """How an invented person did on a question."""

    question: Id
    score: Annotated[int, Field(ge=0)]
    unknown: bool
    guessing: bool


class Example(Strict):
    """One invented person's attempt. `about` says what was assumed of them."""

    id: Id
    title: Text
    about: Text
    role: Id
    seniority: Seniority
    hours: Annotated[int, Field(ge=1, le=80)]
    seed: int
    made_on: Day
    answers: list[GivenAnswer]


def read_examples(questions: Path) -> dict[str, Example]:
    """All examples of a folder of questions, by their ids."""
    files = sorted((questions / FOLDER).glob("*.json"))
    found = [Example.model_validate_json(path.read_text(encoding="utf-8")) for path in files]
    return {example.id: example for example in found}


def example_document(bank: BankVersion, example: Example) -> Document:
    """The example's report, computed from its answers; those to questions that are no longer asked fall away."""
    live = {one.question.id: one for one in bank.live}
    answers = [
        Answered(
            revision=live[a.question].revision,
            response={},
            score=min(a.score, best_score(live[a.question].question)),
            unknown=a.unknown,
            guessing=a.guessing,
            seconds=0,
            following=None,
        )
        for a in example.answers
        if a.question in live
    ]
    job = example.role, example.seniority
    report = made(bank, answers, job, Marks(hours=example.hours), date.fromisoformat(example.made_on))
    return report.document.model_copy(update={"simulated": f"{example.title}. {example.about}"})
