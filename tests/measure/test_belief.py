from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.measure.belief import Belief, population, update, without_each
from quiz.measure.curve import Curve, Curves, Floats, Ints, probabilities, stack

LAW = settings(deadline=None, derandomize=True, max_examples=6)
AREA_OF = [area for area in range(5) for _ in range(6)]
PRIOR = population(1.75, 1.2, 0.48, 0.3, AREA_OF)
ALONE = population(1.75, 1.2, 0.48, 0.3, [0])
GRID = np.linspace(-7.0, 11.0, 1201)
DRAWS = 60_000
WIDER = 1.4


@dataclass(frozen=True)
class Answers:
    """Questions of some skills, and what was scored."""

    skills: Ints
    curves: Curves
    scores: Ints

    def belief(self, prior: Belief = PRIOR) -> Belief:
        return update(prior, self.skills, self.curves, self.scores)

    def rows(self, rows: Ints) -> Answers:
        return Answers(self.skills[rows], self.curves.take(rows), self.scores[rows])


def binary(skills: list[int], b: list[float], c: list[float], scores: list[int], *, a: float = 0.94) -> Answers:
    curves = [Curve(a, place, (1.0, 1.0), (1 - luck, luck)) for place, luck in zip(b, c, strict=True)]
    return Answers(np.array(skills, dtype=np.int64), stack(curves), np.array(scores, dtype=np.int64))


def someone(seed: int, count: int, c: float, *, skills: int = 1) -> Answers:
    """Answers of a person drawn from the prior, to questions around the steps."""
    rng = np.random.default_rng(seed)
    levels = rng.multivariate_normal(PRIOR.mean, PRIOR.covariance)[:skills]
    asked = rng.integers(skills, size=count)
    b = rng.uniform(0.0, 4.0, count)
    chance = c + (1 - c) / (1 + np.exp(-0.94 * (levels[asked] - b)))
    scores = (rng.random(count) < chance).astype(int)
    return binary(asked.tolist(), b.tolist(), [c] * count, scores.tolist())


@st.composite
def answers(draw: st.DrawFn, *, floor: float = 0.5, most: int = 20) -> Answers:
    """Any right-or-wrong answers on the 30 skills; `floor` is the most that luck may bring."""
    count = draw(st.integers(1, most))

    def each(what: st.SearchStrategy[float]) -> list[float]:
        return draw(st.lists(what, min_size=count, max_size=count))

    skills = draw(st.lists(st.integers(0, 29), min_size=count, max_size=count))
    scores = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    return binary(skills, each(st.floats(-0.5, 4.5)), each(st.floats(0.0, floor)), scores)


def by_grid(given: Answers) -> tuple[float, float]:
    """Mean and sd of one skill by adding up over a fine grid."""
    table = probabilities(given.curves, np.tile(GRID, (len(given.scores), 1)))
    log = np.log(table[given.scores, np.arange(len(given.scores))]).sum(axis=0)
    log = log - 0.5 * (GRID - ALONE.mean[0]) ** 2 / ALONE.covariance[0, 0]
    mass = np.exp(log - log.max())
    mass /= mass.sum()
    mean = float(mass @ GRID)
    return mean, float(np.sqrt(mass @ (GRID - mean) ** 2))


def by_sampling(given: Answers, near: Belief, spread: Floats) -> tuple[Floats, Floats, float]:
    """Means and sds by importance sampling around a belief, and how many even draws the uneven ones are worth."""
    factor = np.linalg.cholesky(WIDER * near.covariance)
    levels = near.mean + spread @ factor.T
    unlikely = np.linalg.solve(np.linalg.cholesky(PRIOR.covariance), (levels - PRIOR.mean).T)
    log = 0.5 * (spread**2).sum(axis=1) - 0.5 * (unlikely**2).sum(axis=0)
    for skill, a, b, luck, score in zip(
        given.skills, given.curves.a, given.curves.b, given.curves.luck[:, 1], given.scores, strict=True
    ):
        right = luck + (1 - luck) / (1 + np.exp(-a * (levels[:, skill] - b)))
        log += np.log(right if score else 1 - right)
    mass = np.exp(log - log.max())
    mass /= mass.sum()
    mean = mass @ levels
    return mean, np.sqrt(mass @ (levels - mean) ** 2), float(1 / (mass**2).sum())


