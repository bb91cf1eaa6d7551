from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import question as q
from quiz.bank.files import read_question
from quiz.bank.sheet import SheetRow, read_sheet, sheet
from quiz.competency.files import read_catalogue
from quiz.paths import QUESTIONS
from quiz.yamlfile import FileProblems

CATALOGUE = read_catalogue(QUESTIONS)
STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXT = st.text(STORABLE, min_size=1, max_size=30) | st.sampled_from(["=1+1", "'=x", "[]", "null", "-3", "a, b", "\r\n"])
NAME = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)?", fullmatch=True)
VALUE = st.booleans() | st.integers(-(10**9), 10**9) | TEXT | st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
REFERENCE = st.fixed_dictionaries({"title": TEXT}, optional={"url": st.just("https://x.example/a,b")})
PROOF = st.fixed_dictionaries(
    {"kind": st.just("output"), "needs": st.lists(st.sampled_from(["numpy", "scipy"]), unique=True)},
    optional={"unmoved": st.dictionaries(TEXT, TEXT, max_size=2), "script": TEXT, "ordered": st.booleans()},
)
HEAD: dict[str, st.SearchStrategy[Any]] = {
    **{"id": NAME, "skill": st.just("sql"), "level": st.sampled_from(q.LEVELS), "seconds": st.integers(10, 600)},
    **{"status": st.sampled_from(q.STATUSES), "title": st.text(STORABLE, min_size=8, max_size=20), "stem": TEXT},
    **{"given": st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]+", fullmatch=True), VALUE, max_size=2)},
    **{"why": TEXT, "references": st.lists(REFERENCE, min_size=1, max_size=2), "proof": PROOF},
    **{"enemies": st.lists(NAME, max_size=2)},
}


@st.composite
def options(draw: st.DrawFn) -> list[dict[str, Any]]:
    contents = draw(st.lists(VALUE, min_size=4, max_size=5, unique_by=lambda v: v))
    kinds = [draw(st.sampled_from(["text", "value"])) if isinstance(c, str) else "value" for c in contents]
    return [
        {"id": f"o{i}", kind: c, "why": draw(TEXT)} for i, (kind, c) in enumerate(zip(kinds, contents, strict=True))
    ]


BODY: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "single": {"options": options(), "key": st.just("o0")},
    "multiple": {"options": options(), "key": st.lists(st.sampled_from(["o0", "o1", "o2"]), min_size=1, unique=True)},
    "number": {
        "key": st.fixed_dictionaries({"value": st.integers(-9, 9)}, optional={"unit": TEXT, "decimals": st.just(2)}),
        "traps": st.lists(st.fixed_dictionaries({"value": st.floats(20, 30), "why": TEXT}), max_size=2),
    },
    "fill": {
        "accept": st.lists(TEXT, min_size=1, max_size=3),
        "reject": st.lists(st.fixed_dictionaries({"text": TEXT, "why": TEXT}), max_size=1),
        "normalise": st.lists(st.sampled_from(["space", "quotes", "case"]), unique=True),
    },
}


@st.composite
def questions(draw: st.DrawFn) -> q.Question:
    kind = draw(st.sampled_from(sorted(BODY)))
    data = draw(st.fixed_dictionaries(HEAD | BODY[kind]))
    return q.TYPES[kind].model_validate({"type": kind, **data})


def rows(text: str) -> list[SheetRow]:
    return read_sheet(text, "q.csv", CATALOGUE)


@settings(max_examples=40, deadline=None)
@given(st.lists(questions(), min_size=1, max_size=3))
def test_every_question_of_the_four_types_comes_back_as_it_was(asked: list[q.Question]) -> None:
    text = "".join(sheet((one, 3) for one in asked))
    found = rows(text)
    assert [(row.problems, row.file and row.file.question, row.revision) for row in found] == [
        ((), one, 3) for one in asked
    ]
    assert "".join(sheet((row.file.question, 3) for row in found if row.file)) == text


def good() -> str:
    path = QUESTIONS / "system-design/responsible-secure-ml/password-in-notebook.yaml"
    return "".join(sheet([(read_question(path, QUESTIONS).question, 1)]))


def test_a_file_that_a_spreadsheet_saved_with_semicolons_is_read_too() -> None:
    text = "id;type;seconds\r\nx;single;ten\r\n"
    assert [(p.line, p.field) for p in rows(text)[0].problems if p.field == "seconds"] == [(2, "seconds")]


def test_every_mistake_of_every_row_is_told_with_its_line_and_column() -> None:
    header, first = good().split("\r\n", 1)
    text = f"{header}\r\n{first.replace('guided', 'easy').replace(',50,', ',2,')}" + "x" + "," * 3 + "single\r\n"
    found = [(p.line, p.field) for row in rows(text) for p in row.problems]
    assert {(2, "level"), (2, "seconds")} <= set(found)
    assert any(line > 2 and field == "stem" for line, field in found)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must name the columns"),
        ("a,b\n1,2", "must name the columns"),
        ("id,type,id\n", "stands here twice"),
        ("id,type,stemm\n", "is no column"),
        ("id,type,options.99999999999.text\n", "is no column"),
        ("id,type,options.x.text\n", "is no column"),
        ("id,type,__class__.x\n", "is no column"),
        (f"id,type\n{'x,single' * 1}\n" * 1 + '"' + "x" * 200_000, "is no CSV"),
    ],
)
def test_a_file_that_is_no_table_of_questions_is_refused_as_a_whole(text: str, why: str) -> None:
    with pytest.raises(FileProblems, match=why):
        rows(text)


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ("x,case,,", "type"),
        ("x,single,[[[[,", "seconds"),
        ("x,single,&a 1,", "seconds"),
        ("x,single,10,a\0b", "stem"),
        ("x,single,10,b,too many", ""),
    ],
)
def test_a_row_that_can_hurt_is_refused_at_its_field(cells: str, field: str) -> None:
    problems = rows(f"id,type,seconds,stem\n{cells}\n")[0].problems
    assert field in {p.field for p in problems}
    assert {p.line for p in problems} == {2}
