from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from quiz.bank.version import BankVersion, LiveQuestion
from quiz.measure.curve import Curve, probabilities
from quiz.report.accuracy import Summary
from quiz.simulate.attempts import Outcome, Setting, apart, attempt
from quiz.simulate.people import Person, World, real_curves, reply, someone, written
from quiz.simulate.personas import PERSONAS
from quiz.simulate.summary import summary
from tests import domain_factories as make

HERE = Setting(role=make.ROLE, length=15)
EXACT = World(level_error=0.0, author_error=0.0, slope_spread=0.0)
MANY = 60


def bank() -> BankVersion:
    return make.tiny_bank()


def outcomes(setting: Setting = HERE, takers: int = MANY, person: Person | None = None) -> list[Outcome]:
    return [attempt(bank(), setting, taker, person) for taker in range(takers)]


def found(setting: Setting = HERE, takers: int = MANY, person: Person | None = None) -> Summary:
    return summary(bank(), setting, outcomes(setting, takers, person))


def at(level: float) -> Person:
    return Person(np.full(len(bank().skill_ids), level))


def test_an_attempt_is_the_same_for_the_same_seed_and_number_and_another_for_another() -> None:
    first, again, other = (attempt(bank(), HERE, n) for n in (7, 7, 8))

    for field in fields(Outcome):
        assert np.array_equal(getattr(first, field.name), getattr(again, field.name))
    assert not np.array_equal(first.level, other.level)
    assert not np.array_equal(first.level, attempt(bank(), replace(HERE, seed=2), 7).level)


def test_no_question_is_asked_twice_and_every_area_gets_three() -> None:
    for one in outcomes(takers=10):
        assert len(set(one.rows.tolist())) == len(one.rows) <= 15
        assert min(np.bincount(bank().areas[one.rows], minlength=5)) >= 3


def test_who_stands_at_a_questions_level_expects_two_thirds_of_its_score() -> None:
    real = real_curves(bank(), EXACT, np.random.default_rng(1)).with_guessing(0.8, bank().guessable)
    shares = probabilities(real, written(bank()).levels[:, None])[:, :, 0]
    best = (bank().curves.weights > 0).cumsum(axis=1).argmax(axis=1)
    expected = (shares * np.arange(len(shares))[:, None]).sum(axis=0) / best

    assert np.allclose(expected, 2 / 3, atol=1e-6)


def test_errors_of_an_areas_authors_move_all_its_questions_together() -> None:
    real = real_curves(bank(), replace(EXACT, author_error=1.0), np.random.default_rng(1))
    exact = real_curves(bank(), EXACT, np.random.default_rng(1))
    moved = real.b - exact.b

    for area in range(5):
        assert np.ptp(moved[bank().areas == area]) < 1e-9
    assert np.ptp(moved) > 0.1


@pytest.mark.parametrize(("habit", "unknown", "lucky"), [("guesses", 0.0, 0.25), ("honest", 1.0, 0.0)])
def test_who_knows_nothing_guesses_or_says_so(habit: str, unknown: float, lucky: float) -> None:
    single = next(row for row, live in enumerate(bank().live) if live.question.type == "single")
    who = Person(at(-9.0).skills, habit)  # type: ignore[arg-type]
    draw = np.random.default_rng(1)
    real = real_curves(bank(), EXACT, draw)
    replies = [reply(bank(), real, single, who, draw) for _ in range(400)]

    assert np.mean([said for _, said in replies]) == unknown
    assert np.mean([score for score, _ in replies]) == pytest.approx(lucky, abs=0.07)


def test_people_are_drawn_around_the_populations_mean() -> None:
    draw = np.random.default_rng(1)
    usual = [someone(bank().prior, World(), draw).skills.mean() for _ in range(300)]
    higher = [someone(bank().prior, World(population_mean=3.0), draw).skills.mean() for _ in range(300)]

    assert np.mean(usual) == pytest.approx(1.75, abs=0.2)
    assert np.mean(higher) == pytest.approx(3.0, abs=0.2)


