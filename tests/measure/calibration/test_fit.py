from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from quiz.measure.calibration.data import Item, Prior, Responses, items_without_prior, patterns
from quiz.measure.calibration.fit import ENOUGH, Calibration, calibrate
from quiz.measure.calibration.items import Line, Step, columns_of, priors_of
from quiz.measure.calibration.table import read_table
from quiz.measure.curve import Curve, Floats, probabilities, stack, two_thirds_at

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
DOUBT = 0.6
GRADED = (1.0, 3.0, 3.0, 1.0)
LUCKY = (0.75, 0.25)
LEVELS = (1.0, 2.0, 3.0, 4.0)
LSAT = {
    "lsat6": (-2466.6534, (0.8257, 0.7227, 0.8909, 0.6884, 0.6569), (-3.3588, -1.3701, -0.2797, -1.8664, -3.1259)),
    "lsat7": (-2658.8051, (0.9875, 1.0808, 1.7075, 0.7650, 0.7357), (-1.8793, -0.7475, -1.0572, -0.6353, -2.5208)),
}
LSAT6_ERRORS = (0.2581, 0.1867, 0.2328, 0.1851, 0.2099), (0.8664, 0.3075, 0.0996, 0.4343, 0.8712)
"""From the inverse of the second derivatives, by differences of the log-likelihood."""


def golden(name: str) -> Calibration:
    with (GOLDEN / f"{name}.csv").open(encoding="utf-8") as lines:
        table = read_table(lines)
    return calibrate(table.responses, items_without_prior(table.ids, table.responses))


def answers(curves: Sequence[Curve], theta: Floats, *, each: int, seed: int) -> Responses:
    """Every person answers `each` of the items, drawn at random, as the curves say."""
    draw = np.random.default_rng(seed)
    item = np.argsort(draw.random((len(theta), len(curves))), axis=1)[:, :each].ravel()
    person = np.repeat(np.arange(len(theta)), each)
    chance = probabilities(stack(curves).take(item), theta[person][:, None])[:, :, 0]
    score = (chance.cumsum(axis=0) < draw.random(len(item))).sum(axis=0)
    return Responses(person, item, score, len(theta), len(curves))


def full(rows: Sequence[Sequence[int]]) -> Responses:
    """Everybody answers everything."""
    table = np.array(rows)
    person, item = np.divmod(np.arange(table.size), table.shape[1])
    return Responses(person, item, table.ravel(), *table.shape)


def deviations(found: Calibration, curves: Sequence[Curve]) -> Floats:
    """How many standard errors each estimate is from the truth."""
    by_a = [(i.a - c.a) / i.se_a for i, c in zip(found.items, curves, strict=True) if i.se_a is not None]
    by_b = [(i.b - c.b) / i.se_b for i, c in zip(found.items, curves, strict=True) if i.se_b is not None]
    return np.array([*by_a, *by_b])


def drop_of(luck: tuple[float, float]) -> float:
    return two_thirds_at((1.0, 1.0), luck)


def bank(count: int, *, slope: float, seed: int, luck: tuple[float, float] = LUCKY) -> tuple[list[Item], list[Curve]]:
    """Items whose authors err by DOUBT without bending the scale, and their true curves."""
    draw = np.random.default_rng(seed)
    level = np.resize(LEVELS, count)
    error = draw.normal(0, DOUBT, count)
    design = np.column_stack([np.ones(count), level])
    error -= design @ np.linalg.lstsq(design, error, rcond=None)[0]
    a = slope * np.exp(draw.normal(0, 0.15, count))
    items = [Item(f"q{i}", (1.0, 1.0), luck, Prior(float(level[i]), DOUBT, 1.0, drop_of(luck))) for i in range(count)]
    curves = [
        Curve(float(a[i]), float(level[i] + error[i] - drop_of(luck) / a[i]), (1.0, 1.0), luck) for i in range(count)
    ]
    return items, curves


def level_line(found: Calibration, items: Sequence[Item]) -> tuple[float, float]:
    """Intercept and slope of the two-in-three points on the levels."""
    priors = [item.prior for item in items if item.prior]
    points = [estimate.b + prior.drop / estimate.a for estimate, prior in zip(found.items, priors, strict=True)]
    slope, intercept = np.polyfit([prior.level for prior in priors], points, 1)
    return float(intercept), float(slope)


