"""`quiz bench pages`: the pages of editors over a large bank."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from quiz.bench.load import DATABASES
from quiz.bench.pages import pages
from quiz.bench.postgres import NoPostgresError
from quiz.cli.files import JSON, STRICT


@click.command("pages")
@click.option("--questions", default=5000, show_default=True, type=click.IntRange(1, 50_000))
@click.option("--answers", default=1_000_000, show_default=True, type=click.IntRange(0, 10_000_000))
@click.option("--database", default="sqlite", show_default=True, type=click.Choice(DATABASES))
@JSON
@STRICT
def bench_pages(questions: int, answers: int, database: str, *, as_json: bool, strict: bool) -> None:
    """Time the pages of editors over so many questions and answers; with --strict exit 1 where one is over budget."""
    try:
        found = pages(database, questions, answers, lambda said: click.echo(f"{said} …", err=True))
    except NoPostgresError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps([asdict(one) | {"ok": one.ok} for one in found], indent=1))
    else:
        for one in found:
            told = f"budget {one.budget_ms:g} {'ok' if one.ok else 'OVER'}" if one.budget_ms else ""
            times = f"CPU {one.cpu_ms:6.1f} ms  p50 {one.p50_ms:6.1f} ms  p95 {one.p95_ms:6.1f} ms"
            click.echo(f"{one.page:18} {times}  {one.kilobytes:6.1f} KB  {told}".rstrip())
    if strict and not all(one.ok for one in found):
        raise SystemExit(1)
