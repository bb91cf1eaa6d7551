from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.measure.belief import Belief, population, update
from quiz.measure.choose import Goal, normal_cdf, told_at_levels, usefulness
from quiz.measure.curve import Curve, Floats, information, stack

LAW = settings(deadline=None, derandomize=True, max_examples=8)
AREA_OF = [0, 0, 1, 1]
WEIGHTS = np.array([[0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 0.25, 0.75]])
PRIOR = population(1.75, 1.2, 0.48, 0.3, AREA_OF)
FREE = Curve(1.0, 1.75, (1.0, 1.0), (1.0, 0.0))


def goal(*targets: tuple[float, float]) -> Goal:
    return Goal(WEIGHTS, np.array(targets or [(2.0, 2.0)]), 0.25)


def useful(wanted: Goal, belief: Belief, skills: list[int], curves: list[Curve], seconds: list[float]) -> Floats:
    return usefulness(wanted, belief, np.array(skills), told_at_levels(stack(curves)), np.array(seconds))


def independent(means: list[float]) -> Belief:
    return Belief(np.array(means), np.eye(4))


def test_the_normal_distribution_is_the_published_one() -> None:
    assert [normal_cdf(z) for z in (-1.959964, 0.0, 1.281552)] == pytest.approx([0.025, 0.5, 0.9], abs=1e-6)


def test_a_target_at_the_believed_level_is_met_one_time_in_two() -> None:
    assert goal((1.75, 1.75)).chances(PRIOR) == pytest.approx(np.full((1, 2), 0.5))


def test_the_chances_of_a_target_count_the_doubt_in_the_target_too() -> None:
    level = independent([2.0, 2.0, 2.0, 2.0])
    sure, unsure = (Goal(WEIGHTS, np.array([[1.0, 1.0]]), doubt).chances(level)[0, 0] for doubt in (0.0, 1.0))
    assert sure == pytest.approx(normal_cdf(1 / np.sqrt(0.5)))
    assert unsure == pytest.approx(normal_cdf(1 / np.sqrt(1.5)))


def test_an_open_area_is_asked_before_a_settled_one() -> None:
    belief = independent([2.0, 2.0, 5.0, 5.0])
    there, here = useful(goal(), belief, [2, 0], [Curve(1.0, 5.0, (1.0, 1.0), (1.0, 0.0)), FREE], [60, 60])
    assert here > there


def test_of_two_questions_that_tell_as_much_the_shorter_is_worth_more() -> None:
    short, long = useful(goal(), PRIOR, [0, 0], [FREE, FREE], [30, 90])
    assert short == pytest.approx(3 * long)


def test_an_area_whose_verdict_is_certain_is_worth_no_question() -> None:
    belief = independent([2.0, 2.0, 40.0, 40.0])
    assert useful(goal(), belief, [2, 3], [FREE, FREE], [60, 60]) == pytest.approx([0, 0], abs=1e-12)


def test_the_skill_that_weighs_more_in_its_area_is_asked_first() -> None:
    less, more = useful(goal(), independent([2.0] * 4), [2, 3], [FREE, FREE], [60, 60])
    assert more > less


def test_a_question_at_the_persons_level_tells_more_than_one_far_above() -> None:
    far = Curve(1.0, 6.0, (1.0, 1.0), (1.0, 0.0))
    near, beyond = useful(goal(), PRIOR, [0, 0], [FREE, far], [60, 60])
    assert near > beyond


def test_a_skill_that_was_asked_often_is_worth_less_than_before() -> None:
    often = np.zeros(10, dtype=np.int64)
    after = update(PRIOR, often, stack([FREE] * 10), np.array([0, 1] * 5))
    [before], [now] = (useful(goal((1.75, 1.75)), b, [0], [FREE], [60]) for b in (PRIOR, after))
    assert now < before


def test_who_is_not_sure_of_the_job_is_asked_what_any_of_the_jobs_leaves_open() -> None:
    belief = independent([2.0] * 4)
    easy, hard = (-20.0, -20.0), (2.0, 2.0)
    alone, both = (useful(goal(*jobs), belief, [0], [FREE], [60])[0] for jobs in ((hard,), (easy, hard)))
    assert both == pytest.approx(alone)


@LAW
@given(mean=st.floats(-1.0, 5.0), target=st.floats(0.5, 4.0), b=st.floats(-1.0, 6.0), c=st.floats(0.0, 0.5))
def test_no_question_is_expected_to_settle_more_than_all_there_is(
    mean: float, target: float, b: float, c: float
) -> None:
    belief = Belief(np.full(4, mean), PRIOR.covariance)
    [found] = useful(goal((target, target)), belief, [0], [Curve(1.0, b, (1.0, 1.0), (1 - c, c))], [1.0])
    assert 0 <= found <= 2, "at most the whole of both areas' variances"


@LAW
@given(mean=st.floats(-2, 6), sd=st.floats(0.3, 1.5), b=st.floats(0, 4), luck=st.floats(0, 0.5))
def test_what_a_question_tells_is_averaged_over_what_is_believed(mean: float, sd: float, b: float, luck: float) -> None:
    curve = stack([Curve(1.2, b, (1.0, 1.0), (1 - luck, luck))])
    levels = np.linspace(mean - 8 * sd, mean + 8 * sd, 4001)
    chances = np.exp(-((levels - mean) ** 2) / (2 * sd**2))
    told = information(curve, levels[None, :])[0] @ chances / chances.sum()
    one = Goal(np.ones((1, 1)), np.array([[mean]]), 0.25)
    [use] = usefulness(
        one, Belief(np.array([mean]), np.array([[sd**2]])), np.array([0]), told_at_levels(curve), np.ones(1)
    )
    assert use == pytest.approx(sd**2 * told / (1 + sd**2 * told), rel=0.01)
