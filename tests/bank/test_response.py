from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import question as q
from quiz.bank.arrange import Arrangement, arrange
from quiz.bank.mark import mark
from quiz.bank.response import MAX_TYPED, InvalidResponseError, read_response
from tests import factories as make

HELD = settings(deadline=None, derandomize=True, max_examples=20, database=None)
SEED = 7
SPARE = [{"id": "spare", "text": "Wait a while", "why": "Nothing needs this pause here."}]

Form = Mapping[str, Sequence[str]]


def read(question: q.Question, form: Form) -> dict[str, Any]:
    return read_response(question, arrange(question, SEED), form)


def errors(question: q.Question, form: Form) -> dict[str, str]:
    with pytest.raises(InvalidResponseError) as refused:
        read(question, form)
    return refused.value.errors


def place(ids: Sequence[str], wanted: str) -> str:
    return str(ids.index(wanted) + 1)


def placed(*places: str) -> dict[str, list[str]]:
    return {f"place-{line}": [text] for line, text in enumerate(places, start=1)}


@pytest.mark.parametrize("kind", ["single", "judgement"])
def test_a_chosen_place_becomes_the_option_that_stood_there(kind: str) -> None:
    question: q.Question = make.single() if kind == "single" else make.judgement()
    shown = arrange(question, SEED).options

    assert [read(question, {"choice": [str(n)]}) for n in (1, 2, 3, 4)] == [{"choice": option} for option in shown]


def test_several_choices_are_kept_in_one_order_whatever_order_they_came_in() -> None:
    question = make.multiple()
    shown = arrange(question, SEED).options
    chosen = [place(shown, "shorter"), place(shown, "oldest")]

    assert read(question, {"choices": chosen}) == {"choices": ["oldest", "shorter"]}
    assert read(question, {"choices": chosen[::-1]}) == {"choices": ["oldest", "shorter"]}


def test_typed_answers_are_kept_as_typed() -> None:
    assert read(make.number(), {"text": [" 60 requests "]}) == {"text": "60 requests"}
    assert read(make.fill(), {"text": [" 2\r\n3"]}) == {"text": " 2\n3"}


def test_a_line_is_kept_by_its_number() -> None:
    assert read(make.line(), {"choice": ["4"]}) == {"line": 4}


def test_places_become_a_sequence_of_lines() -> None:
    question = make.order()
    first, second, third = arrange(question, SEED).lines

    assert read(question, placed("3", "1", "2")) == {"sequence": [second, third, first]}


def test_a_line_may_stay_unused_where_the_question_has_spare_ones() -> None:
    question = make.order(unused=SPARE)
    shown = arrange(question, SEED).lines

    assert read(question, placed("2", "none", "1", "none")) == {"sequence": [shown[2], shown[0]]}


def test_rows_become_pairs() -> None:
    question = make.match()
    arrangement = arrange(question, SEED)
    queue, stack = place(arrangement.responses, "queue"), place(arrangement.responses, "stack")
    wanted = {"oldest": queue, "undo": stack}
    form = {f"match-{row}": [wanted[premise]] for row, premise in enumerate(arrangement.premises, start=1)}

    assert mark(question, read(question, form)).right


def test_each_part_of_a_case_is_read_from_its_own_fields() -> None:
    shown = arrange(make.case(), SEED).parts["first"].options

    assert read(make.case(), {"part1-choice": [place(shown, "grows")], "part2-text": ["60"]}) == {
        "parts": {"first": {"choice": "grows"}, "second": {"text": "60"}}
    }


@pytest.mark.parametrize("question", make.one_of_each()[:-1], ids=lambda question: question.type)
@pytest.mark.parametrize("field", ["choice", "unknown"])
def test_i_dont_know_is_read_from_a_radio_or_a_checkbox(question: q.Question, field: str) -> None:
    assert read(question, {field: ["unknown"]}) == {"unknown": True}


