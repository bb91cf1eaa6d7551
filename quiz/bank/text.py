"""Texts of a question: `{name}` of `given` filled in, code blocks found, words counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from quiz.bank import question as q

_EXACT = re.compile(r"(```.*?```|`[^`\n]*`|\$[^$]*\$)", re.DOTALL)
_CODE = re.compile(r"^```(\w*)\n(.*?)^```\s*$", re.DOTALL | re.MULTILINE)
EXACT = frozenset({"sql", "code", "expr", "accept"})
_NAME = re.compile(r"\{([a-z][a-z0-9_]+)\}")


def fill_in(text: str, given: Mapping[str, q.Value]) -> str:
    """Replace each `{name}` by its value: exactly in code and mathematics, with commas from 1,000 on in prose."""
    if not given or "{" not in text:
        return text
    pieces = _EXACT.split(text)
    return "".join(_replace(piece, given, exact=i % 2 == 1) for i, piece in enumerate(pieces))


def _replace(text: str, given: Mapping[str, q.Value], *, exact: bool) -> str:
    def value(match: re.Match[str]) -> str:
        found = given.get(match[1], match[0])
        grouped = not exact and isinstance(found, int) and not isinstance(found, bool) and abs(found) >= 1_000
        return f"{found:,}" if grouped else str(found)

    return _NAME.sub(value, text)


def names_used(text: str) -> set[str]:
    """The `{names}` in a text."""
    return set(_NAME.findall(text))


def code_blocks(text: str) -> list[tuple[str, str]]:
    """Fenced blocks as (language, code)."""
    return [(match[1], match[2]) for match in _CODE.finditer(text)]


def prose(text: str) -> str:
    """The text without its fenced code."""
    return _CODE.sub(" ", text)


def filled(model: q.Question) -> q.Question:
    """The question with `given` filled into every text a person reads (the proof is left as it is)."""
    if not model.given:
        return model
    data = model.model_dump(exclude_defaults=True)
    proof = data.pop("proof", None)
    parts = [part.pop("proof", None) for part in data.get("parts", ())]
    code_lines = isinstance(model, q.OrderBody) and model.language != "text"
    data = {
        name: _deep(value, model.given, EXACT | {"text"} if _is_exact(name, code_lines=code_lines) else EXACT, name)
        for name, value in data.items()
    }
    if proof is not None:
        data["proof"] = proof
    for part, part_proof in zip(data.get("parts", ()), parts, strict=True):
        part["proof"] = part_proof
    return q.TYPES[model.type].model_validate(data)


def _is_exact(field: str, *, code_lines: bool) -> bool:
    """Whether the `text` within a field is code or output, where a comma would be wrong."""
    return field == "reject" or (code_lines and field in {"lines", "unused"})


def _deep(value: Any, given: Mapping[str, q.Value], exact: frozenset[str], name: str = "") -> Any:
    match value:
        case str():
            return _replace(value, given, exact=True) if name in exact else fill_in(value, given)
        case dict() if name == "fix":
            return {key: _replace(child, given, exact=True) for key, child in value.items()}
        case dict():
            return {key: _deep(child, given, exact, key) for key, child in value.items()}
        case list():
            return [_deep(child, given, exact, name) for child in value]
        case _:
            return value


def texts(question: q.Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of the question that people read, with its place in the file."""
    data = question.model_dump(exclude_defaults=True)
    for name in ("title", "stem", "options", "lines", "unused", "premises", "responses", "parts", "why", "traps"):
        yield from _walk((name,), data.get(name))
    yield from _walk(("reject",), data.get("reject"))


def _walk(path: tuple[str | int, ...], value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        if path[-1] not in {"id", "type", "slip", "key", "script", "reason", "kind"}:
            yield path, value
    elif isinstance(value, dict):
        for key, child in value.items():
            if key != "proof":
                yield from _walk((*path, key), child)
    elif isinstance(value, list):
        for i, child in enumerate(value):
            yield from _walk((*path, i), child)


def shown_text(option: q.Option, shown_as: str | None) -> str:
    """An option's content as Markdown."""
    if option.text is not None:
        return option.text
    if option.sql is not None:
        return f"```sql\n{option.sql.rstrip()}\n```"
    if option.code is not None:
        return f"```python\n{option.code.rstrip()}\n```"
    if option.expr is not None:
        return f"`{option.expr}`"
    if shown_as is not None:
        return shown_as.replace("{}", str(option.value))
    return f"`{option.value}`" if isinstance(option.value, str) else str(option.value)
