"""`quiz bench load` and `quiz bench nodes`: people at real servers, one or several."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from quiz.bench.balancer import NoBalancerError
from quiz.bench.figure import failed
from quiz.bench.load import BUDGETS, DATABASES, Load, attempts_in_all, loads, site
from quiz.bench.nodes import two_nodes
from quiz.bench.postgres import NoPostgresError
from quiz.bench.server import ServerError
from quiz.cli.files import JSON, STRICT
from quiz.cli.progress import progress
from quiz.stopping import NOTHING, leaving

COLUMNS = (
    ("takers", "takers", "{}"),
    ("answers/s", "answers_per_second", "{:.0f}"),
    ("p50 ms", "p50_ms", "{:.1f}"),
    ("p95 ms", "p95_ms", "{:.1f}"),
    ("p99 ms", "p99_ms", "{:.1f}"),
    ("CPU ms", "cpu_ms_per_answer", "{:.2f}"),
    ("start", "cpu_ms_per_start", "{:.1f}"),
    ("result", "cpu_ms_per_result", "{:.1f}"),
    ("database CPU ms", "database_cpu_ms_per_answer", "{:.2f}"),
    ("yards", "yards_per_answer", "{:.3f}"),
    ("SQL", "sql_per_answer", "{}"),
    ("MB", "pss_mb", "{:.0f}"),
    ("errors", "errors", "{}"),
    ("lost", "lost", "{}"),
)


@click.command("load")
@click.option("--takers", default="1,2,4,8,16", show_default=True, help="How many at once, one round each.")
@click.option("--attempts", default=16, show_default=True, type=click.IntRange(1), help="Whole attempts in each round.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Server processes.")
@click.option("--database", "databases", multiple=True, type=click.Choice(DATABASES), help="[default: both]")
@JSON
@STRICT
def bench_load(
    takers: str, attempts: int, workers: int, databases: tuple[str, ...], *, as_json: bool, strict: bool
) -> None:
    """Whole attempts over HTTP against `quiz serve`; exit 1 where one failed, was lost or took too much memory."""
    leaving(NOTHING)
    numbers = _numbers(takers)
    found: list[Load] = []
    try:
        for database in databases or DATABASES:
            found += _measured(database, numbers, attempts, workers)
    except (NoPostgresError, ServerError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=1))
    else:
        _print(found)
    if any(failed(one.figures.values(), strict=strict) for one in found):
        raise SystemExit(1)


@click.command("nodes")
@click.option("--attempts", default=8, show_default=True, type=click.IntRange(1), help="Whole attempts in each round.")
@JSON
def bench_nodes(attempts: int, *, as_json: bool) -> None:
    """Two nodes and one PostgreSQL behind HAProxy, one of them killed; exit 1 where they were not as one."""
    try:
        found = two_nodes(attempts)
    except (NoPostgresError, NoBalancerError, ServerError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(asdict(found), indent=1))
    else:
        for name, value in asdict(found).items():
            click.echo(f"{name.replace('_', ' '):14} {value}")
    if not found.ok:
        raise SystemExit(1)


def _measured(database: str, numbers: list[int], attempts: int, workers: int) -> Iterator[Load]:
    with progress(database, attempts_in_all(numbers, attempts)) as told, site(database, workers) as running:
        yield from loads(running, numbers, attempts, told)


def _numbers(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= 256 for part in parts):
        raise click.BadParameter("give whole numbers from 1 to 256, with commas between", param_hint="--takers")
    return [int(part) for part in parts]


def _print(found: list[Load]) -> None:
    click.echo(f"budgets: {', '.join(f'{t} {BUDGETS[n][1]:g}' for t, n, _ in COLUMNS if n in BUDGETS)}")
    for database in dict.fromkeys(one.database for one in found):
        click.echo(f"\n{database}, each answer counted from submit to the next page:")
        click.echo("  ".join(f"{title:>{_width(title)}}" for title, _, _ in COLUMNS))
        for one in (load for load in found if load.database == database):
            cells = (shape.format(getattr(one, name)) for _, name, shape in COLUMNS)
            over = [title for title, name, _ in COLUMNS if name in one.figures and not one.figures[name].ok]
            row = "  ".join(f"{c:>{_width(t)}}" for c, (t, _, _) in zip(cells, COLUMNS, strict=True))
            click.echo(row + (f"  OVER: {', '.join(over)}" if over else ""))


def _width(title: str) -> int:
    return max(len(title), 7)
