"""All results of a person on one axis."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from quiz.report.chart import WIDTH, at
from quiz.report.result import AreaResult
from quiz.report.words import VERDICTS, coverage_told, level_words
from quiz.services.history import history
from quiz.web.mine import my_attempts

blueprint = Blueprint("history", __name__)


@dataclass(frozen=True)
class Interval:
    """A level with its range as places on a drawing `width` wide."""

    width: int
    low: float
    at: float
    high: float
    target: float
    ticks: tuple[float, ...]


@blueprint.get("/my/history")
def over_time() -> str:
    """Every finished attempt, area by area, with what may be said of the change."""
    attempts = my_attempts()
    found = history(attempts)
    newest = attempts and found.past and next(a for a in attempts if a.stored.token == found.past[-1].token)
    return render_template(
        "report/history.html",
        history=found,
        newest=newest,
        interval=_interval,
        level=level_words,
        told=coverage_told,
        marks=VERDICTS,
    )


def _interval(area: AreaResult) -> Interval:
    level = area.level
    ticks = tuple(at(step) for step in range(1, 5))
    return Interval(WIDTH, at(level.low), at(level.at), at(level.high), at(area.target), ticks)