def test_more_questions_leave_less_error_and_less_doubt() -> None:
    short, long = found(), found(replace(HERE, length=40))

    assert long.overall.sd < short.overall.sd
    assert long.overall.rmse < short.overall.rmse < short.unasked.rmse
    assert long.questions > short.questions


def test_ranges_hold_the_truth_about_as_often_as_they_say() -> None:
    one = found(takers=150).overall

    assert one.coverage90 == pytest.approx(0.90, abs=0.05)
    assert one.coverage95 == pytest.approx(0.95, abs=0.04)
    assert one.coverage90 < one.coverage95


def test_an_engine_that_believes_its_questions_too_much_is_found_out() -> None:
    live = tuple(
        LiveQuestion(one.revision, one.question, Curve(4 * one.curve.a, one.curve.b, one.curve.weights, one.curve.luck))
        for one in bank().live
    )
    proud = BankVersion(1, bank().catalogue, live)
    made = [attempt(bank(), HERE, taker, believed=proud) for taker in range(MANY)]

    assert summary(bank(), HERE, made).overall.coverage95 < 0.85


def test_five_separate_tests_leave_more_doubt_than_one_joint_belief() -> None:
    joint = found()
    alone = summary(bank(), HERE, [attempt(bank(), HERE, n, believed=apart(bank())) for n in range(MANY)])

    assert alone.overall.sd > joint.overall.sd
    assert alone.overall.rmse > joint.overall.rmse
    assert np.allclose(np.diag(apart(bank()).prior.covariance), np.diag(bank().prior.covariance))


def test_a_time_limit_ends_the_attempt_before_the_question_that_would_pass_it() -> None:
    for policy in ("adaptive", "random", "widest"):
        for one in outcomes(replace(HERE, minutes=20.0, policy=policy), takers=6):
            assert 17 * 60 < one.seconds <= 20 * 60


def test_printed_chances_add_up_to_all_cases_and_rise_with_the_truth() -> None:
    made = found(takers=150)

    assert sum(one.n for one in made.chances) == 150 * 5
    low = [one for one in made.chances if one.printed <= 3]
    high = [one for one in made.chances if one.printed >= 7]
    assert sum(one.n * one.true for one in low) < 0.3 * sum(one.n for one in low)
    assert sum(one.n * one.true for one in high) > 0.7 * sum(one.n for one in high)


def test_verdict_shares_of_an_area_add_up_to_one_and_wrong_ones_are_a_part_of_those_settled() -> None:
    made = found()

    for shares in made.verdicts.values():
        assert sum(shares.values()) == pytest.approx(1.0)
    assert made.overall.decided <= made.overall.settled
    assert 0 <= made.overall.settled_wrong <= 1


def test_someone_far_above_every_target_is_met_and_someone_far_below_has_gaps() -> None:
    above, below = found(takers=20, person=at(6.0)), found(takers=20, person=at(-3.0))

    assert all(shares.get("met", 0) > 0.8 for shares in above.verdicts.values())
    assert all(shares.get("gap", 0) > 0.9 for shares in below.verdicts.values())


def test_personas_that_need_no_area_of_ours_stand_where_their_name_says() -> None:
    targets = np.array([make.TARGETS[area][1] for area in make.AREAS])[bank().area_of_skill]

    for name, step in (("one-step-above", 1.0), ("at-the-target", 0.0), ("one-step-below", -1.0)):
        assert np.allclose(PERSONAS[name](bank(), HERE).skills, targets + step)
    assert PERSONAS["guesser"](bank(), HERE).habit == "guesses"
    assert PERSONAS["does-not-know"](bank(), HERE).habit == "honest"


def test_exposure_counts_the_most_used_question_and_those_never_used() -> None:
    made = outcomes(takers=5)
    used = np.bincount(np.concatenate([one.rows for one in made]), minlength=len(bank().live))
    both = summary(bank(), HERE, made).exposure

    assert both == {"max": used.max() / 5, "never": (used == 0).sum()}
