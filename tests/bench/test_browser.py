"""The walk in a browser: it is of all questions, or says that it is not."""

from __future__ import annotations

import pytest

from quiz.bench.browser import QUESTIONS, WALKS, Traffic, whole_walk


def test_a_walk_that_ended_early_is_walked_again() -> None:
    walks = iter([Traffic(17), Traffic(QUESTIONS), Traffic(QUESTIONS)])

    assert whole_walk(lambda: next(walks)).questions == QUESTIONS
    assert len([*walks]) == 1


@pytest.mark.parametrize("lengths", [[15] * WALKS, [15, 19, 17, 16]])
def test_where_each_walk_ends_early_the_longest_counts(lengths: list[int]) -> None:
    walks = iter(map(Traffic, lengths))

    assert whole_walk(lambda: next(walks)).questions == max(lengths)
    assert not [*walks]
