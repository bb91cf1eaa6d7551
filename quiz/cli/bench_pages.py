"""`quiz bench pages`: the pages of editors over a large bank."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from quiz.bench.figure import failed
from quiz.bench.load import DATABASES
from quiz.bench.pages import Measured, pages
from quiz.bench.postgres import NoPostgresError
from quiz.cli.files import JSON, STRICT


@click.command("pages")
@click.option("--questions", default=5000, show_default=True, type=click.IntRange(1, 50_000))
@click.option("--answers", default=1_000_000, show_default=True, type=click.IntRange(0, 10_000_000))
@click.option("--database", default="sqlite", show_default=True, type=click.Choice(DATABASES))
@JSON
@STRICT
def bench_pages(questions: int, answers: int, database: str, *, as_json: bool, strict: bool) -> None:
    """Time an answer and the pages of editors over so many; exit 1 where an answer takes other ways than with none."""
    try:
        found = pages(database, questions, answers, lambda said: click.echo(f"{said} …", err=True))
    except NoPostgresError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(_listed(found), indent=1))
    else:
        _print(found)
    if failed(found.figures.values(), strict=strict):
        raise SystemExit(1)


def _listed(found: Measured) -> list[dict[str, object]]:
    """The pages, and after them the figures that have a budget."""
    figures = ({"figure": name, **asdict(one), "ok": one.ok} for name, one in found.figures.items())
    return [*map(asdict, found.pages), *figures]


def _print(found: Measured) -> None:
    for page in found.pages:
        times = f"CPU {page.cpu_ms:6.2f} ms  p50 {page.p50_ms:6.1f} ms  p95 {page.p95_ms:6.1f} ms"
        click.echo(f"{page.page:18} {times}  {page.kilobytes:6.1f} KB")
    click.echo(
        "\nagainst their budgets; those of pages for the 95th percentile, those of an answer beside one with none:"
    )
    for name, one in found.figures.items():
        click.echo(f"{name:26} {one.value:10.2f} {one.unit:6} budget {one.budget:g} {one.verdict}")
