"""What can be chosen at a question, as its editor sees it: options by letter in the file's order, lines, traps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_uppercase

from quiz.bank import question as q
from quiz.bank.mark import earned, normalised, number_right
from quiz.bank.response import Response

UNKNOWN = "I don't know"
OTHER = "another answer"


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen: its `name` in sentences, its `id` in the file, its credit from 0 to 1."""

    name: str
    id: str
    credit: float


def choices(question: q.Question) -> tuple[Choice, ...]:
    """Everything that can be chosen, "I don't know" last (for a case part by part)."""
    if not isinstance(question, q.Case):
        return (*_choices(question), Choice(UNKNOWN, "unknown", 0.0))
    return tuple(
        Choice(f"{part.id}: {choice.name}", f"{part.id}/{choice.id}", choice.credit)
        for part in question.parts
        for choice in (*_choices(part), Choice(UNKNOWN, "unknown", 0.0))
    )


def chosen(question: q.Question, response: Response) -> frozenset[str]:
    """The ids of what a response chose."""
    if isinstance(question, q.Case):
        parts = ((part, response["parts"][part.id]) for part in question.parts)
        return frozenset(f"{part.id}/{name}" for part, given in parts for name in _chosen(part, given))
    return frozenset(_chosen(question, response))


def _choices(body: q.Body) -> Iterator[Choice]:
    match body:
        case q.SingleBody():
            yield from (
                Choice(x, o.id, float(o.id == body.key)) for x, o in zip(_letters(), body.options, strict=False)
            )
        case q.MultipleBody():
            yield from (
                Choice(x, o.id, float(o.id in body.key)) for x, o in zip(_letters(), body.options, strict=False)
            )
        case q.JudgementBody():
            yield from (Choice(x, o.id, body.key[o.id] / 3) for x, o in zip(_letters(), body.options, strict=False))
        case q.LineBody():
            rows = [n for n, row in enumerate(body.rows, start=1) if row.strip()]
            yield from (Choice(f"line {n}", str(n), float(n in body.key)) for n in rows)
        case _:
            yield Choice("the right answer", "right", 1.0)
            yield from (Choice(name, name, 0.0) for name in _slips(body))
            yield Choice(OTHER, "other", 0.0)


def _letters() -> Iterator[str]:
    return iter(ascii_uppercase)


def _slips(body: q.Body) -> list[str]:
    """Wrong answers that the author foresaw."""
    match body:
        case q.NumberBody():
            return [f"{trap.value:g}" for trap in body.traps]
        case q.FillBody():
            return [wrong.text for wrong in body.reject]
        case _:
            return []


def _chosen(body: q.Body, response: Response) -> list[str]:
    if response.get("unknown"):
        return ["unknown"]
    match body:
        case q.SingleBody() | q.JudgementBody():
            return [response["choice"]]
        case q.MultipleBody():
            return list(response["choices"])
        case q.LineBody():
            return [str(response["line"])]
        case _:
            return ["right"] if earned(body, response) else [_slip(body, response) or "other"]


def _slip(body: q.Body, response: Response) -> str | None:
    """Which foreseen wrong answer this is."""
    match body:
        case q.NumberBody():
            traps = {f"{trap.value:g}": body.key.model_copy(update={"value": trap.value}) for trap in body.traps}
            return next((name for name, key in traps.items() if number_right(key, response["text"])), None)
        case q.FillBody():
            typed = normalised(response["text"], body.normalise)
            return next((w.text for w in body.reject if normalised(w.text, body.normalise) == typed), None)
        case _:
            return None
