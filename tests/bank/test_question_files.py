from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quiz import yamlfile
from quiz.bank import question as q
from quiz.bank.check import check_bank
from quiz.bank.files import canonical, question_paths, read_folder, read_question, validated
from quiz.bank.lint import lint
from quiz.bank.plain import as_data
from quiz.bank.proofs import is_proved
from quiz.bank.scaffold import scaffold
from quiz.proof.verdict import verdict
from quiz.yamlfile import FileProblems, parse
from tests import factories as make

SVG = '<svg viewBox="0 0 1 1">\n  <g/>\n</svg>\n'
FULL: dict[str, Any] = {
    "given": {"rows": 50_000, "share": 0.5, "name": "orders"},
    "references": [{"title": "A paper", "doi": "10.1/x"}, {"title": "A page", "url": "https://example.org"}],
    "figures": [{"id": "drawing", "svg": SVG, "text": "A square"}],
    "enemies": ["another-one"],
    "notes": "For editors.\nTwo lines.\n",
    "why": "Because: it is so.",
}
ROUND: list[q.Question] = [
    *make.one_of_each(),
    make.single(**FULL),
    make.single(options=make.options(2, 2.5, True, "no", field="value"), key="d", shown_as="{} %"),
    make.single(
        options=make.options("select 1\n", "select\n 2\n", "select 3", field="sql"),
        key="a",
        proof={"kind": "sql", "setup": "select 1", "expect": [[1, "a", None]], "ordered": False},
    ),
    make.number(given={}, stem="What?", key={"value": 15.25, "decimals": 2, "scale": "percent"}, traps=[]),
    make.fill(accept=["1\n2\n", " x ", "no", "1.0"], normalise=["space", "quotes"]),
    make.order(language="python", unused=[{"id": "spare", "text": "wait()", "why": "Nothing needs it."}]),
]
IDS = [f"{question.type}-{i}" for i, question in enumerate(ROUND)]


def problems_of(path: Path, root: Path) -> list[str]:
    with pytest.raises(FileProblems) as refused:
        read_question(path, root)
    return [str(problem) for problem in refused.value.problems]


