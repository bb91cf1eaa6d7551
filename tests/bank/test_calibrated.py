from __future__ import annotations

from functools import cache

import numpy as np

from quiz.bank.calibrated import Calibrated, calibrated, item_of
from quiz.measure.calibration.data import Responses
from quiz.measure.calibration.fit import Estimate, calibrate
from quiz.measure.curve import Curves, Floats, probabilities
from quiz.simulate.people import World, real_curves
from tests import domain_factories as make

PEOPLE, ASKED = 2500, 20
BESIDE, DOUBT = 0.78, 0.6


@cache
def truth() -> Curves:
    """The questions as they really are: authors err by .6 of a step, slopes by 30 %."""
    return real_curves(make.tiny_bank(), World(author_error=0.0), np.random.default_rng(1))


@cache
def found() -> list[Calibrated]:
    """What calibration makes of the answers of people whose skills differ, each asked 20 of 80 questions at random."""
    bank, draw = make.tiny_bank(), np.random.default_rng(2)
    skills = draw.multivariate_normal(bank.prior.mean, bank.prior.covariance, PEOPLE)
    item = np.argsort(draw.random((PEOPLE, len(bank.live))), axis=1)[:, :ASKED].ravel()
    person = np.repeat(np.arange(PEOPLE), ASKED)
    real = truth().with_guessing(0.8, bank.guessable).take(item)
    chances = probabilities(real, skills[person, bank.skills[item]][:, None])[:, :, 0]
    score = (chances.cumsum(axis=0)[:-1] < draw.random(len(item))).sum(axis=0)
    responses = Responses(person, item, score, PEOPLE, len(bank.live))
    made = calibrate(responses, [item_of(live.question, DOUBT) for live in bank.live])
    return calibrated({live.question.id: live for live in bank.live}, made.items, BESIDE, DOUBT)


def places(curves: list[Calibrated]) -> Floats:
    return np.array([one.exact.b for one in curves])


def test_places_come_out_far_nearer_to_the_truth_than_the_authors_put_them() -> None:
    authors = np.array([live.curve.b for live in make.tiny_bank().live])
    before, after = authors - truth().b, places(found()) - truth().b
    assert before.std() > 0.5
    assert after.std() < 0.55 * before.std()
    assert abs(after.mean()) < 0.15, "the scale is held by the levels"


def test_slopes_are_those_over_the_skill_and_not_over_the_general_level() -> None:
    ratio = np.array([one.exact.a for one in found()]) / truth().a
    assert 0.9 < np.median(ratio) < 1.1
    assert np.corrcoef([one.exact.a for one in found()], truth().a)[0, 1] > 0.7


def test_the_doubt_left_flattens_the_curve_and_moves_nothing() -> None:
    for one in found():
        assert one.curve.a < one.exact.a
        assert one.curve.b == one.exact.b
        assert one.error < DOUBT


def test_without_answers_a_question_keeps_the_curve_of_its_author() -> None:
    """The estimate of a question that nobody answered is its prior; the slope is flattened on its way there."""
    live = make.tiny_bank().live[1]
    item = item_of(live.question, DOUBT)
    assert item.prior is not None
    slope = item.prior.slope / np.sqrt(1 + 0.35 * item.prior.slope**2 * BESIDE)
    b = item.prior.level - item.prior.drop / item.prior.slope
    one = calibrated(
        {live.question.id: live}, [Estimate(live.question.id, slope, b, 0.0, None, None, 0)], BESIDE, DOUBT
    )
    assert abs(one[0].curve.a - live.curve.a) < 1e-6
    assert abs(one[0].curve.b - b) < 1e-6
