from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.measure.curve import (
    TWO_THIRDS,
    Curve,
    Curves,
    Floats,
    authored,
    information,
    likelihood,
    probabilities,
    stack,
)

LAW = settings(deadline=None, derandomize=True, max_examples=8)
LEVELS = np.linspace(-3.0, 7.0, 41)
SLOPES = st.floats(0.3, 2.5)
PLACES = st.floats(-2.0, 6.0)
CHANCES = st.floats(0.0, 0.5)
JUDGEMENT = ((1.0, 1.0, 0.0, 1.0), (0.5, 0.25, 0.0, 0.25))
CASE = ((1.0, 3.0, 3.0, 1.0), (0.45, 0.4, 0.13, 0.02))


def right_or_wrong(a: float, b: float, c: float) -> Curve:
    return Curve(a, b, (1.0, 1.0), (1 - c, c))


@st.composite
def any_curve(draw: st.DrawFn) -> Curve:
    """A curve with two to five scores, some of them perhaps impossible."""
    above = draw(st.lists(st.sampled_from([0.0, 1.0, 3.0, 6.0]), min_size=1, max_size=4))
    lucky = [draw(st.floats(0.0, 0.2)) if weight else 0.0 for weight in above]
    return Curve(draw(SLOPES), draw(PLACES), (1.0, *above), (1 - sum(lucky), *lucky))


def at_every_level(curves: Curves) -> Floats:
    return np.tile(LEVELS, (len(curves), 1))


def three_parameters(a: float, b: float, c: float) -> Floats:
    return np.asarray(c + (1 - c) / (1 + np.exp(-a * (LEVELS - b))))


def expected_share(curve: Curve, level: float) -> float:
    """The share of the full score that is expected of a person at a level."""
    chances = probabilities(stack([curve]), np.array([[level]]))[:, 0, 0]
    return float(chances @ np.arange(len(chances))) / (len(curve.weights) - 1)


@LAW
@given(a=SLOPES, b=PLACES, c=CHANCES)
def test_with_two_scores_the_curve_is_the_three_parameter_logistic(a: float, b: float, c: float) -> None:
    found = probabilities(stack([right_or_wrong(a, b, c)]), LEVELS[None, :])
    assert found[1, 0] == pytest.approx(three_parameters(a, b, c), abs=1e-12)


@LAW
@given(curves=st.lists(any_curve(), min_size=1, max_size=4))
def test_the_chances_of_all_scores_add_up_to_one_at_every_level(curves: list[Curve]) -> None:
    many = stack(curves)
    found = probabilities(many, at_every_level(many))
    assert found.sum(axis=0) == pytest.approx(np.ones((len(curves), len(LEVELS))), abs=1e-12)
    assert found.min() >= 0


@LAW
@given(curves=st.lists(any_curve(), min_size=1, max_size=4))
def test_a_score_that_a_question_does_not_have_has_no_chance(curves: list[Curve]) -> None:
    many = stack(curves)
    found = probabilities(many, at_every_level(many))
    for row, curve in enumerate(curves):
        assert not found[len(curve.weights) :, row].any()


@LAW
@given(curves=st.lists(any_curve(), min_size=1, max_size=4), wanted=st.integers(0, 4))
def test_the_likelihood_of_a_score_is_its_chance(curves: list[Curve], wanted: int) -> None:
    many = stack(curves)
    scores = np.array([min(wanted, len(curve.weights) - 1) for curve in curves])
    chances = probabilities(many, at_every_level(many))
    assert likelihood(many, scores)(at_every_level(many)) == pytest.approx(
        chances[scores, np.arange(len(curves))], abs=1e-12
    )


@LAW
@given(curve=any_curve())
def test_information_is_the_expected_square_of_the_scores_slope(curve: Curve) -> None:
    one, small = stack([curve]), 1e-5
    up, down = (probabilities(one, LEVELS[None, :] + d)[:, 0] for d in (small, -small))
    chance = probabilities(one, LEVELS[None, :])[:, 0]
    slope = (up - down) / (2 * small)
    by_hand = np.divide(slope**2, chance, out=np.zeros_like(chance), where=chance > 1e-12).sum(axis=0)
    assert information(one, LEVELS[None, :])[0] == pytest.approx(by_hand, abs=1e-6)


@LAW
@given(a=SLOPES, b=PLACES, c=CHANCES)
def test_with_two_scores_information_has_the_published_closed_form(a: float, b: float, c: float) -> None:
    p = three_parameters(a, b, c)
    closed = a**2 * (1 - p) / p * ((p - c) / (1 - c)) ** 2
    assert information(stack([right_or_wrong(a, b, c)]), LEVELS[None, :])[0] == pytest.approx(closed, abs=1e-9)


