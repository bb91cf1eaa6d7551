"""`quiz bank stats`: what stored answers say about each live question."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from quiz.app import now
from quiz.cli.environment import database_or_stop, settings_or_stop
from quiz.cli.files import JSON
from quiz.measure.item_statistics import LEAST, Figures
from quiz.services.banks import Banks, EmptyBankError
from quiz.services.counting import count
from quiz.services.statistics import MOST, ItemStatistics, item_statistics


@click.command()
@click.argument("questions", metavar="[ID]...", nargs=-1)
@click.option("--attention", "only", is_flag=True, help="Only questions that an editor should look at.")
@click.option("--attempts", default=MOST, show_default=True, type=click.IntRange(1), help="How many, the newest.")
@click.option("--keep", is_flag=True, help="Keep them for the editors' pages instead of printing them.")
@JSON
def stats(questions: tuple[str, ...], only: bool, attempts: int, keep: bool, as_json: bool) -> None:
    """Print item statistics from the answers in the database; nothing below 30 answers to a question."""
    database = database_or_stop(settings_or_stop())
    try:
        if keep:
            told = count(database, Banks(), attempts, now(), questions or None)
            click.echo(f"Kept what answers say about {told} questions.")
            return
        with database.reading() as session:
            found = item_statistics(session, Banks(), questions or None, attempts)
    except EmptyBankError as error:
        raise click.ClickException(str(error)) from None
    missing = set(questions) - {one.live.question.id for one in found}
    if missing:
        raise click.ClickException(f"no live question has the id {', '.join(sorted(missing))}")
    kept = [one for one in found if one.attention or not only]
    if as_json:
        click.echo(json.dumps({"least": LEAST, "questions": [as_data(one) for one in kept]}, indent=1))
    else:
        click.echo("\n".join(_lines(kept, whole=bool(questions))))


def as_data(one: ItemStatistics) -> dict[str, Any]:
    """A question's statistics as plain data."""
    question = one.live.question
    return {
        **{"id": question.id, "skill": question.skill, "type": question.type, "set": question.level, "n": one.n},
        "figures": asdict(one.figures) if one.figures else None,
        "choices": [
            {**asdict(taken.choice), "thirds": list(taken.shares), "of": list(taken.of)} for taken in one.choices
        ],
        **{"level": one.level, "level_error": one.level_error, "says": one.says, "attention": list(one.attention)},
    }


def _lines(found: Sequence[ItemStatistics], *, whole: bool) -> Iterator[str]:
    told = [(one, one.figures) for one in found if one.figures]
    width = max((len(one.live.question.id) for one, _ in told), default=0)
    if told:
        yield f"{'':{width}}      n  right  95 % interval  r item  don't know  seconds  answers say"
    for one, figures in told:
        yield _row(one, figures, width)
        yield from (f"{'':{width}}    ! {reason}" for reason in one.attention)
        if whole:
            yield from _detail(one, figures, width)
    yield f"{len(told)} questions have {LEAST} answers or more; nothing is said of the other {len(found) - len(told)}."


def _row(one: ItemStatistics, found: Figures, width: int) -> str:
    right, told = found.right, found.discrimination
    r = "     -" if told is None else f"{told.r:6.2f}"
    return (
        f"{one.live.question.id:{width}} {one.n:6} {right.share:6.2f}  {right.low:5.2f} to {right.high:.2f}  {r}"
        f"  {found.unknown.share:10.2f}  {found.seconds:7.0f}  {one.level:.1f} ± {one.level_error:.1f} {one.says}"
    )


def _detail(one: ItemStatistics, found: Figures, width: int) -> Iterator[str]:
    yield f"{'':{width}}    chosen by the lower, middle and upper third:"
    for taken in one.choices:
        low, middle, high = taken.shares
        mark = "*" if taken.choice.credit == 1 else " "
        yield f"{'':{width}}    {mark} {low:.2f} {middle:.2f} {high:.2f}  {taken.choice.name} ({taken.choice.id})"
    yield f"{'':{width}}    level: share of the score, expected by the curve"
    for group in found.fit.groups:
        yield f"{'':{width}}      {group.level:5.2f}: {group.observed:.2f}, {group.expected:.2f} ({group.n} people)"
    yield f"{'':{width}}    fit: χ² {found.fit.chi2:.1f}, p {found.fit.p:.3f}, mean square {found.fit.infit:.2f}"
    if found.drift is not None:
        drift = found.drift
        yield f"{'':{width}}    since the newest version: {drift.difference:+.2f} ± {drift.error:.2f} of the score"
