from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from math import hypot

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.report.chart import LOW, WIDTH, DotPlot, at, dot_plot
from quiz.report.rounding import chance, dots, tenths

LAW = settings(deadline=None, derandomize=True, max_examples=12)
MEANS = st.floats(-4.0, 9.0)
VARIANCES = st.floats(0.01, 3.0)
TARGETS = st.integers(4, 16).map(lambda quarters: quarters / 4)
RADIUS = 3.5


def plot_of(mean: float, variance: float, target: float) -> DotPlot:
    """The drawing of a belief as a report makes it."""
    found = tenths(chance(mean, variance, target, 0.25))
    return dot_plot(dots(mean, variance, target, 0.25, found), target, found.filled)


def sides_agree(plot: DotPlot) -> bool:
    return all(dot.x >= plot.target if dot.filled else dot.x < plot.target for dot in plot.dots)


def within(plot: DotPlot) -> bool:
    return all(RADIUS <= dot.x <= plot.width - RADIUS and RADIUS <= dot.y <= plot.height - RADIUS for dot in plot.dots)


def test_the_axis_runs_from_below_guided_to_half_a_step_above_leading_with_room_left_of_the_lowest_target() -> None:
    assert (at(LOW), at(4.5)) == (0, WIDTH)
    assert at(0.5) > 20
    assert (at(-3.0), at(9.0)) == (0, WIDTH)
    ticks = plot_of(2.0, 0.5, 2.0).ticks
    assert len({round(b - a, 0) for a, b in pairwise(ticks)}) == 1


@LAW
@given(mean=MEANS, variance=VARIANCES, target=TARGETS)
def test_filled_dots_stand_at_or_right_of_the_target_and_open_ones_left_of_it(
    mean: float, variance: float, target: float
) -> None:
    assert sides_agree(plot_of(mean, variance, target))


@LAW
@given(mean=MEANS, variance=VARIANCES, target=TARGETS)
def test_no_dot_stands_outside_the_drawing(mean: float, variance: float, target: float) -> None:
    assert within(plot_of(mean, variance, target))


@pytest.mark.parametrize("target", [0.5, 0.6])
def test_a_target_at_the_lower_end_of_the_axis_still_has_its_open_dots_left_of_it(target: float) -> None:
    """A profile may ask so little: an applied scientist's first job asks 0.5 of system design."""
    assert sides_agree(plot_of(0.8, 0.8, target))


@LAW
@given(mean=MEANS, variance=VARIANCES, target=TARGETS)
def test_no_dot_covers_another(mean: float, variance: float, target: float) -> None:
    plot = plot_of(mean, variance, target)
    assert all(hypot(one.x - two.x, one.y - two.y) >= 2 * RADIUS for one, two in combinations(plot.dots, 2))


@LAW
@given(mean=MEANS, variance=VARIANCES, target=TARGETS)
def test_dots_are_stacked_from_the_ground_without_holes(mean: float, variance: float, target: float) -> None:
    plot = plot_of(mean, variance, target)
    ground = max(dot.y for dot in plot.dots)
    for x, count in Counter(dot.x for dot in plot.dots).items():
        stack = sorted((dot.y for dot in plot.dots if dot.x == x), reverse=True)
        assert stack == pytest.approx([ground - 8.6 * n for n in range(count)], abs=0.11)


def test_every_dot_that_reaches_the_target_is_drawn_filled() -> None:
    plot = plot_of(2.4, 0.5, 2.0)
    assert len(plot.dots) == 20
    assert sum(dot.filled for dot in plot.dots) == tenths(chance(2.4, 0.5, 2.0, 0.25)).filled == 14


def test_dots_far_beyond_an_end_spread_inward_instead_of_forming_a_tower() -> None:
    plot = plot_of(9.0, 0.2, 2.0)
    assert all(dot.filled for dot in plot.dots)
    assert max(Counter(dot.x for dot in plot.dots).values()) == 5
