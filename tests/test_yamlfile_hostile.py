"""Files made to hurt: each is refused at once, by file and line, and nothing else suffers."""

from __future__ import annotations

from pathlib import Path

import pytest

from quiz.bank.files import read_folder
from quiz.yamlfile import MAX_BYTES, MAX_DEPTH, MAX_NODES, FileProblems, Problem, parse
from tests import factories as make
from tests.work import CALLS_A_SECOND, counted

LAUGHS = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
HOSTILE = {
    "a bomb of aliases": (LAUGHS, 1),
    "an alias of a whole file": ("x: 1\na: &a\n  b: *a\n", 2),
    "an alias of nothing": ("x: 1\na: *a\n", 2),
    "a merge key": ("x: 1\n<<: *base\n", 2),
    "a field that stands twice": ("id: a\nskill: b\nid: c\n", 3),
    "a field that stands twice in a list": ("a:\n  - {b: 1,\n     b: 2}\n", 3),
    "100,000 open brackets": ("a: 1\nb: " + "[" * 100_000, 2),
    "100,000 pairs of brackets": ("a: 1\nb: " + "[" * 100_000 + "]" * 100_000, 2),
    "100,000 open braces": ("a: 1\nb: " + "{" * 100_000, 2),
    "100,000 nested lists": ("- " * 100_000, 1),
    "one level too deep": ("a: 1\nb: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH, 2),
    "one level too deep, by indentation": ("".join("  " * i + "k:\n" for i in range(MAX_DEPTH + 1)), MAX_DEPTH + 1),
    "one value too many": ("a:\n" + "  - 1\n" * (MAX_NODES - 2), MAX_NODES - 1),
    "20,000 fields": ("".join(f"k{i}: 1\n" for i in range(20_000)), MAX_NODES // 2),
    "one byte too much": ("a: 1\nb: " + "x" * (MAX_BYTES - 7), 2),
    "one byte too much, in comments": ("#" * 63 + "\n" + ("#" * 63 + "\n") * (MAX_BYTES // 64), MAX_BYTES // 64 + 1),
    "NUL": ("a: 1\nb: x\x00y\n", 2),
    "NUL far into the file": ("a: 1\n" + "# x\n" * 5_000 + "b: \x00\n", 5_002),
    "NUL, escaped": ('a: 1\nb: "x\\0y"\n', 2),
    "a lone surrogate": ("a: 1\nb: \ud800\n", 2),
    "an escape of the terminal": ("a: 1\nb: \x1b[2J\n", 2),
    "a tag that would build an object": ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2),
    "a directive": ("%YAML 1.1\n---\na: yes\n", 1),
    "two documents": ("a: 1\n---\nb: 2\n", 2),
    "a number of 4,000 digits": ("a: 1\nb: " + "9" * 4_000, 2),
}
"""A text, and the line that is to blame."""

ENCODINGS = {
    "Latin 1": "title: caf\xe9\n".encode("latin-1"),
    "UTF-16": "title: caf\xe9\n".encode("utf-16"),
    "UTF-32": "title: caf\xe9\n".encode("utf-32"),
    "overlong UTF-8": b"title: \xc0\xaf\n",
    "cut-off UTF-8": b"title: \xe2\x82",
    "UTF-8 of a surrogate": b"title: \xed\xa0\x80\n",
    "a program": b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)),
    "a compressed file": b"\x1f\x8b\x08\x00" + bytes(range(256)),
    "zeros": bytes(1_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused_at_once_on_the_line_to_blame(name: str) -> None:
    text, line = HOSTILE[name]
    with pytest.raises(FileProblems) as refused, counted() as work:
        parse(text, "x.yaml")

    assert work.calls < CALLS_A_SECOND
    assert [problem.line for problem in refused.value.problems] == [line]
    assert refused.value.problems[0].message


@pytest.mark.parametrize("name", [*HOSTILE, *ENCODINGS])
def test_a_hostile_file_is_refused_and_nothing_beside_it_is_lost_or_changed(tmp_path: Path, name: str) -> None:
    good = make.write_question(tmp_path, make.single())
    written = HOSTILE[name][0].encode("utf-8", "surrogatepass") if name in HOSTILE else ENCODINGS[name]
    bad = good.with_name("hostile.yaml")
    bad.write_bytes(written)
    before = good.read_bytes()
    folder = read_folder(tmp_path)

    assert [file.question for file in folder.files] == [make.single()]
    assert {problem.file for problem in folder.problems} == {"coding/queues/hostile.yaml"}
    assert (good.read_bytes(), bad.read_bytes()) == (before, written)
    assert sorted(tmp_path.rglob("*.yaml")) == [good, bad]


@pytest.mark.parametrize("name", ["a field that stands twice", "NUL", "one byte too much"])
def test_a_hostile_file_is_told_in_one_short_line(name: str) -> None:
    with pytest.raises(FileProblems) as refused:
        parse(HOSTILE[name][0], "x.yaml")

    assert str(refused.value).startswith(f"x.yaml:{HOSTILE[name][1]}: ")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 100


def test_a_character_that_yaml_forbids_is_named() -> None:
    with pytest.raises(FileProblems) as refused:
        parse("a: 1\nb: x\x00y\n", "x.yaml")

    assert refused.value.problems == [Problem("x.yaml", 2, "", "is not YAML: holds the character U+0000")]
