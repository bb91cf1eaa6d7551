from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from quiz.bank import question as q
from quiz.bank.arrange import arrange
from quiz.bank.blind import BlindAnswer, BlindAnswers, Comparison, code, compare, print_blind
from tests import factories as make

SEED = 3


def reader(question: q.Question, answer: Any, step: str = "independent", **remarks: str) -> BlindAnswers:
    data = {"question": code(question, SEED), "answer": answer, "sure": 80, "step": step, "seconds": 40, **remarks}
    return BlindAnswers(answers=[BlindAnswer.model_validate(data)])


def compared(question: q.Question, *readers: BlindAnswers) -> Comparison:
    (found,) = compare([question], readers, SEED)
    return found


def places(shown: Sequence[str], *wanted: str) -> list[int]:
    return [shown.index(name) + 1 for name in wanted]


def key_of(question: q.Question) -> Any:
    """The right answer as a blind reader writes it."""
    shown = arrange(question, SEED)
    match question:
        case q.SingleBody():
            return places(shown.options, question.key)[0]
        case q.MultipleBody():
            return places(shown.options, *question.key)
        case q.JudgementBody():
            return places(shown.options, "show")[0]
        case q.NumberBody():
            return 60
        case q.FillBody():
            return "2"
        case q.LineBody():
            return 4
        case q.OrderBody():
            return places(shown.lines, "read", "open", "send")
        case q.MatchBody():
            return [places(shown.responses, question.key[premise])[0] for premise in shown.premises]
        case _:
            return [places(shown.parts["first"].options, "grows")[0], 60]


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_a_blind_reader_sees_neither_key_nor_reason_nor_level_nor_id(question: q.Question) -> None:
    hidden = question.model_copy(update={"level": "leading", "notes": "secret notes"})
    text = print_blind(hidden, SEED)
    reasons = [getattr(option, "why", "") for option in getattr(question, "options", [])]

    assert question.id not in text
    assert "leading" not in text
    assert "secret" not in text
    assert "script" not in text
    assert not any(reason and reason in text for reason in reasons)
    assert not (isinstance(question.why, str) and question.why in text)


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_a_blind_reader_sees_the_title_the_code_and_the_type(question: q.Question) -> None:
    text = print_blind(question, SEED)

    assert text.startswith(f"## {code(question, SEED)} · {question.type}\n\n**A small question**\n")


def test_pieces_are_numbered_in_the_order_in_which_a_taker_sees_them() -> None:
    shown = arrange(make.single(), SEED).options
    contents = {option.id: option.text for option in make.single().options}

    assert "\n".join(f"{n}. {contents[name]}" for n, name in enumerate(shown, 1)) in print_blind(make.single(), SEED)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (make.number(), "At 12 requests a second"),
        (make.number(), "Type a number, in requests."),
        (make.number(key={"value": 60, "scale": "percent"}), "for example 0.17 or 17 %"),
        (make.number(key={"value": 60}), "Type a number.\n"),
        (make.fill(), "Type your answer."),
        (make.line(), "2.     y = 2\n3. \n4."),
        (make.order(), "(Every line is used.)"),
        (make.order(unused=[{"id": "s", "text": "Wait", "why": "Because."}]), "(Some lines may stay unused.)"),
        (make.match(), "Responses:\n1. "),
        (make.case(), "Part 2 (number): How many requests arrive"),
        (make.single(figures=[{"id": "d", "svg": "<svg/>", "text": "A square"}]), "(Figure: A square)"),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_a_blind_reader_is_told_how_to_answer(question: q.Question, said: str) -> None:
    assert said in print_blind(question, SEED)


def test_a_code_differs_between_questions_and_seeds() -> None:
    assert len({code(make.single(), 1), code(make.single(), 2), code(make.fill(), 1)}) == 3


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_two_readers_who_agree_with_the_key_settle_a_question(question: q.Question) -> None:
    answer = key_of(question)
    found = compared(question, reader(question, answer), reader(question, answer, step="advanced"))

    assert found.right == (True, True)
    assert found.settled
    assert found.remarks == ()


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_i_dont_know_is_no_agreement(question: q.Question) -> None:
    found = compared(question, reader(question, key_of(question)), reader(question, None))

    assert found.right == (True, False)
    assert not found.settled


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        *[(make.multiple(), [1]), (make.number(), "61"), (make.fill(), 3), (make.line(), 1)],
        *[(make.order(), places(arrange(make.order(), SEED).lines, "send", "open", "read")), (make.case(), [1, 61])],
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_a_wrong_answer_is_a_disagreement(question: q.Question, wrong: Any) -> None:
    assert compared(question, reader(question, wrong)).right == (False,)


def test_a_part_left_out_of_a_case_is_unknown() -> None:
    question = make.case()

    assert compared(question, reader(question, key_of(question)[:1])).right == (False,)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        *[(make.single(), 9), (make.single(), "grows"), (make.number(), "1,000"), (make.order(), [1, 1, 2])],
        *[(make.match(), {1: 2}), (make.multiple(), [1, 2, 3, 4]), (make.case(), 2), (make.case(), {"first": 1})],
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_an_answer_that_cannot_be_read_is_a_remark_and_no_agreement(question: q.Question, answer: Any) -> None:
    found = compared(question, reader(question, answer))

    assert found.right == (False,)
    assert "unreadable answer" in found.remarks[0]


def test_remarks_are_kept_by_kind() -> None:
    question = make.single()
    one = reader(question, key_of(question), second="the third", ambiguous="the rate", gave_away="the length")

    assert compared(question, one).remarks == ("second: the third", "ambiguous: the rate", "gave away: the length")


def test_questions_that_nobody_answered_are_left_out() -> None:
    answered = make.single()

    assert [c.id for c in compare([make.fill(), answered], [reader(answered, 1)], SEED)] == ["a-single"]


def test_codes_of_another_seed_match_nothing() -> None:
    assert compare([make.single()], [reader(make.single(), 1)], SEED + 1) == []


@pytest.mark.parametrize(
    ("right", "steps", "settled"),
    [
        *[((True, True), ("guided", "advanced"), True), ((True,), ("independent",), False)],
        *[((True, False), ("independent",) * 2, False), ((True, True), ("independent", "leading"), False)],
    ],
)
def test_a_question_is_settled_by_two_agreements_within_one_step(
    right: tuple[bool, ...], steps: tuple[str, ...], *, settled: bool
) -> None:
    assert Comparison("x", "independent", right, steps, ()).settled is settled


def test_the_median_step_counts_the_author_and_all_readers() -> None:
    assert Comparison("x", "leading", (True, True), ("guided", "independent"), ()).median_step == "independent"
    assert Comparison("x", "guided", (True, True), ("leading", "leading"), ()).median_step == "leading"
