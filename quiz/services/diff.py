"""What differs between two texts of a question: by field, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from quiz.bank.question import FIELD_ORDER

PIECE = re.compile(r"\s+|\w+|[^\w\s]")
FIELDS = (*FIELD_ORDER, "bank version", "role", "revision", "comment")
MOST = 4000
"""Texts of more pieces than this are shown one after the other: comparing them word by word would take long."""


@dataclass(frozen=True)
class Run:
    """Some words that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True)
class FieldDiff:
    """A field that differs, by its place (`options.2.why`), and its words."""

    path: str
    runs: tuple[Run, ...]


def field_diffs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldDiff]:
    """Every field that differs, in the order of the file. Rows are paired by their names, not their places."""
    before, after = dict(_pieces(old)), dict(_pieces(new))
    for path in dict.fromkeys([*after, *before]):
        was, became = before.get(path), after.get(path)
        if was != became:
            yield FieldDiff(path, tuple(words(_said(was), _said(became))))


def words(old: str, new: str) -> Iterator[Run]:
    """The words of two texts, those that stayed told once."""
    a, b = PIECE.findall(old), PIECE.findall(new)
    if len(a) + len(b) > MOST:
        yield from (run for run in (Run("gone", old), Run("new", new)) if run.text)
        return
    gone = came = ""
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    for place, (kind, i, j, k, n) in enumerate(blocks):
        was, became = "".join(a[i:j]), "".join(b[k:n])
        between = 0 < place < len(blocks) - 1 and not was.strip()
        if kind != "equal" or between:  # a space between two changed words belongs to the change
            gone, came = gone + was, came + became
            continue
        yield from _changed(gone, came)
        gone = came = ""
        yield Run("same", was)
    yield from _changed(gone, came)


def _changed(gone: str, came: str) -> Iterator[Run]:
    if gone:
        yield Run("gone", gone)
    if came:
        yield Run("new", came)


def _pieces(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        known = [name for name in FIELDS if name in value] if not path else []
        for name in [*known, *(name for name in value if name not in known)]:
            yield from _pieces(value[name], f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for i, row in enumerate(value):
            yield from _pieces(row, f"{path}.{row.get('id', i + 1)}")
    else:
        yield path, value


def _said(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case list():
            return "\n".join(map(_said, value)) or "none"
        case _:
            return str(value)
