"""Questions as rows of a CSV file: one column per field, named as errors name it (`options.1.why`).

A cell holds a text as it is. Where a field is not a text, the cell holds it as JSON (numbers, true, "quoted text");
lists of names stand with commas between. `revision` says which revision a row was exported from.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quiz import yamlfile
from quiz.bank import question as q
from quiz.bank.cells import unsafe, written
from quiz.bank.files import QuestionFile, file_in_place
from quiz.bank.plain import as_data
from quiz.competency.catalogue import Catalogue
from quiz.yamlfile import Document, FileProblems, Problem

TYPES = ("single", "multiple", "number", "fill")
MAX_ROWS, MAX_COLUMNS, MAX_ITEMS = 6000, 400, 50
REVISION = "revision"
NUMBERED = frozenset({"options", "accept", "reject", "traps", "references", "figures"})
NAMES = frozenset({"enemies", "normalise", "proof.needs"})
"""Lists of names; a multiple's `key` is one more."""
VALUE = re.compile(
    r"(seconds|key\.(value|decimals)|options\.\d+\.value|given|traps\.\d+\.value|proof\.(expect|ordered|unmoved))\Z"
)
WHOLE = frozenset({"given", "proof.expect", "proof.unmoved"})
ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
COLUMN = re.compile(r"[a-z_]+(\.[a-z0-9_-]+){0,2}\Z")
Path_ = tuple[str, ...]


@dataclass(frozen=True)
class SheetRow:
    """A row: the question, or what is wrong with it, and the revision that it was exported from, if it says so."""

    line: int
    id: str
    file: QuestionFile | None
    revision: int | None
    problems: tuple[Problem, ...] = ()


def sheet(questions: Iterable[tuple[q.Question, int]]) -> Iterator[str]:
    """Questions of the four types with their revision numbers as CSV, in the order given; other types are left out."""
    rows = [
        {REVISION: str(number), **dict(_cells(as_data(question)))}
        for question, number in questions
        if question.type in TYPES
    ]
    columns = sorted({column for row in rows for column in row} | {"id"}, key=_place)
    yield from written([columns, *([row.get(column, "") for column in columns] for row in rows)])


def _place(column: str) -> tuple[Any, ...]:
    if column == REVISION:
        return (1,)
    first, *rest = column.split(".")
    place = q.FIELD_ORDER.index(first)
    return (0 if first == "id" else 2, place, [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in rest])


def _cells(data: Any, path: Path_ = ()) -> Iterator[tuple[str, str]]:
    name = ".".join(path)
    if name in NAMES or (name == "key" and isinstance(data, list)):
        yield name, ", ".join(data) or "[]"
    elif name in WHOLE or not isinstance(data, str | list | Mapping):
        yield name, _json(data)
    elif isinstance(data, str):
        yield name, _json(data) if VALUE.match(name) else data
    else:
        children = data.items() if isinstance(data, Mapping) else enumerate(data, 1)
        for key, child in children:
            yield from _cells(child, (*path, str(key)))


def _json(data: Any) -> str:
    """JSON that is YAML too, which takes fewer characters as they are."""
    return ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(data, ensure_ascii=False))


def read_sheet(text: str, name: str, catalogue: Catalogue) -> list[SheetRow]:
    """The rows of a CSV file. Raises FileProblems where the file as a whole can't be read."""
    header, *rows = _lines(text, name) or [(1, [])]
    columns = [column.strip() for column in header[1]]
    wrong = list(_header_problems(columns, name))
    if len(rows) > MAX_ROWS:
        wrong.append(Problem(name, 0, "", f"has {len(rows)} rows; {MAX_ROWS} are the most"))
    if wrong:
        raise FileProblems(wrong)
    return [_row(line, columns, cells, name, catalogue) for line, cells in rows if any(cells)]


