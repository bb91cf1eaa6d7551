from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import question as q
from quiz.bank.mark import Mark, best_score, chosen_ids, mark, normalised, number_right
from quiz.bank.order import cyclic, respects, right_orders
from tests import factories as make

HELD = settings(deadline=None, derandomize=True, max_examples=20, database=None)
UNKNOWN: dict[str, Any] = {"unknown": True}
RIGHT_CASE = {"first": {"choice": "grows"}, "second": {"text": "60"}}

MARKED: list[tuple[q.Question, dict[str, Any], dict[str, Any]]] = [
    (make.single(), {"choice": "grows"}, {"choice": "stays"}),
    (make.multiple(), {"choices": ["oldest", "shorter"]}, {"choices": ["oldest"]}),
    (make.number(), {"text": "60 requests"}, {"text": "61"}),
    (make.fill(), {"text": " 2 "}, {"text": "3"}),
    (make.line(), {"line": 4}, {"line": 2}),
    (make.order(), {"sequence": ["read", "open", "send"]}, {"sequence": ["read", "send", "open"]}),
    (make.match(), {"pairs": {"oldest": "queue", "undo": "stack"}}, {"pairs": {"oldest": "queue", "undo": "set"}}),
    (make.judgement(), {"choice": "show"}, {"choice": "block"}),
    (make.case(), {"parts": RIGHT_CASE}, {"parts": {"first": {"choice": "all"}, "second": {"text": "1"}}}),
]
BY_TYPE = pytest.mark.parametrize(("question", "right", "wrong"), MARKED, ids=[row[0].type for row in MARKED])


@BY_TYPE
def test_a_right_response_earns_full_marks(question: q.Question, right: dict[str, Any], wrong: dict[str, Any]) -> None:
    assert right != wrong
    assert mark(question, right) == Mark(best_score(question), best_score(question), unknown=False)
    assert mark(question, right).right


@BY_TYPE
def test_a_wrong_response_earns_nothing_and_is_no_i_dont_know(
    question: q.Question, right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    assert right != wrong
    assert mark(question, wrong) == Mark(0, best_score(question), unknown=False)


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_i_dont_know_earns_nothing_and_is_remembered_as_such(question: q.Question) -> None:
    response = UNKNOWN
    if isinstance(question, q.Case):
        response = {"parts": {part.id: UNKNOWN for part in question.parts}}

    assert mark(question, response) == Mark(0, best_score(question), unknown=True)


def test_a_case_earns_a_point_for_each_right_part() -> None:
    half = {"first": {"choice": "grows"}, "second": {"text": "61"}}

    assert mark(make.case(), {"parts": half}) == Mark(1, 2, unknown=False)


def test_a_case_with_one_answered_part_is_not_unknown() -> None:
    half = {"first": UNKNOWN, "second": {"text": "60"}}

    assert mark(make.case(), {"parts": half}) == Mark(1, 2, unknown=False)


@pytest.mark.parametrize(("reply", "credit"), [("show", 3), ("ask", 2), ("mend", 1), ("block", 0)])
def test_a_reply_earns_its_credit(reply: str, credit: int) -> None:
    found = mark(make.judgement(), {"choice": reply})

    assert (found.score, found.best, found.right) == (credit, 3, credit == 3)


@pytest.mark.parametrize("choices", [["oldest"], ["oldest", "shorter", "newest"], ["newest", "copies"]])
def test_a_multiple_needs_the_exact_set(choices: list[str]) -> None:
    assert mark(make.multiple(), {"choices": choices}).score == 0


def test_any_of_several_right_lines_counts() -> None:
    question = make.line(key=[2, 4], fix={2: "    y = x", 4: "    return x * y"}, traps=[])

    assert [mark(question, {"line": line}).score for line in (1, 2, 4)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        *[("0.17", True), ("0.165", True), ("0.175", True), ("0.1649", False), ("0.17501", False)],
        *[("1/6", True), ("17 %", True), ("0,17", True), ("17", False), ("-0.17", False)],
    ],
)
def test_a_number_is_right_when_it_rounds_to_the_key_and_half_way_counts_both_ways(typed: str, *, right: bool) -> None:
    assert number_right(q.NumberKey(value=0.17, decimals=2), typed) is right


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        *[("0.153", True), ("15.3 %", True), ("15.3", True), ("15,3%", True), ("153/1000", True), ("15.25 %", True)],
        *[("15", False), ("0.15", False), ("1.53", False), ("153 %", False), ("15.249", False), ("0.00153", False)],
    ],
)
def test_a_share_may_be_given_as_a_value_or_in_percent(typed: str, *, right: bool) -> None:
    assert number_right(q.NumberKey(value=15.3, decimals=1, scale="percent"), typed) is right


