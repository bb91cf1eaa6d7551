from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz import yamlfile
from quiz.paths import QUESTIONS
from quiz.yamllines import Lines, UnusualError
from tests.work import counted

WORDS = st.sampled_from(
    [
        *("true", "No", "on", "y", "NaN", ".inf", "1e3", "1_000", "0x1F", "12:30", "2026-01-02", "key", "<<", "=", "é"),
        *(
            "a: b",
            "a #b",
            "a:",
            "---",
            "...",
            "- a",
            "? a",
            "a - b",
            "it's",
            "`a's`",
            "`a`",
            "[a]",
            "{} %",
            "%",
            "@a ",
            "",
        ),
        *("a\nb", "a\n\nb\n", " a\nb", "a\n b\n", "a \nb", "a\n\n", "\n", "a\tb\n", "“a”\nb\n", "a\u2003\nb\n", "\x85"),
    ]
)
TEXTS = st.lists(WORDS, max_size=3).map(" ".join) | st.text("ab 1'\"`:#-,.?!&*|>%@{}[]<=~\n\t\u2003\ufeff", max_size=9)
SCALARS = TEXTS | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.none()
NAMES = st.sampled_from(["id", "why", "x_y", "true"]) | st.integers(0, 30)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)


@settings(deadline=None, derandomize=True, max_examples=400, database=None)
@given(st.dictionaries(NAMES, VALUES, max_size=3))
def test_what_is_written_by_the_line_is_what_ruamel_writes(data: dict[str, Any]) -> None:
    try:
        written = Lines(yamlfile._dumped).text(data)
    except UnusualError:
        written = yamlfile.write(data)

    assert written == yamlfile._dumped(data)


@pytest.mark.parametrize("value", ["a\tb\n", " a\nb\n", "a \nb\n", "a\n\n", "\n", None])
def test_what_is_unusual_is_left_to_ruamel(value: object) -> None:
    with pytest.raises(UnusualError):
        Lines(yamlfile._dumped).text({"a": value})


def test_a_question_is_written_with_a_fifth_of_ruamels_work() -> None:
    path = QUESTIONS / "programming/python-core/generator-epochs.yaml"
    data = yamlfile.parse(path.read_text(encoding="utf-8"), path.name).data
    with counted() as theirs:
        yamlfile._dumped(data)
    with counted() as ours:
        yamlfile.write(data)

    assert ours.calls < theirs.calls / 5
