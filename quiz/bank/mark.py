"""Marking: from a response to a score.

A score counts up to a question's maximum: 1 for most types, credit 0 to 3 of a judgement, parts right of a case.
"I don't know" scores 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quiz.bank import question as q
from quiz.bank.numbers import UnreadableError, read_number, read_share
from quiz.bank.order import respects
from quiz.bank.response import Response


@dataclass(frozen=True)
class Mark:
    """What a response earned. `unknown`: the taker said "I don't know" (to every part, in a case)."""

    score: int
    best: int
    unknown: bool

    @property
    def right(self) -> bool:
        """Full marks."""
        return self.score == self.best


def best_score(question: q.Question) -> int:
    """The most a response can earn."""
    match question:
        case q.Case():
            return len(question.parts)
        case q.Judgement():
            return 3
        case _:
            return 1


def mark(question: q.Question, response: Response) -> Mark:
    """Mark a response that was read by `read_response`."""
    if isinstance(question, q.Case):
        parts: dict[str, Response] = response["parts"]
        score = sum(earned(part, parts[part.id]) for part in question.parts)
        return Mark(score, len(parts), all(part.get("unknown", False) for part in parts.values()))
    return Mark(earned(question, response), best_score(question), bool(response.get("unknown")))


def earned(body: q.Body, response: Response) -> int:
    """The score of one question or part that is not a case."""
    if response.get("unknown"):
        return 0
    match body:
        case q.SingleBody():
            return int(response["choice"] == body.key)
        case q.MultipleBody():
            return int(set(response["choices"]) == set(body.key))
        case q.NumberBody():
            return int(number_right(body.key, response["text"]))
        case q.FillBody():
            return int(fill_right(body, response["text"]))
        case q.LineBody():
            return int(response["line"] in body.key)
        case q.OrderBody():
            return int(respects(response["sequence"], [line.id for line in body.lines], body.key))
        case q.MatchBody():
            return int(response["pairs"] == body.key)
        case q.JudgementBody():
            return body.key[response["choice"]]


def number_right(key: q.NumberKey, text: str) -> bool:
    """Whether the typed number rounds to the key; exactly half way counts, whichever way it is rounded."""
    wanted = Fraction(Decimal(str(key.value)))
    try:
        typed = read_share(text) * 100 if key.scale == "percent" else _in_unit(key, text)
    except UnreadableError:
        return False
    return abs(typed - wanted) <= Fraction(1, 2 * 10**key.decimals)


def _in_unit(key: q.NumberKey, text: str) -> Fraction:
    value, percent = read_number(text, key.unit)
    return value / 100 if percent and key.unit != "%" else value


def fill_right(body: q.FillBody, text: str) -> bool:
    """Whether the typed text is one of the accepted forms, after the stated normalisation."""
    return normalised(text, body.normalise) in {normalised(form, body.normalise) for form in body.accept}


def normalised(text: str, rules: Sequence[str]) -> str:
    """The text as it is compared. Outer white space, and at the end of each line, never counts."""
    text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
    if "space" in rules:
        text = re.sub(r"\s+", " ", text)
    if "quotes" in rules:
        text = re.sub("[\"'\u2018\u2019\u201c\u201d]", "'", text)
    return text.casefold() if "case" in rules else text


def chosen_ids(response: dict[str, Any]) -> list[str]:
    """The options a response chose, for the review."""
    return [response["choice"]] if "choice" in response else list(response.get("choices", ()))
