from __future__ import annotations

from typing import Any

import pytest

from quiz.bank import question as q
from quiz.bank.lint import BY_ID, RULES, lint, words
from quiz.bank.shown import shown
from tests import factories as make

SVG = '<svg viewBox="0 0 1 1"><g/></svg>'
FIGURES = [{"id": "drawing", "svg": SVG, "text": "A square"}]
PYTHON = "What does it print?\n\n```python\n{}\n```\n"


def broken(question: q.Question) -> set[str]:
    return {breach.rule for breach in lint(question)}


def sentence(length: int) -> str:
    return " ".join(["word"] * (length - 1)) + " end?"


def choices(*contents: object, key: str = "a", field: str = "text", **changes: Any) -> q.Single:
    return make.single(options=make.options(*contents, field=field), key=key, **changes)


def explained(why: str) -> q.Single:
    return make.single(options=[make.options("One")[0] | {"why": why}, *make.options("-", "Two", "Three")[1:]], key="a")


CASES: list[tuple[str, q.Question, q.Question]] = [
    ("renders", make.single(stem=r"What is $\frac{1}$?"), make.single(stem=r"What is $\frac{1}{2}$?")),
    (
        "renders",
        make.single(stem="What? ![](figure:none)"),
        make.single(stem="What? ![](figure:drawing)", figures=FIGURES),
    ),
    (
        "renders",
        make.single(stem="What? ![](figure:drawing)", figures=[FIGURES[0] | {"svg": "<svg viewBox='0'><a/></svg>"}]),
        make.single(stem="What? ![](figure:drawing)", figures=FIGURES),
    ),
    ("parses", make.fill(stem=PYTHON.format("print(")), make.fill(stem=PYTHON.format("print(____)"))),
    ("parses", make.single(stem="What?\n\n```\na\n```\n"), make.single(stem="What?\n\n```sql\nnot a query\n```\n")),
    ("key-length", choices("x" * 27 + " y", "x" * 20, "z" * 20), choices("x" * 26, "x" * 20, "z" * 20)),
    ("key-length", choices("x" * 20, "xxx", "zzz"), choices("x" * 11, "xxx", "zzz")),
    (
        "key-length",
        make.judgement(options=make.options("x" * 40, "y", "z", "u"), key={"a": 3, "b": 0, "c": 0, "d": 0}),
        make.judgement(options=make.options("x" * 40, "y" * 40, "z", "u"), key={"a": 3, "b": 0, "c": 0, "d": 0}),
    ),
    ("negative", make.single(stem="Which of them is not a queue?"), make.single(stem="It is not full. What follows?")),
    (
        "negative",
        make.single(stem="What is never copied?"),
        make.single(stem="It never ends. Which line is the cause?"),
    ),
    ("negative", make.single(stem="Which of these is true?"), make.single(stem="For which values is the test true?")),
    (
        "negative",
        make.case(parts=[make.part("single", stem="Which is correct?"), make.part("number")]),
        make.case(parts=[make.part("single", stem="Which change is the correct one?"), make.part("number")]),
    ),
    ("task", make.single(stem="A queue is full."), make.single(stem="A queue is full. Find the cause.")),
    ("above", choices("One", "Two", "All of the above"), choices("One", "Two", "All of the requests wait")),
    ("letters", explained("Because option B is a slip of the pen."), explained("Because the second option is a slip.")),
    ("given", make.single(given={"unseen": 1}), make.number()),
    (
        "given",
        make.number(proof={"kind": "number", "script": "answer = 12 * span\n"}, traps=[]),
        make.number(proof={"kind": "number", "script": "answer = 12 * span\n"}),
    ),
    ("figures", make.single(figures=FIGURES), make.single(stem="What? ![](figure:drawing)", figures=FIGURES)),
    ("numbers-sorted", choices(2, 1, 3, field="value"), choices(1, 2, 3, field="value")),
    ("numbers-sorted", choices(2.5, -1, 3, field="value"), choices("2", "1", "3", field="value")),
    ("luck", make.line(key=[2, 4], fix={2: "    y = x", 4: "    return x * y"}, traps=[]), make.line()),
    ("reasons", explained("It is wrong."), explained("It copies every entry.")),
    ("reasons", make.match(why=make.match().why | {"set": "No."}), make.match()),
    ("long-sentence", make.single(stem=sentence(26)), make.single(stem=sentence(25))),
    (
        "long-sentence",
        make.single(stem="a " * 20 + "b " * 20 + "?"),
        make.single(stem="a " * 20 + ".\n\n" + "b " * 20 + "?"),
    ),
    ("long-prose", make.single(stem=f"{sentence(11)} " * 11), make.single(stem=f"{sentence(12)} " * 10)),
    ("seconds", make.single(seconds=10), make.single(seconds=11)),
    (
        "absolutes",
        choices("It grows", "It always grows", "It never grows"),
        choices("It only grows", "It always grows", "It never grows"),
    ),
    ("absolutes", choices("It grows", "All grow", "None grow"), choices("It grows", "It shrinks", "None grow")),
]


