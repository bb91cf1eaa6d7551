from __future__ import annotations

from typing import Any

import pytest

from quiz.bank import question as q
from quiz.bank.lint import BY_ID, RULES, lint, words
from quiz.bank.shown import shown
from tests import factories as make

SVG = '<svg viewBox="0 0 1 1"><g/></svg>'
FIGURES = [{"id": "drawing", "svg": SVG, "text": "A square"}]
LINES: list[dict[str, Any]] = make.written("order")["lines"]
UNPROVED = {"kind": "none", "reason": "No program can show this."}
PROGRAM = "What is the name of the state in the log?"
TASKS = make.options("Write it down", "Call a colleague", "Wait an hour")
PYTHON = "What does it print?\n\n```python\n{}\n```\n"


def broken(question: q.Question) -> set[str]:
    return {breach.rule for breach in lint(question)}


def sentence(length: int) -> str:
    return " ".join(["word"] * (length - 1)) + " end?"


def choices(*contents: object, key: str = "a", field: str = "text", **changes: Any) -> q.Single:
    return make.single(options=make.options(*contents, field=field), key=key, **changes)


def explained(why: str, text: str = "One") -> q.Single:
    return make.single(options=[make.options(text)[0] | {"why": why}, *make.options("-", "Six", "Three")[1:]], key="a")


def asks_after(situation: str) -> dict[str, Any]:
    return make.part("single", id="after", stem=f"{situation}. What does the team do?", options=TASKS, key="a")


