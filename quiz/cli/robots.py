"""`quiz bank robots`: what takers who know nothing earn on the bank."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from quiz.cli.files import JSON, PATHS, catalogue_or_stop, read_or_stop, root_of
from quiz.simulate.robots import GATE, Gain, Report, run

HEADER = (
    f"{'':14} {'robot':12} {'score':>6} {'chance':>6} {'difference':>10} {'95 % interval':>17} {'p':>7} {'Holm':>7}"
)


@click.command()
@PATHS
@click.option("--seed", default=1, show_default=True, help="Decides how the surface model halves the bank.")
@click.option("--worst", default=0, metavar="N", help="List N questions that each robot with a gain feeds on most.")
@JSON
def robots(paths: tuple[Path, ...], seed: int, worst: int, as_json: bool) -> None:
    """Let takers who know nothing answer by the wording alone; exit 1 where one gains (from 180 questions on)."""
    catalogue = catalogue_or_stop(root_of(paths))
    questions = [file.question for file in read_or_stop(paths).files]
    report = run(questions, {skill: area.id for skill, area in catalogue.area_of.items()}, seed)
    fed_by = {name: ids[:worst] for name, ids in report.fed_by.items()} if worst > 0 else {}
    if as_json:
        click.echo(json.dumps(_as_json(report) | ({"worst": fed_by} if worst > 0 else {}), indent=1))
    else:
        click.echo("\n".join(_lines(report, fed_by)))
    if report.gate and not report.ok:
        raise SystemExit(1)


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "questions": report.questions,
        "items": report.items,
        "robots": _table(report.robots),
        "areas": {area: _table(table) for area, table in report.areas.items()},
        "ok": report.ok,
        "gate": report.gate,
    }


def _table(gains: Mapping[str, Gain]) -> dict[str, dict[str, float]]:
    return {name: asdict(gain) for name, gain in gains.items()}


def _lines(report: Report, fed_by: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield f"{report.questions} live questions, {report.items} choices among options"
    yield HEADER
    yield from _rows("all", report.items, report.robots)
    for area, gains in report.areas.items():
        yield from _rows(area, report.sizes[area], gains)
    yield ""
    for name, ids in fed_by.items():
        yield f"{name} feeds most on: {', '.join(ids)}"
    yield from _meaning(report)


def _rows(area: str, size: int, gains: Mapping[str, Gain]) -> Iterator[str]:
    labels = [area, f"({size} items)"]
    for place, (name, gain) in enumerate(gains.items()):
        label = labels[place] if place < len(labels) else ""
        interval = f"{gain.low:+.3f} to {gain.high:+.3f}"
        mark = " *" if gain.caught else ""
        figures = f"{gain.score:6.3f} {gain.chance:6.3f} {gain.difference:+10.3f} {interval:>17}"
        yield f"{label:14} {name:12} {figures} {gain.p:7.4f} {gain.holm:7.4f}{mark}"


def _meaning(report: Report) -> Iterator[str]:
    tables = {"all areas": report.robots, **report.areas}
    caught = [f"{name} in {area}" for area, table in tables.items() for name, gain in table.items() if gain.caught]
    if caught:
        yield f"The wording gives keys away, more than chance explains (Holm-corrected p < .05): {', '.join(caught)}."
    else:
        yield "No robot gains more than chance explains."
    if not report.gate:
        yield f"There are too few questions to judge: the gate begins at {GATE}."
