from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from quiz.measure.curve import Curve, probabilities, stack
from quiz.measure.item_statistics import (
    LEAST,
    LONGEST,
    Answers,
    Figures,
    chi2_tail,
    correlation,
    figures,
    level_at,
    share,
    thirds,
)

CURVE = Curve(1.0, 2.0, (1.0, 1.0), (1.0, 0.0))
CASE = Curve(0.7, 2.0, (1.0, 2.0, 1.0), (0.75, 0.25, 0.0))


def given(n: int, *, truth: Curve = CURVE, seed: int = 1, sd: float = 0.7, since: float = 0.0) -> Answers:
    """Answers of people whose level without the item is known up to `sd`; `truth` is the item's real curve."""
    draw = np.random.default_rng(seed)
    mean = draw.normal(1.75, 1.0, n)
    theta = mean + sd * draw.normal(size=n)
    chances = probabilities(stack([truth]), theta[None, :])[:, 0, :]
    score = (draw.random(n) > np.cumsum(chances, axis=0)[:-1]).sum(axis=0)
    return Answers(
        score=score.astype(np.int64),
        unknown=(score == 0) & (draw.random(n) < 0.3),
        seconds=draw.lognormal(4.0, 0.5, n),
        mean=mean,
        sd=np.full(n, sd),
        since=draw.random(n) < since,
    )


def found(answers: Answers, curve: Curve = CURVE, *, guessable: bool = False) -> Figures:
    made = figures(answers, curve, guessable=guessable)
    assert made is not None
    return made


def test_nothing_is_said_below_the_least_number_of_answers() -> None:
    assert figures(given(LEAST - 1), CURVE, guessable=False) is None
    assert figures(given(LEAST), CURVE, guessable=False) is not None


@pytest.mark.parametrize(("count", "n"), [(0, 30), (30, 30), (1, 40), (27, 61), (400, 900)])
def test_a_share_and_its_interval_are_scipys_wilson(count: int, n: int) -> None:
    made, theirs = share(count, n), stats.binomtest(count, n).proportion_ci(method="wilson")
    assert made.share == count / n
    assert (made.low, made.high) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_the_corrected_point_biserial_and_its_interval_are_scipys() -> None:
    answers = given(200)
    made = found(answers).discrimination
    theirs = stats.pearsonr(answers.mean, answers.score)
    interval = theirs.confidence_interval()
    assert made is not None
    assert made.r == pytest.approx(stats.pointbiserialr(answers.score, answers.mean).statistic)
    assert (made.low, made.high) == pytest.approx((interval.low, interval.high), abs=1e-6)


def test_scores_that_are_all_alike_correlate_with_nothing() -> None:
    assert correlation(np.ones(40), np.arange(40.0)) is None


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 8])
@pytest.mark.parametrize("value", [0.0, 0.3, 4.0, 25.0])
def test_the_tail_of_chi_squared_is_scipys(value: float, freedom: int) -> None:
    assert chi2_tail(value, freedom) == pytest.approx(stats.chi2.sf(value, freedom), rel=1e-9)


def test_thirds_are_as_even_as_can_be_and_ordered_by_level() -> None:
    mean = np.random.default_rng(1).normal(size=100)
    third = thirds(mean)
    assert sorted(np.bincount(third)) == [33, 33, 34]
    assert mean[third == 0].max() <= mean[third == 1].min() <= mean[third == 1].max() <= mean[third == 2].min()


def test_counts_and_the_median_time_are_those_of_the_answers_and_breaks_are_cut_short() -> None:
    answers = given(61)
    made = found(answers)
    assert (made.n, made.right.share) == (61, np.mean(answers.score == 1))
    assert made.unknown.share == np.mean(answers.unknown)
    assert made.seconds == np.median(answers.seconds)
    slow = Answers(**{**vars(answers), "seconds": np.full(61, 1e6)})
    assert found(slow).seconds == LONGEST


@pytest.mark.parametrize("curve", [CURVE, CASE], ids=["right or wrong", "a case of two parts"])
def test_answers_that_follow_the_curve_fit_it_and_the_groups_say_so(curve: Curve) -> None:
    """The expected values again, by summing over a fine grid of levels instead of quadrature."""
    answers = given(600, truth=curve)
    made = found(answers, curve)
    grid = np.linspace(-5, 5, 401)
    weight = np.exp(-(grid**2) / 2)
    chances = probabilities(stack([curve] * 600), answers.mean[:, None] + answers.sd[:, None] * grid)
    chances = chances @ (weight / weight.sum())
    credit = np.arange(len(chances)) / (len(curve.weights) - 1)
    expected, variance = credit @ chances, credit**2 @ chances - (credit @ chances) ** 2
    order = np.array_split(np.argsort(answers.mean, kind="stable"), 5)
    got = answers.score / (len(curve.weights) - 1)
    chi2 = sum(((got - expected)[rows].sum()) ** 2 / variance[rows].sum() for rows in order)

    assert [g.expected for g in made.fit.groups] == pytest.approx([expected[r].mean() for r in order], abs=1e-4)
    assert [g.observed for g in made.fit.groups] == pytest.approx([got[r].mean() for r in order])
    assert made.fit.chi2 == pytest.approx(chi2, rel=1e-3)
    assert made.fit.p > 0.01
    assert made.fit.infit == pytest.approx(1, abs=0.1)
    assert abs(made.fit.shift) < 2.5 * made.fit.shift_error


def test_under_its_own_curve_an_item_is_called_misfitting_as_rarely_as_p_says() -> None:
    made = [found(given(120, seed=seed)).fit for seed in range(200)]
    assert np.mean([fit.p < 0.05 for fit in made]) == pytest.approx(0.05, abs=0.04)
    assert np.std([fit.shift / fit.shift_error for fit in made]) == pytest.approx(1, abs=0.15)


def test_an_item_that_is_a_step_harder_than_thought_is_found_so() -> None:
    made = found(given(800, truth=Curve(1.0, 3.0, (1.0, 1.0), (1.0, 0.0)))).fit
    assert made.shift == pytest.approx(1.0, abs=2.5 * made.shift_error)
    assert made.shift_error < 0.15
    assert made.p < 1e-6


def test_a_flat_item_does_not_fit_a_steep_curve() -> None:
    assert found(given(800, truth=Curve(0.05, 2.0, (1.0, 1.0), (1.0, 0.0)))).fit.p < 1e-6


def test_the_luck_of_a_guessable_item_is_that_of_a_person_of_usual_habit() -> None:
    single = Curve(1.0, 2.0, (1.0, 1.0), (0.75, 0.25))
    usual = Curve(1.0, 2.0, (1.0, 1.0), (0.8, 0.2))
    answers = given(200, truth=usual)
    assert found(answers, single, guessable=True).fit == found(answers, usual).fit
    assert level_at(single, guessable=True) == level_at(usual, guessable=False)


def test_drift_is_the_change_beyond_what_the_people_explain() -> None:
    easier = Curve(1.0, 1.0, (1.0, 1.0), (1.0, 0.0))
    old, new = given(400, seed=1), given(400, truth=easier, seed=2, since=1.1)
    both = Answers(*(np.concatenate(pair) for pair in zip(vars(old).values(), vars(new).values(), strict=True)))
    drift = found(both).drift
    assert drift is not None
    assert (drift.before, drift.since) == (400, 400)
    assert drift.difference > 5 * drift.error
    same = found(given(800, since=0.5)).drift
    assert same is not None
    assert abs(same.difference) < 3 * same.error
    assert found(given(800, since=0.01)).drift is None
