from __future__ import annotations

from typing import Any

import pytest

from quiz.bank import question as q
from quiz.proof.verdict import Finding, verdict
from tests import factories as make

PRINTS = "What does it print?\n\n```python\n{}\n```\n"
OUTPUT = {"kind": "output"}
SETUP = "create table trip (city text, km int); insert into trip values ('Rome', 5), ('Oslo', 7), ('Rome', 9);"
QUERIES = (
    "select city, sum(km) from trip group by city order by city",
    "select city, max(km) from trip group by city order by city",
    "select city, sum(km) from trip",
    "select town from trip",
)
EXPECTED = [["Oslo", 7], ["Rome", 14]]
WAITS = {"id": "spare", "text": "Wait a while", "why": "Nothing needs this pause here."}


def refused(question: q.Question) -> str:
    found = verdict(question)
    assert not found.ok
    return found.said


def accepted(question: q.Question) -> bool:
    return verdict(question) == Finding(ok=True)


def by(kind: str, script: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "script": script, **more}


def query(key: str = "a", queries: tuple[str, ...] = QUERIES, **proof: Any) -> q.Single:
    how = {"kind": "sql", "setup": SETUP, "expect": EXPECTED, **proof}
    return make.single(options=make.options(*queries, field="sql"), key=key, proof=how)


def printing(code: str, *values: object, key: str = "a") -> q.Single:
    stem = PRINTS.format(code)
    return make.single(stem=stem, options=make.options(*values, field="value"), key=key, proof=OUTPUT)


def swapped(pieces: list[dict[str, Any]], first: int, second: int) -> list[dict[str, Any]]:
    """The pieces with the texts of two of them exchanged, and their ids left where they were."""
    texts = {first: pieces[second]["text"], second: pieces[first]["text"]}
    return [piece | {"text": texts.get(i, piece["text"])} for i, piece in enumerate(pieces)]


