from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.measure.guessing import EXPECTED, guessing_share

COUNTS = st.integers(0, 60)
LAW = settings(deadline=None, derandomize=True, max_examples=10)


def test_before_any_answer_a_person_is_taken_to_guess_as_often_as_most_do() -> None:
    assert guessing_share(0, 0) == pytest.approx(EXPECTED)


@LAW
@given(wrong=COUNTS, unknown=COUNTS)
def test_the_share_is_always_a_share(wrong: int, unknown: int) -> None:
    assert 0 < guessing_share(wrong, unknown) < 1


@LAW
@given(wrong=COUNTS, unknown=COUNTS)
def test_a_miss_raises_the_share_and_an_i_dont_know_lowers_it(wrong: int, unknown: int) -> None:
    now = guessing_share(wrong, unknown)
    assert guessing_share(wrong + 1, unknown) > now
    assert guessing_share(wrong, unknown + 1) < now


def test_who_always_guesses_and_who_never_does_are_told_apart_within_ten_answers() -> None:
    assert guessing_share(10, 0) > 0.95
    assert guessing_share(0, 10) < 0.2


def test_who_guesses_half_of_the_time_is_seen_to_do_so() -> None:
    """Of 40 unknown singles 20 are guessed; of these, one in four is right by luck."""
    assert guessing_share(wrong=15, unknown=20) == pytest.approx(0.5, abs=0.05)
