from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import question as q
from quiz.bank.arrange import arrange, shuffled
from quiz.bank.order import respects
from tests import factories as make

HELD = settings(deadline=None, derandomize=True, max_examples=20, database=None)
SEEDS = range(40)
MOVABLE = [make.single(), make.multiple(), make.order(), make.match(), make.judgement(), make.case()]


def orders_seen(question: q.Question) -> set[str]:
    return {str(arrange(question, seed)) for seed in SEEDS}


def options_seen(*contents: object, field: str = "text") -> set[tuple[str, ...]]:
    question = make.single(options=make.options(*contents, field=field), key="a")
    return {arrange(question, seed).options for seed in SEEDS}


@pytest.mark.parametrize("question", MOVABLE, ids=lambda question: question.type)
def test_a_seed_shows_the_same_order_every_time(question: q.Question) -> None:
    again = type(question).model_validate(question.model_dump())

    assert [arrange(question, seed) for seed in SEEDS] == [arrange(again, seed) for seed in SEEDS]


@pytest.mark.parametrize("question", MOVABLE, ids=lambda question: question.type)
def test_different_seeds_show_different_orders(question: q.Question) -> None:
    assert len(orders_seen(question)) > 1


@pytest.mark.parametrize("question", [make.number(), make.fill(), make.line()], ids=lambda question: question.type)
def test_what_has_no_pieces_to_move_looks_alike_for_everyone(question: q.Question) -> None:
    assert len(orders_seen(question)) == 1


def test_every_option_comes_to_stand_at_every_place() -> None:
    seen = [arrange(make.single(), seed).options for seed in range(100)]

    assert {(option, options.index(option)) for options in seen for option in options} == {
        (option, place) for option in ("grows", "stays", "shrinks", "all") for place in range(4)
    }


def test_two_questions_of_one_attempt_are_shuffled_apart() -> None:
    names = ["first", "second", "third", "fourth", "fifth"]

    assert len({arrange(make.single(id=name), 1).options for name in names}) > 1


def test_rows_and_responses_of_a_match_are_shuffled_apart() -> None:
    seen = {(arrange(make.match(), seed).premises, arrange(make.match(), seed).responses) for seed in SEEDS}

    assert len({responses for premises, responses in seen if premises == ("oldest", "undo")}) > 1


def test_the_order_of_today_is_the_order_of_every_later_release() -> None:
    assert shuffled("abcd", 7, "a-single", "options") == ["d", "c", "a", "b"]


def test_lines_to_be_ordered_never_start_in_a_right_order() -> None:
    question = make.order()
    shown = [arrange(question, seed).lines for seed in range(200)]

    assert not any(respects(lines, ["open", "read", "send"], question.key) for lines in shown)


def test_lines_never_start_right_even_when_a_spare_one_stands_among_them() -> None:
    question = make.order(unused=[{"id": "spare", "text": "Wait a while", "why": "Nothing needs this pause here."}])
    shown = [arrange(question, seed).lines for seed in range(200)]
    used = [[line for line in lines if line != "spare"] for lines in shown]

    assert {lines.index("spare") for lines in shown} == {0, 1, 2, 3}
    assert not any(respects(lines, ["open", "read", "send"], question.key) for lines in used)


def test_an_order_that_cannot_start_wrong_is_still_shown() -> None:
    assert sorted(arrange(make.order(key={}), 1).lines) == ["open", "read", "send"]


@pytest.mark.parametrize(
    "values", [(1, 2, 3), (0.5, 1, 10), (10, 200, 3000), (-3, -2, -1), (-1, 0, 1), (1e-05, 0.001, 0.1)]
)
def test_numbers_in_rising_order_stay_in_order(values: tuple[float, ...]) -> None:
    assert options_seen(*values, field="value") == {("a", "b", "c")}


@pytest.mark.parametrize(
    "texts",
    [
        ("1 replica", "2 replicas", "10 replicas"),
        ("$5", "$20", "$100"),
        ("900 MB", "1,000 MB", "1 200 MB"),
        ("−3 °C", "−2 °C", "1 °C"),
    ],
)
def test_texts_that_begin_with_rising_numbers_stay_in_order(texts: tuple[str, ...]) -> None:
    assert options_seen(*texts) == {("a", "b", "c")}


@pytest.mark.parametrize(
    "contents",
    [("3 days", "2 days", "1 day"), ("1 day", "1 week", "1 year"), ("1 day", "2 days", "never"), (-1, -2, -3)],
)
def test_options_that_do_not_rise_as_numbers_are_shuffled(contents: tuple[object, ...]) -> None:
    field = "text" if isinstance(contents[0], str) else "value"

    assert len(options_seen(*contents, field=field)) > 1


def test_true_and_false_are_no_numbers() -> None:
    assert len(options_seen(False, True, 2, field="value")) > 1


def test_text_that_only_looks_like_numbers_is_shuffled() -> None:
    assert len(options_seen("1.2.3", "1.2.4", "1.2.5")) > 1


@HELD
@given(st.lists(st.integers(), max_size=8), st.integers())
def test_shuffling_loses_nothing_and_adds_nothing(things: list[int], seed: int) -> None:
    assert sorted(shuffled(things, seed)) == sorted(things)