@pytest.mark.parametrize("name", LSAT)
def test_the_published_estimates_are_met_to_four_digits(name: str) -> None:
    loglik, a, b = LSAT[name]
    found = golden(name)
    assert found.loglik == pytest.approx(loglik, abs=1e-4)
    assert [item.a for item in found.items] == pytest.approx(a, abs=1e-4)
    assert [item.b for item in found.items] == pytest.approx(b, abs=1e-4)
    assert (found.mean, found.sd, found.slope, found.warnings) == (0.0, 1.0, None, ())


def test_standard_errors_agree_with_the_second_derivatives_of_the_likelihood() -> None:
    found = golden("lsat6")
    assert found.standard_errors == "full"
    assert [item.se_a for item in found.items] == pytest.approx(LSAT6_ERRORS[0], rel=0.05)
    assert [item.se_b for item in found.items] == pytest.approx(LSAT6_ERRORS[1], rel=0.05)


def test_known_parameters_of_right_or_wrong_graded_and_guessable_items_are_recovered() -> None:
    draw = np.random.default_rng(5)
    shapes = [((1.0, 1.0), (1.0, 0.0)), (GRADED, (1.0, 0.0, 0.0, 0.0)), ((1.0, 1.0), (0.8, 0.2))] * 8
    slopes, places = np.exp(draw.normal(0.2, 0.2, 24)), draw.normal(0, 0.8, 24)
    curves = [Curve(float(a), float(b), *shape) for a, b, shape in zip(slopes, places, shapes, strict=True)]
    items = [Item(f"q{i}", curve.weights, curve.luck) for i, curve in enumerate(curves)]
    found = calibrate(answers(curves, draw.normal(size=4000), each=18, seed=6), items)
    z = deviations(found, curves)
    assert abs(z.mean()) < 0.5
    assert 0.8 < z.std() < 1.25
    assert np.abs(z).max() < 3.8
    assert [item.c for item in found.items[:3]] == pytest.approx([0, 0, 0.2])


@pytest.mark.parametrize(("shift", "slope"), [(0.0, 1.0), (1.0, 1.3), (0.0, 0.8)])
def test_the_levels_hold_the_scale_whoever_comes_and_whatever_a_step_is_worth(shift: float, slope: float) -> None:
    items, curves = bank(60, slope=slope, seed=2)
    theta = np.random.default_rng(3).normal(1.75 + shift, 1.2, 1500)
    found = calibrate(answers(curves, theta, each=30, seed=4), items)
    assert level_line(found, items) == pytest.approx((0, 1), abs=1e-4)
    assert found.mean == pytest.approx(theta.mean(), abs=0.12)
    assert found.sd == pytest.approx(theta.std(), abs=0.12)
    assert found.slope == pytest.approx(slope, abs=0.12)
    assert np.abs(deviations(found, curves)).mean() < 1.0
    assert found.warnings == ()


def test_abler_people_move_the_population_and_not_the_items() -> None:
    items, curves = bank(60, slope=1.0, seed=7)
    theta = np.random.default_rng(8).normal(1.5, 1.2, 3000)
    usual, abler = (calibrate(answers(curves, theta + up, each=30, seed=9), items) for up in (0.0, 0.8))
    assert abler.mean - usual.mean == pytest.approx(0.8, abs=0.08)
    assert np.mean([new.b - old.b for new, old in zip(abler.items, usual.items, strict=True)]) == pytest.approx(
        0, abs=0.03
    )


def test_a_slope_is_estimated_from_250_answers_on_and_else_stays_at_the_assumed_one_in_the_common_unit() -> None:
    items, curves = bank(24, slope=1.2, seed=1)
    items[0] = replace(items[0], prior=replace(prior_of(items[0]), slope=0.5))
    everything = answers(curves, np.random.default_rng(2).normal(2, 1.2, 600), each=24, seed=3)
    keep = (
        (everything.item > 1) | (everything.person < ENOUGH - 1) | ((everything.item == 1) & (everything.person < 250))
    )
    found = calibrate(only(everything, keep), items)
    thin, enough = found.items[:2]
    assert (thin.n, enough.n) == (ENOUGH - 1, ENOUGH)
    assert found.slope is not None
    assert thin.a == pytest.approx(0.5 * found.slope)
    assert thin.se_a is None
    assert enough.se_a is not None
    assert enough.a != pytest.approx(found.slope)


def prior_of(item: Item) -> Prior:
    assert item.prior is not None
    return item.prior


def only(responses: Responses, keep: NDArray[np.bool_]) -> Responses:
    """Some of the answers."""
    chosen = (responses.person[keep], responses.item[keep], responses.score[keep])
    return Responses(*chosen, responses.people, responses.items)


