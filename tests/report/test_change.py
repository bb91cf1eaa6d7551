from __future__ import annotations

import numpy as np
import pytest

from quiz.attempt.fold import belief_after
from quiz.attempt.goal import goal_of
from quiz.attempt.log import Answered
from quiz.measure.belief import Belief
from quiz.report.change import AreaChange, changes
from quiz.simulate.people import Person, World, real_curves, reply
from tests import domain_factories as make

ONE = np.ones((1, 1))
LONG = (35, 35)


def at(mean: float, sd: float = 0.5) -> Belief:
    return Belief(np.array([mean]), np.array([[sd**2]]))


def change(before: Belief, after: Belief, answers: tuple[int, int] = LONG) -> AreaChange:
    return changes(Belief(np.array([1.75]), np.array([[1.8]])), before, after, ONE, answers)[0]


def test_the_same_belief_twice_is_as_likely_up_as_down() -> None:
    found = change(at(2.0), at(2.0))

    assert found.chance == pytest.approx(0.5, abs=0.05)
    assert found.said == "unclear"


def test_up_is_said_only_where_it_is_very_likely() -> None:
    assert change(at(1.0), at(2.0)).said == "unclear"
    assert change(at(1.0), at(2.5)).said == "up"
    assert change(at(1.0, sd=0.8), at(2.5, sd=0.8)).said == "unclear"


def test_a_level_that_seems_to_fall_is_never_more_than_unclear() -> None:
    found = change(at(3.0), at(0.5))

    assert found.chance < 0.01
    assert found.said == "unclear"


@pytest.mark.parametrize("answers", [(20, 35), (35, 20), (34, 40)])
def test_short_attempts_show_no_change_however_large_it_looks(answers: tuple[int, int]) -> None:
    assert change(at(0.0), at(4.0), answers).said == "unclear"
    assert change(at(0.0), at(4.0)).said == "up"


def test_who_has_not_changed_is_told_so_at_least_nineteen_times_in_twenty() -> None:
    bank = make.tiny_bank()
    weights = goal_of(bank, make.ROLE, "mid").weights
    told = []
    for taker in range(60):
        draw = np.random.default_rng(taker)
        person = Person(draw.normal(1.75, 1.0, len(bank.skill_ids)))
        both = [_answers(person, draw) for _ in range(2)]
        found = changes(bank.prior, belief_after(bank, both[0]), belief_after(bank, both[1]), weights, LONG)
        told += [area.said == "up" for area in found]

    assert np.mean(told) <= 0.05


def test_who_rises_by_two_steps_everywhere_is_mostly_told_so() -> None:
    bank = make.tiny_bank()
    weights = goal_of(bank, make.ROLE, "mid").weights
    told = []
    for taker in range(20):
        draw = np.random.default_rng(taker)
        before, after = (Person(np.full(len(bank.skill_ids), level)) for level in (1.0, 3.0))
        beliefs = [belief_after(bank, _answers(person, draw)) for person in (before, after)]
        told += [area.said == "up" for area in changes(bank.prior, beliefs[0], beliefs[1], weights, LONG)]

    assert np.mean(told) > 0.5


def _answers(person: Person, draw: np.random.Generator) -> list[Answered]:
    """A person's answers to 35 questions, seven of each area."""
    bank = make.tiny_bank()
    curves = real_curves(bank, World(), draw)
    rows = np.concatenate([draw.permutation(np.flatnonzero(bank.areas == area))[:7] for area in range(5)])
    replies = [(bank.live[row].revision, *reply(bank, curves, int(row), person, draw)) for row in rows]
    return [
        Answered(revision, {}, score, said, guessing=False, seconds=0, following=None)
        for revision, score, said in replies
    ]
