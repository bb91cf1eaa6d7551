"""`quiz simulate`: how true the report is, found with synthetic takers on the live questions."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from quiz.app import now
from quiz.bank.items import curve
from quiz.bank.version import BankVersion, LiveQuestion, fingerprint
from quiz.cli.cores import on_every_core
from quiz.cli.files import JSON, catalogue_or_stop, read_or_stop
from quiz.cli.progress import progress
from quiz.cli.publish import publish
from quiz.competency.catalogue import SENIORITIES
from quiz.paths import DOCS, QUESTIONS
from quiz.report.accuracy import Accuracy, Published, Summary
from quiz.simulate.attempts import Outcome, Setting, apart, attempt
from quiz.simulate.people import World
from quiz.simulate.personas import PERSONAS
from quiz.simulate.summary import summary
from quiz.stopping import NOTHING, leaving, whole

BATCH = 25


@click.command()
@click.option("--takers", default=500, show_default=True, type=click.IntRange(1), help="How many people.")
@click.option("--length", default=20, show_default=True, type=click.IntRange(1, 200), help="Questions each.")
@click.option("--minutes", type=click.FloatRange(1), help="Minutes each, instead of a number of questions.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same people and errors.")
@click.option("--profile", "role", default=Setting.role, show_default=True, help="The job's role.")
@click.option("--seniority", default=Setting.seniority, show_default=True, type=click.Choice(SENIORITIES))
@click.option(
    "--policy",
    default="adaptive",
    show_default=True,
    type=click.Choice(["adaptive", "random", "widest", "separate"]),
    help="How questions are chosen.",
)
@click.option(
    "--level-error",
    default=World.level_error,
    show_default=True,
    help="Sd of an author's error about one question, in steps.",
)
@click.option(
    "--author-error",
    default=World.author_error,
    show_default=True,
    help="Sd of their error about all questions of an area.",
)
@click.option(
    "--slope", default=World.slope, show_default=True, help="Median true slope, as a multiple of the assumed one."
)
@click.option(
    "--population-mean", type=float, help="Where people are on average, in steps; otherwise where the prior says."
)
@click.option("--persona", type=click.Choice(list(PERSONAS)), help="One fixed person again and again.")
@click.option("--publish", "publish_it", is_flag=True, help="Write the figures for the page on the method.")
@JSON
def simulate(
    takers: int, seed: int, role: str, persona: str | None, publish_it: bool, as_json: bool, **options: Any
) -> None:
    """Send synthetic people through the real choice and stop rules, and compare what is printed with the truth."""
    leaving(NOTHING)
    bank = bank_of_files(QUESTIONS)
    if role not in bank.catalogue.profiles:
        raise click.ClickException(f"no profile {role}; there are: {', '.join(bank.catalogue.profiles)}")
    names = ("level_error", "author_error", "slope", "population_mean")
    world = World(**{name: options.pop(name) for name in names})
    setting = Setting(role=role, world=world, seed=seed, **options)
    found = summary(bank, setting, run(bank, setting, takers, persona))
    if publish_it:
        _publish(bank, setting, found)
    if as_json:
        click.echo(json.dumps(as_data(found), indent=1))
    else:
        click.echo("\n".join(_lines(found, setting, len(bank.live), persona)))


def _publish(bank: BankVersion, setting: Setting, found: Summary) -> None:
    job = f"{bank.catalogue.profiles[setting.role].name}, {setting.seniority}"
    command = " ".join(("quiz simulate", *sys.argv[2:]))
    on = datetime.fromtimestamp(now(), UTC).date()
    made = Published(on, command, job, len(bank.live), fingerprint(bank), found)
    with whole():
        for path in publish(made, bank.catalogue, QUESTIONS, DOCS):
            click.echo(f"wrote {path}", err=True)
        leaving("the figures are published")


def bank_of_files(folder: Path) -> BankVersion:
    """The live questions of a folder as a bank version."""
    catalogue = catalogue_or_stop(folder)
    questions = [file.question for file in read_or_stop((folder,)).files]
    doubt = catalogue.competencies.prior.levels
    live = [question for question in questions if question.status == "live"]
    return BankVersion(1, catalogue, tuple(LiveQuestion(i, q, curve(q, doubt)) for i, q in enumerate(live, start=1)))


def run(
    bank: BankVersion,
    setting: Setting,
    takers: int,
    persona: str | None = None,
    believed: BankVersion | None = None,
) -> list[Outcome]:
    """All attempts, on every core, in the order of the takers' numbers. `believed`: see `simulate.attempts`."""
    batches = [range(start, min(start + BATCH, takers)) for start in range(0, takers, BATCH)]
    outcomes: list[Outcome] = []
    found = on_every_core(partial(_batch, bank, setting, persona, believed), batches)
    with progress("Simulating", takers) as step, closing(found):
        for batch in found:
            outcomes.extend(batch)
            step(len(batch))
    return outcomes


def _batch(
    bank: BankVersion, setting: Setting, persona: str | None, believed: BankVersion | None, takers: range
) -> list[Outcome]:
    person = PERSONAS[persona](bank, setting) if persona else None
    if setting.policy == "separate":
        believed = apart(bank)
    return [attempt(bank, setting, taker, person, believed) for taker in takers]


def as_data(found: Summary) -> dict[str, Any]:
    """The summary as plain data."""
    return asdict(found)


COLUMNS = ("rmse", "sd", "bias", "in 90 %", "in 95 %", "Brier", "settled", "wrong", "decided", "wrong")


def _lines(found: Summary, setting: Setting, questions: int, persona: str | None) -> Iterator[str]:
    who = persona or "drawn from the prior"
    yield f"{found.takers} people ({who}), {questions} live questions, {setting.role}, {setting.seniority}"
    yield f"{found.questions:.1f} questions and {found.minutes:.1f} minutes each"
    yield ""
    yield f"{'':16}" + "".join(f"{name:>9}" for name in COLUMNS)
    for name, accuracy in {**found.areas, "all areas": found.overall, "no answers": found.unasked}.items():
        yield _row(name, accuracy)
    yield ""
    yield "printed  cases  target met"
    for one in found.chances:
        yield f"{one.printed:4} in 10 {one.n:6} {one.true:11.3f}"
    yield ""
    profile = found.profile
    yield f"coverage of the profile: range holds the truth in {profile['in_range']:.3f}, error {profile['rmse']:.1f}"
    for seniority, both in found.seniorities.items():
        yield f"{seniority:8} mean chance {both['mean_chance']:.3f}, met {both['met']:.3f}"
    yield f"most used question: {found.exposure['max']:.3f} of takers; never used: {found.exposure['never']:.0f}"
    yield ""
    for area, shares in found.verdicts.items():
        yield f"{area:16}" + ", ".join(f"{verdict} {share:.2f}" for verdict, share in shares.items())


def _row(name: str, accuracy: Accuracy) -> str:
    return f"{name:16}" + "".join(f"{value:9.3f}" for value in asdict(accuracy).values())