def test_one_part_of_a_case_may_be_unknown() -> None:
    found = read(make.case(), {"part1-choice": ["unknown"], "part2-text": ["60"]})

    assert found == {"parts": {"first": {"unknown": True}, "second": {"text": "60"}}}


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        *[(make.single(), ["choice"]), (make.multiple(), ["choices"]), (make.number(), ["text"])],
        *[(make.fill(), ["text"]), (make.line(), ["choice"]), (make.judgement(), ["choice"])],
        *[(make.order(), ["place-1"]), (make.match(), ["match-1", "match-2"])],
        (make.case(), ["part1-choice", "part2-text"]),
    ],
    ids=lambda value: value.type if hasattr(value, "type") else "",
)
def test_an_empty_form_names_every_field_that_is_missing(question: q.Question, fields: list[str]) -> None:
    found = errors(question, {})

    assert list(found) == fields
    assert all(text.endswith(".") for text in found.values())


@pytest.mark.parametrize("choice", ["5", "0", "-1", "grows", "", "1.0", "²", "1000", "٣", " 1"])
def test_a_choice_that_is_not_on_the_page_is_refused(choice: str) -> None:
    assert errors(make.single(), {"choice": [choice]}) == {"choice": "That choice is not on this page. Choose again."}
    assert list(errors(make.multiple(), {"choices": ["1", choice]})) == ["choices"]
    assert list(errors(make.line(), {"choice": [choice]})) == ["choice"]


def test_two_choices_where_one_is_asked_are_refused() -> None:
    assert errors(make.single(), {"choice": ["1", "2"]}) == {"choice": "Choose one answer only."}
    assert errors(make.judgement(), {"choice": ["1", "2"]}) == {"choice": "Choose one reply only."}
    assert errors(make.line(), {"choice": ["1", "2"]}) == {"choice": "Choose one line that holds code."}


def test_a_blank_line_of_code_can_not_be_chosen() -> None:
    assert errors(make.line(), {"choice": ["3"]}) == {"choice": "Choose one line that holds code."}


def test_all_options_together_are_refused_because_some_are_wrong() -> None:
    assert "Not all" in errors(make.multiple(), {"choices": ["1", "2", "3", "4"]})["choices"]


@pytest.mark.parametrize("question", [make.number(), make.fill()], ids=lambda question: question.type)
def test_a_typed_answer_beside_i_dont_know_asks_which_was_meant(question: q.Question) -> None:
    assert "Keep one" in errors(question, {"text": ["60"], "unknown": ["unknown"]})["text"]
    assert read(question, {"text": [" \n"], "unknown": ["unknown"]}) == {"unknown": True}


@pytest.mark.parametrize("question", [make.number(), make.fill()], ids=lambda question: question.type)
@pytest.mark.parametrize("text", ["6\x000", "6\x1b0", "6\ud8000", "6" * (MAX_TYPED + 1), " \t\n", ""])
def test_a_text_that_is_blank_too_long_or_can_not_be_stored_is_refused(question: q.Question, text: str) -> None:
    assert list(errors(question, {"text": [text]})) == ["text"]


def test_a_text_as_long_as_allowed_is_kept() -> None:
    assert read(make.fill(), {"text": ["x" * MAX_TYPED]}) == {"text": "x" * MAX_TYPED}


def test_a_number_that_can_be_read_two_ways_is_sent_back_with_both_readings() -> None:
    said = errors(make.number(), {"text": ["1,000"]})["text"]

    assert "1000" in said
    assert "1.000" in said


def test_a_share_is_read_as_a_share_and_refuses_words() -> None:
    share = make.number(given={}, stem="What share?", key={"value": 15.3, "decimals": 1, "scale": "percent"}, traps=[])

    assert read(share, {"text": ["15.3 %"]}) == {"text": "15.3 %"}
    assert list(errors(share, {"text": ["15.3 apples"]})) == ["text"]


@pytest.mark.parametrize("typed", ["15.3", "0.4 %", "0", "1/6", "0.4/1"])
def test_a_share_that_can_mean_one_thing_only_is_kept(typed: str) -> None:
    share = make.number(given={}, stem="What share?", key={"value": 15.3, "decimals": 1, "scale": "percent"}, traps=[])

    assert read(share, {"text": [typed]}) == {"text": typed}


