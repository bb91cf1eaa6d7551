from __future__ import annotations

from typing import Any

import pytest

from quiz.bank import question as q
from quiz.bank.arrange import arrange
from quiz.bank.response import read_response
from quiz.bank.said import said
from tests import factories as make
from tests.taker import right_form, unknown_form


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_an_answer_is_told_in_the_words_of_the_page_and_no_id_of_the_file(question: q.Question) -> None:
    arrangement = arrange(question, 3)
    told = said(question, read_response(question, arrangement, right_form(question, arrangement)))

    assert told not in (None, "", [])
    assert flat(told) <= words_of(question)


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_i_don_t_know_is_told_as_nothing(question: q.Question) -> None:
    told = said(question, read_response(question, arrange(question, 3), unknown_form(question)))

    assert told == ([None] * len(question.parts) if isinstance(question, q.Case) else None)


def flat(told: Any) -> set[str]:
    return set().union(*map(flat, told)) if isinstance(told, list) else {str(told)}


def words_of(question: q.Question) -> set[str]:
    """Everything in the question's file that is not an id."""
    found: set[str] = set()

    def walk(value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            for key, child in value.items():
                walk(child, key)
        elif isinstance(value, list):
            for child in value:
                walk(child, name)
        elif name != "id":
            found.add(str(value))

    walk(question.model_dump())
    return found
