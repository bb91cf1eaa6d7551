from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from quiz.yamlfile import MAX_BYTES, MAX_DEPTH, MAX_NODES, Document, FileProblems, Problem, parse, validate, write
from tests.work import CALLS_A_SECOND, counted

HELD = settings(deadline=None, derandomize=True, max_examples=15, database=None)


class Wheel(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    inches: int
    name: str | int = "front"


class Bicycle(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    maker: str
    gears: int
    wheels: list[Wheel] = []


def problems(text: str) -> list[Problem]:
    with pytest.raises(FileProblems) as refused:
        parse(text, "bike.yaml")
    return refused.value.problems


def only_problem(text: str) -> Problem:
    found = problems(text)
    assert len(found) == 1
    return found[0]


def bicycle_problems(text: str) -> list[str]:
    with pytest.raises(FileProblems) as refused:
        validate(Bicycle, parse(text, "bike.yaml"))
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("no", "no"), ("on", "on"), ("2026-01-31", "2026-01-31"), ("1:30", "1:30"), ("true", True), ("False", False)],
        *[("yes", "yes"), ("Off", "Off"), ("y", "y"), ("TRUE", True), ("<<", "<<"), ("=", "="), ("+", "+")],
        *[("12", 12), ("-3", -3), ("1_000", 1000), ("0x1F", 31), ("012", 12), ("0o17", 15), ("0b11", 3), ("_1", "_1")],
        *[("2.5", 2.5), ("1e-3", 0.001), ("-.5", -0.5), ("5.", 5.0), ("1_0.5", 10.5), ("1e", "1e"), ("0o8", "0o8")],
        *[("~", None), ("", None), ("Null", None), ("nil", "nil"), ("'12'", "12"), ('"true"', "true")],
        *[(".inf", ".inf"), (".nan", ".nan"), ("0x_", "0x_"), ("[1, two]", [1, "two"]), ("{b: 1}", {"b": 1})],
    ],
)
def test_plain_values_are_read_as_what_they_look_like(text: str, value: object) -> None:
    read = parse(f"a: {text}\n", "f.yaml").data["a"]

    assert read == value
    assert type(read) is type(value)


def test_an_empty_file_holds_nothing() -> None:
    assert parse("", "f.yaml").data is None


def test_every_field_knows_the_line_it_stands_on() -> None:
    lines = parse("maker: A\nwheels:\n  - inches: 1\n  - inches: 2\n", "bike.yaml").lines

    assert lines["maker",] == 1
    assert lines["wheels", 0] == 3
    assert lines["wheels", 1, "inches"] == 4


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", ": "])
def test_a_hundred_thousand_brackets_are_refused_with_the_work_of_ten_thousand(opening: str) -> None:
    with counted() as few:
        only_problem(opening * 10_000)
    with counted() as many:
        found = only_problem(opening * 100_000)

    assert found.line == 1
    assert many.calls < 1.1 * few.calls < CALLS_A_SECOND


def test_the_deepest_nesting_allowed_is_read_and_one_more_is_not() -> None:
    deepest = "[" * MAX_DEPTH + "]" * MAX_DEPTH

    assert parse(deepest, "f.yaml").data
    assert "nested deeper" in only_problem(f"[{deepest}]").message


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

    assert str(only_problem(bomb)) == "bike.yaml:1: uses an anchor or alias; write the value out"


def test_an_alias_is_refused_even_where_nothing_is_anchored() -> None:
    assert "alias" in only_problem("a: 1\nb: *nowhere\n").message


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!str", "!own", "!!binary"])
def test_a_tag_is_refused_by_name_on_its_line(tag: str) -> None:
    found = only_problem(f"a: 1\nb: {tag} x\n")

    assert found.line == 2
    assert tag.lstrip("!") in found.message


def test_a_version_directive_cannot_change_what_words_mean() -> None:
    text = "%YAML 1.1\n---\na: yes\n"
    try:
        read = parse(text, "f.yaml").data
    except FileProblems:
        read = {"a": "yes"}  # to refuse the directive is right as well

    assert read == {"a": "yes"}


