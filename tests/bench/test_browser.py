"""The walk in a browser: it is of all questions, or says that it is not."""

from __future__ import annotations

import pytest

from quiz.bench.browser import QUESTIONS, WALKS, Traffic, figures, whole_walk
from quiz.bench.figure import failed


def test_a_walk_that_ended_early_is_walked_again() -> None:
    walks = iter([Traffic(17), Traffic(QUESTIONS), Traffic(QUESTIONS)])

    assert whole_walk(lambda: next(walks)).questions == QUESTIONS
    assert len([*walks]) == 1


@pytest.mark.parametrize("lengths", [[15] * WALKS, [15, 19, 17, 16]])
def test_where_each_walk_ends_early_the_longest_counts(lengths: list[int]) -> None:
    walks = iter(map(Traffic, lengths))

    assert whole_walk(lambda: next(walks)).questions == max(lengths)
    assert not [*walks]


WHOLE = Traffic(QUESTIONS, requests=49, size=80_000, script=4000, result=True)


def test_a_walk_without_script_that_came_to_its_result_shows_that_none_is_needed() -> None:
    found = figures(WHOLE, Traffic(QUESTIONS - 3, result=True), 500)

    assert found["walk_questions_no_script"].value == QUESTIONS - 3
    assert not failed(found.values(), strict=True)


@pytest.mark.parametrize("without", [Traffic(0, result=True), Traffic(QUESTIONS, result=False)])
def test_a_walk_without_script_that_came_to_nothing_fails(without: Traffic) -> None:
    found = figures(WHOLE, without, 500)

    assert [name for name, figure in found.items() if not figure.ok] == ["walks_without_a_result"]
    assert failed(found.values(), strict=False)
