from __future__ import annotations

from dataclasses import replace

import pytest

from quiz.bank import question as q
from quiz.bank.attention import Taken, attention
from quiz.bank.choices import choices
from quiz.measure.item_statistics import Correlation, Drift, Figures, Fit, Group, share
from tests import factories as make

GOOD = Figures(
    n=90,
    right=share(55, 90),
    unknown=share(9, 90),
    score=55 / 90,
    discrimination=Correlation(0.35, 0.15, 0.52),
    seconds=70.0,
    fit=Fit((Group(1.0, 45, 0.42, 0.40), Group(2.5, 45, 0.79, 0.81)), 1.0, 0.6, 1.0, 0.0, 0.2),
    drift=Drift(50, 40, 0.02, 0.07),
)


def taken(question: q.Question, **counts: tuple[int, int, int]) -> list[Taken]:
    """Who chose what, of thirty in each third."""
    return [Taken(one, counts.get(one.id, (1, 1, 1)), (30, 30, 30)) for one in choices(question)]


def reasons(
    found: Figures = GOOD, level: float = 2.1, error: float = 0.2, **counts: tuple[int, int, int]
) -> tuple[str, ...]:
    question = make.single()
    usual = {"grows": (12, 18, 25), "stays": (8, 6, 2)}
    return attention(question, found, taken(question, **{**usual, **counts}), level, error)


def test_a_good_question_needs_no_attention() -> None:
    assert reasons() == ()


def test_a_wrong_option_that_strong_people_prefer_is_named() -> None:
    assert reasons(grows=(10, 8, 5), shrinks=(5, 12, 20)) == ("strong people choose C",)


def test_one_more_strong_person_at_a_wrong_option_is_chance() -> None:
    assert reasons(grows=(10, 8, 12), shrinks=(5, 12, 13)) == ()


def test_the_set_and_the_measured_step_stand_side_by_side() -> None:
    assert reasons(level=3.2) == ("set: independent, answers say: advanced",)
    assert reasons(level=3.2, error=0.6) == ()
    assert reasons(level=2.45) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"discrimination": Correlation(-0.1, -0.3, 0.1)}, "strong people do no better than weak ones"),
        ({"discrimination": Correlation(0.05, -0.1, 0.19)}, "hardly tells strong people from weak ones"),
        ({"right": share(198, 200)}, "nearly everyone is right"),
        ({"right": share(1, 200)}, "nearly nobody is right"),
        ({"unknown": share(60, 90)}, "67 % say “I don't know”"),
        ({"drift": Drift(90, 90, 0.3, 0.07)}, "easier since the newest version than before"),
        ({"drift": Drift(90, 90, -0.3, 0.07)}, "harder since the newest version than before"),
        ({"seconds": 130.0}, "half of the people take over 130 seconds; 60 are expected"),
        ({"seconds": 9.0}, "half of the people take over 9 seconds; 60 are expected"),
        (
            {"fit": replace(GOOD.fit, p=1e-5, groups=(Group(1.0, 45, 0.2, 0.4), Group(2.5, 45, 0.8, 0.8)))},
            "answers do not follow the expected curve: near level 1.0 people get 20 % instead of 40 %",
        ),
    ],
)
def test_each_reason_says_what_was_seen(change: dict[str, object], reason: str) -> None:
    assert reasons(replace(GOOD, **change)) == (reason,)  # type: ignore[arg-type]


def test_an_option_nobody_chooses_is_named_once_a_hundred_people_could_have() -> None:
    assert reasons(shrinks=(0, 0, 0)) == ()
    assert reasons(replace(GOOD, n=100), shrinks=(0, 0, 0)) == ("nobody chooses C",)
