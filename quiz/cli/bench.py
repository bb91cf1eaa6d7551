"""`quiz bench`: what things cost on this machine, each figure with its budget."""

from __future__ import annotations

import gzip
import json
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median

import click
import numpy as np
from flask import Flask

from quiz.app import create_app, now
from quiz.attempt.fold import belief_after
from quiz.attempt.log import Answered
from quiz.bank import question as q
from quiz.bank.items import curve
from quiz.bank.mark import best_score
from quiz.bank.version import BankVersion, LiveQuestion
from quiz.bench.figure import Figure, failed
from quiz.bench.taker import attempt_of
from quiz.bench.walk import counting, unknown_form
from quiz.cli.bench_pages import bench_pages
from quiz.cli.bench_servers import bench_load, bench_nodes
from quiz.cli.calibrate import bench_calibration
from quiz.cli.files import JSON, STRICT
from quiz.config import Settings
from quiz.measure.choose import Goal, usefulness
from quiz.measure.curve import Curves, stack
from quiz.paths import QUESTIONS
from quiz.services.banks import Banks
from quiz.services.load import load_bank
from quiz.store.engine import Database, open_database
from quiz.store.migrate import upgrade

RUNS = 200
ANSWERS = 35
ITEMS = 360
PATHS = re.compile(r'(?:href|src)="(/static/[^"]+)"')
"""What a page loads each time it is new to a browser; the icon is asked for once a day, whatever the pages."""


@click.group(invoke_without_command=True)
@JSON
@STRICT
@click.pass_context
def bench(context: click.Context, *, as_json: bool, strict: bool) -> None:
    """Measure the costs that have a budget; exit 1 where a count or a size is over it."""
    if context.invoked_subcommand is not None:
        return
    figures = measure()
    if as_json:
        click.echo(json.dumps({name: asdict(f) | {"ok": f.ok} for name, f in figures.items()}, indent=1))
    else:
        for name, figure in figures.items():
            click.echo(f"{name:26} {figure.value:10.2f} {figure.unit:6} budget {figure.budget:g} {figure.verdict}")
    if failed(figures.values(), strict=strict):
        raise SystemExit(1)


bench.add_command(bench_load)
bench.add_command(bench_pages)
bench.add_command(bench_nodes)


def measure() -> dict[str, Figure]:
    """All figures, over the bank in the question files and an empty SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        database = open_database(url)
        upgrade(database)
        with database.writing() as session:
            load_bank(session, QUESTIONS, now())
        with database.reading() as session:
            bank = Banks().newest(session)
        app = create_app(Settings(url, starts_per_day=0), database)
        page_bytes, page_requests, statements = _walk(app, database)
        database.close()
    fold_ms, choice_ms = _measurement(bank)
    return {
        "fold_35_ms": Figure(fold_ms, "ms", 2.0),
        "choice_360_ms": Figure(choice_ms, "ms", 1.0),
        "calibration_10000x60_s": Figure(bench_calibration(), "s", 1.5),
        "sql_per_answer": Figure(statements, "", 5),
        "question_page_gzip_bytes": Figure(page_bytes, "B", 12 * 1024),
        "question_page_requests": Figure(page_requests, "", 3),
    }


def _measurement(bank: BankVersion) -> tuple[float, float]:
    """The median cost of a belief after 35 answers, and of weighing 360 questions, in milliseconds."""
    draw = np.random.default_rng(1)
    rows = draw.permutation(len(bank.live))[:ANSWERS]
    answers = [_answer(bank.live[row], right=bool(draw.integers(0, 2))) for row in rows]
    belief = belief_after(bank, answers)
    many, many_skills = _many(bank)
    seconds = np.full(ITEMS, 75.0)
    profile = next(iter(bank.catalogue.profiles.values()))
    targets = np.array([[profile.areas[area.id].targets["mid"] for area in bank.catalogue.areas]])
    weights = np.equal.outer(np.arange(len(bank.catalogue.areas)), bank.area_of_skill).astype(float)
    goal = Goal(weights / weights.sum(axis=1, keepdims=True), targets, bank.catalogue.competencies.prior.targets)
    return (
        _milliseconds(lambda: belief_after(bank, answers)),
        _milliseconds(lambda: usefulness(goal, belief, many_skills, many, seconds)),
    )


def _answer(live: LiveQuestion, *, right: bool) -> Answered:
    score = best_score(live.question) if right else 0
    return Answered(live.revision, {}, score, unknown=False, guessing=False, seconds=0, following=None)


def _many(bank: BankVersion) -> tuple[Curves, np.ndarray]:
    """360 curves: the bank's own, over and over."""
    doubt = bank.catalogue.competencies.prior.levels
    questions: list[q.Question] = [live.question for live in bank.live]
    rows = np.arange(ITEMS) % len(questions)
    return stack([curve(questions[row], doubt) for row in rows]), bank.skills[rows]


def _milliseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return 1000 * median(times)


def _walk(app: Flask, database: Database) -> tuple[float, float, float]:
    """A whole attempt of "I don't know": the largest question page with its files, their number, SQL per answer."""
    client = app.test_client()
    address = attempt_of(client.post("/start").headers["Location"])
    largest = requests = statements = 0
    page = client.get(address)
    while 'name="question"' in (text := page.get_data(as_text=True)):
        files = set(PATHS.findall(text))
        whole = sum(len(gzip.compress(client.get(path).data, 9)) for path in files)
        largest = max(largest, len(gzip.compress(page.data, 6)) + whole)
        requests = max(requests, 1 + len(files))
        with counting(database) as sent:
            client.post(address, data=unknown_form(text))
            page = client.get(address)
        statements = max(statements, sent.count)
    return largest, requests, statements
