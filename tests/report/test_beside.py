from __future__ import annotations

from dataclasses import replace

import pytest

from quiz.attempt.fold import belief_after
from quiz.report.beside import beside, guesses_words
from quiz.report.result import Result, result
from quiz.report.rounding import Level
from quiz.report.standing import standing_out
from tests.domain_factories import ROLE, everywhere, full, named, nothing, tiny_bank
from tests.domain_factories import given as answered


def test_a_rating_within_the_printed_range_agrees_and_others_stand_above_or_below() -> None:
    answers = everywhere(tiny_bank(), 4, nothing)
    found = result(tiny_bank(), answers, ROLE, "mid")
    said = beside({"baking": 4, "carving": 0}, found)
    assert [(one.area, one.stands) for one in said] == [("baking", "above"), ("carving", "within")]
    able = result(tiny_bank(), everywhere(tiny_bank(), 4, full), ROLE, "mid")
    assert [beside({"baking": step}, able)[0].stands for step in (0, 4)] == ["below", "within"]


def at(level: float, spread: float) -> Result:
    """A result whose levels all stand here, with a range so far to either side."""
    found = result(tiny_bank(), everywhere(tiny_bank(), 4, nothing), ROLE, "mid")
    there = Level(level, round(level - spread, 1), round(level + spread, 1))
    return replace(found, areas=tuple(replace(area, level=there) for area in found.areas))


@pytest.mark.parametrize(("level", "choice"), [(-1.5, 0), (-0.3, 0), (0.6, 0), (4.2, 4), (4.9, 4), (6.0, 4)])
def test_nobody_places_themselves_below_the_lowest_choice_or_above_the_highest(level: float, choice: int) -> None:
    assert beside({"baking": choice}, at(level, 0.2))[0].stands == "within"


@pytest.mark.parametrize("spread", [0.0, 0.2, 1.0])
def test_a_rating_in_the_words_of_what_was_measured_stands_within_the_range(spread: float) -> None:
    for tenth in range(-20, 61):
        for step in range(5):
            (one,) = beside({"baking": step}, at(tenth / 10, spread))
            assert one.said != one.measured or one.stands == "within", (tenth, step)


@pytest.mark.parametrize(("level", "choice", "stands"), [(0.0, 1, "above"), (1.5, 0, "below"), (5.0, 3, "below")])
def test_a_rating_beside_the_range_is_said_to_be(level: float, choice: int, stands: str) -> None:
    assert beside({"baking": choice}, at(level, 0.2))[0].stands == stands


def test_a_rating_of_an_area_that_was_not_asked_is_compared_with_nothing() -> None:
    (said,) = beside({"baking": 2}, result(tiny_bank(), [], ROLE, "mid"))
    assert (said.stands, said.measured) == ("unmeasured", "not asked enough")


def test_guesses_are_counted_beside_the_other_answers() -> None:
    bank = tiny_bank()
    answers = everywhere(bank, 1, full)
    assert guesses_words(bank, answers) == ""
    marked = [a._replace(guessing=True, score=n) for n, a in enumerate(answers[:2])]
    assert guesses_words(bank, [*marked, *answers[2:4]]).startswith(
        "You marked 2 answers as a guess; 1 of them was right. Of the other 2, 2 were right."
    )


def test_a_skill_stands_out_only_where_answers_carry_it() -> None:
    bank = tiny_bank()
    names = [live.question.id for live in bank.live if live.question.id.startswith("baking-basics")]
    rest = [answered(live, 0) for live in bank.live if not live.question.id.startswith("baking")]

    def found(asked: int) -> list[tuple[str, bool]]:
        able = [answered(named(bank, name), full(named(bank, name))) for name in names[:asked]]
        answers = [*able, *rest]
        out = standing_out(bank, answers, belief_after(bank, answers), (ROLE, "mid"))
        return [(one.skill, one.above) for one in out]

    assert ("baking-basics", True) in found(4)
    assert not [skill for skill, _ in found(1) if skill == "baking-basics"], "one answer says nothing of one skill"
    assert standing_out(bank, [], bank.prior, (ROLE, "mid")) == ()