def pieces(question: q.Question, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = question.model_dump(exclude_defaults=True)[name]
    return found


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_a_right_key_is_proved(question: q.Question) -> None:
    assert accepted(question)


def test_a_wrong_key_of_a_single_is_refuted_at_both_options() -> None:
    said = refused(make.single(key="stays"))

    assert "option grows is right by the program" in said
    assert "option stays is not right by the program" in said


def test_a_distractor_that_is_right_too_is_refuted() -> None:
    options = pieces(make.single(), "options")
    script = "def holds(content):\n    return content.startswith('It grows')\n"

    assert refused(make.single(options=options, proof=by("truth", script))) == "option all is right by the program"


@pytest.mark.parametrize("kind", ["single", "multiple"])
def test_swapping_the_texts_of_two_options_is_noticed(kind: str) -> None:
    plain: q.Question = make.single() if kind == "single" else make.multiple()
    data = make.written(kind, options=swapped(pieces(plain, "options"), 0, 1))

    assert "by the program" in refused(q.TYPES[kind].model_validate(data))


@pytest.mark.parametrize("key", [["oldest"], ["oldest", "shorter", "newest"], ["copies"]])
def test_a_multiple_needs_every_true_option_and_no_other(key: list[str]) -> None:
    assert "by the program" in refused(make.multiple(key=key))


def test_the_program_sees_a_value_as_a_number_and_an_expression_as_text() -> None:
    script = "def holds(content):\n    return content == 4\n"

    assert accepted(make.single(options=make.options(4, 5, 6, field="value"), key="a", proof=by("truth", script)))
    script = "def holds(content):\n    return eval(content) == 4\n"
    sums = make.options("2 + 2", "2 + 3", "2 ** 3", field="expr")
    assert accepted(make.single(options=sums, key="a", proof=by("truth", script)))
    assert refused(make.single(options=sums, key="b", proof=by("truth", script)))


def test_a_model_is_checked_like_the_kind_for_its_type() -> None:
    proof = make.written("single")["proof"] | {"kind": "model", "reason": "The arithmetic of rates."}

    assert accepted(make.single(proof=proof))
    assert "option" in refused(make.single(key="all", proof=proof))


def test_a_match_is_proved_pair_by_pair() -> None:
    said = refused(make.match(key={"oldest": "stack", "undo": "queue"}, why=make.match().why))

    assert "oldest with stack is not right by the program" in said
    assert "undo with stack is right by the program" in said


@pytest.mark.parametrize("name", ["premises", "responses"])
def test_swapping_texts_of_a_match_is_noticed(name: str) -> None:
    assert "by the program" in refused(make.match(**{name: swapped(pieces(make.match(), name), 0, 1)}))


def test_a_spare_response_that_fits_too_is_refuted() -> None:
    responses = pieces(make.match(), "responses")
    script = "def holds(premise, response):\n    return ('oldest' in premise) == (response != 'A stack')\n"

    assert "oldest with set is right" in refused(make.match(responses=responses, proof=by("truth", script)))


def test_a_wrong_number_is_refuted_with_the_programs_answer() -> None:
    assert refused(make.number(key={"value": 61})) == "the program's answer is 60, the key 61"


def test_a_number_needs_to_agree_only_as_far_as_it_is_rounded() -> None:
    script = "answer = 1 / 3 + 0 * rate * span\n"

    assert accepted(make.number(key={"value": 0.33, "decimals": 2}, traps=[], proof=by("number", script)))
    assert refused(make.number(key={"value": 0.34, "decimals": 2}, traps=[], proof=by("number", script)))


def test_changing_a_given_number_moves_the_answer() -> None:
    assert refused(make.number(given={"rate": 12, "span": 6})).startswith("the program's answer is 72")


def test_a_trap_that_its_slip_does_not_lead_to_is_refuted() -> None:
    trap = {"value": 18, "slip": "rate + span", "why": "The two were added."}

    assert refused(make.number(traps=[trap])) == "the slip 'rate + span' gives 17, not 18"


def test_a_slip_that_leads_to_the_key_is_refuted() -> None:
    trap = {"value": 60.6, "slip": "rate * span + 0.6", "why": "Something was added."}
    near = {"value": 2.5, "slip": "2.5", "why": "Half way counts as right."}
    script = "answer = 3 + 0 * rate * span\n"

    assert accepted(make.number(traps=[trap]))
    assert "rounds to the key" in refused(make.number(key={"value": 3}, traps=[near], proof=by("number", script)))


def test_a_trap_without_a_slip_stands_on_its_authors_word() -> None:
    assert accepted(make.number(traps=[{"value": 17, "why": "The two were added."}]))


def test_an_order_is_tried_in_every_arrangement() -> None:
    assert "is right by the program" in refused(make.order(key={"read": ["open"], "send": ["read"]}))
    assert "is not right by the program" in refused(make.order(key={"send": ["open"]}))


def test_swapping_the_texts_of_two_lines_is_noticed() -> None:
    assert "by the program" in refused(make.order(lines=swapped(pieces(make.order(), "lines"), 0, 2)))


def test_spare_lines_are_tried_too() -> None:
    forgiving = "def accepts(sequence):\n    return sequence[-1] == 'Send the reply' and len(sequence) >= 3\n"

    assert accepted(make.order(unused=[WAITS]))
    assert "spare" in refused(make.order(unused=[WAITS], proof=by("order", forgiving)))


def test_a_typed_form_is_accepted_or_rejected_by_the_program() -> None:
    proof = by("fill", "def accepts(text):\n    return int(text) == 2\n")

    assert accepted(make.fill(proof=proof))
    assert refused(make.fill(accept=["2", "3"], reject=[], proof=proof)) == "the program refuses the accepted form '3'"
    wrong = [{"text": "02", "why": "A number has no leading zero."}]
    assert refused(make.fill(reject=wrong, proof=proof)) == "the program accepts the rejected form '02'"


def test_the_output_of_the_stems_program_is_the_key() -> None:
    assert refused(make.fill(accept=["1"])) == "the program prints '2', which is not accepted"
    assert "which is rejected" in refused(make.fill(reject=[{"text": "2", "why": "A slip of the pen."}]))


def test_the_output_is_compared_as_a_takers_answer_would_be() -> None:
    stem = PRINTS.format("print(['a',  1])")

    assert accepted(make.fill(stem=stem, accept=['["a", 1]'], reject=[], normalise=["space", "quotes"]))
    assert refused(make.fill(stem=stem, accept=['["a", 1]'], reject=[], normalise=["space"]))


def test_only_the_option_that_is_printed_may_be_the_key() -> None:
    assert accepted(printing("print(1 + 1)", 2, 3, "11"))
    assert "option b says 3" in refused(printing("print(1 + 1)", 2, 3, "11", key="b"))


def test_the_output_of_a_case_is_that_of_its_own_program() -> None:
    parts = [make.part("fill"), make.part("number")]

    assert accepted(make.case(parts=parts))
    assert refused(make.case(parts=[make.part("fill", accept=["5"]), parts[1]])).startswith("part part-fill: ")


def test_output_needs_a_program_and_something_to_compare() -> None:
    assert "no Python block" in refused(make.fill(stem="What does it print?"))
    assert "for single and fill" in refused(make.number(stem=PRINTS.format("print(60)"), proof=OUTPUT))


def test_a_program_in_the_stem_sees_the_given_numbers() -> None:
    question = make.fill(given={"rows": 5000}, stem=PRINTS.format("print({rows} + 1)"), accept=["5001"], reject=[])

    assert accepted(question)


def test_a_query_is_right_when_its_rows_are_the_expected_ones() -> None:
    assert accepted(query())
    said = refused(query(key="b"))
    assert "option a returns the expected rows" in said
    assert "option b does not return the expected rows" in said


def test_a_second_query_with_the_same_rows_is_refuted() -> None:
    other = ("select city, sum(km) as total from trip group by 1 order by 1", *QUERIES[1:3])

    assert refused(query(key="b", queries=(QUERIES[0], *other))) != ""
    assert "option b returns the expected rows" in refused(query(queries=(QUERIES[0], *other)))


def test_rows_are_compared_in_order_unless_the_question_says_otherwise() -> None:
    backwards = (QUERIES[0] + " desc", *QUERIES[1:])

    assert refused(query(queries=backwards))
    assert accepted(query(queries=backwards, ordered=False))


def test_a_query_that_fails_is_a_wrong_one() -> None:
    assert "option d does not return" in refused(query(key="d"))


def test_rows_that_appear_twice_count_twice_in_any_order() -> None:
    queries = ("select city from trip", "select distinct city from trip", "select km from trip")

    assert accepted(query(queries=queries, ordered=False, expect=[["Rome"], ["Rome"], ["Oslo"]]))


def test_sql_proofs_need_queries() -> None:
    proof = {"kind": "sql", "setup": SETUP, "expect": EXPECTED}

    assert "has no `sql`" in refused(make.single(proof=proof))
    assert "for single and multiple" in refused(make.fill(proof=proof))


def test_a_fix_that_does_not_cure_the_program_is_refuted() -> None:
    said = refused(make.line(fix={4: "    return x - y"}))

    assert said == "the test still fails after the fix of line 4"


def test_a_trap_whose_fix_cures_the_program_is_refuted() -> None:
    trap = {"line": 2, "why": "Looks helpful.", "fix": "    y = x"}

    assert refused(make.line(traps=[trap])) == "the test passes after the trap's fix of line 2"


def test_a_program_that_is_right_as_given_is_refuted() -> None:
    code = "def double(x):\n    y = 2\n\n    return x * y\n"

    assert "the test passes on the code as given" in refused(make.line(code=code))


def test_a_fix_that_does_not_even_parse_has_not_passed() -> None:
    assert "still fails" in refused(make.line(fix={4: "    return ("}))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        *[(make.single(), "holds"), (make.match(), "holds"), (make.number(), "answer")],
        *[(make.order(), "accepts"), (make.line(), "test")],
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_a_script_that_lacks_what_is_asked_for_is_told_its_name(question: q.Question, name: str) -> None:
    data = make.written(question.type, proof=make.written(question.type)["proof"] | {"script": "x = 1\n"})

    assert refused(q.TYPES[question.type].model_validate(data)) == f"the script does not define `{name}`"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("1 / 0\n", "ZeroDivisionError"),
        ("def holds(content):\n    raise KeyError(content)\n", "KeyError"),
        ("def holds(content:\n", "SyntaxError"),
        ("import no_such_module\n", "ModuleNotFoundError"),
    ],
)
def test_a_script_that_raises_is_reported_with_what_it_raised(script: str, said: str) -> None:
    assert refused(make.single(proof=by("truth", script))).startswith(f"the program failed: {said}")


def test_a_script_may_say_what_it_measured_and_what_it_prints_is_ignored() -> None:
    proof = by("number", "print('noise')\nanswer = rate * span\nnote = 'counted 60'\n")

    assert verdict(make.number(proof=proof)) == Finding(ok=True, said="counted 60")


def test_the_notes_of_all_parts_are_kept_and_a_failing_part_is_named() -> None:
    noted = [
        make.part("number", id=f"p{i}", stem="How many?", traps=[], proof=by("number", f"answer = 60\nnote = 'n{i}'\n"))
        for i in (1, 2)
    ]

    assert verdict(make.case(parts=noted)) == Finding(ok=True, said="n1; n2")
    assert refused(make.case(parts=[noted[0], noted[1] | {"key": {"value": 5}}])).startswith("part p2: ")


def test_one_part_without_a_program_does_not_stop_the_others() -> None:
    unproved = {"kind": "none", "reason": "No program can check this."}
    parts = [make.part("single", proof=unproved), make.part("number", traps=[], stem="How many?", key={"value": 5})]

    assert "part part-number" in refused(make.case(parts=parts))
