from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.report.rounding import Chance, chance, dots, level, percent5, tenths, verdict

LAW = settings(deadline=None, derandomize=True, max_examples=15)
MEANS = st.floats(-3.0, 8.0)
VARIANCES = st.floats(0.001, 3.0)
TARGETS = st.floats(0.0, 4.0)
DOUBT = 0.25


class Words(NamedTuple):
    tenths: int
    start: float
    exact: float


@LAW
@given(mean=MEANS, variance=VARIANCES, target=TARGETS)
def test_two_dots_reach_the_target_for_every_tenth_of_the_chance(mean: float, variance: float, target: float) -> None:
    found = tenths(chance(mean, variance, target, DOUBT))
    places = dots(mean, variance, target, DOUBT, found)
    assert len(places) == 20
    assert sum(place >= target for place in places) == found.filled == 2 * found.tenths
    assert list(places) == sorted(places)


@LAW
@given(mean=MEANS, variance=VARIANCES, target=TARGETS)
def test_the_dots_are_the_belief_moved_by_no_more_than_the_rounding(
    mean: float, variance: float, target: float
) -> None:
    """In probability: the middle between the dots lies where the belief has .5 ± .05 of itself below."""
    exact = chance(mean, variance, target, DOUBT)
    places = dots(mean, variance, target, DOUBT, tenths(exact))
    middle = (places[9] + places[10]) / 2
    moved = abs(chance(middle, variance, target, DOUBT) - exact)
    assert moved <= 0.05 + 1e-9
    assert places[19] - places[0] == pytest.approx(2 * 1.959964 * sqrt(variance + DOUBT**2), rel=1e-4)


@LAW
@given(mean=MEANS, variance=VARIANCES, target=TARGETS, more=st.floats(0.0, 2.0))
def test_a_higher_level_never_has_the_lower_chance(mean: float, variance: float, target: float, more: float) -> None:
    low, high = (tenths(chance(m, variance, target, DOUBT)).tenths for m in (mean, mean + more))
    assert low <= high


@LAW
@given(p=st.floats(0.0, 1.0))
def test_a_chance_is_rounded_to_the_nearest_tenth_and_never_said_to_be_0_or_10_in_10(p: float) -> None:
    found = tenths(p)
    assert abs(found.tenths / 10 - p) <= 0.05 + 1e-9
    assert " 0 in 10" not in found.words
    assert "10 in 10" not in found.words


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.0, "fewer than 1 in 10"),
        (0.049, "fewer than 1 in 10"),
        (0.05, "about 1 in 10"),
        (0.62, "about 6 in 10"),
        (0.949, "about 9 in 10"),
        (0.95, "more than 9 in 10"),
        (1.0, "more than 9 in 10"),
    ],
)
def test_a_chance_in_words(p: float, words: str) -> None:
    assert tenths(p).words == words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (Words(10, 0.5, 0.99), "met"),
        (Words(9, 0.5, 0.9), "met"),
        (Words(8, 0.5, 0.8), "probably-met"),
        (Words(7, 0.5, 0.7), "probably-met"),
        (Words(6, 0.5, 0.6), "either"),
        (Words(4, 0.5, 0.4), "either"),
        (Words(3, 0.5, 0.3), "probably-gap"),
        (Words(2, 0.5, 0.2), "probably-gap"),
        (Words(1, 0.5, 0.1), "gap"),
        (Words(0, 0.5, 0.0), "gap"),
        (Words(3, 0.2, 0.3), "not-shown"),
        (Words(1, 0.02, 0.1), "not-shown"),
        (Words(4, 0.1, 0.4), "either"),
    ],
)
def test_the_verdict_follows_the_rounded_chance(words: Words, said: str) -> None:
    assert verdict(Chance(words.tenths), words.start, words.exact, asked=3) == said


@LAW
@given(p=st.floats(0.0, 1.0), start=st.floats(0.0, 1.0), asked=st.integers(0, 9))
def test_not_shown_is_said_only_where_answers_raised_the_chance_and_not_asked_where_they_are_few(
    p: float, start: float, asked: int
) -> None:
    said = verdict(tenths(p), start, p, asked)
    assert (said == "not-asked") == (asked < 3)
    if said == "not-shown":
        assert p > start
    if said in {"gap", "probably-gap"}:
        assert p <= start, "a gap is said only where the answers did not point up"


def test_a_level_is_printed_with_one_decimal_and_the_range_of_8_in_10() -> None:
    found = level(2.04, 0.5, 0.25)
    assert (found.at, found.low, found.high) == (2.0, 1.1, 3.0)


@pytest.mark.parametrize("mean", [-0.04, 0.04, 0.9611])
def test_a_level_of_about_nought_is_printed_without_a_minus_sign(mean: float) -> None:
    found = level(mean, 0.5, 0.25)
    assert "-0.0" not in [f"{number:.1f}" for number in (found.at, found.low, found.high)]


@LAW
@given(share=st.floats(0.0, 1.0))
def test_a_share_is_rounded_to_five_percent_and_never_said_to_be_none_or_all(share: float) -> None:
    found = percent5(share)
    assert found % 5 == 0
    assert 5 <= found <= 95
    assert abs(found - 100 * min(max(share, 0.05), 0.95)) <= 2.5 + 1e-9