@pytest.mark.parametrize(("typed", "right"), [("60", True), ("60 requests", True), ("60 request", True), ("6e1", True)])
def test_a_unit_is_read_or_left_out(typed: str, *, right: bool) -> None:
    assert mark(make.number(), {"text": typed}).right is right


def test_a_number_that_cannot_be_read_is_wrong_and_not_an_error() -> None:
    assert not number_right(q.NumberKey(value=1000), "1,000")


def test_a_percent_sign_counts_as_written_where_the_unit_is_percent() -> None:
    assert number_right(q.NumberKey(value=40, unit="%"), "40 %")
    assert not number_right(q.NumberKey(value=40, unit="%"), "0.4")


def test_very_small_and_very_large_keys_are_compared_exactly() -> None:
    assert number_right(q.NumberKey(value=0.000001, decimals=6), "1e-6")
    assert not number_right(q.NumberKey(value=0.000001, decimals=6), "1.6e-6")
    assert number_right(q.NumberKey(value=2**60), str(2**60))
    assert not number_right(q.NumberKey(value=2**60), str(2**60 + 1))


@pytest.mark.parametrize(
    ("rules", "typed", "right"),
    [
        *[([], "a = 'b'", True), ([], "  a = 'b' \r\n", True), ([], "a  = 'b'", False), ([], "a=  'b'", False)],
        *[(["space"], "a \t =\n'b'", True), (["space"], "a='b'", False), (["space"], 'a = "b"', False)],
        *[(["quotes"], 'a = "b"', True), (["quotes"], "a = “b”", True), (["quotes"], "A = 'b'", False)],
        *[(["case"], "A = 'B'", True), (["case"], 'A = "B"', False), (["space", "quotes", "case"], 'A  = "B"', True)],
    ],
)
def test_a_typed_form_is_compared_under_the_stated_rules_alone(rules: list[str], typed: str, *, right: bool) -> None:
    question = make.fill(accept=["x", "a = 'b'"], reject=[], normalise=rules)

    assert mark(question, {"text": typed}).right is right


def test_white_space_at_the_end_of_a_line_never_counts() -> None:
    assert normalised("1  \r\n2\t\n", []) == "1\n2"


def test_every_order_that_the_key_allows_is_right_and_no_other() -> None:
    right = {order for order in permutations(("open", "read", "send")) if _earns(make.order(), order)}

    assert right == {("open", "read", "send"), ("read", "open", "send")}


def test_an_unused_line_makes_any_order_wrong() -> None:
    question = make.order(unused=[{"id": "spare", "text": "Wait a while", "why": "Nothing needs this pause here."}])

    assert _earns(question, ("open", "read", "send"))
    assert not _earns(question, ("open", "read", "send", "spare"))
    assert not _earns(question, ("open", "send"))


def _earns(question: q.Question, order: tuple[str, ...]) -> bool:
    return mark(question, {"sequence": list(order)}).right


@st.composite
def partial_orders(draw: st.DrawFn) -> tuple[list[str], dict[str, list[str]]]:
    """Three to five lines and a random acyclic key over them."""
    lines = draw(st.permutations([f"l{i}" for i in range(draw(st.integers(3, 5)))]))
    pairs = [(a, b) for i, b in enumerate(lines) for a in lines[:i]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=6))
    return sorted(lines), {b: [a for a, c in chosen if c == b] for b in {c for _, c in chosen}}


@HELD
@given(partial_orders())
def test_the_right_orders_are_all_linear_extensions_and_nothing_else(
    drawn: tuple[list[str], dict[str, list[str]]],
) -> None:
    lines, key = drawn
    question = make.order(lines=[{"id": x, "text": f"Do {x}", "why": "It has its place here."} for x in lines], key=key)
    before = {(a, b) for b, befores in key.items() for a in befores}
    extensions = {
        order
        for order in permutations(lines)
        if not any((order[j], order[i]) in before for i in range(len(order)) for j in range(i + 1, len(order)))
    }

    assert {order for order in permutations(lines) if _earns(question, order)} == extensions
    assert right_orders(lines, key) == len(extensions) > 0


def test_a_circle_among_lines_is_noticed() -> None:
    assert cyclic({"a": ["b"], "b": ["c"], "c": ["a"]})
    assert not cyclic({"a": ["b", "c"], "b": ["c"]})


def test_a_repeated_line_is_no_order() -> None:
    assert not respects(["a", "a", "b"], ["a", "b"], {})


def test_the_review_knows_what_was_chosen() -> None:
    assert chosen_ids({"choice": "a"}) == ["a"]
    assert chosen_ids({"choices": ["a", "b"]}) == ["a", "b"]
    assert chosen_ids(UNKNOWN) == []
