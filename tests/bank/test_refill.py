from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import question as q
from quiz.bank.arrange import arrange
from quiz.bank.refill import refilled
from quiz.bank.response import read_response
from tests import factories as make
from tests.taker import right_form, unknown_form

HELD = settings(deadline=None, derandomize=True, max_examples=15, database=None)
SPARE = [{"id": "spare", "text": "Wait a while", "why": "Nothing needs this pause here."}]


@pytest.mark.parametrize(
    "question", [*make.one_of_each(), make.order(unused=SPARE)], ids=lambda question: question.type
)
@HELD
@given(seed=st.integers(0, 2**48))
def test_a_response_turned_back_into_a_form_reads_as_the_same_response(question: q.Question, seed: int) -> None:
    arrangement = arrange(question, seed)
    for form in (right_form(question, arrangement), unknown_form(question)):
        response = read_response(question, arrangement, form)
        again = refilled(question, arrangement, response)
        assert read_response(question, arrangement, again) == response
        assert {name: sorted(values) for name, values in again.items()} == {
            name: sorted(values) for name, values in form.items()
        }
