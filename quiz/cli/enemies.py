"""`quiz bank enemies`: questions that should not meet in one attempt."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

import click

from quiz.bank.alike import Pair, settled, unsettled
from quiz.bank.files import QuestionFile, canonical, write_file
from quiz.cli.files import JSON, PATHS, catalogue_or_stop, read_or_stop, root_of


@click.command()
@PATHS
@click.option("--write", is_flag=True, help="Name the enemies in both files of each pair.")
@JSON
def enemies(paths: tuple[Path, ...], write: bool, as_json: bool) -> None:
    """Suggest pairs that should be enemies: near-duplicates, and a stem that gives another question's key away."""
    catalogue = catalogue_or_stop(root_of(paths))
    area_of = {skill: area.id for skill, area in catalogue.area_of.items()}
    files = {file.question.id: file for file in read_or_stop(paths).files}
    questions = [file.question for file in files.values()]
    new, old = unsettled(questions, area_of), settled(questions, area_of)
    if as_json:
        pairs = {"suggested": new, "settled": old}
        click.echo(json.dumps({name: [asdict(pair) for pair in found] for name, found in pairs.items()}, indent=1))
    else:
        for pair in new:
            click.echo(_sentence(pair))
        click.echo(f"{len(new)} pairs suggested, {len(old)} settled already")
    if write:
        _write(files, new, quiet=as_json)


def _sentence(pair: Pair) -> str:
    if pair.kind == "duplicate":
        return f"{pair.a} and {pair.b} are nearly the same: {pair.what} ({100 * pair.share:.0f} % of all)"
    return f"{pair.a}: its key stands in the stem of {pair.b}: “{pair.what}” ({100 * pair.share:.0f} % of its words)"


def _write(files: Mapping[str, QuestionFile], pairs: Iterable[Pair], *, quiet: bool) -> None:
    named: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        named[pair.a].add(pair.b)
        named[pair.b].add(pair.a)
    for name in sorted(named):
        question = files[name].question
        added = sorted(named[name] - set(question.enemies))
        write_file(files[name].path, canonical(question.model_copy(update={"enemies": [*question.enemies, *added]})))
        if not quiet:
            click.echo(f"changed {files[name].path}")
