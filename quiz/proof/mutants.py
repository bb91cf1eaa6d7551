"""Questions with one thing changed, which a proof worth its name must refute (mutation testing, DeMillo et al. 1978).

What changes: the key, the texts of key and distractors, a `given`, the last digit of a number, a listed wrong form.
A change that leaves the meaning as it was is no mutant and is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from quiz.bank import question as q
from quiz.bank.order import before_of

Data = dict[str, Any]
Change = tuple[str, list[Data]]
VERDICTS: frozenset[object] = frozenset({True, False})
CONTENT = ("text", "value", "sql", "code", "expr")


@dataclass(frozen=True)
class Mutant:
    """A changed question under a name, in one or several `forms`. To refute one of them is to notice it."""

    name: str
    forms: tuple[q.Question, ...]


def mutants(question: q.Question) -> tuple[Mutant, ...]:
    """Every mutant that still has the shape of a question."""
    data = question.model_dump(exclude_defaults=True) | {"type": question.type}
    found = []
    for name, changed in (*_given(data), *_changes(data)):
        forms = tuple(form for form in map(_valid, changed) if form is not None)
        if forms:
            found.append(Mutant(name, forms))
    return tuple(found)


def excused(question: q.Question) -> Mapping[str, str]:
    """The mutants that the author expects to survive, each with the reason."""
    if isinstance(question, q.Case):
        return {
            f"{part.id}: {name}" if not name.startswith("given ") else name: reason
            for part in question.parts
            for name, reason in part.proof.unmoved.items()
        }
    return question.proof.unmoved if question.proof else {}


def stated(question: q.Question) -> list[str]:
    """Where a script writes verdicts on the question's own texts down instead of working them out."""
    bodies = question.parts if isinstance(question, q.Case) else [question]
    return [
        f"{body.id}: verdicts" if isinstance(question, q.Case) else "verdicts"
        for body in bodies
        if body.proof is not None and body.proof.script is not None and _states(body.proof.script, _texts(body))
    ]


def _states(script: str, texts: set[str]) -> bool:
    """Whether there is a table from texts to verdicts, or a list of some of the texts (the right ones, no doubt)."""
    return any(
        (
            isinstance(node, ast.Dict)
            and len(node.keys) > 1
            and _all(node.keys, texts)
            and _all(node.values, VERDICTS | texts)
        )
        or (isinstance(node, ast.Set | ast.List | ast.Tuple) and len(node.elts) < len(texts) and _all(node.elts, texts))
        for node in ast.walk(ast.parse(script))
    )


def _all(nodes: Sequence[ast.expr | None], values: AbstractSet[object]) -> bool:
    return bool(nodes) and all(isinstance(node, ast.Constant) and node.value in values for node in nodes)


def _texts(body: q.Question | q.Part) -> set[str]:
    """What the options say. An order is not meant: a script can't speak of it without naming its lines."""
    match body:
        case q.SingleBody() | q.MultipleBody():
            return {str(option.content) for option in body.options}
        case q.MatchBody():
            return {one.text for one in (*body.premises, *body.responses)}
        case _:
            return set()


def _valid(data: Data) -> q.Question | None:
    try:
        return q.TYPES[data["type"]].model_validate(data)
    except ValidationError:
        return None


def _given(data: Data) -> Iterator[Change]:
    bare = _without_traps(data)  # a trap's slip moves too, and would hide that the answer does not
    for name, value in data.get("given", {}).items():
        yield f"given {name}", [bare | {"given": data["given"] | {name: other}} for other in _others(value)]


def _without_traps(data: Data) -> Data:
    parts = {"parts": [_without_traps(part) for part in data["parts"]]} if "parts" in data else {}
    return data | parts | ({"traps": []} if data["type"] == "number" else {})


def _others(value: q.Value) -> list[q.Value]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1, value * 2, value // 2, value * 5 + 1, 0]
        case float():
            return [value * 1.1, value * 2, value / 2, value * 5, 0.0]
        case _:
            return [value + "x"]


def _changes(data: Data) -> Iterator[Change]:
    if data["type"] == "case":
        for i, part in enumerate(data["parts"]):
            for name, forms in _of_type(part):
                others = [[*data["parts"][:i], form, *data["parts"][i + 1 :]] for form in forms]
                yield f"{part['id']}: {name}", [data | {"parts": parts} for parts in others]
    else:
        yield from _of_type(data)


def _of_type(data: Data) -> Iterator[Change]:
    if data.get("proof", {}).get("kind", "none") != "none":
        yield from CHANGES[data["type"]](data)


def _single(data: Data) -> Iterator[Change]:
    for option in data["options"]:
        if option["id"] != data["key"]:
            yield f"key {option['id']}", [data | {"key": option["id"]}]
            yield f"texts of {data['key']} and {option['id']}", [_exchanged(data, data["key"], option["id"])]