def test_nothing_overflows_far_beyond_the_steps() -> None:
    far = np.array([[-1e4, 1e4]])
    for curve in (right_or_wrong(2.5, 2.0, 0.25), Curve(2.0, 2.0, *CASE)):
        assert np.isfinite(information(stack([curve]), far)).all()
        assert expected_share(curve, 1e4) == pytest.approx(1)


@pytest.mark.parametrize("level", [1.0, 2.0, 3.0, 4.0])
@pytest.mark.parametrize(
    ("weights", "luck"),
    [((1.0, 1.0), (1.0, 0.0)), ((1.0, 1.0), (0.8, 0.2)), JUDGEMENT, CASE],
    ids=["typed", "guessable", "judgement", "case"],
)
def test_who_stands_at_an_authors_level_expects_two_thirds_of_the_score(
    level: float, weights: tuple[float, ...], luck: tuple[float, ...]
) -> None:
    assert expected_share(authored(level, 1.0, weights, luck, 0.6), level) == pytest.approx(TWO_THIRDS, abs=1e-9)


@pytest.mark.parametrize(("weights", "luck"), [((1.0, 1.0), (0.75, 0.25)), JUDGEMENT, CASE])
def test_who_stands_above_an_authors_level_expects_more_and_who_stands_below_less(
    weights: tuple[float, ...], luck: tuple[float, ...]
) -> None:
    curve = authored(2.0, 1.0, weights, luck, 0.6)
    expected = np.array([expected_share(curve, level) for level in LEVELS])
    assert ((expected > TWO_THIRDS) == (LEVELS > 2.0))[LEVELS != 2.0].all()


@LAW
@given(a=SLOPES, c=CHANCES)
def test_the_closed_form_and_the_search_agree_on_where_two_thirds_lie(a: float, c: float) -> None:
    curve = authored(2.0, a, (1.0, 1.0), (1 - c, c), 0.0)
    p = (TWO_THIRDS - c) / (1 - c)
    assert curve.b == pytest.approx(2.0 - log(p / (1 - p)) / a, abs=1e-9)


def test_the_more_an_authors_level_is_doubted_the_flatter_is_the_curve() -> None:
    slopes = [authored(2.0, 1.0, (1.0, 1.0), (1.0, 0.0), doubt).a for doubt in (0.0, 0.3, 0.6, 1.0)]
    assert slopes[0] == 1.0
    assert slopes == sorted(slopes, reverse=True)
    assert slopes[2] == pytest.approx(0.94, abs=0.005)


def test_the_flattened_curve_is_close_to_the_average_over_the_doubt() -> None:
    """Averaged over a normal doubt of .6 steps in b, σ(θ − b) hardly differs from one flatter curve."""
    nodes, mass = np.polynomial.hermite_e.hermegauss(41)
    average = (mass / mass.sum()) @ (1 / (1 + np.exp(-(LEVELS[None, :] - 2.0 - 0.6 * nodes[:, None]))))
    flat = authored(2.0, 1.0, (1.0, 1.0), (1.0, 0.0), 0.6)
    shown = probabilities(stack([right_or_wrong(flat.a, 2.0, 0.0)]), LEVELS[None, :])[1, 0]
    assert shown == pytest.approx(average, abs=0.005)


@LAW
@given(curve=any_curve(), share=st.floats(0.0, 1.0))
def test_who_guesses_half_the_time_is_halfway_between_always_and_never(curve: Curve, share: float) -> None:
    one, yes = stack([curve]), np.array([True])
    chances = [probabilities(one.with_guessing(s, yes), LEVELS[None, :]) for s in (0.0, 1.0, share)]
    assert chances[2] == pytest.approx((1 - share) * chances[0] + share * chances[1], abs=1e-12)
    assert chances[1] == pytest.approx(probabilities(one, LEVELS[None, :]))
    assert chances[2].sum(axis=0) == pytest.approx(np.ones((1, len(LEVELS))))


def test_a_persons_guessing_touches_only_the_questions_it_concerns() -> None:
    many = stack([right_or_wrong(1.0, 2.0, 0.25), right_or_wrong(1.0, 2.0, 0.1)])
    personal = many.with_guessing(0.4, np.array([True, False]))
    assert personal.luck[:, 1] == pytest.approx([0.1, 0.1])
    assert many.luck[0, 1] == 0.25, "the bank's own curves stay as they are"


def test_rows_of_many_curves_are_the_curves_themselves() -> None:
    listed = [right_or_wrong(1.0, b, 0.2) for b in (1.0, 2.0, 3.0)]
    rows = stack(listed).take(np.array([2, 0]))
    theta = at_every_level(rows)
    assert len(rows) == 2
    assert probabilities(rows, theta) == pytest.approx(probabilities(stack([listed[2], listed[0]]), theta))