def _lines(text: str, name: str) -> list[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    reader_lines: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            reader_lines.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileProblems([Problem(name, line, "", f"is no CSV that can be read: {error}")]) from None
    return reader_lines


def _header_problems(columns: Sequence[str], name: str) -> Iterator[Problem]:
    if not {"id", "type"} <= set(columns):
        yield Problem(name, 1, "", "the first line must name the columns, with `id` and `type` among them")
        return
    if len(columns) > MAX_COLUMNS:
        yield Problem(name, 1, "", f"has {len(columns)} columns; {MAX_COLUMNS} are the most")
    for column in dict.fromkeys(columns):
        if columns.count(column) > 1 and column:
            yield Problem(name, 1, column, "this column stands here twice")
        if column not in {REVISION, ""} and (
            not COLUMN.match(column) or column.split(".")[0] not in q.FIELD_ORDER or _too_high(column)
        ):
            yield Problem(name, 1, ascii(column)[1:-1][:80], "is no column of a question (misspelt?)")


def _too_high(column: str) -> bool:
    first, *rest = column.split(".")
    return first in NUMBERED and not (rest and rest[0].isdigit() and 1 <= int(rest[0][:4]) <= MAX_ITEMS)


def _row(line: int, columns: Sequence[str], cells: Sequence[str], name: str, catalogue: Catalogue) -> SheetRow:
    if len(cells) > len(columns):
        return SheetRow(line, "", None, None, (Problem(name, line, "", "has more cells than there are columns"),))
    given = {c: unsafe(cell) for c, cell in zip(columns, cells, strict=False) if cell and c}
    said, area = given.pop(REVISION, "").strip(), catalogue.area_of.get(given.get("skill", ""))
    revision = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
    wrong: tuple[Problem, ...] = ()
    if said and revision is None:
        wrong = (Problem(name, line, REVISION, "must be a whole number, or empty"),)
    elif given.get("type", "") not in TYPES:
        wrong = (Problem(name, line, "type", f"must be one of {', '.join(TYPES)}; others come as YAML"),)
    try:
        file = None if wrong else file_in_place(_document(given, line, name), area.id if area else "")
    except FileProblems as found:
        return SheetRow(line, given.get("id", ""), None, revision, tuple(found.problems))
    return SheetRow(line, given.get("id", ""), file, revision, wrong)


def _document(given: Mapping[str, str], line: int, name: str) -> Document:
    problems: list[Problem] = []
    tree: dict[str, Any] = {}
    for column, cell in given.items():
        try:
            value = _value(column, cell, given.get("type", ""))
        except FileProblems as found:
            problems += [Problem(name, line, column, one.message) for one in found.problems]
            continue
        if "\0" in cell:
            problems.append(Problem(name, line, column, "holds a character that can't be stored"))
        if not _put(tree, column.split("."), value):
            problems.append(Problem(name, line, column, "contradicts another column of this row"))
    if problems:
        raise FileProblems(problems)
    data = _listed(tree)
    lines: dict[yamlfile.Path, int] = {}
    _number(data, (), line, lines)
    return Document(name, data, lines)


def _value(column: str, cell: str, kind: str) -> Any:
    if column in NAMES or (column == "key" and kind == "multiple"):
        return [] if cell.strip() == "[]" else [part.strip() for part in cell.split(",")]
    return yamlfile.parse(cell, column).data if VALUE.match(column) else cell


def _put(tree: dict[str, Any], path: Sequence[str], value: Any) -> bool:
    *above, last = path
    for part in above:
        tree = tree.setdefault(part, {})
        if not isinstance(tree, dict):
            return False
    if last in tree:
        return False
    tree[last] = value
    return True


def _listed(tree: dict[str, Any]) -> dict[str, Any]:
    """The tree with numbered fields as lists, in the order of their numbers."""
    return {
        name: [child[key] for key in sorted(child, key=lambda k: (not k.isdigit(), int(k) if k.isdigit() else 0))]
        if name in NUMBERED and isinstance(child, dict)
        else child
        for name, child in tree.items()
    }


def _number(data: Any, path: yamlfile.Path, line: int, lines: dict[yamlfile.Path, int]) -> None:
    lines[path] = line
    children: Iterable[tuple[str | int, Any]] = ()
    if isinstance(data, dict):
        children = data.items()
    elif isinstance(data, list):
        children = enumerate(data)
    for key, child in children:
        _number(child, (*path, key), line, lines)
