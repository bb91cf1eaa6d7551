from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from quiz.bank import question as q
from quiz.bank.shown import LEGENDS, line_html, shown
from tests import factories as make

CANARY = "canary"
SECRET_TEXTS = ("why", "notes", "script", "reason", "setup", "slip", "fix", "accept", "reject", "references", "skill")
SVG = '<svg viewBox="0 0 1 1"><rect width="1" height="1"/></svg>'
FIGURE = [{"id": "drawing", "svg": SVG, "text": "A square"}]


def as_file(question: q.Question, **changes: Any) -> dict[str, Any]:
    return question.model_dump(exclude_defaults=True) | {"type": question.type} | changes


def ids_in(value: Any) -> Iterator[str]:
    """Every id that the question gives to one of its pieces."""
    if isinstance(value, dict):
        yield from (v for k, v in value.items() if k == "id")
        for child in value.values():
            yield from ids_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from ids_in(child)


def with_canaries(value: Any, names: dict[str, str], number: Iterator[int], *, secret: bool = False) -> Any:
    """The data with every id renamed and every secret text replaced by one that holds the token."""
    match value:
        case str() if value in names:
            return names[value]
        case str() if secret:
            return f"{CANARY}-{next(number)}"
        case list():
            return [with_canaries(child, names, number, secret=secret) for child in value]
        case dict():
            return {
                names.get(k, k): with_canaries(child, names, number, secret=secret or k in SECRET_TEXTS)
                for k, child in value.items()
            }
        case _:
            return value


def booby_trapped(question: q.Question) -> q.Question:
    data = as_file(question, level="leading", enemies=["an-enemy"], notes="For editors.")
    if question.type != "case":
        data |= {"figures": FIGURE, "stem": f"{question.stem}\n![](figure:drawing)\n"}
    names = {name: f"{CANARY}-id-{i}" for i, name in enumerate(ids_in(data))} | {"an-enemy": f"{CANARY}-enemy"}
    data = with_canaries(data, names, count())
    data["stem"] = data["stem"].replace("figure:drawing", f"figure:{names.get('drawing', '')}")
    return q.TYPES[question.type].model_validate(data)


def secrets() -> list[q.Question]:
    unproved = {"kind": "none", "reason": "Because."}
    sql = make.options("select 1", "select 2", "select 3", field="sql")
    line = {"id": "spare", "text": "Wait a while", "why": "Nothing needs this pause here."}
    more: list[q.Question] = [
        make.number(
            given={}, stem="How many?", key={"value": 987654321}, traps=[{"value": 123454321, "why": "A slip."}]
        ),
        make.single(options=sql, key="a", proof={"kind": "sql", "setup": "select 1", "expect": [[1]]}),
        make.order(unused=[line]),
        make.case(parts=[make.part("multiple"), make.part("fill")]),
        make.single(proof=unproved, given={"unseen": "x"}),
    ]
    return [booby_trapped(question) for question in [*make.one_of_each(), *more]]


@pytest.mark.parametrize("question", secrets(), ids=[f"{x.type}-{i}" for i, x in enumerate(secrets())])
def test_nothing_that_could_betray_the_key_is_shown(question: q.Question) -> None:
    held = str(question.model_dump())
    seen = " ".join(str(shown(make.live(question), seed)) for seed in range(5))

    assert held.count(CANARY) > 5
    assert CANARY not in seen
    assert question.level not in seen
    assert "987654321" not in seen
    assert "123454321" not in seen
    assert "unseen" not in seen


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_everything_a_taker_needs_is_shown(question: q.Question) -> None:
    page = shown(make.live(question), 1)
    first = page.bodies[0]

    assert page.title == "A small question"
    assert page.type == question.type
    assert page.stem.startswith("<p>")
    assert first.legend == LEGENDS[first.type]


def test_pieces_stand_in_the_order_in_which_forms_count_them() -> None:
    seen = {shown(make.live(make.judgement()), seed).bodies[0].options for seed in range(20)}

    assert len(seen) > 1
    assert {frozenset(options) for options in seen} == {frozenset(option.text for option in make.judgement().options)}


