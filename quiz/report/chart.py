"""The dots of a result as places on a drawing: one column per tenth of the axis, dots stacked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from quiz.competency.catalogue import STEPS

LOW, HIGH = 0.25, 4.5
WIDTH = 400
PER_STEP = WIDTH / (HIGH - LOW)
BIN = 0.18
STACK = 8.6
BASE_GAP = 5.0
HEADROOM = 16.0
TALLEST = 5
SHORTEST = 4


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
    """Stack rising `levels` in bins that start at the target; the last `filled` of them reach it.

    Where more than `TALLEST` would stand in one bin (everything beyond an end of the axis, say), the rest
    go to the next bin inward.
    """
    heights: dict[int, int] = {}
    lowest, highest = -int((target - LOW) / BIN), int((HIGH - target) / BIN)
    placed: list[tuple[int, int, bool]] = []
    for i, level in enumerate(levels):
        reaches = i >= len(levels) - filled
        column = _column(level, target, reaches=reaches, lowest=lowest, highest=highest)
        last, inward = (0, -1) if reaches else (-1, 1)
        while heights.get(column, 0) >= TALLEST and column != last:
            column += inward
        placed.append((column, heights.get(column, 0), reaches))
        heights[column] = heights.get(column, 0) + 1
    height = HEADROOM + BASE_GAP + STACK * max(SHORTEST, *heights.values())
    dots = tuple(Dot(at(target + (c + 0.5) * BIN), round(height - BASE_GAP - STACK * n, 1), f) for c, n, f in placed)
    return DotPlot(WIDTH, round(height, 1), at(target), tuple(at(s) for s in range(1, len(STEPS) + 1)), dots)


def _column(level: float, target: float, *, reaches: bool, lowest: int, highest: int) -> int:
    """The bin of a level, counted from the target: 0, 1, … at or above it, -1, -2, … below."""
    column = floor((level - target) / BIN)
    return min(max(column, 0), max(highest - 1, 0)) if reaches else max(min(column, -1), min(lowest, -1))
