"""A question's curve as a drawing: what is expected at each level, and what groups of people got, with n and band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import numpy as np

from quiz.bank.pieces import LEVELS
from quiz.measure.curve import Curve
from quiz.measure.item_statistics import Group, expected_shares, share

WIDTH, HEIGHT = 340, 300
LEFT, TOP, RIGHT, BOTTOM = 60, 16, 12, 56
LOWEST, HIGHEST = 0.0, 4.5
STEPS = (1, 2, 3, 4)
TEXT = 16
DOT, GAP = 4, 6


def drawing(curve: Curve, groups: Sequence[Group], sentence: str, *, guessable: bool) -> str:
    """The drawing. It takes its colours from the page, and `sentence` says what it shows."""
    named = f'role="img" aria-label="{escape(sentence)}"'
    look = f'fill="currentColor" font-family="inherit" font-size="{TEXT}"'
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" {named} {look}>',
        *_axes(),
        *_expected(curve, guessable=guessable),
        *(part for place, group in enumerate(groups) for part in _observed(group, above=place % 2 == 0)),
    ]
    return "".join([*parts, "</svg>"])


def _x(level: float) -> float:
    within = (min(max(level, LOWEST), HIGHEST) - LOWEST) / (HIGHEST - LOWEST)
    return round(LEFT + within * (WIDTH - LEFT - RIGHT), 1)


def _y(part: float) -> float:
    return round(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM), 1)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _axes() -> Iterator[str]:
    yield f'<path d="M{LEFT} {_y(1)}V{_y(0)}H{WIDTH - RIGHT}" fill="none" stroke="currentColor"/>'
    for part in (0.0, 0.5, 1.0):
        yield _text(LEFT - 6, _y(part) + 5, f"{100 * part:.0f} %", "end")
    for step in STEPS:
        yield f'<path d="M{_x(step)} {_y(0)}v5" stroke="currentColor"/>'
        yield _text(_x(step), _y(0) + 22, str(step), "middle")
    yield _text(_x(2.5), HEIGHT - 10, f"step, from {LEVELS[0]} to {LEVELS[-1]}", "middle")


def _expected(curve: Curve, *, guessable: bool) -> Iterator[str]:
    levels = np.linspace(LOWEST, HIGHEST, 46)
    shares = expected_shares(curve, levels, guessable=guessable)
    points = " ".join(f"{_x(level)},{_y(part)}" for level, part in zip(levels.tolist(), shares.tolist(), strict=True))
    yield f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"/>'


def _observed(group: Group, *, above: bool) -> Iterator[str]:
    """A group's point, band and n; neighbours have their n on different sides, so that they do not meet."""
    band = share(round(group.observed * group.n), group.n)
    x, top, bottom = _x(group.level), _y(band.high), _y(band.low)
    yield f'<path class="band" d="M{x} {bottom}V{top}" stroke="currentColor" stroke-width="2"/>'
    yield f'<circle cx="{x}" cy="{_y(group.observed)}" r="{DOT}"/>'
    up = top - GAP > TOP + TEXT and (above or bottom + GAP + TEXT > _y(0))
    yield _text(max(x, LEFT + 24), top - GAP if up else bottom + GAP + TEXT, f"n {group.n}", "middle")
