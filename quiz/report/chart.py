"""The dots of a result as places on a drawing: one column per tenth of the axis, dots stacked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quiz.competency.catalogue import STEPS

LOW, HIGH = 0.5, 4.5
WIDTH = 400
PER_STEP = WIDTH / (HIGH - LOW)
BIN = 0.18
RADIUS = 3.6
STACK = 8.6
BASE_GAP = 5.0
HEADROOM = 16.0


@dataclass(frozen=True)
class Dot:
    """A dot's centre, and whether it reaches the target."""

    x: float
    y: float
    filled: bool


@dataclass(frozen=True)
class DotPlot:
    """One row of the chart. Lengths are in units of a drawing `width` wide and `height` high."""

    width: int
    height: float
    target: float
    ticks: tuple[float, ...]
    dots: tuple[Dot, ...]


def at(level: float) -> float:
    """A level's place on the axis; what lies beyond an end is drawn at the end."""
    return round((min(max(level, LOW), HIGH) - LOW) * PER_STEP, 1)


def dot_plot(levels: Sequence[float], target: float, filled: int) -> DotPlot:
    """Stack rising `levels` in bins that start at the target; the last `filled` of them reach it."""
    columns: list[tuple[float, bool]] = []
    for i, level in enumerate(levels):
        reaches = i >= len(levels) - filled
        inside = min(max(level, LOW + BIN / 2), HIGH - BIN / 2)
        steps = int(abs(inside - target) / BIN)
        centre = target + (steps + 0.5) * BIN * (1 if reaches else -1)
        columns.append((min(max(centre, LOW + BIN / 2), HIGH - BIN / 2), reaches))
    heights: dict[tuple[float, bool], int] = {}
    placed: list[tuple[float, int, bool]] = []
    for column in columns:
        placed.append((at(column[0]), heights.get(column, 0), column[1]))
        heights[column] = heights.get(column, 0) + 1
    height = HEADROOM + BASE_GAP + STACK * max(4, *heights.values())
    dots = tuple(Dot(x, round(height - BASE_GAP - STACK * n, 1), filled) for x, n, filled in placed)
    return DotPlot(WIDTH, round(height, 1), at(target), tuple(at(s) for s in range(1, len(STEPS) + 1)), dots)
