"""A question as plain data, in the order of the file's fields."""

from __future__ import annotations

from typing import Any

from quiz.bank import question as q


def as_data(question: q.Question) -> dict[str, Any]:
    """The question as plain data in the order of the file's fields, defaults left out."""
    data = question.model_dump(mode="json", exclude_defaults=True)
    data["type"] = question.type
    return {name: _ordered(name, data[name]) for name in q.FIELD_ORDER if data.get(name) is not None}


def _ordered(name: str, value: Any) -> Any:
    if name == "fix":
        return {int(line): text for line, text in value.items()}
    if name == "parts":
        return [{n: part[n] for n in ("id", *q.FIELD_ORDER[2:]) if part.get(n) is not None} for part in value]
    return value
