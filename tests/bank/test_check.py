from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from quiz.bank import check
from quiz.bank import question as q
from quiz.bank.check import BankCheck, check_bank
from quiz.bank.lint import BY_ID, BankRule
from tests import factories as make

HASTY = {"seconds": 10}
"""Breaks one rule, whose breach is a warning."""


def checked(tmp_path: Path, *questions: q.Question, alone: bool = False) -> BankCheck:
    """The check of a bank of these questions, or of the first file alone."""
    make.write_framework(tmp_path)
    paths = [make.write_question(tmp_path, question) for question in questions]
    return check_bank(tmp_path, paths[:1] if alone else ())


def with_bank_rule(monkeypatch: pytest.MonkeyPatch, grave: str) -> None:
    """A rule about the whole bank that finds something at the title of its first question."""

    def first(
        questions: Sequence[q.Question], _: Mapping[str, str]
    ) -> Iterator[tuple[str, tuple[str | int, ...], str]]:
        yield questions[0].id, ("title",), "comes first"

    rule = BankRule("first", grave, "One has to be.", "house rule: a test", first)  # type: ignore[arg-type]
    monkeypatch.setattr(check, "ACROSS", (*check.ACROSS, rule))


def test_a_finding_is_data_for_a_machine_and_a_sentence_with_place_and_rule_for_a_person(tmp_path: Path) -> None:
    (found,) = checked(tmp_path, make.single(**HASTY)).warnings

    assert str(found) == ("coding/queues/a-single.yaml:5: seconds: 43 words can't be read in 10 seconds [seconds]")
    assert asdict(found) == {
        **{"file": "coding/queues/a-single.yaml", "line": 5, "field": "seconds", "rule": "seconds"},
        **{"message": "43 words can't be read in 10 seconds", "grave": "warning"},
        **{"why": BY_ID["seconds"].why, "answer": ""},
    }


@pytest.mark.parametrize(
    ("rule", "question", "area"),
    [
        ("task", make.single(stem="A queue is full."), make.AREA),
        ("place", make.single(), "talking"),
        ("place", make.single(skill="juggling"), make.AREA),
        ("enemies", make.single(enemies=["nobody"]), make.AREA),
    ],
)
def test_each_error_names_the_rule_that_found_it(tmp_path: Path, rule: str, question: q.Question, area: str) -> None:
    make.write_framework(tmp_path)
    make.write_question(tmp_path, question, area)

    assert [(found.rule, found.grave) for found in check_bank(tmp_path).errors] == [(rule, "error")]


def test_a_file_that_cannot_be_read_and_a_missing_framework_are_findings_too(tmp_path: Path) -> None:
    make.write_question(tmp_path, make.single()).write_text("id: [", encoding="utf-8")

    assert [found.rule for found in check_bank(tmp_path).errors] == ["framework", "format"][::-1]


def test_a_warning_that_the_notes_answer_is_listed_apart(tmp_path: Path) -> None:
    found = checked(tmp_path, make.single(**HASTY, notes="Short.\nlint seconds: it is known by heart\n"))

    assert (found.errors, found.warnings) == ((), ())
    assert [(one.rule, one.answer) for one in found.answered] == [("seconds", "it is known by heart")]
    assert str(found.answered[0]).endswith("[seconds] (answered: it is known by heart)")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("lint echo: the term has no other name", "answers echo, which finds nothing here any more"),
        ("lint ecco: the term has no other name", "answers ecco, which is no rule"),
        ("lint task: it is clear what is asked", "answers task, which is an error; errors are mended"),
        ("lint seconds:", "answers seconds without a reason"),
    ],
)
def test_an_answer_that_answers_nothing_is_a_warning(tmp_path: Path, line: str, told: str) -> None:
    found = checked(tmp_path, make.single(**HASTY, notes=f"{line}\n"))

    assert [(one.rule, one.field, one.message) for one in found.warnings if one.rule != "seconds"] == [
        ("answers", "notes", told)
    ]
    assert [one.rule for one in found.warnings if one.rule == "seconds"] == ["seconds"]
    assert found.answered == ()


