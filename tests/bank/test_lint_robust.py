"""No rule may fail on a valid question, whatever its texts say."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import question as q
from quiz.bank.files import read_folder
from quiz.bank.lint import BY_ID, Breach, lint
from quiz.paths import QUESTIONS
from tests import factories as make

HELD = settings(deadline=None, derandomize=True, max_examples=40, database=None)
PIECES = st.sampled_from(
    [
        *(
            "1",
            "2.5",
            "−3",
            "1,000",
            "٣",
            "10 to 20 ms",
            "between 5 and 7",
            "under 3",
            "% ",
            "$x$",
            "$",
            "`a`",
            "`",
            "```",
        ),
        *(
            "```python\nprint(\n```\n",
            "```\nx\n```\n",
            "{name}",
            "{",
            "![](figure:x)",
            "Which of these",
            "is true",
            "?",
        ),
        *(
            "always",
            "none of the above",
            "Option B",
            "pandas",
            "version 2",
            ".",
            "’s",
            "-ing",
            "Running",
            "to be",
            "\n\n",
        ),
        *("| a | b |\n|---|---|\n", "\\frac", "word", "[", "](", "é", "日本", "\u2028", "a_b", "-", " "),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), min_size=1, max_size=8).map(" ".join).filter(bool)


def places(breaches: list[Breach], question: q.Question) -> bool:
    """Whether each breach names a rule and a field that the question has."""
    return all(b.rule in BY_ID and b.message and hasattr(question, str(b.path[0])) for b in breaches)


@HELD
@given(
    st.lists(TEXTS, min_size=4, max_size=6, unique=True), TEXTS, TEXTS, st.sampled_from(["single", "multiple", "case"])
)
def test_options_of_any_text_are_linted_without_fail(contents: list[str], stem: str, why: str, kind: str) -> None:
    options = [option | {"why": why} for option in make.options(*contents[:5])]
    changes: dict[str, Any] = {"options": options, "stem": stem, "key": ["a", "c"] if kind == "multiple" else "b"}
    if kind == "case":
        parts = [make.part("single", **changes), make.part("fill", stem=why, accept=[stem])]
        question: q.Question = make.case(stem=stem, parts=parts, notes=why)
    else:
        question = q.TYPES[kind].model_validate(make.written(kind, **changes, notes=why, given={"name": stem}))

    assert places(lint(question), question)


@HELD
@given(TEXTS, TEXTS, st.floats(-1e9, 1e9, allow_nan=False), st.sampled_from(list(q.TYPES)))
def test_every_type_is_linted_without_fail_whatever_is_written_in_it(
    stem: str, why: str, number: float, kind: str
) -> None:
    written = make.written(kind, stem=stem, notes=f"lint echo: {why}")
    if kind == "number":
        written |= {"traps": [{"value": abs(number) + 100, "why": why}], "why": why}
    if kind in {"single", "multiple", "judgement"}:
        written["options"][0] |= {"text": stem, "why": why}
    if kind == "order":
        written["lines"][0] |= {"text": stem, "why": why}
    if kind == "match":
        written["responses"][0]["text"] = stem
    question = q.TYPES[kind].model_validate(written)

    assert places(lint(question), question)


def test_the_whole_bank_is_linted_without_fail() -> None:
    for file in read_folder(QUESTIONS).files:
        assert places(lint(file.question), file.question), file.path