def test_an_item_about_which_answers_say_next_to_nothing_stays_where_its_author_put_it() -> None:
    items, curves = bank(40, slope=1.3, seed=4)
    everything = answers(curves, np.random.default_rng(5).normal(1, 1.2, 800), each=40, seed=6)
    found = calibrate(only(everything, (everything.item > 0) | (everything.person < 2)), items)
    estimate, prior = found.items[0], prior_of(items[0])
    assert estimate.b + prior.drop / estimate.a == pytest.approx(prior.level, abs=0.35)
    assert estimate.se_b is not None
    assert 0.75 * DOUBT < estimate.se_b < DOUBT


def test_slopes_are_drawn_to_the_assumed_ones_more_where_there_are_fewer_answers() -> None:
    items, curves = bank(30, slope=1.0, seed=11)
    curves[0] = replace(curves[0], a=3.0)
    everything = answers(curves, np.random.default_rng(12).normal(1.75, 1.2, 1500), each=30, seed=13)
    pulls = []
    for people in (300, 1500):
        responses = only(everything, everything.person < people)
        held = calibrate(responses, items)
        alone = calibrate(responses, [replace(item, prior=None) for item in items])
        pulls.append(log(alone.items[0].a / (held.items[0].a * held.sd)))
    assert pulls[0] > 1.5 * pulls[1] > 0


@settings(deadline=None, derandomize=True, max_examples=5)
@given(order=st.permutations(range(12)))
def test_the_order_and_names_of_items_and_people_change_nothing(order: list[int]) -> None:
    items, curves = bank(12, slope=1.0, seed=3)
    given_answers = answers(curves, np.random.default_rng(1).normal(2, 1, 300), each=8, seed=2)
    place = np.argsort(order)
    turned = Responses(
        given_answers.people - 1 - given_answers.person, place[given_answers.item], given_answers.score, 300, 12
    )
    before = calibrate(given_answers, items)
    after = calibrate(turned, [items[i] for i in order])
    assert after.loglik == pytest.approx(before.loglik, abs=1e-6)
    found = {item.id: (item.a, item.b) for item in after.items}
    for item in before.items:
        assert found[item.id] == pytest.approx((item.a, item.b), abs=1e-4)


@settings(deadline=None, derandomize=True, max_examples=10)
@given(log_a=st.floats(-1, 1), b=st.floats(-2, 4), step=st.floats(0.6, 1.5), free=st.booleans())
def test_the_gradients_of_an_m_step_are_those_of_its_value(log_a: float, b: float, step: float, free: bool) -> None:
    items = [Item("q", GRADED, (0.7, 0.2, 0.1, 0.0), Prior(2.0, DOUBT, 0.8, 0.4))]
    is_free, theta = np.array([free]), np.linspace(-3, 3, 7)
    counts = np.random.default_rng(1).random((4, 7))
    priors = priors_of([prior_of(item) for item in items], is_free)
    ground = Step(columns_of(items), counts, theta, is_free, priors, Line(0.3, step))
    here = np.array([log_a]), np.array([b])
    bend = ground.bend(*here)
    tiny = 1e-5
    for by, slope in ((0, bend.by_a), (1, bend.by_b)):
        move = np.eye(2)[by] * tiny
        up, down = (ground.bend(here[0] + way * move[0], here[1] + way * move[1]).value for way in (1, -1))
        assert slope == pytest.approx((up - down) / (2 * tiny), abs=1e-5)