@pytest.mark.parametrize(("rule", "bad", "near"), CASES, ids=[f"{row[0]}-{i}" for i, row in enumerate(CASES)])
def test_a_rule_finds_what_breaks_it_and_leaves_alone_what_nearly_does(
    rule: str, bad: q.Question, near: q.Question
) -> None:
    assert rule in broken(bad)
    assert rule not in broken(near)


def test_every_rule_has_a_question_that_breaks_it() -> None:
    assert {rule for rule, _, _ in CASES} == {rule.id for rule in RULES} == set(BY_ID)


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_a_good_question_breaks_no_rule(question: q.Question) -> None:
    assert lint(question) == []


def test_a_breach_says_where_it_is_and_how_grave() -> None:
    parts = [make.part("number"), make.part("single", options=make.options("One", "Two", "None of these"), key="a")]
    (breach,) = lint(make.case(parts=parts))

    assert (breach.rule, breach.grave) == ("above", "error")
    assert breach.path == ("parts", 1, "options", 2)
    assert breach.message


def test_matters_of_style_are_warnings_and_faults_are_errors() -> None:
    warnings = {rule.id for rule in RULES if rule.grave == "warning"}

    assert warnings == {"long-sentence", "long-prose", "seconds", "absolutes"}


def test_all_breaches_of_a_question_are_found_at_once() -> None:
    question = choices(2, 1, 3, field="value", stem="A queue is full.", figures=FIGURES)

    assert broken(question) == {"task", "figures", "numbers-sorted"}


def test_words_are_counted_without_code_and_a_formula_counts_as_one() -> None:
    assert len(words("Two words `a b c` and $x + y$.\n```python\na b c\n```\n")) == 5


@pytest.mark.parametrize("stem", ["What memory does it need at least?", "What happens when the cache is not warm?"])
def test_a_condition_or_a_bound_makes_no_negative_question(stem: str) -> None:
    assert "negative" not in broken(make.single(stem=stem))


@pytest.mark.parametrize("why", ["It is the choice a team makes in haste.", "That is the answer a cache would give."])
def test_the_article_a_is_no_letter_of_an_option(why: str) -> None:
    assert "letters" not in broken(explained(why))


def test_what_the_stems_program_uses_is_used_by_a_proof_that_runs_it() -> None:
    question = make.fill(given={"rows": 7}, stem=PYTHON.format("print({rows})"), accept=["7"], reject=[])

    assert broken(question) == set()


@pytest.mark.parametrize("place", ["option", "part"])
def test_a_figure_that_cannot_be_shown_where_it_stands_is_found_before_a_taker_meets_it(place: str) -> None:
    stem = "What is it? ![](figure:drawing)\n"
    if place == "option":
        question: q.Question = choices(
            "See ![](figure:drawing)", "Another one", "A third one", stem=stem, figures=FIGURES
        )
    else:
        question = make.case(stem=stem, figures=FIGURES, parts=[make.part("single", stem=stem), make.part("number")])
    try:
        can_be_shown = bool(shown(make.live(question), 1))
    except ValueError:
        can_be_shown = False

    assert can_be_shown == ("renders" not in broken(question))


def test_options_that_become_equal_once_the_numbers_are_filled_in_are_a_breach_and_no_crash() -> None:
    question = choices("{low} rows", "{high} rows", "No rows", given={"low": 5, "high": 5})

    assert any(breach.grave == "error" for breach in lint(question))


def test_a_question_that_luck_alone_answers_is_found_before_it_is_loaded() -> None:
    question = make.line(key=[2, 4], fix={2: "    y = x", 4: "    return x * y"}, traps=[])
    try:
        can_be_asked = bool(make.live(question))
    except ValueError:
        can_be_asked = False

    assert can_be_asked == (not any(breach.grave == "error" for breach in lint(question)))