def one_by_one(given: Answers, *, clamped: bool) -> tuple[float, float]:
    """Expectation propagation of one skill, a site at a time; with `clamped`, no site may take knowledge away."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(21)
    count = len(given.scores)
    precision, shift = np.zeros(count), np.zeros(count)
    start = 1 / ALONE.covariance[0, 0]
    for turn in range(8 * count):
        i = turn % count
        rest = start + precision.sum() - precision[i]
        middle = (start * ALONE.mean[0] + shift.sum() - shift[i]) / rest
        theta = middle + nodes / np.sqrt(rest)
        mass = weights * probabilities(given.curves.take(np.array([i])), theta[None, :])[given.scores[i], 0]
        mass /= mass.sum()
        mean = mass @ theta
        variance = mass @ (theta - mean) ** 2
        precision[i] = max(1 / variance - rest, 0.0) if clamped else 1 / variance - rest
        shift[i] = mean * (rest + precision[i]) - middle * rest
    total = start + precision.sum()
    return float((start * ALONE.mean[0] + shift.sum()) / total), float(1 / np.sqrt(total))


def test_no_answers_leave_the_prior() -> None:
    nobody = binary([], [], [], []).belief()
    assert nobody.mean == pytest.approx(PRIOR.mean)
    assert nobody.covariance == pytest.approx(PRIOR.covariance)


def test_skills_of_one_area_are_believed_to_be_more_alike_than_skills_of_two() -> None:
    assert PRIOR.covariance[0, 0] == pytest.approx(1.98)
    assert PRIOR.covariance[0, 1] == pytest.approx(1.68)
    assert PRIOR.covariance[0, 6] == pytest.approx(1.2)


def test_an_areas_belief_is_that_of_the_weighted_mean_of_its_skills() -> None:
    weights = np.zeros((1, 30))
    weights[0, :2] = 0.75, 0.25
    area = PRIOR.of(weights)
    assert area.mean == pytest.approx([1.75])
    assert area.sd**2 == pytest.approx([1.98 * (0.75**2 + 0.25**2) + 2 * 0.75 * 0.25 * 1.68])


@pytest.mark.parametrize(("c", "mean_within", "sd_within"), [(0.0, 0.003, 0.02), (0.25, 0.02, 0.05)])
def test_one_skill_comes_out_as_on_a_fine_grid(c: float, mean_within: float, sd_within: float) -> None:
    for seed in range(25):
        person = someone(seed, 1 + seed % 25, c)
        found, (mean, sd) = person.belief(ALONE), by_grid(person)
        assert found.mean[0] == pytest.approx(mean, abs=mean_within), seed
        assert found.sd[0] == pytest.approx(sd, abs=sd_within), seed


def test_thirty_skills_come_out_as_in_importance_sampling() -> None:
    spread = np.random.default_rng(5).standard_normal((DRAWS, 30))
    for seed, count, c in ((1, 20, 0.25), (2, 35, 0.2)):
        person = someone(seed, count, c, skills=30)
        found = person.belief()
        mean, sd, worth = by_sampling(person, found, spread)
        assert worth >= 10_000
        assert np.abs(found.mean - mean).max() < 0.05 * sd.min()
        assert found.sd == pytest.approx(sd, rel=0.05)


@LAW
@given(given=answers(), seed=st.integers(0, 99))
def test_the_order_of_the_answers_does_not_matter(given: Answers, seed: int) -> None:
    one, other = given.belief(), given.rows(np.random.default_rng(seed).permutation(len(given.scores))).belief()
    assert np.abs(other.mean - one.mean).max() < 1e-6
    assert np.abs(other.covariance - one.covariance).max() < 1e-6


@LAW
@given(given=answers(), seed=st.integers(0, 99))
def test_the_names_of_the_skills_do_not_matter(given: Answers, seed: int) -> None:
    new = np.random.default_rng(seed).permutation(30)
    old = np.argsort(new)
    prior = Belief(PRIOR.mean[old], PRIOR.covariance[np.ix_(old, old)])
    renamed = Answers(new[given.skills], given.curves, given.scores).belief(prior)
    assert np.abs(renamed.mean[new] - given.belief().mean).max() < 1e-6
    assert np.abs(renamed.sd[new] - given.belief().sd).max() < 1e-6


@LAW
@given(given=answers(), at=st.integers(0, 19))
def test_a_right_answer_never_lowers_its_skill(given: Answers, at: int) -> None:
    last = at % len(given.scores)
    others = given.rows(np.delete(np.arange(len(given.scores)), last))
    skill = given.skills[last]
    scores = given.scores.copy()
    scores[last] = 1
    after = Answers(given.skills, given.curves, scores).belief().mean[skill]
    assert after >= others.belief().mean[skill] - 1e-4


@LAW
@given(given=answers(), at=st.integers(0, 19))
def test_a_right_answer_is_better_than_a_wrong_one_for_every_skill(given: Answers, at: int) -> None:
    right, wrong = (given.scores.copy() for _ in range(2))
    right[at % len(right)], wrong[at % len(wrong)] = 1, 0
    better, worse = (Answers(given.skills, given.curves, scores).belief().mean for scores in (right, wrong))
    assert (better > worse).all()


@LAW
@given(given=answers(floor=0.0))
def test_where_luck_plays_no_part_no_answer_leaves_more_doubt_than_there_was(given: Answers) -> None:
    learnt = PRIOR.covariance - given.belief().covariance
    assert np.linalg.eigvalsh(learnt).min() > -1e-9


@LAW
@given(given=answers())
def test_the_covariance_stays_one(given: Answers) -> None:
    found = given.belief().covariance
    assert np.array_equal(found, found.T)
    assert np.linalg.eigvalsh(found).min() > 0


def test_an_answer_on_one_skill_says_most_of_it_less_of_its_area_and_least_of_the_others() -> None:
    raised = binary([0], [2.0], [0.0], [1]).belief().mean - PRIOR.mean
    assert raised[0] > raised[1] > raised[6] > 0
    assert raised[1:6] == pytest.approx(np.full(5, raised[1]))


def test_what_a_person_can_do_anyhow_says_nothing() -> None:
    """Everyone is right here by luck alone (c = 1, almost)."""
    found = binary([0], [2.0], [1 - 1e-9], [1]).belief()
    assert found.mean == pytest.approx(PRIOR.mean, abs=1e-6)
    assert found.covariance == pytest.approx(PRIOR.covariance, abs=1e-6)


@pytest.mark.parametrize("c", [0.0, 0.25])
@pytest.mark.parametrize("pattern", [[1], [0], [1, 0]], ids=["all right", "all wrong", "half right"])
def test_hundreds_of_equal_answers_still_converge(c: float, pattern: list[int]) -> None:
    scores = pattern * (300 // len(pattern))
    person = binary([0] * 300, [2.0] * 300, [c] * 300, scores)
    found, (mean, sd) = person.belief(ALONE), by_grid(person)
    assert found.mean[0] == pytest.approx(mean, abs=0.1 * sd)
    assert found.sd[0] == pytest.approx(sd, rel=0.1)


def test_a_right_answer_far_above_a_person_may_leave_more_doubt_than_before() -> None:
    """Luck or much higher than thought: a site with negative precision, which is kept."""
    person = binary([0], [4.5], [0.25], [1], a=1.5)
    found, (mean, sd) = person.belief(ALONE), by_grid(person)
    assert found.sd[0] > ALONE.sd[0]
    assert (found.mean[0], found.sd[0]) == pytest.approx((mean, sd), abs=0.01)


def test_clamping_sites_at_zero_would_be_measurably_worse() -> None:
    missed = {"ours": np.zeros(2), "kept": np.zeros(2), "clamped": np.zeros(2)}
    for seed in range(5):
        person = someone(seed, 12, 0.25)
        found, (mean, sd) = person.belief(ALONE), by_grid(person)
        for name, (its_mean, its_sd) in (
            ("ours", (found.mean[0], found.sd[0])),
            ("kept", one_by_one(person, clamped=False)),
            ("clamped", one_by_one(person, clamped=True)),
        ):
            missed[name] += abs(its_mean - mean) / sd, abs(its_sd / sd - 1)
    assert missed["ours"] == pytest.approx(missed["kept"], abs=0.005)
    assert (missed["clamped"] > 1.5 * missed["ours"]).all()


def test_taking_an_answer_out_of_the_belief_is_nearly_what_never_having_had_it_would_have_been() -> None:
    person = someone(3, 20, 0.2, skills=30)
    mean, sd = without_each(PRIOR, person.skills, person.curves, person.scores)
    others = [person.rows(np.delete(np.arange(20), i)).belief() for i in range(20)]
    own = [(belief.mean[skill], belief.sd[skill]) for belief, skill in zip(others, person.skills, strict=True)]
    off = np.abs(np.column_stack([mean, sd]) - own)
    assert off.mean() < 0.015
    assert off.max() < 0.06


def test_taking_the_only_answer_out_leaves_the_prior() -> None:
    one = someone(3, 1, 0.2, skills=30)
    mean, sd = without_each(PRIOR, one.skills, one.curves, one.scores)
    assert (mean[0], sd[0]) == pytest.approx((1.75, 1.98**0.5), abs=1e-3)
