from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import sqrt

import numpy as np
import pytest

from quiz.bank.version import BankVersion
from quiz.measure.belief import update
from quiz.simulate.attempts import Outcome, Setting, attempt
from quiz.simulate.controls import CONTROLS
from quiz.simulate.gate import Bar, choice_bars, doubtful_bars, persona_bars, usual_bars
from quiz.simulate.golden import clamped, farthest, random_attempt
from tests import domain_factories as make

HERE = Setting(role=make.ROLE, length=15)
TAKERS = 20


def bank() -> BankVersion:
    return make.tiny_bank()


@cache
def outcomes() -> list[Outcome]:
    return [attempt(bank(), HERE, taker) for taker in range(TAKERS)]


def named(bars: list[Bar], name: str) -> Bar:
    return next(bar for bar in bars if bar.name == name)


def test_a_bar_lets_two_standard_errors_off_and_no_more() -> None:
    assert Bar("one", 0.93, 0.003, 0.935, 0.965).ok
    assert not Bar("one", 0.928, 0.003, 0.935, 0.965).ok
    assert not Bar("one", 0.972, 0.003, 0.935, 0.965).ok
    assert [Bar("a", 1, 0, low=0.5).limits, Bar("a", 1, 0, high=2).limits] == ["at least 0.5", "at most 2"]


def test_bars_are_the_plain_figures_with_errors_over_people() -> None:
    made = outcomes()
    bars = usual_bars(bank(), HERE, made)
    mid = np.array([(one.chances[1] - one.met[1]).mean() for one in made])
    inside = np.array([np.abs(one.mean - one.true) < 1.959964 * np.hypot(one.sd, 0.25) for one in made])

    assert named(bars, "mean chance less share met, mid").value == pytest.approx(mid.mean())
    assert named(bars, "mean chance less share met, mid").error == pytest.approx(mid.std() / sqrt(TAKERS))
    assert named(bars, "95 % ranges hold the truth").value == pytest.approx(inside.mean())
    assert named(bars, "95 % ranges, baking").value == pytest.approx(inside[:, 0].mean())
    said = np.array([[tenths <= 1 or tenths >= 9 for tenths in one.tenths] for one in made])
    wrong = np.array([(one.tenths >= 9) != (one.met[1] > 0) for one in made]) & said
    assert named(bars, "“met” and “gap” that are wrong").value == pytest.approx(wrong.sum() / said.sum())


def test_reports_that_are_a_step_off_miss_their_bars() -> None:
    shifted = [replace(one, mean=one.mean + 1.0) for one in outcomes()]
    assert not doubtful_bars(bank(), HERE, shifted)[0].ok
    assert not named(usual_bars(bank(), HERE, shifted), "95 % ranges hold the truth").ok


def test_choosing_is_compared_with_itself_as_no_gain() -> None:
    made = outcomes()
    assert [bar.value for bar in choice_bars(bank(), HERE, made, made)] == [0, 0]


def test_a_persona_that_is_told_of_gaps_misses_its_bar() -> None:
    made = outcomes()
    assert not persona_bars("anyone", [replace(one, verdicts=("gap", "met", "met", "met", "met")) for one in made])[
        0
    ].ok
    assert persona_bars("anyone", [replace(one, verdicts=("met",) * 5) for one in made])[0].ok


@pytest.mark.parametrize("control", CONTROLS)
def test_a_wrong_engine_believes_another_bank_of_the_same_questions(control: str) -> None:
    wrong = CONTROLS[control](bank())
    assert [one.question for one in wrong.live] == [one.question for one in bank().live]
    assert [one.curve for one in wrong.live] != [one.curve for one in bank().live]


def test_the_belief_is_that_of_importance_sampling_and_a_clamped_one_is_not() -> None:
    """Two of the gate's fifty attempts; the second holds only questions that can be guessed."""
    for number in (12, 17):
        mean, sd, effective = farthest(bank(), number)
        assert max(mean, sd) < 0.05
        assert effective > 10_000
    given = random_attempt(bank(), 17)
    ours, theirs = (engine(bank().prior, given.skills, given.curves, given.scores) for engine in (update, clamped))
    assert np.abs(theirs.sd / ours.sd - 1).max() > 0.005