def test_each_part_of_a_case_has_fields_of_its_own() -> None:
    first, second = shown(make.live(make.case()), 1).bodies

    assert (first.prefix, second.prefix) == ("part1-", "part2-")
    assert "100 requests" in first.stem
    assert second.type == "number"


def test_given_numbers_are_filled_in() -> None:
    page = shown(make.live(make.number()), 1)

    assert "At 12 requests a second, how many arrive in 5 seconds?" in page.stem
    assert page.bodies[0].unit == "requests"
    assert not page.bodies[0].share


def test_a_share_says_that_it_is_one() -> None:
    question = make.number(given={}, stem="What share?", key={"value": 15, "scale": "percent"}, traps=[])

    assert shown(make.live(question), 1).bodies[0].share


def test_a_heading_shows_code_and_a_title_is_plain() -> None:
    page = shown(make.live(make.single(title="What does `len` give?")), 1)

    assert page.title == "What does len give?"
    assert page.heading == 'What does <code translate="no">len</code> give?'


def test_code_is_highlighted_row_by_row_with_one_row_for_each_line() -> None:
    lines = shown(make.live(make.line()), 1).bodies[0].lines

    assert len(lines) == 4
    assert lines[2] == ""
    assert "return" in lines[3]


@pytest.mark.parametrize(("accept", "long"), [(["1\n2"], True), (["1\n"], False), (["1"], False)])
def test_a_long_answer_gets_a_large_field(accept: list[str], *, long: bool) -> None:
    assert shown(make.live(make.fill(accept=accept)), 1).bodies[0].long is long


def test_a_question_with_spare_lines_says_that_lines_may_stay_unused() -> None:
    spare = {"id": "spare", "text": "Wait a while", "why": "Nothing needs this pause here."}

    assert shown(make.live(make.order(unused=[spare])), 1).bodies[0].optional
    assert not shown(make.live(make.order()), 1).bodies[0].optional


def test_responses_are_plain_text_because_a_select_holds_no_markup() -> None:
    responses = [{"id": r.id, "text": f"`{r.text}` <now>"} for r in make.match().responses]
    found = shown(make.live(make.match(responses=responses)), 1).bodies[0].responses

    assert set(found) == {"A queue <now>", "A stack <now>", "A set <now>", "A matrix <now>"}


def test_lines_of_code_to_be_ordered_are_code_and_prose_is_prose() -> None:
    assert line_html("Send **it**", "text") == "Send <strong>it</strong>"
    assert line_html("a = 1\nb = 2", "python").count('class="l"') == 2


@pytest.mark.parametrize(
    ("option", "html"),
    [
        ({"text": "It *grows*"}, "It <em>grows</em>"),
        ({"value": 3}, "3"),
        ({"value": "b'x'"}, "<code translate=\"no\">b'x'</code>"),
        ({"expr": "a[0]"}, '<code translate="no">a[0]</code>'),
    ],
)
def test_an_option_is_shown_from_its_one_content(option: dict[str, Any], html: str) -> None:
    first = {"id": "a", "why": "A reason that is long enough.", **option}
    question = make.single(options=[first, *make.options("x", "y", "z")[1:]], key="a")

    assert html in shown(make.live(question), 1).bodies[0].options


def test_queries_and_programs_are_shown_as_blocks() -> None:
    for field in ("sql", "code"):
        question = make.single(options=make.options("a + 1", "b + 1", "c + 1", field=field), key="a")
        assert all('<code class="code"' in html for html in shown(make.live(question), 1).bodies[0].options)


def test_values_can_be_put_into_words() -> None:
    question = make.single(options=make.options(1, 2, 3, field="value"), key="a", shown_as="{} % of all")

    assert shown(make.live(question), 1).bodies[0].options == ("1 % of all", "2 % of all", "3 % of all")
