"""`quiz calibrate`: items' parameters from answers in a file."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np

from quiz.bank import question as q
from quiz.bank.files import Folder, question_paths, read_folder
from quiz.bank.items import GUESSED, curve, with_share
from quiz.cli.files import JSON, catalogue_or_stop
from quiz.measure.calibration.data import Item, Prior, Responses, items_without_prior
from quiz.measure.calibration.fit import Calibration, Estimate, calibrate
from quiz.measure.calibration.table import Fault, Table, read_table
from quiz.measure.curve import MAX_CATEGORIES
from quiz.measure.guessing import EXPECTED
from quiz.paths import QUESTIONS

MAX_BYTES = 64 * 1024 * 1024
SHOWN = 100
BENCH_PEOPLE, BENCH_ITEMS, BENCH_RUNS = 10_000, 60, 3


@click.command("calibrate")
@click.option(
    "--responses",
    "path",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV: person,item,score; or a header of items, then 0, 1 or blank for each person.",
)
@click.option("--no-prior", is_flag=True, help="Use the answers alone: abilities N(0, 1), every slope free.")
@click.option(
    "--folder",
    default=QUESTIONS,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The question files that hold the authors' levels.",
)
@JSON
def calibrate_command(path: Path, no_prior: bool, folder: Path, as_json: bool) -> None:
    """Estimate slopes and places of items from answers, with the authors' levels as priors."""
    table = _table_or_stop(path)
    known = None if no_prior else _known_items_or_stop(folder, table.ids)
    faults = [*table.faults, *([] if known is None else _misfits(table, known))]
    if faults:
        raise _stop(path, faults)
    items = [known[name] for name in table.ids] if known else items_without_prior(table.ids, table.responses)
    started = time.perf_counter()
    try:
        found = calibrate(table.responses, items)
    except ValueError as error:
        raise click.ClickException(f"{path.name}: {error}") from None
    seconds = time.perf_counter() - started
    for warning in found.warnings:
        click.echo(f"warning: {warning}", err=True)
    if as_json:
        click.echo(json.dumps(_as_json(found, seconds), indent=1))
    else:
        click.echo("\n".join(_lines(found, seconds)))


def _table_or_stop(path: Path) -> Table:
    if path.stat().st_size > MAX_BYTES:
        raise click.ClickException(f"{path.name}: larger than {MAX_BYTES // 1024**2} MB; calibrate a part of it")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_table(lines)
    except UnicodeDecodeError:
        raise click.ClickException(f"{path.name}: not UTF-8") from None


def _stop(path: Path, faults: Iterable[Fault]) -> click.ClickException:
    rows = [f"{path.name}:{fault.line}: {fault.message}" for fault in sorted(faults)]
    more = [f"and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    return click.ClickException("\n".join(rows[:SHOWN] + more))


def _known_items_or_stop(folder: Path, ids: Sequence[str]) -> dict[str, Item]:
    """Those of the items that are questions of the bank; a question's id is its file's name."""
    doubt = catalogue_or_stop(folder).competencies.prior.levels
    wanted = set(ids)
    paths = [path for path in question_paths([folder]) if path.stem in wanted]
    found = read_folder(folder, paths) if paths else Folder()
    if found.problems:
        raise click.ClickException("\n".join(map(str, found.problems)))
    return {file.question.id: item_of(file.question, doubt) for file in found.files}


def item_of(question: q.Question, doubt: float) -> Item:
    """A question as calibration sees it: prior from its level, luck of a person who guesses as often as usual.

    The assumed slope is not flattened for the doubt in the level, because b is estimated.
    """
    assumed = curve(question, 0.0)
    level = q.LEVELS.index(question.level) + 1.0
    luck = with_share(assumed.luck, EXPECTED) if question.type in GUESSED else assumed.luck
    prior = Prior(level, doubt, assumed.a, (level - assumed.b) * assumed.a)
    return Item(question.id, assumed.weights, luck, prior)


def _misfits(table: Table, known: Mapping[str, Item]) -> Iterator[Fault]:
    """Items that are no questions, and scores that a question can't have."""
    answers = table.responses
    count = np.bincount(answers.item, minlength=len(table.ids))
    possible = np.ones((len(table.ids), MAX_CATEGORIES), dtype=bool)
    for row, (name, line, n) in enumerate(zip(table.ids, table.first_line, count, strict=True)):
        if name in known:
            can = np.add(known[name].weights, known[name].luck) > 0
            possible[row] = np.arange(MAX_CATEGORIES) < len(can)
            possible[row, : len(can)] &= can
        else:
            yield Fault(line, f"no question has the id {name} (answers: {n}); use --no-prior for items of elsewhere")
    for answer in np.flatnonzero(~possible[answers.item, answers.score]):
        name, score = table.ids[answers.item[answer]], answers.score[answer]
        yield Fault(int(table.line[answer]), f"item {name} has no score of {score}")


def _as_json(found: Calibration, seconds: float) -> dict[str, Any]:
    return {
        "items": [
            {name: value for name, value in asdict(item).items() if name in {"id", "a", "b", "c", "se_a", "se_b", "n"}}
            for item in found.items
        ],
        "loglik": found.loglik,
        "iterations": found.iterations,
        "seconds": seconds,
        "population": {"mean": found.mean, "sd": found.sd},
        "slope": found.slope,
        "standard_errors": found.standard_errors,
        "warnings": list(found.warnings),
    }


def _lines(found: Calibration, seconds: float) -> Iterator[str]:
    width = max(4, *(len(item.id) for item in found.items))
    yield f"{'item':{width}} {'a':>8} {'b':>8} {'c':>6} {'se a':>8} {'se b':>8} {'n':>8}"
    for item in found.items:
        yield _line(item, width)
    yield f"population: mean {found.mean:.4f}, sd {found.sd:.4f}"
    if found.slope is not None:
        yield f"slopes: all are {found.slope:.4f} times what they were assumed to be, as the levels hold the unit"
    yield f"standard errors: {found.standard_errors}"
    yield f"log-likelihood {found.loglik:.4f}; {found.iterations} cycles, {seconds:.2f} seconds"


def _line(item: Estimate, width: int) -> str:
    errors = (
        "fixed" if item.se_a is None and item.se_b is not None else _number(item.se_a),
        _number(item.se_b),
    )
    return f"{item.id:{width}} {item.a:8.4f} {item.b:8.4f} {item.c:6.3f} {errors[0]:>8} {errors[1]:>8} {item.n:8}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"


def bench_calibration(runs: int = BENCH_RUNS) -> float:
    """Seconds for 10,000 people and 60 items, all answered, without priors: the fastest of some runs."""
    draw = np.random.default_rng(1)
    ability, place = draw.normal(size=(BENCH_PEOPLE, 1)), draw.normal(0, 1.2, BENCH_ITEMS)
    slope = np.exp(draw.normal(0, 0.3, BENCH_ITEMS))
    right = draw.random((BENCH_PEOPLE, BENCH_ITEMS)) < 1 / (1 + np.exp(-slope * (ability - place)))
    person, item = np.divmod(np.arange(right.size), BENCH_ITEMS)
    responses = Responses(person, item, right.ravel().astype(np.int64), BENCH_PEOPLE, BENCH_ITEMS)
    items = items_without_prior([f"item-{number}" for number in range(BENCH_ITEMS)], responses)
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        calibrate(responses, items)
        seconds.append(time.perf_counter() - started)
    return min(seconds)
