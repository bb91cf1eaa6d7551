from __future__ import annotations

from typing import Any

import pytest

from quiz.bank import question as q
from quiz.bank.text import code_blocks, fill_in, filled, names_used, prose, shown_text, texts
from tests import factories as make

GIVEN: dict[str, q.Value] = {"rows": 50_000, "few": 999, "share": 0.25, "name": "orders", "big": -1234, "yes": True}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{rows} rows, {few} kept", "50,000 rows, 999 kept"),
        ("from {big}", "from -1,234"),
        ("{share} of {name} is {yes}", "0.25 of orders is True"),
        ("`n = {rows}` and {rows}", "`n = 50000` and 50,000"),
        ("$n = {rows}$ and {rows}", "$n = 50000$ and 50,000"),
        ("```python\nn = {rows}\n```\nThen {rows}.", "```python\nn = 50000\n```\nThen 50,000."),
        ("{unknown} stays", "{unknown} stays"),
        ("{}, {1} and {A}", "{}, {1} and {A}"),
    ],
)
def test_numbers_get_commas_in_prose_and_none_in_code_and_mathematics(text: str, expected: str) -> None:
    assert fill_in(text, GIVEN) == expected


def test_nothing_is_replaced_where_nothing_is_given() -> None:
    assert fill_in("{rows}", {}) == "{rows}"


def test_text_that_a_value_brings_in_is_not_filled_again() -> None:
    assert fill_in("{first}", {"first": "{second}", "second": "x"}) == "{second}"


def test_the_names_in_a_text_are_found() -> None:
    assert names_used("{rows} of `{name}` and {x} {Y}") == {"rows", "name"}


def test_code_blocks_are_found_with_their_language() -> None:
    assert code_blocks("a\n```python\nb\nc\n```\nd\n```\ne\n```\n") == [("python", "b\nc\n"), ("", "e\n")]


def test_prose_is_what_stands_outside_the_code_blocks() -> None:
    assert prose("a\n```python\nb\n```\nc `d`").split() == ["a", "c", "`d`"]


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_filling_in_keeps_the_question_and_its_proof(question: q.Question) -> None:
    full = filled(question)

    assert type(full) is type(question)
    assert full.proof == question.proof
    assert (full is question) == (not question.given)


def test_every_text_that_a_person_reads_is_filled_in() -> None:
    options = make.options("{rows} rows", "{few} rows", "none")
    options[0]["why"] = "Since {rows} is large enough."
    full = filled(make.single(given=GIVEN, title="About {rows} rows", stem="{rows}?", options=options, key="a"))

    assert isinstance(full, q.Single)
    assert (full.title, full.stem, full.options[0].text) == ("About 50,000 rows", "50,000?", "50,000 rows")
    assert full.options[0].why == "Since 50,000 is large enough."


def test_the_parts_of_a_case_are_filled_in_and_keep_their_proofs() -> None:
    question = make.case(given={"rows": 50_000}, parts=[make.part("single", stem="{rows}?"), make.part("number")])
    full = filled(question)

    assert isinstance(full, q.Case)
    assert full.parts[0].stem == "50,000?"
    assert [part.proof for part in full.parts] == [part.proof for part in question.parts]


@pytest.mark.parametrize("field", ["sql", "code", "expr"])
def test_an_option_that_is_code_is_filled_exactly(field: str) -> None:
    options = make.options("f({rows})", "g({rows})", "h({rows})", field=field)
    full = filled(make.single(given={"rows": 50_000}, options=options, key="a"))

    assert isinstance(full, q.Single)
    assert full.options[0].content == "f(50000)"


def test_the_code_of_a_line_question_and_its_fixes_are_filled_exactly() -> None:
    code = make.written("line", given={"rows": 50_000}, code="def double(x):\n    y = {rows}\n\n    return x + y\n")
    code["fix"] = {4: "    return {rows}"}
    full = filled(q.LineQuestion.model_validate(code))

    assert isinstance(full, q.LineQuestion)
    assert full.rows[1] == "    y = 50000"
    assert full.fix[4] == "    return 50000"


def test_the_accepted_output_of_a_program_is_filled_exactly() -> None:
    full = filled(make.fill(given={"rows": 50_000}, accept=["{rows}"]))

    assert isinstance(full, q.Fill)
    assert full.accept == ["50000"]


def test_lines_of_code_to_be_ordered_are_filled_exactly() -> None:
    lines = [{"id": x, "text": f"{x}({{rows}})", "why": "It has its place here."} for x in ("open", "read", "send")]
    full = filled(make.order(given={"rows": 50_000}, language="python", lines=lines))

    assert isinstance(full, q.Order)
    assert full.lines[0].text == "open(50000)"


def test_all_texts_are_listed_with_their_place_and_no_id_or_script_among_them() -> None:
    found = dict(texts(make.case()))

    assert found["stem",] == "A shop's queue fills up every Monday.\n"
    assert found["parts", 0, "options", 1, "text"] == "It stays as long as it is"
    assert found["parts", 1, "why"] == "Each second brings the same number of them."
    assert "grows" not in found.values()
    assert not any("answer =" in text for text in found.values())


def test_reasons_for_slips_and_rejected_forms_are_texts_too() -> None:
    assert dict(texts(make.number()))["traps", 0, "why"] == "The two numbers were added, not multiplied."
    assert dict(texts(make.fill()))["reject", 0, "why"] == "The index counts from the end here."


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ({"text": "a *b*"}, "a *b*"),
        ({"sql": "select 1\n"}, "```sql\nselect 1\n```"),
        ({"code": "a = 1\n"}, "```python\na = 1\n```"),
        ({"expr": "a[0]"}, "`a[0]`"),
        ({"value": "a"}, "`a`"),
        ({"value": 1.5}, "1.5"),
        ({"value": True}, "True"),
    ],
)
def test_an_option_is_written_from_its_content(content: dict[str, Any], shown: str) -> None:
    assert shown_text(q.Option.model_validate({"id": "a", "why": "Because.", **content}), None) == shown


def test_a_value_takes_the_words_of_its_question() -> None:
    assert shown_text(q.Option(id="a", value=3, why="Because."), "{} of {}") == "3 of 3"