def responses(queue: str, stack: str) -> list[dict[str, str]]:
    texts = {"queue": queue, "stack": stack, "set": "A set", "matrix": "A matrix"}
    return [{"id": name, "text": text} for name, text in texts.items()]


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
    (
        "renders",
        choices("One", "Two", r"$\frac{1}$"),
        choices("One", "Two", r"`$\frac{1}$`"),
    ),
    (
        "renders",
        choices(1, 2, 3, field="value", shown_as=r"$\hat{{}$"),
        choices(1, 2, 3, field="value", shown_as="${}$"),
    ),
    ("renders", make.match(responses=responses("$x$", "A")), make.match(responses=responses("5 $", "A"))),
    (
        "parses",
        make.case(parts=[make.part("fill", stem=PYTHON.format("print(")), make.part("number")]),
        make.case(parts=[make.part("fill", stem=PYTHON.format("print()")), make.part("number")]),
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
    ("negative", make.single(stem="Which queue is not full?"), make.number(stem="Which count is not {rate} · {span}?")),
    (
        "unfocused",
        make.single(stem="A queue is full. Which of these is true?"),
        make.single(stem="For which values is the test true?"),
    ),
    ("unfocused", make.single(stem="Which statement holds?"), make.single(stem="Which queue holds the request?")),
    ("unfocused", make.multiple(stem="What follows?"), make.multiple(stem="A full queue is read. What follows?")),
    ("unfocused", make.judgement(stem="Which reply is best?"), make.judgement(stem="A job is late. What do you say?")),
    (
        "unfocused",
        make.case(parts=[make.part("single", stem="Which is correct?"), make.part("number")]),
        make.case(parts=[make.part("single", stem="Which change is the correct one?"), make.part("number")]),
    ),
    (
        "parts",
        make.case(parts=[make.part("number"), make.part("single", stem="When 60 requests wait, what follows?")]),
        make.case(parts=[make.part("number"), make.part("single", stem="When 61 requests wait, what follows?")]),
    ),
    (
        "parts",
        make.case(parts=[make.part("fill", stem=PROGRAM, accept=["overdue"], reject=[]), asks_after("`overdue`")]),
        make.case(parts=[make.part("fill", stem=PROGRAM, accept=["overdue"], reject=[]), asks_after("`overdues`")]),
    ),
    (
        "parts",
        make.case(parts=[make.part("single"), asks_after("The queue grows by 20 each second")]),
        make.case(parts=[make.part("single"), asks_after("The queue shrinks or grows by some each second")]),
    ),
    (
        "library",
        make.single(stem="You sort a frame in pandas. What follows?", proof=UNPROVED),
        make.single(stem="You sort a frame in pandas 2.2. What follows?", proof=UNPROVED),
    ),
    (
        "library",
        make.case(stem="A net runs in PyTorch.\n", parts=[make.part("single", proof=UNPROVED), make.part("number")]),
        make.case(stem="A net runs in PyTorch.\n", parts=[make.part("single"), make.part("number")]),
    ),
    (
        "ranges",
        choices("10 to 20 ms", "15 to 30 ms", "30 to 40 ms"),
        choices("1 to 20 ms", "20 to 30 ms", "over 30 ms"),
    ),
    ("ranges", choices("10-20 %", "0-10 %", "20-30 %"), choices("10-20 %", "0-10 MB", "20-30 %")),
    (
        "ranges",
        choices("under 10 rows", "between 5 and 20 rows", "over 20 rows"),
        choices("under 10 rows", "between 10 and 20 rows", "about 30 rows"),
    ),
    (
        "echo",
        choices("Move the shard", "Add memory", "Lower the load", stem="A shard fails. What do you do?"),
        choices("Move the shard", "Split the shard", "Lower the load", stem="A shard fails. What do you do?"),
    ),
    (
        "echo",
        choices("Move the failing shard", "Add memory", "Wait", stem="A machine with a shard failed. What now?"),
        choices("Move `shard`", "Add memory", "Wait", stem="The machine of `shard` failed. What now?"),
    ),
    (
        "convergence",
        choices("Retry and log", "Retry and hide", "Fail and log", "Wait"),
        choices("Retry and log", "Retry and hide", "Fail and log", "Fail and hide"),
    ),
    ("grammar", choices("It grows.", "It stays", "It shrinks."), choices("It grows.", "It is `a`", "It is $x$")),
    ("grammar", choices("It grows", "it stays", "It shrinks"), choices("It grows", "pH stays", "`it` shrinks")),
    ("grammar", choices("To grow", "Stay there", "Shrink it"), choices("Today it grows", "Stay there", "Shrink it")),
    (
        "grammar",
        choices("Growing it", "Leaving it", "Shrinking it", "A copy"),
        choices("Growing it", "Leaving it", "The string", "A copy"),
    ),
    (
        "grammar",
        make.match(responses=responses("A queue.", "A stack")),
        make.match(responses=responses("A queue", "B")),
    ),
    ("task", make.single(stem="A queue is full."), make.single(stem="A queue is full. Find the cause.")),
    ("above", choices("One", "Two", "All of the above"), choices("One", "Two", "All of the requests wait")),
    ("above", choices("One", "Two", "None of these."), choices("One", "Two", "None of these requests waits")),
    ("above", choices("One", "Two", "Neither of these"), choices("One", "Two", "Neither request waits")),
    ("letters", explained("Because option B is a slip of the pen."), explained("Because the second slip is a pen's.")),
    ("letters", explained("The last option counts a batch twice."), explained("The last batch is counted twice.")),
    ("letters", explained("This is answer c plus one."), explained("That answer can't be right.")),
    ("given", make.single(given={"unseen": 1}), make.number()),
    (
        "given",
        make.number(proof={"kind": "number", "script": "answer = 12 * span\n"}, traps=[]),
        make.number(proof={"kind": "number", "script": "answer = 12 * span\n"}),
    ),
    ("figures", make.single(figures=FIGURES), make.single(stem="What? ![](figure:drawing)", figures=FIGURES)),
    (
        "figures",
        make.single(stem="What? ![](figure:drawing)", figures=[FIGURES[0] | {"text": " - "}]),
        make.single(stem="What? ![](figure:drawing)", figures=[FIGURES[0] | {"text": "Sky"}]),
    ),
    ("numbers-sorted", choices(2, 1, 3, field="value"), choices(1, 2, 3, field="value")),
    ("numbers-sorted", choices(2.5, -1, 3, field="value"), choices("2", "1", "3", field="value")),
    ("numbers-sorted", choices("20 ms", "5 ms", "80 ms"), choices("20 ms", "5 s", "80 ms")),
    ("numbers-sorted", choices("about 1,000 rows", "900 rows", "1 row"), choices("3 of 10", "2 of 10", "1 of 9")),
    ("template", choices("Choice 1", "Two", "Three"), choices("The first choice", "Two", "Three")),
    (
        "template",
        make.single(
            notes="Write from a decision. Prove it, check it, have it answered blind twice, then set status to live."
        ),
        make.single(notes="Written from a decision."),
    ),
    (
        "template",
        make.single(proof={"kind": "none", "reason": "Say why no program can decide this."}),
        make.single(proof=UNPROVED),
    ),
    ("placeholder", choices("{unknown}", "Two", "Three"), choices("`{unknown}`", "Two", "Three")),
    ("balance", make.single(stem="What (in a word is it?"), make.single(stem="What is it? a) (in a word), in [0, 1).")),
    ("balance", make.single(stem="What is it) in a word?"), make.single(stem="What is it, $f($ and `)`?")),
    ("balance", make.single(stem="What is it?\n\n```text\nab\n"), make.single(stem=PYTHON.format("a"))),
    (
        "slips",
        make.number(key={"value": 61}, traps=[{"value": 60.5, "slip": "rate + span", "why": "Half is forgotten."}]),
        make.number(key={"value": 61}, traps=[{"value": 60.4, "slip": "rate + span", "why": "Half is forgotten."}]),
    ),
    (
        "slips",
        make.fill(accept=["a  b"], reject=[{"text": "a b", "why": "One space is lost."}]),
        make.fill(accept=["a  b"], reject=[{"text": "ab", "why": "One space is lost."}]),
    ),
    ("luck", make.line(key=[2, 4], fix={2: "    y = x", 4: "    return x * y"}, traps=[]), make.line()),
    ("reasons", explained("It is wrong."), explained("It copies every entry.")),
    ("restates", explained("This is two, so it is wrong.", "Two"), explained("This is two, a prime.", "Four")),
    (
        "restates",
        explained(
            "The mean of all labels in the leaf is just the leaf's mean of its labels.", "The mean label in a leaf"
        ),
        explained("The mean of labels in the leaf is what a squared error asks for.", "The mean label in a leaf"),
    ),
    (
        "restates",
        make.fill(reject=[{"text": "3", "why": "3 is really not the right answer."}]),
        make.fill(reject=[{"text": "3", "why": "3 is really the first entry."}]),
    ),
    (
        "restates",
        make.number(traps=[{"value": 17, "why": "17 is simply not correct here."}]),
        make.number(traps=[{"value": 17, "why": "17 is simply the sum here."}]),
    ),
    ("reasons", make.match(why=make.match().why | {"set": "No."}), make.match()),
    ("long-sentence", make.single(stem=sentence(26)), make.single(stem=sentence(25))),
    (
        "long-sentence",
        make.single(stem="a " * 20 + "b " * 20 + "?"),
        make.single(stem="a " * 20 + ".\n\n" + "b " * 20 + "?"),
    ),
    ("long-prose", make.single(stem=f"{sentence(11)} " * 11), make.single(stem=f"{sentence(12)} " * 10)),
    ("long-prose", make.case(stem=f"{sentence(11)} " * 11), make.case(stem=f"{sentence(12)} " * 10)),
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

    assert warnings == {
        *("long-sentence", "long-prose", "seconds", "library"),
        *("absolutes", "echo", "convergence", "grammar"),
    }


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


@pytest.mark.parametrize("share", ["What share of the rows does not match?", "What is the chance that it never ends?"])
def test_the_size_of_what_is_not_so_may_be_asked_for(share: str) -> None:
    assert "negative" not in broken(make.single(stem=share))


def test_which_answer_is_right_may_be_asked_after_a_question_that_somebody_put() -> None:
    stem = 'The director reads "p = 0.02" and asks what it means. Which answer is right?'

    assert "unfocused" not in broken(make.single(stem=stem))


def test_which_of_these_holds_may_be_asked_where_several_may_hold() -> None:
    stem = "A queue is full. Which of these holds?"

    assert "unfocused" in broken(make.single(stem=stem))
    assert "unfocused" not in broken(make.multiple(stem=stem))


def test_a_part_may_repeat_what_the_scenario_tells() -> None:
    parts = [make.part("number"), make.part("single", stem="When 60 requests wait, what follows?")]

    assert "parts" in broken(make.case(parts=parts))
    assert "parts" not in broken(make.case(stem="A shop has 60 clerks.\n", parts=parts))


def test_a_part_that_lists_right_and_wrong_answers_of_another_gives_none_away() -> None:
    both = asks_after("One says it grows by 20 a second. Another says it grows by 120 a second")

    assert "parts" not in broken(make.case(parts=[make.part("single"), both]))


def test_ranges_may_overlap_where_each_is_true_or_false_by_itself() -> None:
    contents = ("10 to 20 ms", "15 to 30 ms", "20 to 40 ms", "40 to 50 ms")
    several = make.multiple(options=make.options(*contents), key=["a", "b"])

    assert "ranges" in broken(choices(*contents))
    assert "ranges" not in broken(several)


def test_a_reason_may_repeat_the_names_in_code_as_long_as_it_says_something_of_them() -> None:
    code = "`HAVING COUNT(id) >= 2` by group"

    assert "restates" not in broken(explained("`HAVING` looks at each group, so it can `COUNT` the `id`.", code))
    assert "restates" in broken(explained("`HAVING COUNT(id) >= 2` by group is wrong.", code))


def test_a_warning_carries_the_answer_of_the_notes_and_an_error_does_not() -> None:
    notes = "lint seconds: short\nlint task: clear\n"
    question = make.single(
        stem="A queue is full, and each second more requests arrive than are answered here.", seconds=10, notes=notes
    )

    assert {(breach.rule, breach.answer) for breach in lint(question)} == {("seconds", "short"), ("task", "")}


@pytest.mark.parametrize(
    "place",
    [("title",), ("stem",), ("why",), ("traps", 0, "why"), ("parts", 0, "options", 1, "why"), ("parts", 1, "why")],
)
def test_a_formula_that_cannot_be_shown_is_found_wherever_it_stands(place: tuple[str | int, ...]) -> None:
    written: Any = make.written("case" if place[0] == "parts" else "number")
    field = written
    for step in place[:-1]:
        field = field[step]
    field[place[-1]] = r"What is $\frac{1}$ of this?"

    assert ("renders", place) in {(b.rule, b.path) for b in lint(q.TYPES[written["type"]].model_validate(written))}


def test_code_and_typed_forms_are_not_read_as_formulas() -> None:
    shell = make.options("echo $x; echo $y_{", "echo $x", "echo $y", field="code")
    order = make.order(language="r", lines=[line | {"text": f"a${i} + b$_{{"} for i, line in enumerate(LINES)])

    assert "renders" not in broken(make.single(options=shell, key="a"))
    assert "renders" not in broken(
        make.fill(accept=["$x_{$"], reject=[{"text": "$_{$", "why": "It lacks the name x."}])
    )
    assert "renders" not in broken(order)
