"""From a stored response back to the form that gave it: what was answered, in the places that this taker saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quiz.bank import question as q
from quiz.bank.arrange import Arrangement
from quiz.bank.response import RADIO


def refilled(question: q.Question | q.Part, arrangement: Arrangement, response: Mapping[str, Any]) -> dict[str, Any]:
    """The form fields of a response, the inverse of `read_response`."""
    if isinstance(question, q.Case) and "parts" in response:
        form: dict[str, Any] = {}
        for place, part in enumerate(question.parts, start=1):
            form |= _fields(part, arrangement.parts[part.id], response["parts"][part.id], f"part{place}-")
        return form
    return _fields(question, arrangement, response, "")


def _fields(
    body: q.Question | q.Part, arrangement: Arrangement, response: Mapping[str, Any], prefix: str
) -> dict[str, list[str]]:
    if response.get("unknown"):
        return {f"{prefix}{'choice' if body.type in RADIO else 'unknown'}": ["unknown"]}
    match body:
        case q.SingleBody() | q.JudgementBody():
            return {f"{prefix}choice": [_place(arrangement.options, response["choice"])]}
        case q.MultipleBody():
            return {f"{prefix}choices": [_place(arrangement.options, choice) for choice in response["choices"]]}
        case q.LineBody():
            return {f"{prefix}choice": [str(response["line"])]}
        case q.OrderBody():
            places = {line: str(place) for place, line in enumerate(response["sequence"], start=1)}
            return {f"{prefix}place-{n}": [places.get(line, "none")] for n, line in enumerate(arrangement.lines, 1)}
        case q.MatchBody():
            pairs = response["pairs"]
            return {
                f"{prefix}match-{n}": [_place(arrangement.responses, pairs[premise])]
                for n, premise in enumerate(arrangement.premises, start=1)
            }
        case _:
            return {f"{prefix}text": [response["text"]]}


def _place(ids: tuple[str, ...], wanted: str) -> str:
    return str(ids.index(wanted) + 1)
