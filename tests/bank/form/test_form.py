from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from quiz.bank import question as q
from quiz.bank.form.fields import fields_of
from quiz.bank.form.reading import problems, read, scalar, shown
from quiz.bank.form.rows import pressed
from quiz.bank.form.yaml import as_yaml, from_yaml
from quiz.bank.plain import as_data
from quiz.bank.scaffold import scaffold

ROWS: dict[str, Any] = {"type": "single", "options": [{"id": "a", "text": "1"}, {"id": "b", "text": "2"}], "key": "a"}


@pytest.mark.parametrize("kind", q.TYPES)
def test_the_form_of_a_type_asks_for_every_field_of_its_schema(kind: str) -> None:
    asked = {field.name for field in fields_of(kind)}
    asked |= {name for field in fields_of(kind) for name, _ in field.columns}
    fixed = {"id", "type", "status", "proof", "basis"} | ({"key"} if kind == "line" else set())
    assert set(q.TYPES[kind].model_fields) - fixed <= asked
    assert asked <= set(q.TYPES[kind].model_fields)


@pytest.mark.parametrize(
    "value", ["text", "12", 12, 1.5, True, "true", '"quoted"', "", "1e3", -0.25, "−5", "null", "[1]", "NaN"]
)
def test_a_value_is_read_as_it_is_shown(value: Any) -> None:
    found = scalar(shown(value), "value")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["1e999", "9" * 40, "NaN", "[" * 10_000, "1,5", "twelve"])
def test_what_is_no_number_stays_text_for_the_schema_to_refuse(text: str) -> None:
    assert scalar(text, "number") == text


def test_renaming_an_option_keeps_it_the_key() -> None:
    form = {"key": ["1"], "options.0.id": ["one"], "options.1.id": ["renamed"]}
    form |= {"options.0.content": ["A"], "options.1.content": ["B"]}
    assert read("single", form)["key"] == "renamed"


def test_an_empty_row_is_left_out_and_the_key_still_means_its_own_row() -> None:
    form = {"key": ["2"], "options.0.id": ["a"], "options.0.content": ["A"], "options.1.in": ["text"]}
    found = read("single", form | {"options.2.content": ["C"]})
    assert [option["id"] for option in found["options"]] == ["a", "b"]
    assert found["key"] == "b"


@pytest.mark.parametrize(
    ("button", "left"),
    [
        ("add options", ["a", "b", "c"]),
        ("remove options 0", ["b"]),
        ("down options 0", ["b", "a"]),
        ("up options 1", ["b", "a"]),
        ("up options 0", ["a", "b"]),
        ("down options 1", ["a", "b"]),
        ("remove options 7", ["a", "b"]),
        ("remove options -1", ["a", "b"]),
        ("remove options x", ["a", "b"]),
        ("explode options 1", ["a", "b"]),
        ("add title", ["a", "b"]),
        ("add __class__", ["a", "b"]),
        ("add parts.0.options", ["a", "b"]),
        ("add", ["a", "b"]),
    ],
)
def test_buttons_add_remove_and_move_rows_and_nothing_else(button: str, left: list[str]) -> None:
    before = deepcopy(ROWS)
    assert [row["id"] for row in pressed(ROWS, button)["options"]] == left
    assert before == ROWS


def test_rows_of_a_part_and_parts_themselves_have_buttons_too() -> None:
    data = as_data(scaffold("case", "sql", "a-case"))
    more = pressed(data, "add parts.1.options")
    assert [len(part["options"]) for part in more["parts"]] == [4, 5]
    assert [part["type"] for part in pressed(data, "add parts number")["parts"]] == ["single", "single", "number"]
    assert pressed(data, "add parts.9.options") == data


def test_every_problem_stands_at_its_place_in_plain_words() -> None:
    data = {**as_data(scaffold("single", "sql", "new-one")), "seconds": "soon", "level": "hard", "title": "Short"}
    data["options"][2] = {"id": "c", "text": "C"}
    found = problems(data)
    assert found[("seconds",)] == "must be a whole number"
    assert found[("title",)] == "must have at least 8 characters"
    assert found[("options", 2, "why")] == "is missing"
    assert ("level",) in found


def test_yaml_gives_back_what_it_was_given_and_hides_programs() -> None:
    for kind in q.TYPES:
        data = {name: v for name, v in as_data(scaffold(kind, "sql", f"one-{kind}")).items() if name != "status"}
        assert "script" not in as_yaml(data)
        assert from_yaml(as_yaml(data), data) == (data, {})


def test_yaml_names_every_error_by_its_line_and_leaves_programs_to_files() -> None:
    data = {name: v for name, v in as_data(scaffold("single", "sql", "one")).items() if name != "status"}
    text = as_yaml(data).replace("level: independent", "level: hard").replace("seconds: 60", "seconds: soon")
    _, errors = from_yaml(text.replace("id: one", "id: other") + "proof:\n  kind: truth\n  script: x = 1\n", data)
    told = " ".join(errors.values())
    for part in ("Line 4: level", "Line 5: seconds", "id can't be changed", "a program is written in files"):
        assert part in told
    assert from_yaml("- a\n- b\n", data)[0] is None
    assert from_yaml("a: [", data)[0] is None