def test_people_with_the_same_answers_are_counted_together() -> None:
    data = patterns(full([[1, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 2]), 4)
    assert data.people.tolist() == [2, 1, 1]
    assert data.column.reshape(3, 2).tolist() == [[1, 2], [0, 3], [1, 3]]


def test_without_enough_people_errors_come_from_each_item_alone() -> None:
    items, curves = bank(40, slope=1.0, seed=4)
    found = calibrate(answers(curves, np.random.default_rng(1).normal(2, 1, 100), each=20, seed=5), items)
    assert found.standard_errors == "per item"
    assert all(item.se_b is not None and 0 < item.se_b < DOUBT + 0.1 for item in found.items)


def test_an_item_asked_twice_is_held_and_errors_then_come_from_each_item_alone() -> None:
    rows = np.random.default_rng(6).integers(0, 2, (300, 4))
    rows[:, 1] = rows[:, 0]
    found = calibrate(full(rows.tolist()), items_without_prior("abcd", full(rows.tolist())))
    held = "these answers set no limit to its slope or its place; it was held"
    assert {f"item a: {held}", f"item b: {held}"} <= set(found.warnings)
    assert found.standard_errors == "per item"
    assert found.items[0].b == pytest.approx(found.items[1].b, abs=1e-4)


def test_an_item_that_the_able_get_wrong_is_named() -> None:
    theta = np.random.default_rng(3).normal(size=500)
    curves = [Curve(1.5, place, (1.0, 1.0), (1.0, 0.0)) for place in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    responses = answers(curves, theta, each=5, seed=4)
    turned = np.where(responses.item == 2, 1 - responses.score, responses.score)
    found = calibrate(replace(responses, score=turned), items_without_prior("abcde", responses))
    assert found.warnings == ("item c: its score does not rise with ability; look at its key",)
    assert found.items[2].se_a is None


def test_what_all_answered_alike_and_who_answered_nothing_is_left_out_by_name() -> None:
    rows = np.random.default_rng(1).integers(0, 2, (200, 6))
    rows[:, 1], rows[:, 4] = 1, 0
    responses = full(rows.tolist())
    quiet = only(responses, (responses.person > 2) & (responses.item != 5))
    found = calibrate(quiet, items_without_prior("abcdef", quiet))
    assert [item.id for item in found.items] == ["a", "c", "d"]
    assert found.warnings[:4] == (
        "item b: all 197 answers are right; left out",
        "item e: all 197 answers are wrong; left out",
        "item f: no answers; left out",
        "3 people without answers; left out",
    )


def test_a_level_holds_an_item_that_all_got_right() -> None:
    items, curves = bank(20, slope=1.0, seed=4)
    responses = answers(curves, np.random.default_rng(1).normal(2, 1, 300), each=20, seed=5)
    found = calibrate(replace(responses, score=np.where(responses.item == 0, 1, responses.score)), items)
    assert found.warnings == ("item q0: all 300 answers are right; only the author's level holds it",)
    assert -4 < found.items[0].b < prior_of(items[0]).level


def test_a_score_that_never_occurs_below_the_highest_is_named() -> None:
    rows = np.random.default_rng(2).integers(0, 2, (300, 4))
    rows[:, 0] *= 3
    responses = full(rows.tolist())
    items = items_without_prior("abcd", responses)
    assert items[0].weights == (1.0, 0.0, 0.0, 1.0)
    found = calibrate(responses, items)
    assert "item a: nobody has a score of 1, 2; taken for a score that it does not have" in found.warnings


def test_where_the_levels_cannot_hold_the_unit_it_is_said() -> None:
    items, curves = bank(20, slope=1.0, seed=4)
    responses = answers(curves, np.random.default_rng(1).normal(2, 1, 1000), each=20, seed=5)
    level = [replace(item, prior=replace(prior_of(item), level=2.0)) for item in items]
    alike = calibrate(responses, level)
    assert alike.slope == 1.0
    assert alike.warnings == ("all items have the same level, so the assumed slopes hold the unit of the scale",)
    upside_down = [replace(item, prior=replace(prior_of(item), level=5 - prior_of(item).level)) for item in items]
    found = calibrate(responses, upside_down)
    assert found.slope == 0.5
    assert "disagree about the unit" in found.warnings[-1]


def test_estimates_that_still_move_are_not_trusted() -> None:
    with (GOLDEN / "lsat7.csv").open(encoding="utf-8") as lines:
        table = read_table(lines)
    found = calibrate(table.responses, items_without_prior(table.ids, table.responses), most_cycles=3)
    assert found.iterations == 3
    assert found.warnings == ("the estimates still moved after 3 cycles; take them with care",)


def test_answers_by_chance_end_with_a_warning() -> None:
    noise = full(np.random.default_rng(1).integers(0, 2, (40, 5)).tolist())
    found = calibrate(noise, items_without_prior("abcde", noise))
    assert any("does not rise with ability" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("responses", "says"),
    [
        (Responses(np.array([0, 0]), np.array([1, 1]), np.array([0, 1]), 1, 3), "two answers to the same item"),
        (full([[0, 2, 1]]), "can't have"),
        (full([[0, -1, 1]]), "can't have"),
        (full([[0, 1, 1], [1, 1, 0]]), "too few items"),
    ],
)
def test_what_can_not_be_calibrated_is_refused(responses: Responses, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        calibrate(responses, [Item("a"), Item("b"), Item("c")])


def test_priors_for_some_items_alone_are_refused() -> None:
    items, _ = bank(2, slope=1.0, seed=1)
    with pytest.raises(ValueError, match="either all items have priors or none has"):
        calibrate(full([[0, 1, 1]]), [*items, Item("c")])
