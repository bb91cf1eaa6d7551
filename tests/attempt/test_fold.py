from __future__ import annotations

import numpy as np
import pytest

from quiz.attempt.fold import asked_per_area, belief_after, every_area_asked, fold
from quiz.attempt.log import Answered, Entry, Extended, Finished, Plan, Rated
from tests.domain_factories import everywhere, full, given, named, nothing, right, tiny_bank, wrong

PLAN = Plan("maker", "mid", 20, seed=1, version=1, first=100)


def answer(revision: int, following: int | None) -> Answered:
    return Answered(revision, {}, 1, unknown=False, guessing=False, seconds=0, following=following)


def test_an_attempt_begins_with_the_question_its_plan_names() -> None:
    begun = fold(PLAN, [])
    assert (begun.current, begun.position, begun.until, begun.phase) == (100, 1, 20, "asking")
    assert begun.revealed == 0


def test_a_self_rating_stands_beside_the_questions_and_changes_none_of_them() -> None:
    rated = fold(PLAN, [Rated({"baking": 2, "brewing": 0}), answer(100, 107)])
    assert rated.rated == {"baking": 2, "brewing": 0}
    unrated = fold(PLAN, [answer(100, 107)])
    assert unrated.rated is None
    assert (rated.current, rated.position, rated.answers) == (unrated.current, unrated.position, unrated.answers)


def test_an_answer_brings_the_question_written_down_with_it() -> None:
    progress = fold(PLAN, [answer(100, 107), answer(107, 103)])
    assert (progress.current, progress.position, progress.phase) == (103, 3, "asking")
    assert [a.revision for a in progress.answers] == [100, 107]


def test_an_attempt_whose_last_answer_names_no_next_question_has_stopped() -> None:
    progress = fold(PLAN, [answer(100, None)])
    assert (progress.current, progress.phase) == (None, "stopped")


def test_keys_are_revealed_only_by_finishing() -> None:
    log: list[Entry] = [answer(100, 101), answer(101, None)]
    assert fold(PLAN, log).revealed == 0
    finished = fold(PLAN, [*log, Finished({})])
    assert (finished.phase, finished.revealed) == ("finished", 2)


def test_who_finishes_early_is_asked_nothing_more() -> None:
    assert fold(PLAN, [answer(100, 101), Finished({})]).current is None


def test_an_extension_asks_five_more_than_were_answered_and_keeps_what_was_revealed() -> None:
    log: list[Entry] = [answer(100, None), Finished({}), Extended(5, "baking", 104)]
    more = fold(PLAN, log)
    assert (more.phase, more.current, more.until, more.position) == ("asking", 104, 6, 2)
    assert (more.area, more.forced, more.revealed) == ("baking", True, 1)
    assert fold(PLAN, [*log, answer(104, 105)]).revealed == 1, "answers after the result stay closed"


def test_finishing_again_reveals_the_answers_of_the_extension_too() -> None:
    log: list[Entry] = [answer(100, None), Finished({}), Extended(5, None, 104), answer(104, None), Finished({})]
    assert (fold(PLAN, log).revealed, fold(PLAN, log).extensions) == (2, 1)


def test_each_extension_is_counted_and_the_last_one_names_the_area() -> None:
    log: list[Entry] = [answer(100, None), Extended(5, "baking", 104), answer(104, None), Extended(5, None, 105)]
    assert (fold(PLAN, log).extensions, fold(PLAN, log).area, fold(PLAN, log).until) == (2, None, 7)


def test_before_any_answer_the_belief_is_the_prior() -> None:
    bank = tiny_bank()
    assert belief_after(bank, []).mean == pytest.approx(np.full(10, 1.75))


def test_an_i_dont_know_counts_as_a_wrong_answer() -> None:
    bank = tiny_bank()
    unknown = [given(named(bank, "baking-basics-1"), None)]
    assert np.array_equal(belief_after(bank, unknown).mean, belief_after(bank, wrong(bank, "baking-basics-1")).mean)
    assert (belief_after(bank, unknown).mean < 1.75).all()


def test_right_choices_count_more_for_a_person_who_says_when_they_dont_know() -> None:
    """Both miss four singles; one of them by guessing, the other admits it. Then both choose rightly."""
    bank = tiny_bank()
    missed = [named(bank, f"{area}-basics-0") for area in ("brewing", "carving", "dyeing", "etching")]
    [chosen] = right(bank, "baking-basics-2")
    guesser, honest = (belief_after(bank, [*(given(m, s) for m in missed), chosen]) for s in (0, None))
    before = [belief_after(bank, [given(m, s) for m in missed]) for s in (0, None)]
    gains = [after.mean[0] - then.mean[0] for after, then in zip((guesser, honest), before, strict=True)]
    assert gains[1] > gains[0]


def test_a_tick_at_i_am_guessing_never_changes_the_level() -> None:
    bank = tiny_bank()
    answers = right(bank, "baking-basics-0", "brewing-basics-0")
    ticked = [a._replace(guessing=True) for a in answers]
    assert np.array_equal(belief_after(bank, ticked).mean, belief_after(bank, answers).mean)


def test_questions_are_counted_by_their_area() -> None:
    bank = tiny_bank()
    counted = asked_per_area(bank, right(bank, "baking-basics-0", "baking-craft-1", "dyeing-craft-4"))
    by_area = dict(zip([area.id for area in bank.catalogue.areas], counted.tolist(), strict=True))
    assert {area: number for area, number in by_area.items() if number} == {"baking": 2, "dyeing": 1}


def test_something_can_be_said_once_every_area_has_three_answers() -> None:
    bank = tiny_bank()
    four_each = everywhere(bank, 2, full)
    assert every_area_asked(bank, four_each)
    two_in_etching = [a for a in four_each if "etching-craft" not in bank.at(a.revision).question.id]
    assert not every_area_asked(bank, two_in_etching)
    assert every_area_asked(bank, everywhere(bank, 2, nothing)), "an answer is an answer, known or not"
