"""`quiz bank …`: work on the question files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from quiz import yamlfile
from quiz.bank import blind as blind_reading
from quiz.bank import question as q
from quiz.bank.check import BankCheck, check_bank
from quiz.bank.files import canonical, write_file
from quiz.bank.scaffold import scaffold
from quiz.cli.coverage import coverage
from quiz.cli.enemies import enemies
from quiz.cli.files import JSON, PATHS, SEED, catalogue_or_stop, read_or_stop, root_of
from quiz.cli.prove import prove
from quiz.cli.robots import robots
from quiz.cli.stats import stats
from quiz.competency.files import read_yaml
from quiz.paths import QUESTIONS
from quiz.yamlfile import FileProblems


@click.group()
def bank() -> None:
    """Work on the question bank's files."""


@bank.command()
@PATHS
@JSON
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Check files against the format and the writing rules; exit 1 on errors."""
    root = root_of(paths)
    found = check_bank(root, paths)
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=1))
    else:
        for problem in (*found.errors, *found.warnings, *found.answered):
            click.echo(str(problem))
        counts = f"{len(found.questions)} questions, {len(found.errors)} errors, {len(found.warnings)} warnings"
        click.echo(counts + (f", {len(found.answered)} answered" if found.answered else ""))
    if found.errors:
        raise SystemExit(1)


def _as_json(found: BankCheck) -> dict[str, Any]:
    return {
        "questions": [asdict(row) for row in found.questions],
        "errors": [asdict(problem) for problem in found.errors],
        "warnings": [asdict(problem) for problem in found.warnings],
        "answered": [asdict(problem) for problem in found.answered],
    }


@bank.command("format")
@PATHS
@click.option("--check", "check_only", is_flag=True, help="Change nothing; exit 1 where a file would change.")
def format_(paths: tuple[Path, ...], check_only: bool) -> None:
    """Write files in the one canonical form."""
    changed = []
    for file in read_or_stop(paths).files:
        text = canonical(file.question)
        if text != file.path.read_text(encoding="utf-8"):
            changed.append(file.path)
            if not check_only:
                write_file(file.path, text)
    for path in changed:
        click.echo(f"{'would change' if check_only else 'changed'} {path}")
    if check_only and changed:
        raise SystemExit(1)


@bank.command()
@click.argument("type_", metavar="TYPE", type=click.Choice(list(q.TYPES)))
@click.argument("skill")
@click.option("--id", "name", default="new-question", show_default=True, help="The question's id and file name.")
@click.option("--into", default=QUESTIONS, type=click.Path(exists=True, file_okay=False, path_type=Path))
def new(type_: str, skill: str, name: str, into: Path) -> None:
    """Write a scaffold for a question of TYPE on SKILL."""
    catalogue = catalogue_or_stop(into)
    if skill not in catalogue.skills:
        raise click.ClickException(f"no skill {skill}; there are: {', '.join(catalogue.skills)}")
    path = into / catalogue.area_of[skill].id / skill / f"{name}.yaml"
    if path.exists():
        raise click.ClickException(f"{path} exists already; choose another --id")
    write_file(path, canonical(scaffold(type_, skill, name)))
    click.echo(f"wrote {path}")


@bank.command()
@PATHS
@SEED
def blind(paths: tuple[Path, ...], seed: int) -> None:
    """Print what a taker sees, shuffled, without key, reasons or level."""
    click.echo(blind_reading.HOW_TO)
    for file in read_or_stop(paths).files:
        click.echo(blind_reading.print_blind(file.question, seed))


@bank.command()
@click.argument("answers", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@SEED
@JSON
def compare(answers: tuple[Path, ...], seed: int, as_json: bool) -> None:
    """Set blind readers' ANSWERS (YAML files, one per reader) against the keys."""
    try:
        readers = [_reader(path) for path in answers]
    except FileProblems as error:
        raise click.ClickException(str(error)) from None
    questions = [file.question for file in read_or_stop(()).files]
    found = blind_reading.compare(questions, readers, seed)
    if as_json:
        rows = [asdict(c) | {"settled": c.settled, "median_step": c.median_step} for c in found]
        click.echo(json.dumps(rows, indent=1))
        return
    for row in found:
        verdict = "settled" if row.settled else "GO BACK"
        agreed = f"{sum(row.right)} of {len(row.right)} agree"
        click.echo(f"{verdict:8} {row.id}: {agreed}; set {row.level}, read {', '.join(row.steps)}")
        for remark in row.remarks:
            click.echo(f"         {remark}")
    click.echo(f"{sum(c.settled for c in found)} of {len(found)} settled")


def _reader(path: Path) -> blind_reading.BlindAnswers:
    document = read_yaml(path.resolve(), path.resolve().parent)
    if isinstance(document.data, list):  # the answers alone, as the printed instructions say
        lines = {("answers", *place): line for place, line in document.lines.items()}
        document = yamlfile.Document(document.file, {"answers": document.data}, lines)
    return yamlfile.validate(blind_reading.BlindAnswers, document)


for command in (prove, robots, enemies, coverage, stats):
    bank.add_command(command)
