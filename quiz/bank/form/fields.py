"""What a question's form asks for: described once, by the schema itself, for all nine types.

What the key says about a row (right or not, its credit, what it is matched with) is asked in that row, so nobody
types the names of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import MaxLen
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from quiz.bank import question as q
from quiz.bank.pieces import Value

Kind = str
"""line, long, whole, number, value: one value · choice, choices, skill: of a list · lines: names, one a line ·
group, rows, texts, pairs, parts: several values · one, some, credit, after, match, reason: what a key says of a row.
"""
SHORT = 300
UNSHOWN = frozenset({"id", "type", "status", "proof", "basis"})
SAID_BY_ROWS = frozenset(
    {("single", "key"), ("multiple", "key"), ("order", "key"), ("match", "key"), ("match", "why"), ("judgement", "key")}
    | {("line", "key")}
)
"""Fields that are asked in the rows they speak of; the right lines of a `line` are those that `fix` replaces."""
COLUMNS: Mapping[tuple[str, str], tuple[tuple[str, Kind], ...]] = {
    ("single", "options"): (("key", "one"),),
    ("multiple", "options"): (("key", "some"),),
    ("order", "lines"): (("key", "after"),),
    ("match", "premises"): (("key", "match"), ("why", "reason")),
    ("match", "responses"): (("why", "reason"),),
    ("judgement", "options"): (("key", "credit"),),
}
PART_TYPES = ("single", "multiple", "number", "fill")
CONTENTS = ("text", "value", "sql", "code", "expr")


@dataclass(frozen=True)
class Field:
    """One thing that the form asks for.

    `fields`: what a row or group is made of; `columns`: what the key says of a row; `default`: chosen where none is.
    """

    name: str
    kind: Kind
    required: bool = False
    options: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    columns: tuple[tuple[str, Kind], ...] = ()
    default: tuple[str, ...] = ()


@cache
def fields_of(kind: str) -> tuple[Field, ...]:
    """What the form of a type asks for, in the order of the file."""
    return _fields(q.TYPES[kind], kind, UNSHOWN)


def named_fields(kind: str) -> dict[str, Field]:
    """The same by name."""
    return {field.name: field for field in fields_of(kind)}


@cache
def part_fields(kind: str) -> tuple[Field, ...]:
    """The same for a part of a case."""
    models = {model.model_fields["type"].annotation: model for model in get_args(get_args(q.Part)[0])}
    return _fields(models[Literal[kind]], kind, UNSHOWN)


def _fields(model: type[BaseModel], kind: str, unshown: frozenset[str]) -> tuple[Field, ...]:
    infos = {name: info for name, info in model.model_fields.items() if name not in unshown}
    named = [name for name in q.FIELD_ORDER if name in infos] if kind else list(infos)
    return tuple(_field(name, infos[name], kind) for name in named if (kind, name) not in SAID_BY_ROWS)


def _field(name: str, info: FieldInfo, kind: str) -> Field:
    annotation, longest = _bare(info.annotation, _longest(info.metadata))
    columns = COLUMNS.get((kind, name), ())
    field = _of(name, annotation, longest)
    default = tuple(info.default) if field.kind == "choices" else ()
    return Field(name, field.kind, info.is_required(), field.options, field.fields, columns, default)


def _of(name: str, annotation: Any, longest: int | None) -> Field:
    """What is asked for a value of this type."""
    if name == "skill":
        return Field(name, "skill")
    if name == "parts":
        return Field(name, "parts")
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return Field(name, "choice", options=tuple(map(str, arguments)))
    if origin is dict:
        return Field(name, "pairs", fields=(_of("value", *_bare(arguments[1], None)),))
    if origin is list:
        inner, most = _bare(arguments[0], None)
        return _list(name, inner, most)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Field(name, "group", fields=_fields(annotation, "", frozenset()))
    return Field(name, _scalar(annotation, longest))


def _list(name: str, inner: Any, longest: int | None) -> Field:
    if get_origin(inner) is Literal:
        return Field(name, "choices", options=tuple(map(str, get_args(inner))))
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return Field(name, "rows", fields=_row_fields(inner))
    return Field(name, "lines" if name == "enemies" else "texts", fields=(_of("", inner, longest),))


def _row_fields(model: type[BaseModel]) -> tuple[Field, ...]:
    """A row's fields; an option's content, which stands in exactly one of five, is asked with its kind."""
    fields = _fields(model, "", frozenset())
    if model is not q.Option:
        return fields
    contents = tuple(field.name for field in fields if field.name in CONTENTS)
    rest = [field for field in fields if field.name not in {"id", *CONTENTS}]
    content = (Field("in", "choice", required=True, options=contents), Field("content", "long", required=True))
    return (next(field for field in fields if field.name == "id"), *content, *rest)


def _scalar(annotation: Any, longest: int | None) -> Kind:
    members = set(get_args(annotation)) if get_origin(annotation) in {Union, UnionType} else {annotation}
    if members == set(get_args(Value)):
        return "value"
    if members == {int}:
        return "whole"
    if members <= {int, float}:
        return "number"
    return "line" if longest is not None and longest <= SHORT else "long"


def _bare(annotation: Any, longest: int | None) -> tuple[Any, int | None]:
    """A type without `Annotated`, without None, and without the mapping that a reason may also be."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation, longest = get_args(annotation)[0], _longest(get_args(annotation)[1:]) or longest
        elif get_origin(annotation) in {Union, UnionType}:
            members = [m for m in get_args(annotation) if m is not NoneType]
            texts = [m for m in members if get_origin(m) is Annotated and get_args(m)[0] is str]
            if len(members) > 1 and not texts:
                return annotation, longest
            annotation = texts[0] if texts else members[0]
        else:
            return annotation, longest


def _longest(metadata: Sequence[Any]) -> int | None:
    for one in metadata:
        if isinstance(one, StringConstraints | MaxLen):
            return one.max_length or SHORT
    return None
