"""`quiz calibrate`: items' parameters from answers in a file."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any

import click
import numpy as np

from quiz.app import now
from quiz.bank.calibrated import item_of
from quiz.bank.files import Folder, question_paths, read_folder
from quiz.bank.version import BankVersion
from quiz.cli.environment import changing, database_or_stop, settings_or_stop
from quiz.cli.files import JSON, catalogue_or_stop
from quiz.cli.progress import progress
from quiz.cli.simulate import run
from quiz.measure.calibration.data import Item, Responses, items_without_prior
from quiz.measure.calibration.fit import Calibration, Estimate, calibrate
from quiz.measure.calibration.table import Fault, Table, read_table
from quiz.measure.curve import MAX_CATEGORIES, stack
from quiz.paths import QUESTIONS
from quiz.services.banks import Banks, EmptyBankError
from quiz.services.calibration import (
    BankCalibration,
    BankChangedError,
    TooFewAnswersError,
    apply_calibration,
    calibrate_bank,
)
from quiz.simulate.attempts import Setting
from quiz.simulate.people import Measured, World
from quiz.simulate.summary import summary
from quiz.stopping import NOTHING, leaving
from quiz.tracking import HUNDREDTHS, in_hundredths

MAX_BYTES = 64 * 1024 * 1024
SHOWN = 100
LINES = 10_000
"""Lines from one step of the bar to the next."""
TAKERS = 400
COMPARED = ("rmse", "sd", "coverage95", "brier", "settled", "settled_wrong", "decided_wrong")
BENCH_PEOPLE, BENCH_ITEMS, BENCH_RUNS = 10_000, 60, 3


@click.command("calibrate")
@click.option(
    "--responses",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV: person,item,score; or a header of items, then 0, 1 or blank for each person. Default: the database.",
)
@click.option("--no-prior", is_flag=True, help="Use the answers alone: abilities N(0, 1), every slope free.")
@click.option(
    "--folder",
    default=QUESTIONS,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The question files that hold the authors' levels.",
)
@click.option("--apply", "apply_it", is_flag=True, help="Make a bank version with what the stored answers say.")
@click.option(
    "--takers", default=TAKERS, show_default=True, type=click.IntRange(0), help="Invented people before and after."
)
@JSON
def calibrate_command(
    path: Path | None, no_prior: bool, folder: Path, apply_it: bool, takers: int, as_json: bool
) -> None:
    """Estimate slopes and places of items from answers, with the authors' levels as priors.

    Without --responses from the answers in the database, and then with a simulation: how true the report is with the
    curves of today and with those estimated, if the questions are as the answers say.
    """
    leaving(NOTHING)
    if path is None:
        if no_prior:
            raise click.UsageError("--no-prior goes with --responses: the database's questions have levels")
        _of_the_database(takers, apply_it=apply_it, as_json=as_json)
        return
    if apply_it:
        raise click.UsageError("--apply goes with the database's answers, not with --responses")
    _of_a_file(path, folder, no_prior=no_prior, as_json=as_json)


def _of_the_database(takers: int, *, apply_it: bool, as_json: bool) -> None:
    database = database_or_stop(settings_or_stop())
    started = time.perf_counter()
    try:
        with database.reading() as session:
            made = calibrate_bank(session, Banks(), bar=progress)
    except (EmptyBankError, TooFewAnswersError) as error:
        raise click.ClickException(str(error)) from None
    seconds = time.perf_counter() - started
    compared = _compared(made, takers) if takers else {}
    version = None
    if apply_it:
        try:
            with changing(database) as session:
                version = apply_calibration(session, made, now())
        except BankChangedError as error:
            raise click.ClickException(str(error)) from None
    for warning in made.found.warnings:
        click.echo(f"warning: {warning}", err=True)
    if as_json:
        beside = {"version": version, "attempts": made.attempts, "simulated": compared}
        click.echo(json.dumps(_as_json(made.found, seconds) | beside, indent=1))
    else:
        click.echo("\n".join([*_lines(made.found, seconds), *_applied(made, compared, version)]))


def _compared(made: BankCalibration, takers: int) -> dict[str, dict[str, float]]:
    """How true the report is with the curves of today and with the estimated ones, if the answers are right."""
    measured = {one.live.revision: one for one in made.curves}
    exact = [measured[live.revision].exact if live.revision in measured else live.curve for live in made.bank.live]
    errors = [measured[live.revision].error if live.revision in measured else 0.0 for live in made.bank.live]
    after = tuple(
        replace(live, curve=measured[live.revision].curve) if live.revision in measured else live
        for live in made.bank.live
    )
    setting = Setting(world=World(measured=Measured(stack(exact), tuple(errors))))
    banks = {"before": made.bank, "after": BankVersion(made.bank.number, made.bank.catalogue, after)}
    return {name: asdict(summary(bank, setting, run(bank, setting, takers)).overall) for name, bank in banks.items()}


def _applied(made: BankCalibration, compared: Mapping[str, Mapping[str, float]], version: int | None) -> Iterator[str]:
    yield f"{made.attempts} attempts; " + (
        f"bank version {version} has these curves" if version else "nothing was changed: --apply makes a bank version"
    )
    if compared:
        yield "if the questions are as these answers say (simulated):"
        yield f"{'':8}" + "".join(f"{name:>16}" for name in COMPARED)
        for name, figures in compared.items():
            yield f"{name:8}" + "".join(f"{figures[one]:16.3f}" for one in COMPARED)


def _of_a_file(path: Path, folder: Path, *, no_prior: bool, as_json: bool) -> None:
    table = _table_or_stop(path)
    known = None if no_prior else _known_items_or_stop(folder, table.ids)
    faults = [*table.faults, *([] if known is None else _misfits(table, known))]
    if faults:
        raise _stop(path, faults)
    items = [known[name] for name in table.ids] if known else items_without_prior(table.ids, table.responses)
    started = time.perf_counter()
    try:
        with progress("Fitting", HUNDREDTHS) as step:
            found = calibrate(table.responses, items, told=in_hundredths(step))
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
            return read_table(_watched(lines, path.stat().st_size))
    except UnicodeDecodeError:
        raise click.ClickException(f"{path.name}: not UTF-8") from None


def _watched(lines: Iterable[str], size: int) -> Iterator[str]:
    with progress("Reading", size) as step:
        rest = iter(lines)
        while some := list(islice(rest, LINES)):
            yield from some
            step(sum(map(len, some)))


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
