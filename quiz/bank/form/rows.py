"""The buttons of a question's form: add a row, remove it, move it up or down; names for rows that have none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from quiz.bank.form.fields import PART_TYPES, Field, named_fields, part_fields

MOST_ROWS = 40


def named(data: dict[str, Any]) -> dict[str, Any]:
    """The data with a name for every row and part that needs one and has none."""
    fields = named_fields(str(data["type"]))
    found = _with_names(data, fields.values())
    if "parts" in found:
        parts = named_rows(found["parts"], set())
        found["parts"] = [_with_names(p, part_fields(p["type"])) if "type" in p else p for p in parts]
    return found


def _with_names(data: Mapping[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    found = dict(data)
    lists = [f.name for f in fields if f.kind == "rows" and any(one.name == "id" for one in f.fields)]
    taken = {str(row["id"]) for name in lists for row in found.get(name, []) if row.get("id")}
    for name in lists:
        if name in found:
            found[name] = named_rows(found[name], taken)
    return found


def named_rows(rows: Sequence[Mapping[str, Any]], taken: set[str]) -> list[dict[str, Any]]:
    """Rows with a name each, none of them in `taken` (which is added to), so that a key can speak of them."""
    taken |= {str(row["id"]) for row in rows if row.get("id")}
    found = []
    for row in rows:
        name = str(row.get("id") or next(n for n in names() if n not in taken))
        taken.add(name)
        found.append({"id": name, **{k: v for k, v in row.items() if k != "id"}})
    return found


def names() -> Iterator[str]:
    """Gives `a`, `b`, … `z`, `aa` and so on."""
    return (a + b for a in ("", *ascii_lowercase) for b in ascii_lowercase)


def pressed(data: dict[str, Any], button: str) -> dict[str, Any]:
    """The data after `add options`, `remove options 2`, `up options 2`, `down options 2` or `add parts single`.

    Rows of parts are named `parts.0.options`. What can't be done changes nothing.
    """
    verb, *words = button.split()
    if not words:
        return data
    *way, name = words[0].split(".")
    found = dict(data)
    if way:
        if len(way) != 2 or way[0] != "parts" or not way[1].isdecimal() or int(way[1]) >= len(data.get("parts", [])):
            return data
        part = dict(data["parts"][int(way[1])])
        fields: Mapping[str, Field] = {field.name: field for field in part_fields(part["type"])}
        part = _pressed(part, fields, verb, name, words[1:])
        found["parts"] = [*data["parts"][: int(way[1])], part, *data["parts"][int(way[1]) + 1 :]]
    else:
        found = _pressed(found, named_fields(str(data["type"])), verb, name, words[1:])
    return named(found)


def _pressed(
    data: dict[str, Any], fields: Mapping[str, Field], verb: str, name: str, words: Sequence[str]
) -> dict[str, Any]:
    field = fields.get(name)
    if field is None or field.kind not in {"rows", "texts", "pairs", "parts"}:
        return data
    if field.kind == "pairs":
        return {**data, name: dict(_changed(list(data.get(name, {}).items()), verb, words, ("", "")))}
    empty: Any = {} if field.kind == "rows" else ""
    if field.kind == "parts":
        empty = {"type": words[0] if words and words[0] in PART_TYPES else PART_TYPES[0]}
    return {**data, name: _changed(list(data.get(name, [])), verb, words, empty)}


def _changed(rows: list[Any], verb: str, words: Sequence[str], empty: Any) -> list[Any]:
    if verb == "add":
        return [*rows, empty] if len(rows) < MOST_ROWS else rows
    place = int(words[0]) if words and words[0].isdecimal() else len(rows)
    target = {"up": place - 1, "down": place + 1, "remove": place}.get(verb, -1)
    if not (0 <= place < len(rows) and 0 <= target < len(rows)):
        return rows
    rest = [*rows[:place], *rows[place + 1 :]]
    return rest if verb == "remove" else [*rest[:target], rows[place], *rest[target:]]
