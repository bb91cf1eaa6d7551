"""`quiz sample`: the report of an invented person, from simulated answers to the real questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from quiz.app import now
from quiz.bank.files import write_file
from quiz.bank.version import BankVersion
from quiz.cli.files import JSON
from quiz.cli.simulate import bank_of_files
from quiz.paths import QUESTIONS
from quiz.plan.document import Document
from quiz.plan.markdown import checklist
from quiz.services.examples import FOLDER, Example, GivenAnswer, example_document
from quiz.simulate.samples import SAMPLES, sample_answers


@click.command()
@click.option("--persona", required=True, type=click.Choice(list(SAMPLES)), help="Whose answers are simulated.")
@click.option("--seed", default=1, show_default=True, help="Decides their skills, their luck and the questions.")
@click.option("--keep", is_flag=True, help="Keep the answers as an example that the app shows under /example/NAME.")
@JSON
def sample(persona: str, seed: int, *, keep: bool, as_json: bool) -> None:
    """Make a real report from the simulated answers of an invented person."""
    bank = bank_of_files(QUESTIONS)
    made = example_of(bank, persona, seed, datetime.fromtimestamp(now(), UTC).date().isoformat())
    doc = example_document(bank, made)
    if keep:
        path = QUESTIONS / FOLDER / f"{persona}.json"
        write_file(path, made.model_dump_json(indent=1) + "\n")
        click.echo(f"Kept {len(made.answers)} answers in {path}.", err=True)
    click.echo(doc.model_dump_json(indent=1) if as_json else "\n".join(_lines(doc)))


def example_of(bank: BankVersion, persona: str, seed: int, on: str) -> Example:
    """The simulated attempt of a persona, as it is kept."""
    who = SAMPLES[persona]
    answers = [
        GivenAnswer(question=bank.at(a.revision).question.id, score=a.score, unknown=a.unknown, guessing=a.guessing)
        for a in sample_answers(bank, who, seed)
    ]
    return Example(
        id=persona,
        title=who.title,
        about=who.about,
        role=who.role,
        seniority=who.seniority,
        hours=who.hours,
        seed=seed,
        made_on=on,
        answers=answers,
    )


def _lines(doc: Document) -> Iterator[str]:
    yield f"SIMULATED: {doc.simulated}"
    yield f"{doc.headline} {doc.coverage.words}"
    yield doc.met.words
    yield ""
    for area in doc.areas:
        if area.measured:
            yield f"{area.name} ({area.weight} %): {area.words}, {area.measured.chance}"
            yield f"  {area.measured.words}"
    yield ""
    yield checklist(doc)