@pytest.mark.parametrize(("typed", "other"), [("0.4", "40 %"), ("1", "100 %"), (".05", "5 %"), ("4e-3", "0.4 %")])
def test_a_share_that_can_mean_two_things_is_sent_back_with_both(typed: str, other: str) -> None:
    share = make.number(given={}, stem="What share?", key={"value": 15.3, "decimals": 1, "scale": "percent"}, traps=[])
    said = errors(share, {"text": [typed]})["text"]

    assert f"{typed} %" in said
    assert f"or {other}" in said


def test_two_lines_in_one_place_are_named_at_the_second() -> None:
    question = make.order()
    texts = {line.id: line.text for line in question.lines}
    second, third = (texts[line] for line in arrange(question, SEED).lines[1:])

    said = f"Two lines are in place 2: “{second}” and “{third}”. Move one."
    assert errors(question, placed("1", "2", "2")) == {"place-3": said}


@pytest.mark.parametrize("wrong", ["", "4", "x", "none"])
def test_a_line_without_a_place_is_named(wrong: str) -> None:
    question = make.order()
    second = next(line.text for line in question.lines if line.id == arrange(question, SEED).lines[1])

    assert errors(question, placed("1", wrong, "3")) == {"place-2": f"Choose a place for “{second}”."}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the `fit` call", "the fit call"),
        ("for x in data:\n    use(x)", "for x in data: …"),
        ("a" * 60, "a" * 49 + "…"),
    ],
)
def test_a_line_is_quoted_by_its_beginning(text: str, said: str) -> None:
    lines = [{"id": name, "text": text, "why": "A reason that is long enough to teach."} for name in "abc"]
    question = make.order(lines=lines, key={"c": ["a", "b"]})

    assert errors(question, placed("1", "", "3")) == {"place-2": f"Choose a place for “{said}”."}


def test_a_gap_among_the_places_is_refused() -> None:
    question = make.order(unused=SPARE)

    assert errors(question, placed("1", "3", "none", "none")) == {"place-1": "Use the places 1 to 2 without a gap."}


def test_leaving_every_line_unused_is_no_answer() -> None:
    assert "at least one" in errors(make.order(unused=SPARE), placed("none", "none", "none", "none"))["place-1"]


def test_a_response_chosen_twice_is_named_at_the_second_row() -> None:
    assert list(errors(make.match(), {"match-1": ["2"], "match-2": ["2"]})) == ["match-2"]


def test_all_parts_of_a_case_complain_at_once_and_say_which_they_are() -> None:
    found = errors(make.case(), {"part1-choice": ["9"], "part2-text": ["1,000"]})

    assert found["part1-choice"].startswith("Part 1: ")
    assert found["part2-text"].startswith("Part 2: ")


def test_an_error_reads_as_all_its_sentences() -> None:
    assert str(InvalidResponseError({"a": "One.", "b": "Two."})) == "One.; Two."


NAMES = st.sampled_from(
    [f"{prefix}{name}" for prefix in ("", "part1-", "part2-") for name in ("choice", "choices", "text", "unknown")]
    + [f"{name}-{n}" for name in ("place", "match") for n in range(5)]
) | st.text(max_size=4)
TYPED = st.sampled_from(["1", "2", "3", "4", "none", "unknown", "0", "60", "1,000", "1/0", "²", ""]) | st.text(
    max_size=8
)
FORMS = st.dictionaries(NAMES, st.lists(TYPED, max_size=3), max_size=8)
QUESTIONS = [*make.one_of_each(), make.order(unused=SPARE)]
SHOWN: list[tuple[q.Question, Arrangement]] = [(question, arrange(question, SEED)) for question in QUESTIONS]


@pytest.mark.parametrize(("question", "arrangement"), SHOWN, ids=[f"{x.type}-{i}" for i, x in enumerate(QUESTIONS)])
def test_any_form_is_either_an_answer_that_can_be_stored_and_marked_or_refused_by_field(
    question: q.Question, arrangement: Arrangement
) -> None:
    @HELD
    @given(FORMS)
    def holds(form: dict[str, list[str]]) -> None:
        told: dict[str, str] = {}
        try:
            response = read_response(question, arrangement, form)
        except InvalidResponseError as refused:
            told = refused.errors
        else:
            assert json.loads(json.dumps(response)) == response
            assert 0 <= mark(question, response).score <= mark(question, response).best
            return
        assert told
        assert all(told.values())

    holds()
