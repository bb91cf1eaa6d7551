"""The bank's coverage as a drawing: per area the information curve and the number of live questions at each step.

It takes its colour from the page (`currentColor`) and holds no style and no script.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from quiz.bank.coverage import GRID, STEPS, AreaCoverage, Coverage
from quiz.bank.pieces import LEVELS

COLUMNS = 2
PANEL_WIDTH, PANEL_HEIGHT = 360, 250
LEFT, TOP, RIGHT, BOTTOM = 44, 56, 12, 46
BAR = 34
SMALL, LARGE = 12, 15


def drawing(found: Coverage) -> str:
    """One small picture per area, all on the same scales, as an SVG document."""
    most = max((max(area.curve) for area in found.areas), default=0.0) or 1.0
    tallest = max((n for area in found.areas for n in area.stock.level.values()), default=0) or 1
    rows = -(-len(found.areas) // COLUMNS)
    size = f"{COLUMNS * PANEL_WIDTH} {rows * PANEL_HEIGHT}"
    named = 'role="img" aria-labelledby="coverage-title coverage-desc"'
    look = f'fill="currentColor" font-family="sans-serif" font-size="{SMALL}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" {named} {look}>',
        '<title id="coverage-title">What the question bank tells at each step</title>',
        f'<desc id="coverage-desc">{escape(_words(found))}</desc>',
    ]
    for place, area in enumerate(found.areas):
        row, column = divmod(place, COLUMNS)
        lines.append(f'<g transform="translate({column * PANEL_WIDTH} {row * PANEL_HEIGHT})">')
        lines += [*_bars(area, tallest), *_axes(area, most), *_curve(area, most), "</g>"]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _words(found: Coverage) -> str:
    said = ["Bars: live questions at each step. Line: information about the level, per step squared."]
    for area in found.areas:
        counts = ", ".join(f"{n} {level}" for level, n in area.stock.level.items())
        told = ", ".join(f"{value:.1f}" for value in area.stock.information)
        said.append(f"{area.name}: {counts}; information at steps 1 to 4: {told}.")
    return " ".join(said)


def _x(level: float) -> float:
    share = (level - GRID[0]) / (GRID[-1] - GRID[0])
    return round(LEFT + share * (PANEL_WIDTH - LEFT - RIGHT), 1)


def _y(share: float) -> float:
    return round(PANEL_HEIGHT - BOTTOM - share * (PANEL_HEIGHT - TOP - BOTTOM), 1)


def _text(x: float, y: float, text: str, anchor: str = "middle", size: int = SMALL) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'


def _bars(area: AreaCoverage, tallest: int) -> Iterator[str]:
    for step, count in zip(STEPS, area.stock.level.values(), strict=True):
        top = _y(count / tallest)
        height = round(_y(0) - top, 1)
        yield f'<rect x="{_x(step) - BAR / 2}" y="{top}" width="{BAR}" height="{height}" opacity="0.25"/>'
        yield _text(_x(step), _y(0) - 4, str(count))


def _axes(area: AreaCoverage, most: float) -> Iterator[str]:
    yield _text(LEFT, 20, area.name, "start", LARGE)
    yield _text(LEFT, 40, "information (line), live questions (bars)", "start")
    yield f'<path d="M{_x(GRID[0])} {_y(1)}V{_y(0)}H{_x(GRID[-1])}" fill="none" stroke="currentColor"/>'
    for share in (0.0, 0.5, 1.0):
        yield _text(LEFT - 5, _y(share) + 4, f"{share * most:.1f}", "end")
    for step, level in zip(STEPS, LEVELS, strict=True):
        yield _text(_x(step), _y(0) + 17, level)


def _curve(area: AreaCoverage, most: float) -> Iterator[str]:
    points = " ".join(f"{_x(level)},{_y(value / most)}" for level, value in zip(GRID, area.curve, strict=True))
    yield f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"/>'