def test_an_error_cannot_be_answered_away(tmp_path: Path) -> None:
    found = checked(tmp_path, make.single(stem="A queue is full.", notes="lint task: it is clear\n"))

    assert [one.rule for one in found.errors] == ["task"]
    assert found.answered == ()


def test_a_note_that_only_speaks_of_lint_answers_nothing(tmp_path: Path) -> None:
    found = checked(tmp_path, make.single(**HASTY, notes="See lint seconds: it fires here.\n"))

    assert [one.rule for one in found.warnings] == ["seconds"]


def test_to_be_named_as_an_enemy_on_one_side_is_enough(tmp_path: Path) -> None:
    assert checked(tmp_path, make.single(enemies=["a-fill"]), make.fill()).errors == ()


def test_a_question_is_no_enemy_of_itself(tmp_path: Path) -> None:
    (found,) = checked(tmp_path, make.single(enemies=["a-single"])).errors

    assert found.field == "enemies.1"


@pytest.mark.parametrize("grave", ["error", "warning"])
def test_a_rule_about_the_whole_bank_finds_things_in_the_question_it_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, grave: str
) -> None:
    with_bank_rule(monkeypatch, grave)
    found = checked(tmp_path, make.single(), make.line())

    (one,) = (*found.errors, *found.warnings)
    assert (one.file, one.line, one.rule, one.grave) == ("coding/queues/a-line.yaml", 7, "first", grave)


def test_a_warning_of_the_whole_bank_is_answered_like_any_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_bank_rule(monkeypatch, "warning")
    found = checked(tmp_path, make.single(notes="lint first: one must be\n"))

    assert [one.rule for one in found.answered] == ["first"]
    assert found.warnings == ()


def test_an_answer_to_a_rule_of_the_whole_bank_is_not_judged_when_only_some_files_are_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_bank_rule(monkeypatch, "warning")
    late = make.single(id="z-late", notes="lint first: one must be\n")

    assert checked(tmp_path, late, make.line(), alone=True).warnings == ()
    assert [one.rule for one in checked(tmp_path, late, make.line()).warnings] == ["answers", "first"][::-1]


TELLS = "A queue hands out the entry that has waited longest before any other"


def asking(name: str, stem: str, right: str, **more: object) -> q.Single:
    options = make.options(right, "The entry that came last", "The entry with the longest text", field="text")
    return make.single(id=name, stem=stem, options=options, key="a", **more)


def test_a_stem_that_holds_another_question_s_key_is_an_error_until_both_are_enemies(tmp_path: Path) -> None:
    told = f"{TELLS}. Which structure undoes the newest change first?"
    first = asking("first-question", "Which entry does a queue hand out next?", TELLS)
    second = asking("second-question", told, "The structure that keeps the newest on top")
    found = checked(tmp_path, first, second)

    assert [(f.rule, f.file.split("/")[-1], f.field) for f in found.errors if f.rule == "cue"] == [
        ("cue", "second-question.yaml", "stem")
    ]
    enemies = first.model_copy(update={"enemies": ["second-question"]})
    assert [f for f in checked(tmp_path, enemies, second).errors if f.rule == "cue"] == []


def test_two_nearly_equal_questions_are_a_warning_that_notes_can_answer(tmp_path: Path) -> None:
    stem = "A worker takes 120 jobs a second and 100 arrive. What happens to the queue within the next minute?"
    first = asking("first-question", stem, "The entry that has waited longest")
    second = asking("second-question", stem.replace("minute", "hour"), "The entry that has waited longest")
    assert [f.rule for f in checked(tmp_path, first, second).warnings if f.rule == "duplicate"] == ["duplicate"]
    noted = second.model_copy(update={"notes": "lint duplicate: The hour is what is asked."})
    found = checked(tmp_path, first, noted)
    assert [f.rule for f in found.answered] == ["duplicate"]