def _multiple(data: Data) -> Iterator[Change]:
    ids = [option["id"] for option in data["options"]]
    for name in ids:
        key = [n for n in ids if (n in data["key"]) != (n == name)]
        yield f"{name} {'out of' if name in data['key'] else 'in'} the key", [data | {"key": key}]
    for right in data["key"]:
        for wrong in (n for n in ids if n not in data["key"]):
            yield f"texts of {right} and {wrong}", [_exchanged(data, right, wrong)]


def _exchanged(data: Data, first: str, second: str) -> Data:
    contents = {o["id"]: {n: o[n] for n in CONTENT if n in o} for o in data["options"]}
    other = {first: second, second: first}
    options = [
        {n: v for n, v in o.items() if n not in CONTENT} | contents[other.get(o["id"], o["id"])]
        for o in data["options"]
    ]
    return data | {"options": options}


def _number(data: Data) -> Iterator[Change]:
    key = data["key"]
    decimals = key.get("decimals", 0)
    for step in (-1, 1):
        value = round(key["value"] + step * 10**-decimals, decimals)
        near = int(value) if decimals == 0 else float(value)
        traps = [t for t in data.get("traps", []) if round(t["value"], decimals) != near]
        yield f"value {near}", [data | {"key": key | {"value": near}, "traps": traps}]


def _fill(data: Data) -> Iterator[Change]:
    for wrong in data.get("reject", []):
        yield f"accept {wrong['text']!r}", [data | {"accept": [*data["accept"], wrong["text"]], "reject": []}]
    for form in data["accept"]:
        yield f"accept {_altered(form)!r}", [data | {"accept": [_altered(form)], "reject": []}]


def _altered(form: str) -> str:
    """The form with its last letter or digit replaced by another."""
    for i in range(len(form) - 1, -1, -1):
        if form[i].isalnum():
            return form[:i] + ("7" if form[i] != "7" else "8") + form[i + 1 :]
    return form + "7"


def _line(data: Data) -> Iterator[Change]:
    rows = data["code"].rstrip("\n").split("\n")
    for trap in data.get("traps", []):
        others = [t for t in data["traps"] if t != trap]
        yield (
            f"key {trap['line']}",
            [data | {"key": [trap["line"]], "fix": {trap["line"]: trap["fix"]}, "traps": others}],
        )
    for line in data["key"]:
        fixes = {int(n): text for n, text in data["fix"].items()}
        yield f"line {line} unchanged", [data | {"fix": fixes | {line: rows[line - 1]}}]
        mended = [*rows[: line - 1], fixes[line], *rows[line:]]
        yield f"line {line} mended", [data | {"code": "\n".join(mended) + "\n"}]


def _order(data: Data) -> Iterator[Change]:
    lines, key = [line["id"] for line in data["lines"]], data["key"]
    order = before_of(lines, key)
    for first, second in combinations([*lines, *(line["id"] for line in data.get("unused", []))], 2):
        renamed = {first: second, second: first}
        moved = {renamed.get(n, n): {renamed.get(b, b) for b in before} for n, before in order.items()}
        if moved != order:
            yield f"texts of {first} and {second}", [_lines_exchanged(data, first, second)]
    for line, before in key.items():
        for earlier in before:
            rest = key | {line: [b for b in before if b != earlier]}
            if before_of(lines, rest) != order:
                yield f"without {earlier} before {line}", [data | {"key": rest}]


def _lines_exchanged(data: Data, first: str, second: str) -> Data:
    both = [*data["lines"], *data.get("unused", [])]
    texts = {line["id"]: line["text"] for line in both}
    other = {first: second, second: first}
    return data | {
        name: [line | {"text": texts[other.get(line["id"], line["id"])]} for line in data[name]]
        for name in ("lines", "unused")
        if name in data
    }


def _match(data: Data) -> Iterator[Change]:
    key, responses = data["key"], [r["id"] for r in data["responses"]]
    for first, second in combinations(key, 2):
        yield f"{first} and {second} exchanged", [data | {"key": key | {first: key[second], second: key[first]}}]
    for premise, response in key.items():
        for spare in (r for r in responses if r not in key.values()):
            why = {n: text for n, text in data["why"].items() if n != spare} | {response: data["why"][spare]}
            yield f"{premise} with {spare}", [data | {"key": key | {premise: spare}, "why": why}]


CHANGES: Mapping[str, Callable[[Data], Iterator[Change]]] = {
    **{"single": _single, "multiple": _multiple, "number": _number, "fill": _fill},
    **{"line": _line, "order": _order, "match": _match},
}