def edited(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("question", ROUND, ids=IDS)
def test_a_question_survives_the_way_through_its_file(question: q.Question) -> None:
    text = canonical(question)
    again = validated(parse(text, "f.yaml"))

    assert again == question
    assert canonical(again) == text


@pytest.mark.parametrize("question", ROUND, ids=IDS)
def test_fields_stand_in_one_order_and_defaults_are_left_out(question: q.Question) -> None:
    names = list(as_data(question))

    assert names == [name for name in q.FIELD_ORDER if name in names]
    assert not {"figures", "enemies", "unused"} & set(as_data(make.single()))


def test_an_edit_of_one_field_changes_only_its_line() -> None:
    before = canonical(make.case()).splitlines()
    after = canonical(make.case(seconds=90)).splitlines()

    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [("seconds: 60", "seconds: 90")]


def test_a_question_is_read_from_where_it_belongs(tmp_path: Path) -> None:
    path = make.write_question(tmp_path, make.single())

    assert read_question(path, tmp_path).question == make.single()
    assert read_question(path, tmp_path / "elsewhere").document.file == "a-single.yaml"


def test_the_id_is_the_files_name_and_the_skill_the_folders(tmp_path: Path) -> None:
    path = make.write_question(tmp_path, make.single())
    moved = path.rename(path.with_name("other.yaml"))
    edited(moved, "skill: queues", "skill: loops")

    assert problems_of(moved, tmp_path) == [
        "coding/queues/other.yaml:1: id: must be the file's name, other",
        "coding/queues/other.yaml:2: skill: must be the folder's name, queues",
    ]


@pytest.mark.parametrize("kind", ["", "type: essay\n", "type: [single]\n", "- type\n"])
def test_a_file_without_a_known_type_says_which_there_are(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(kind, encoding="utf-8")

    (problem,) = problems_of(path, tmp_path)
    assert "must be one of single, multiple," in problem


def test_every_error_of_a_file_is_named_with_line_and_field(tmp_path: Path) -> None:
    path = make.write_question(tmp_path, make.single())
    edited(path, "level: independent", "level: expert")
    edited(path, "seconds: 60", "seconds: soon")
    edited(path, "why: That needs", "reason: That needs")

    assert [problem.split(": ")[:2] for problem in problems_of(path, tmp_path)] == [
        ["coding/queues/a-single.yaml:4", "level"],
        ["coding/queues/a-single.yaml:5", "seconds"],
        ["coding/queues/a-single.yaml:14", "options.2.why"],
        ["coding/queues/a-single.yaml:16", "options.2.reason"],
    ]


def test_an_error_within_a_part_is_named_by_its_own_line_and_as_it_stands_in_the_file(tmp_path: Path) -> None:
    path = make.write_question(tmp_path, make.case())
    edited(path, "text: It stays", "txet: It stays")
    line = next(n for n, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "txet" in row)

    assert (
        f"coding/queues/a-case.yaml:{line}: parts.1.options.2.txet: is not a field of this kind of file (misspelt?)"
        in (problems_of(path, tmp_path))
    )


def test_a_value_of_no_allowed_type_is_named_as_it_stands_in_the_file(tmp_path: Path) -> None:
    path = make.write_question(tmp_path, make.single(options=make.options(1, 2, 3, field="value"), key="a"))
    edited(path, "value: 2", "value: [2]")

    assert {problem.split(": ")[1] for problem in problems_of(path, tmp_path)} == {"options.2.value"}


def test_only_question_files_are_questions(tmp_path: Path) -> None:
    make.write_framework(tmp_path)
    path = make.write_question(tmp_path, make.single())

    assert question_paths([tmp_path]) == [path]
    assert question_paths([path, path.parent]) == [path]


def test_a_bank_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    root = make.write_framework(tmp_path / "resources" / "bank")
    make.write_question(root, make.single())

    assert [file.question.id for file in read_folder(root).files] == ["a-single"]


def test_errors_of_several_files_are_reported_together_and_good_files_are_read(tmp_path: Path) -> None:
    edited(make.write_question(tmp_path, make.single()), "key: grows", "key: nowhere")
    edited(make.write_question(tmp_path, make.fill()), "id: a-fill", "id: [")
    make.write_question(tmp_path, make.line())
    folder = read_folder(tmp_path)

    assert [file.question.id for file in folder.files] == ["a-line"]
    assert [problem.file for problem in folder.problems] == [
        f"coding/queues/a-{kind}.yaml" for kind in ("fill", "single")
    ]


def test_two_files_cannot_share_an_id(tmp_path: Path) -> None:
    make.write_question(tmp_path, make.single())
    make.write_question(tmp_path, make.single(skill="loops"))

    (problem,) = read_folder(tmp_path).problems
    assert str(problem) == "coding/queues/a-single.yaml:1: id: the same id as coding/loops/a-single.yaml"


def test_a_file_that_is_no_text_is_reported(tmp_path: Path) -> None:
    path = make.write_question(tmp_path, make.single())
    path.write_bytes(b"id: caf\xe9\n")

    assert problems_of(path, tmp_path) == ["coding/queues/a-single.yaml: is not UTF-8 text (byte 7)"]


def test_a_good_bank_has_no_errors_and_a_row_for_each_question(tmp_path: Path) -> None:
    make.write_framework(tmp_path)
    for question in make.one_of_each():
        make.write_question(tmp_path, question)
    found = check_bank(tmp_path)

    assert found.errors == ()
    assert {finding.rule for finding in found.warnings} <= {"duplicate"}  # the small case asks what the single asks
    assert {row.type for row in found.questions} == set(q.TYPES)
    assert {row.area for row in found.questions} == {"coding"}
    assert {row.type: row.proof for row in found.questions}["case"] == "number+truth"


def test_a_check_collects_breaches_misplacements_and_unknown_enemies_of_all_files(tmp_path: Path) -> None:
    make.write_framework(tmp_path)
    make.write_question(tmp_path, make.single(stem="A queue is full.", enemies=["a-line", "nobody"]))
    make.write_question(tmp_path, make.single(id="hasty", seconds=10))
    make.write_question(tmp_path, make.fill(skill="juggling"))
    make.write_question(tmp_path, make.line(), area="talking")
    found = check_bank(tmp_path)

    assert [(problem.file, problem.field) for problem in found.errors] == [
        ("coding/juggling/a-fill.yaml", "skill"),
        ("coding/queues/a-single.yaml", "stem"),
        ("coding/queues/a-single.yaml", "enemies.2"),
        ("talking/queues/a-line.yaml", "skill"),
    ]
    assert "there is no skill juggling" in found.errors[0].message
    assert "there is no question nobody" in found.errors[2].message
    assert "coding/queues/" in found.errors[3].message
    assert [problem.field for problem in found.warnings] == ["seconds"]


def test_a_check_of_one_file_does_not_look_for_its_enemies(tmp_path: Path) -> None:
    make.write_framework(tmp_path)
    path = make.write_question(tmp_path, make.single(enemies=["nobody"]))

    assert check_bank(tmp_path, [path]).errors == ()


def test_a_broken_framework_is_reported_beside_the_questions(tmp_path: Path) -> None:
    make.write_question(tmp_path, make.single(stem="A queue is full."))
    found = check_bank(tmp_path)

    assert [problem.file for problem in found.errors] == ["coding/queues/a-single.yaml", "competencies.yaml"]
    assert found.questions[0].area == ""


def test_a_question_that_cannot_be_filled_in_is_a_problem_of_its_file(tmp_path: Path) -> None:
    make.write_framework(tmp_path)
    options = make.options("{low} rows", "{high} rows", "No rows")
    make.write_question(tmp_path, make.single(options=options, key="a", given={"low": 5, "high": 5}))

    assert [problem.file for problem in check_bank(tmp_path).errors][:1] == ["coding/queues/a-single.yaml"]


@pytest.mark.parametrize("kind", list(q.TYPES))
def test_a_scaffold_is_a_draft_that_checks_and_proves_as_it_stands(tmp_path: Path, kind: str) -> None:
    make.write_framework(tmp_path)
    question = scaffold(kind, make.SKILL, f"new-{kind}")
    path = make.write_question(tmp_path, question)

    assert read_question(path, tmp_path).question == question
    assert check_bank(tmp_path).errors == ()
    assert verdict(question).ok
    assert question.status == "draft"
    assert is_proved(question) == (kind not in {"match", "judgement"})


def test_a_scaffold_says_in_its_notes_how_to_go_on() -> None:
    assert "blind" in str(scaffold("single", make.SKILL, "new").notes)
    assert lint(scaffold("single", make.SKILL, "new")) == []


def test_what_is_written_by_hand_and_by_the_writer_is_the_same_question() -> None:
    assert validated(parse(yamlfile.write(make.written("line")), "f.yaml")) == make.line()
