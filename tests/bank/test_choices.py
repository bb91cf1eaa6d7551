from __future__ import annotations

from typing import Any

import pytest

from quiz.bank import question as q
from quiz.bank.choices import choices, chosen
from tests import factories as make


def test_every_type_has_a_right_choice_and_dont_know_and_names_nothing_twice() -> None:
    for question in make.one_of_each():
        made = choices(question)
        assert any(one.credit == 1 for one in made), question.type
        assert made[-1].name.endswith("I don't know")
        assert len({one.id for one in made}) == len({one.name for one in made}) == len(made)


def test_options_have_letters_in_the_order_of_the_file() -> None:
    assert [(one.name, one.id, one.credit) for one in choices(make.single())][:2] == [
        ("A", "grows", 1),
        ("B", "stays", 0),
    ]
    assert [one.credit for one in choices(make.judgement())][:4] == [1, 2 / 3, 1 / 3, 0]


@pytest.mark.parametrize(
    ("question", "response", "ids"),
    [
        (make.single(), {"choice": "stays"}, {"stays"}),
        (make.judgement(), {"choice": "ask"}, {"ask"}),
        (make.multiple(), {"choices": ["newest", "oldest"]}, {"newest", "oldest"}),
        (make.line(), {"line": 2}, {"2"}),
        (make.number(), {"text": "60"}, {"right"}),
        (make.number(), {"text": "17 requests"}, {"17"}),
        (make.number(), {"text": "5"}, {"other"}),
        (make.fill(), {"text": " 2 "}, {"right"}),
        (make.fill(), {"text": "3"}, {"3"}),
        (make.fill(), {"text": "4"}, {"other"}),
        (make.order(), {"sequence": ["read", "open", "send"]}, {"right"}),
        (make.order(), {"sequence": ["send", "open", "read"]}, {"other"}),
        (make.match(), {"pairs": {"oldest": "queue", "undo": "stack"}}, {"right"}),
        (make.match(), {"pairs": {"oldest": "stack", "undo": "queue"}}, {"other"}),
        (make.fill(), {"unknown": True}, {"unknown"}),
        (
            make.case(),
            {"parts": {"first": {"choice": "all"}, "second": {"unknown": True}}},
            {"first/all", "second/unknown"},
        ),
    ],
)
def test_a_response_is_one_of_the_choices(question: q.Question, response: dict[str, Any], ids: set[str]) -> None:
    assert chosen(question, response) == ids
    assert ids <= {one.id for one in choices(question)}
