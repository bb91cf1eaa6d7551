"""What was typed into a question's form, as plain data in the shape of a question file.

A field's name is its place: `options.2.why`. Nothing is judged here; the schema does that (`problems`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from quiz.bank import question as q
from quiz.bank.form.blame import blamed
from quiz.bank.form.fields import CONTENTS, PART_TYPES, Field, Kind, fields_of, part_fields
from quiz.bank.form.rows import named_rows
from quiz.yamlfile import sentence

Path = tuple[str | int, ...]
Form = Mapping[str, Sequence[str]]


def read(kind: str, form: Form) -> dict[str, Any]:
    """What was typed, in the shape of a question of this type (without id, status and proof)."""
    return {"type": kind, **_read(fields_of(kind), form, "", kind)}


def _read(fields: Sequence[Field], form: Form, prefix: str, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        value = _value(field, form, prefix + field.name)
        if field.kind == "choices" or value not in (None, "", [], {}):
            found[field.name] = value
    rows = {field.name: _rows(field, form, prefix + field.name) for field in fields if field.kind == "rows"}
    for field in fields:
        for column, how in field.columns:
            _read_column(column, how, field.name, rows, found, form, prefix)
    if kind == "line":
        found["key"] = list(found.get("fix", {}))
    if kind == "judgement":
        found["basis"] = "editorial"
    return found


def _value(field: Field, form: Form, name: str) -> Any:
    text = typed(form, name)
    match field.kind:
        case "long":
            return text if text.strip() else None
        case "whole" | "number" | "value":
            return scalar(text.strip(), field.kind)
        case "choices":
            return [value for value in form.get(name, ()) if value]
        case "lines":
            return text.split()
        case "texts":
            return [one for i in _places(form, name) if (one := _value(field.fields[0], form, f"{name}.{i}"))]
        case "group":
            return _read(field.fields, form, f"{name}.", "")
        case "rows":
            return list(_rows(field, form, name).values())
        case "pairs":
            return _pairs(field, form, name)
        case "parts":
            return [_part(form, f"{name}.{i}.") for i in _places(form, name)]
        case _:
            return text.strip()


def typed(form: Form, name: str) -> str:
    """What was typed into a field, with line ends as in files."""
    values = form.get(name) or [""]
    return str(values[0]).replace("\r\n", "\n").replace("\r", "\n")


def scalar(text: str, kind: Kind) -> Any:
    """A number or value from its text; what is none stays text, for the schema to refuse."""
    if not text:
        return None
    if kind == "whole":
        return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else text
    try:
        found = json.loads(f"-{text[1:]}" if text[0] == "−" else text)
    except (ValueError, RecursionError):
        return text
    fits = isinstance(found, int | float | bool | str) if kind == "value" else _is_number(found)
    return found if fits and (isinstance(found, str) or _is_storable(found)) else text


def shown(value: Any) -> str:
    """A value as it is typed: text that would be read as something else in quotation marks."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if scalar(value.strip(), "value") != value else value
    return json.dumps(value, ensure_ascii=False)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_storable(value: float) -> bool:
    return abs(value) < 2**63 and math.isfinite(value)


def _places(form: Form, name: str) -> list[int]:
    """Which rows of a list were sent."""
    pattern = re.compile(re.escape(name) + r"\.([0-9]{1,3})(?:\.|$)")
    return sorted({int(found[1]) for key in form if (found := pattern.match(key))})


def _rows(field: Field, form: Form, name: str) -> dict[str, dict[str, Any]]:
    """The rows that hold anything, by their places in the form."""
    rows = {str(i): _row(field, form, f"{name}.{i}.") for i in _places(form, name)}
    kept = {place: row for place, row in rows.items() if set(row) - {"in"}}
    if all(one.name != "id" for one in field.fields):
        return kept
    return dict(zip(kept, named_rows(list(kept.values()), set()), strict=True))


def _row(field: Field, form: Form, prefix: str) -> dict[str, Any]:
    row = _read(field.fields, form, prefix, "")
    if all(one.name != "in" for one in field.fields):
        return row
    holds, content = row.pop("in", CONTENTS[0]), row.pop("content", None)
    if content is None or holds not in CONTENTS:
        return row
    if holds == "value":
        content = scalar(content.strip(), "value")
    return {**({"id": row.pop("id")} if "id" in row else {}), holds: content, **row}


def _pairs(field: Field, form: Form, name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for i in _places(form, name):
        key, value = typed(form, f"{name}.{i}.key").strip(), _value(field.fields[0], form, f"{name}.{i}.value")
        if key or value not in (None, ""):
            found[int(key) if name == "fix" and re.fullmatch("[0-9]{1,4}", key) else key] = (
                "" if value is None else value
            )
    return found


def _part(form: Form, prefix: str) -> dict[str, Any]:
    kind = typed(form, f"{prefix}type")
    kind = kind if kind in PART_TYPES else PART_TYPES[0]
    own = {"id": typed(form, f"{prefix}id").strip(), "type": kind, "stem": typed(form, f"{prefix}stem")}
    return {**own, **_read(part_fields(kind), form, prefix, kind)}


def _read_column(
    column: str,
    how: Kind,
    name: str,
    rows: Mapping[str, Mapping[str, Mapping[str, Any]]],
    found: dict[str, Any],
    form: Form,
    prefix: str,
) -> None:
    """What the key says about each row, by the rows' names as they are typed now."""
    own = {place: str(row["id"]) for place, row in rows[name].items()}
    if how == "one":
        found[column] = own.get(typed(form, prefix + column), "")
        return
    if how == "some":
        found[column] = [own[place] for place in own if place in form.get(prefix + column, ())]
        return
    others = {place: str(row["id"]) for place, row in rows.get("responses", rows[name]).items()}
    said: dict[str, Any] = {}
    for place, row in own.items():
        value = _said(how, form, f"{prefix}{column}.{name}.{place}", others)
        if value is not None:
            said[row] = value
    found[column] = {**found.get(column, {}), **said}


def _said(how: Kind, form: Form, name: str, others: Mapping[str, str]) -> Any:
    text = typed(form, name)
    match how:
        case "after":
            return [others[place] for place in others if place in form.get(name, ())]
        case "credit":
            return scalar(text.strip(), "whole")
        case "match":
            return others.get(text.strip())
        case _:
            return text if text.strip() else None


def problems(data: Mapping[str, Any]) -> dict[Path, str]:
    """What the schema finds wrong: by place, one sentence each; nothing where the data is a question."""
    found: dict[Path, str] = {}
    try:
        q.TYPES[str(data["type"])].model_validate(data)
    except ValidationError as error:
        for one in error.errors():
            path = _in_data(one["loc"], data, missing=one["type"] == "missing")
            said = sentence(one["type"], one["msg"])
            found.setdefault(blamed(path, said, data) if one["type"] == "value_error" else path, said)
    return found


def _in_data(location: Sequence[str | int], data: Any, *, missing: bool) -> Path:
    """The location without what pydantic adds for unions, as far as it stands in the data."""
    path: Path = ()
    here = data
    for i, part in enumerate(location):
        inside = part in here if isinstance(here, dict) else isinstance(here, list) and isinstance(part, int)
        if inside and (isinstance(here, dict) or int(part) < len(here)):
            path, here = (*path, part), here[part]
        elif missing and i == len(location) - 1:
            path = (*path, part)
    return path