def test_a_field_that_stands_twice_is_named_with_its_second_line() -> None:
    found = only_problem("wheels:\n  - inches: 1\n    name: x\n    inches: 2\n")

    assert str(found) == "bike.yaml:4: wheels.1.inches: stands here twice"


def test_all_fields_that_stand_twice_are_named_at_once() -> None:
    assert [p.line for p in problems("a: 1\na: 2\nb: 1\nb: 2\n")] == [2, 4]


def test_a_list_cannot_be_the_name_of_a_field() -> None:
    assert only_problem("a:\n  ? [1, 2]\n  : 3\n").message == "a field's name must be plain text"


def test_a_file_of_the_greatest_size_is_read_and_one_byte_more_is_not() -> None:
    head = "a: '"
    text = head + "x" * (MAX_BYTES - len(head) - 1) + "'"

    assert len(parse(text, "f.yaml").data["a"]) == MAX_BYTES - 5
    assert only_problem(text + "\n").message == "is larger than 256 KB"


def test_size_is_counted_in_bytes_not_in_characters() -> None:
    assert "larger" in only_problem("a: " + "€" * (MAX_BYTES // 3)).message


def test_too_many_values_are_refused() -> None:
    assert "more than" in only_problem("[" + "1," * MAX_NODES + "]").message


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1, 2\n", 2), ("a: 1\n\tb: 2\n", 2), ("a: 1\n b: 2\n", 2), ("a: 'x\n", 2), ("a: 1\n---\nb: 2\n", 2)],
)
def test_what_is_not_one_yaml_document_is_refused_near_its_line(text: str, line: int) -> None:
    found = only_problem(text)

    assert found.message.startswith("is not YAML")
    assert abs(found.line - line) <= 1


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x7f", "\x85", "\u2028", "\u2029", "\ud800", "\ufffe"])
def test_characters_that_yaml_forbids_or_reads_in_two_ways_are_refused(character: str) -> None:
    told = f"bike.yaml:2: is not YAML: holds the character U+{ord(character):04X}"

    assert str(only_problem(f"a: 1\nb: x{character}y\n")) == told


def test_an_escape_cannot_bring_in_what_the_database_cannot_store() -> None:
    assert str(only_problem('a: 1\nb: "\\0"\n')) == "bike.yaml:2: b: holds a character that can't be stored"
    assert only_problem('a: 1\nb: "\\ud800"\n').line == 2


def test_what_ends_too_early_is_told_on_its_last_line() -> None:
    assert str(only_problem("a: 1\nb: [2\n")) == "bike.yaml:2: is not YAML: did not find expected ',' or ']'"


@pytest.mark.parametrize("number", [str(2**63), str(-(2**64)), "0x" + "f" * 20])
def test_a_whole_number_too_large_for_the_database_is_refused(number: str) -> None:
    assert str(only_problem(f"a: {number}\n")) == "bike.yaml:1: a: is a number too large to store"


def test_the_largest_whole_number_is_read() -> None:
    assert parse(f"a: {2**63 - 1}\n", "f.yaml").data == {"a": 2**63 - 1}


@pytest.mark.parametrize("number", ["1e999", "-1e999", ".5e+999"])
def test_a_number_beyond_all_floats_never_becomes_infinity(number: str) -> None:
    assert only_problem(f"a: {number}\n").line == 1


@pytest.mark.parametrize("word", [".inf", ".nan", "9" * 5000])
def test_what_is_no_finite_number_stays_text_for_the_schema_to_refuse(word: str) -> None:
    assert bicycle_problems(f"maker: A\ngears: {word}\n") == [
        "bike.yaml:2: gears: must be a whole number",
    ]


def test_every_schema_error_is_reported_at_once_with_line_and_field() -> None:
    text = "gears: many\ncolour: red\nwheels:\n  - inches: 20\n  - name: rear\n"

    assert bicycle_problems(text) == [
        "bike.yaml:1: gears: must be a whole number",
        "bike.yaml:1: maker: is missing",
        "bike.yaml:2: colour: is not a field of this kind of file (misspelt?)",
        "bike.yaml:5: wheels.2.inches: is missing",
    ]


@pytest.mark.parametrize(
    ("gears", "refused"), [("7", False), ("'7'", True), ("7.0", True), ("true", True), ("[7]", True), ("~", True)]
)
def test_no_value_is_silently_turned_into_another_type(gears: str, *, refused: bool) -> None:
    text = f"maker: A\ngears: {gears}\n"
    if refused:
        assert bicycle_problems(text)[0].startswith("bike.yaml:2: gears: ")
    else:
        assert validate(Bicycle, parse(text, "bike.yaml")).gears == 7


def test_a_field_that_may_be_of_two_types_is_named_as_it_stands_in_the_file() -> None:
    found = bicycle_problems("maker: A\ngears: 1\nwheels:\n  - inches: 20\n    name: [x]\n")

    assert found
    assert all(problem.startswith("bike.yaml:5: wheels.1.name: ") for problem in found)


@pytest.mark.parametrize("text", ["", "- 1\n", "just words\n"])
def test_a_file_that_is_no_mapping_is_refused_as_a_whole(text: str) -> None:
    assert len(bicycle_problems(text)) == 1


def test_a_problem_of_a_missing_field_stands_at_its_nearest_parent() -> None:
    document = parse("a: 1\nwheels:\n  - inches: 1\n", "f.yaml")

    assert document.problem(("wheels", 0, "name"), "x") == Problem("f.yaml", 3, "wheels.1.name", "x")
    assert Document("f.yaml", None, {}).problem(("a",), "x") == Problem("f.yaml", 0, "a", "x")


def test_problems_are_told_in_the_order_of_files_and_lines() -> None:
    late, early = Problem("b.yaml", 1, "", "last"), Problem("a.yaml", 9, "x", "first")

    assert str(FileProblems([late, early])) == "a.yaml:9: x: first\nb.yaml:1: last"


def test_long_texts_are_written_as_blocks_and_fields_in_the_given_order() -> None:
    assert write({"b": "one\ntwo\n", "a": ["x", 1]}) == "b: |\n  one\n  two\na:\n  - x\n  - 1\n"


def test_words_that_yaml_could_misread_are_quoted() -> None:
    written = write({"a": "true", "b": "12", "c": "1e3", "d": "~", "e": ""})

    assert parse(written, "f.yaml").data == {"a": "true", "b": "12", "c": "1e3", "d": "~", "e": ""}


LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), include_characters="\n\t")
TEXTS = st.text(LETTERS, max_size=30) | st.lists(st.text(LETTERS, max_size=12), max_size=4).map("\n".join)
SCALARS = (
    TEXTS | st.booleans() | st.none() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(-1e9, 1e9, allow_nan=False)
)
NAMES = st.from_regex(r"\A[a-z][a-z_]{0,8}\Z")
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3, min_size=1) | st.dictionaries(NAMES, inner, max_size=3, min_size=1),
    max_leaves=6,
)
FILES = st.dictionaries(NAMES, VALUES, max_size=4, min_size=1)


