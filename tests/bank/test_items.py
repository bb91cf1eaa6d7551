from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, permutations
from typing import Any

import numpy as np
import pytest

from quiz.bank import question as q
from quiz.bank.items import GUESSED, chance_of_guess, curve, luck, weights, with_share
from quiz.bank.mark import best_score, mark
from quiz.measure.curve import probabilities, stack
from quiz.measure.guessing import EXPECTED
from tests import factories as make

SPARE = [{"id": "spare", "text": "Wait a while", "why": "Nothing needs this pause here."}]
MORE: list[q.Question] = [
    make.single(options=make.options("One", "Two", "Three"), key="a"),
    make.multiple(options=make.options(*"uvwxyz"), key=["a"]),
    make.order(unused=SPARE),
    make.line(code="a = 1\nb = 2\n\nc = 3\nd = 4\ne = 5\n", key=[2, 4], fix={2: "b = 0", 4: "c = 0"}, traps=[]),
    make.judgement(key={"show": 3, "ask": 3 - 2, "mend": 1, "block": 1}),
    make.case(parts=[make.part("multiple"), make.part("single"), make.part("fill"), make.part("single", id="last")]),
]
ALL: list[q.Question] = [*make.one_of_each(), *MORE]
IDS = [f"{question.type}-{i}" for i, question in enumerate(ALL)]


def every_response(question: q.Question) -> Iterator[dict[str, Any]]:
    """Every answer that the page lets through."""
    match question:
        case q.SingleBody():
            yield from ({"choice": option.id} for option in question.options)
        case q.MultipleBody():
            ids = [option.id for option in question.options]
            sets = chain.from_iterable(combinations(ids, n) for n in range(1, len(ids)))
            yield from ({"choices": list(chosen)} for chosen in sets)
        case q.LineBody():
            yield from ({"line": n} for n, row in enumerate(question.rows, start=1) if row.strip())
        case q.OrderBody():
            ids = [line.id for line in (*question.lines, *question.unused)]
            lengths = range(1, len(ids) + 1) if question.unused else [len(ids)]
            yield from ({"sequence": list(s)} for n in lengths for s in permutations(ids, n))
        case q.MatchBody():
            premises, responses = [p.id for p in question.premises], [r.id for r in question.responses]
            for chosen in permutations(responses, len(premises)):
                yield {"pairs": dict(zip(premises, chosen, strict=True))}


@pytest.mark.parametrize(
    "question",
    [make.single(), make.multiple(), make.line(), make.order(), make.match(), *MORE[:4]],
    ids=lambda question: question.type,
)
def test_the_chance_of_a_guess_is_the_share_of_right_ones_among_all_responses(
    question: q.Single | q.Multiple | q.LineQuestion | q.Order | q.Match,
) -> None:
    scores = [mark(question, response).score for response in every_response(question)]

    assert chance_of_guess(question) == pytest.approx(sum(scores) / len(scores))


@pytest.mark.parametrize(
    ("question", "chance"),
    [
        *[
            (make.single(), 1 / 4),
            (make.multiple(), 1 / 14),
            (make.number(), 0),
            (make.fill(), 0),
            (make.line(), 1 / 3),
        ],
        *[(make.order(), 2 / 6), (make.order(unused=SPARE), 2 / 64), (make.match(), 1 / 12)],
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_who_knows_nothing_is_right_as_often_as_a_blind_choice(question: q.Body, chance: float) -> None:
    assert chance_of_guess(question) == pytest.approx(chance)


def test_a_blind_reply_earns_each_credit_as_often_as_it_is_given() -> None:
    assert luck(make.judgement()) == (0.25, 0.25, 0.25, 0.25)
    assert luck(make.judgement(key={"show": 3, "ask": 1, "mend": 1, "block": 1})) == (0, 0.75, 0, 0.25)


def test_luck_in_a_case_is_that_of_its_parts_together() -> None:
    both = make.case(parts=[make.part("single"), make.part("single", id="again")])

    assert luck(make.case()) == pytest.approx((0.75, 0.25, 0))
    assert luck(both) == pytest.approx((9 / 16, 6 / 16, 1 / 16))


@pytest.mark.parametrize("question", ALL, ids=IDS)
def test_luck_is_a_distribution_over_all_scores(question: q.Question) -> None:
    assert len(luck(question)) == len(weights(question)) == best_score(question) + 1
    assert sum(luck(question)) == pytest.approx(1)


@pytest.mark.parametrize("question", ALL, ids=IDS)
@pytest.mark.parametrize("level", q.LEVELS)
def test_who_stands_at_a_questions_level_expects_two_thirds_of_its_score(question: q.Question, level: str) -> None:
    stated = question.model_copy(update={"level": level})
    item = stack([curve(stated, 0.6)]).with_guessing(EXPECTED, np.array([question.type in GUESSED]))
    at_level = probabilities(item, np.array([[float(q.LEVELS.index(level) + 1)]]))[:, 0, 0]

    assert at_level @ np.arange(len(at_level)) / best_score(question) == pytest.approx(2 / 3, abs=1e-6)


def test_a_credit_that_no_reply_earns_has_no_weight() -> None:
    assert weights(make.judgement(key={"show": 3, "ask": 1, "mend": 1, "block": 1})) == (1, 1, 0, 1)


def test_a_middle_score_of_a_case_can_be_reached_in_more_ways() -> None:
    parts = [make.part("number", id=f"p{i}") for i in range(4)]

    assert weights(make.case(parts=parts)) == (1, 4, 6, 4, 1)


def test_doubt_about_a_level_makes_the_curve_flatter() -> None:
    assert curve(make.number(), 0.6).a < curve(make.number(), 0.0).a == 1.0


def test_who_never_guesses_has_no_luck() -> None:
    assert with_share((0.75, 0.25), 0) == (1, 0)
    assert with_share((0.75, 0.25), 1) == (0.75, 0.25)
    assert with_share((0.6, 0.3, 0.1), 0.5) == pytest.approx((0.8, 0.15, 0.05))
