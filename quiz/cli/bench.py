"""`quiz bench`: what things cost on this machine, each figure with its budget."""

from __future__ import annotations

import gzip
import json
import re
import tempfile
from dataclasses import asdict
from pathlib import Path

import click
from flask import Flask

from quiz.app import create_app, now
from quiz.bench.browser import NoBrowserError, in_a_browser
from quiz.bench.costs import costs
from quiz.bench.figure import Figure, failed
from quiz.bench.server import ServerError
from quiz.bench.taker import attempt_of
from quiz.bench.walk import counting, unknown_form
from quiz.bench.yard import yard
from quiz.cli.bench_pages import bench_pages
from quiz.cli.bench_servers import bench_load, bench_nodes
from quiz.cli.calibrate import bench_calibration
from quiz.cli.files import JSON, STRICT
from quiz.config import Settings
from quiz.paths import QUESTIONS
from quiz.services.banks import Banks
from quiz.services.load import load_bank
from quiz.store.engine import Database, open_database
from quiz.store.migrate import upgrade

PATHS = re.compile(r'(?:href|src)="(/static/[^"]+)"')
"""What a page loads each time it is new to a browser; the icon is asked for once a day, whatever the pages."""


@click.group(invoke_without_command=True)
@click.option("--browser", is_flag=True, help="A walk in a real Chromium instead: requests, bytes, a slow link.")
@JSON
@STRICT
@click.pass_context
def bench(context: click.Context, *, browser: bool, as_json: bool, strict: bool) -> None:
    """Measure the costs that have a budget; exit 1 where a count or a size is over it."""
    if context.invoked_subcommand is not None:
        _refuse_what_is_lost(context, context.invoked_subcommand)
        return
    figures = _in_a_browser() if browser else measure()
    if as_json:
        click.echo(json.dumps({name: asdict(f) | {"ok": f.ok} for name, f in figures.items()}, indent=1))
    else:
        for name, figure in figures.items():
            click.echo(f"{name:26} {figure.value:10.2f} {figure.unit:6} budget {figure.budget:g} {figure.verdict}")
    if failed(figures.values(), strict=strict):
        raise SystemExit(1)


def _refuse_what_is_lost(context: click.Context, command: str) -> None:
    """An option before another command is this one's: it would change nothing, and nobody would know."""
    known = {name for option in bench.commands[command].params for name in option.opts}
    for option in context.command.params:
        if option.name and context.params.get(option.name):
            name = option.opts[0]
            if name in known:
                raise click.UsageError(f"{name} belongs after the command: quiz bench {command} {name}")
            raise click.UsageError(f"{name} is for `quiz bench` alone; `quiz bench {command}` has none")


def _in_a_browser() -> dict[str, Figure]:
    try:
        return in_a_browser()
    except (NoBrowserError, ServerError) as error:
        raise click.ClickException(str(error)) from None


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
        found = dict(costs(bank, database))
        database.close()
    return {
        "yard_ms": Figure(1000 * yard(), "ms", 200),
        **found,
        "calibration_10000x60_s": Figure(bench_calibration(), "s", 0.5),
        "sql_per_answer": Figure(statements, "", 3),
        "question_page_gzip_bytes": Figure(page_bytes, "B", 12 * 1024),
        "question_page_requests": Figure(page_requests, "", 3),
    }


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