@HELD
@given(FILES)
def test_what_is_written_is_read_back_as_the_same_data(data: dict[str, object]) -> None:
    assert parse(write(data), "f.yaml").data == data


@pytest.mark.parametrize(
    "text",
    ["a\u2028b", "a\x85b", "a\r\nb\r\n", "one\n\x1btwo\n", "\ufeffa", "a\tb", " a\n", "\n", "\ta\nb\n", "\n\ta\n"],
)
def test_a_text_with_an_unusual_character_is_read_back_as_it_was_written(text: str) -> None:
    assert parse(write({"a": text}), "f.yaml").data == {"a": text}


@HELD
@given(FILES)
def test_writing_what_was_read_from_written_text_gives_the_same_bytes(data: dict[str, object]) -> None:
    written = write(data)

    assert write(parse(written, "f.yaml").data) == written


@HELD
@given(st.text(max_size=60) | st.text("[]{}:-,#&*!|>'\"%@ \n\tab1", max_size=60))
def test_any_text_is_either_read_or_refused_with_problems(text: str) -> None:
    try:
        told = [Problem("f.yaml", 0, "", "")] if parse(text, "f.yaml") else []
    except FileProblems as refused:
        told = refused.problems

    assert told
    assert all(problem.file == "f.yaml" for problem in told)
