"""`quiz bank coverage`: what the live questions hold against the blueprint, and how much they tell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from quiz.bank import coverage as counting
from quiz.bank import question as q
from quiz.bank.blueprint import Blueprint, blueprint_of
from quiz.bank.coverage import ATTEMPT, PROOFS, STEPS, AreaCoverage, Coverage, Stock
from quiz.bank.coverage_svg import drawing
from quiz.bank.files import write_file
from quiz.bank.lacks import lacks
from quiz.cli.files import JSON, PATHS, catalogue_or_stop, read_or_stop, root_of
from quiz.competency.catalogue import Catalogue
from quiz.competency.files import read_yaml
from quiz.yamlfile import FileProblems

BLUEPRINT = "blueprint.yaml"
NAME = 26
SHORT = ("guid.", "indep.", "adv.", "lead.")
COUNTED = (7, *(6, 7, 6, 6), *(4, 6, 7, 5), *(5, 5, 5, 5))
TYPED = (*(7,) * 9, 6, 5)


@click.command()
@PATHS
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Also draw it, into this file.")
@JSON
def coverage(paths: tuple[Path, ...], svg: Path | None, as_json: bool) -> None:
    """Count the live questions against the blueprint and say what is missing."""
    root = root_of(paths)
    catalogue = catalogue_or_stop(root)
    blueprint = _blueprint_or_stop(root, catalogue)
    found = counting.coverage(catalogue, [file.question for file in read_or_stop(paths).files], blueprint)
    if svg is not None:
        write_file(svg, drawing(found))
    click.echo(json.dumps(_as_json(found), indent=1) if as_json else "\n".join(_lines(found, blueprint)))


def _blueprint_or_stop(root: Path, catalogue: Catalogue) -> Blueprint:
    try:
        return blueprint_of(read_yaml(root / BLUEPRINT, root), catalogue)
    except FileProblems as error:
        raise click.ClickException(str(error)) from None


def _as_json(found: Coverage) -> dict[str, Any]:
    return {
        **_stock(found.stock),
        "attempt_minutes": found.attempt_minutes,
        "areas": {area.id: _area(area) for area in found.areas},
    }


def _area(area: AreaCoverage) -> dict[str, Any]:
    missing = area.missing
    return {
        **_stock(area.stock),
        "missing": {
            "questions": missing.questions,
            "level": dict(missing.level),
            "type": dict(missing.type),
            "provable": missing.provable,
            "information": _at_steps(missing.information),
        },
        "skills": {
            skill.id: _stock(skill.stock) | {"missing": {"questions": skill.questions, "level": dict(skill.level)}}
            for skill in area.skills
        },
    }


def _stock(stock: Stock) -> dict[str, Any]:
    return {
        "live": stock.live,
        "level": dict(stock.level),
        "type": dict(stock.type),
        "proof": dict(stock.proof),
        "guess_free_share": stock.guess_free_share,
        "provable_share": stock.provable_share,
        "minutes": stock.minutes,
        "information": _at_steps(stock.information),
    }


def _at_steps(values: tuple[float, ...]) -> dict[str, float]:
    return {str(step): value for step, value in zip(STEPS, values, strict=True)}


def _lines(found: Coverage, blueprint: Blueprint) -> Iterator[str]:
    yield _row("live questions / wanted", ("live", *SHORT, *PROOFS, "at 1", "at 2", "at 3", "at 4"), COUNTED)
    for area in found.areas:
        yield ""
        yield _row(area.id, _counts(area.stock, blueprint, len(area.skills)), COUNTED)
        for skill in area.skills:
            yield _row(skill.id, _counts(skill.stock, blueprint, 1), COUNTED)
    yield ""
    yield "at 1 to at 4: information at the steps, per step squared"
    yield ""
    yield _row("types / wanted", (*(kind[:6] for kind in q.TYPES), "free", "min"), TYPED)
    for area in found.areas:
        yield _row(area.id, _types(area, blueprint), TYPED)
    yield ""
    yield "free: share of types that can't be guessed, of what is neither judgement nor case; min: mean minutes"
    yield ""
    yield from _sentences(found, blueprint)


def _row(name: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"{name:{NAME}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _counts(stock: Stock, blueprint: Blueprint, skills: int) -> list[str]:
    levels = zip(stock.level.values(), blueprint.per_skill.values(), strict=True)
    return [
        f"{stock.live}/{skills * blueprint.questions}",
        *(f"{n}/{skills * wanted}" for n, wanted in levels),
        *map(str, stock.proof.values()),
        *(f"{value:.1f}" for value in stock.information),
    ]


def _types(area: AreaCoverage, blueprint: Blueprint) -> list[str]:
    shares: dict[str, int] = dict(blueprint.types[area.id].items())
    wanted = blueprint.questions * len(area.skills) / 100
    return [
        *(f"{n}/{round(shares.get(kind, 0) * wanted)}" for kind, n in area.stock.type.items()),
        _percent(area.stock.guess_free_share),
        "-" if area.stock.minutes is None else f"{area.stock.minutes:.1f}",
    ]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def _sentences(found: Coverage, blueprint: Blueprint) -> Iterator[str]:
    free, minutes = found.stock.guess_free_share, found.stock.minutes
    if free is not None:
        yield (
            f"Types that can't be guessed are {_percent(free)} of what is neither judgement nor case "
            f"(wanted: {blueprint.guess_free.bank} %)."
        )
    for area in found.areas:
        share = area.stock.guess_free_share
        if share is not None and 100 * share < blueprint.guess_free.area:
            yield f"{area.name}: only {_percent(share)} of them (wanted: {blueprint.guess_free.area} %)."
    if minutes is not None:
        yield f"A question takes {minutes:.1f} minutes, an attempt of {ATTEMPT} questions {ATTEMPT * minutes:.0f}."
    missing = [sentence for area in found.areas for sentence in lacks(area)]
    yield from missing or ["The blueprint is met."]
