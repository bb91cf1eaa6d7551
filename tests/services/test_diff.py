from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quiz.services.diff import FieldDiff, Run, field_diffs, words

TEXTS = st.text(st.sampled_from("ab c.\n"), max_size=30)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_their_difference(old: str, new: str) -> None:
    runs = list(words(old, new))
    assert "".join(run.text for run in runs if run.kind != "new") == old
    assert "".join(run.text for run in runs if run.kind != "gone") == new
    assert all(run.text for run in runs)


def test_words_that_changed_together_are_told_together() -> None:
    assert list(words("a shared notebook here", "an open book here")) == [
        Run("gone", "a shared notebook"),
        Run("new", "an open book"),
        Run("same", " here"),
    ]


def test_rows_are_compared_by_their_names_wherever_they_stand() -> None:
    old = {"options": [{"id": "a", "why": "A"}, {"id": "b", "why": "B"}], "seconds": 60, "notes": "x"}
    new = {"options": [{"id": "b", "why": "C"}, {"id": "a", "why": "A"}], "seconds": 60}
    assert list(field_diffs(old, new)) == [
        FieldDiff("options.b.why", (Run("gone", "B"), Run("new", "C"))),
        FieldDiff("notes", (Run("gone", "x"),)),
    ]


def test_very_long_texts_are_told_one_after_the_other() -> None:
    assert [run.kind for run in words("a " * 3000, "b " * 3000)] == ["gone", "new"]
