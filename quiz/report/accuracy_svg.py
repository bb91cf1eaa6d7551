"""Printed chances against how often they came true, as a drawing in the page's own colours."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from quiz.report.accuracy import Printed, Summary

SIZE, LEFT, TOP, BOTTOM = 360, 60, 12, 48
WIDTH, HEIGHT = LEFT + SIZE + 16, TOP + SIZE + BOTTOM
INK = 'stroke="currentColor"'
Z = 1.96


def drawing(made: Summary, *, paper: bool = False) -> str:
    """One point for each printed chance, with the range that chance alone explains; the line is perfect truth.

    `paper`: with a white ground and black ink, to stand alone in a file.
    """
    size = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    ground = f'<rect x="0" y="0" width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>' if paper else ""
    points = (shape for one in made.chances if one.n for shape in _point(one))
    shapes = "\n".join((*_axes(), *points))
    whole = f'<svg {size} fill="currentColor" font-size="14">\n{ground}{shapes}\n</svg>\n'
    return whole.replace("currentColor", "#111") if paper else whole


def _x(share: float) -> float:
    return round(LEFT + SIZE * share, 1)


def _y(share: float) -> float:
    return round(TOP + SIZE * (1 - share), 1)


def _axes() -> Iterator[str]:
    yield f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" fill="none" {INK}/>'
    yield f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" {INK} stroke-dasharray="4 4" opacity="0.6"/>'
    for tenth in range(0, 11, 2):
        share = tenth / 10
        yield f'<text x="{_x(share)}" y="{_y(0) + 18}" text-anchor="middle">{tenth}</text>'
        yield f'<text x="{_x(0) - 8}" y="{_y(share) + 5}" text-anchor="end">{10 * tenth}</text>'
    yield f'<text x="{_x(0.5)}" y="{_y(0) + 40}" text-anchor="middle">printed chance, in 10</text>'
    middle = f"{_x(0) - 44} {_y(0.5)}"
    yield f'<text transform="translate({middle}) rotate(-90)" text-anchor="middle">target met, in 100</text>'


def _point(one: Printed) -> Iterator[str]:
    x = _x(min(max(one.printed / 10, 0.02), 0.98))
    reach = Z * sqrt(one.true * (1 - one.true) / one.n)
    low, high = max(0.0, one.true - reach), min(1.0, one.true + reach)
    yield f'<line x1="{x}" y1="{_y(low)}" x2="{x}" y2="{_y(high)}" {INK} stroke-width="2"/>'
    yield f'<circle cx="{x}" cy="{_y(one.true)}" r="4.5"/>'
