"""Answering blind: what a taker sees as text, and a reader's answers set against the keys.

Questions are named by a code, not by their id, since an id can give an answer away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Annotated, Any, Literal

from pydantic import Field

from quiz.bank import question as q
from quiz.bank.arrange import Arrangement, arrange
from quiz.bank.mark import mark
from quiz.bank.response import UNKNOWN, Form, InvalidResponseError, read_response
from quiz.bank.text import filled, shown_text

HOW_TO = """\
Answer as YAML, one entry per question:

- question: the code
  answer: single, judgement, line: the number · multiple: a list of numbers · number, fill: the text, in quotes
    order: the line numbers in your order · match: for each row the response's number · case: a list, one per part
    null where you don't know
  sure: 0 to 100
  second: another answer you could defend, and why (or null)
  ambiguous: what is unclear (or null)
  step: guided, independent, advanced or leading: whose holder answers rightly two times in three
  seconds: what a person needs
  gave_away: what in the wording betrayed the answer (or null)
"""


class BlindAnswer(q.Strict):
    """One reader's reading of one question."""

    question: str
    answer: Any
    sure: Annotated[int, Field(ge=0, le=100)]
    second: str | None = None
    ambiguous: str | None = None
    step: Literal["guided", "independent", "advanced", "leading"]
    seconds: Annotated[int, Field(ge=1)]
    gave_away: str | None = None


class BlindAnswers(q.Strict):
    """All of one reader's file."""

    answers: list[BlindAnswer]


@dataclass(frozen=True)
class Comparison:
    """A question's key and level against its blind readers. `settled`: all agree, steps within one."""

    id: str
    level: str
    right: tuple[bool, ...]
    steps: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether at least two readers agree with the key and come within one step of the level."""
        near = all(abs(q.LEVELS.index(s) - q.LEVELS.index(self.level)) <= 1 for s in self.steps)
        return len(self.right) >= 2 and all(self.right) and near

    @property
    def median_step(self) -> str:
        """The median of the author's and the readers' steps."""
        places = [q.LEVELS.index(s) for s in (self.level, *self.steps)]
        return q.LEVELS[round(median(places))]


def code(question: q.Question, seed: int) -> str:
    """The name under which a blind reader knows the question. It begins with a letter: 19e687 is a number in YAML."""
    return "q" + hashlib.sha256(f"{seed}/{question.id}".encode()).hexdigest()[:6]


def print_blind(question: q.Question, seed: int) -> str:
    """What a taker sees, without key, reasons or level."""
    shown = filled(question)
    arrangement = arrange(shown, seed)
    lines = [f"## {code(question, seed)} · {shown.type}", "", f"**{shown.title}**", "", shown.stem.rstrip(), ""]
    lines += [f"(Figure: {figure.text})" for figure in shown.figures]
    if isinstance(shown, q.Case):
        for place, part in enumerate(shown.parts, start=1):
            lines += [f"Part {place} ({part.type}): {part.stem.rstrip()}", ""]
            lines += [*_pieces(part, arrangement.parts[part.id]), ""]
    else:
        lines += _pieces(shown, arrangement)
    return "\n".join(lines).rstrip() + "\n"


def _pieces(body: q.Question | q.Part, arrangement: Arrangement) -> Iterator[str]:
    match body:
        case q.SingleBody() | q.MultipleBody():
            texts = {o.id: shown_text(o, body.shown_as) for o in body.options}
            yield from _numbered([texts[i] for i in arrangement.options])
        case q.JudgementBody():
            replies = {o.id: o.text for o in body.options}
            yield from _numbered([replies[i] for i in arrangement.options])
        case q.NumberBody():
            unit = " (for example 0.17 or 17 %)" if body.key.scale else f", in {body.key.unit}" if body.key.unit else ""
            yield f"Type a number{unit}."
        case q.LineBody():
            yield from _numbered(body.rows)
        case q.OrderBody():
            rows = {line.id: line.text for line in (*body.lines, *body.unused)}
            yield from _numbered([rows[i] for i in arrangement.lines])
            yield "(Some lines may stay unused.)" if body.unused else "(Every line is used.)"
        case q.MatchBody():
            premises = {p.id: p.text for p in body.premises}
            responses = {r.id: r.text for r in body.responses}
            yield from _numbered([premises[i] for i in arrangement.premises])
            yield "Responses:"
            yield from _numbered([responses[i] for i in arrangement.responses])
        case _:
            yield "Type your answer."


def _numbered(texts: Sequence[str]) -> Iterator[str]:
    for place, text in enumerate(texts, start=1):
        yield f"{place}. {text}"


def compare(questions: Sequence[q.Question], readers: Sequence[BlindAnswers], seed: int) -> list[Comparison]:
    """Each question against all its readers. Questions nobody answered are left out."""
    by_code = [{answer.question: answer for answer in reader.answers} for reader in readers]
    found = []
    for question in questions:
        answers = [reader[name] for reader in by_code if (name := code(question, seed)) in reader]
        if answers:
            found.append(_compared(question, answers, seed))
    return found


def _compared(question: q.Question, answers: Sequence[BlindAnswer], seed: int) -> Comparison:
    shown = filled(question)
    arrangement = arrange(shown, seed)
    remarks = [f"{name}: {text}" for a in answers for name, text in _remarks(a) if text]
    right = []
    for answer in answers:
        try:
            response = _response(shown, arrangement, answer.answer)
        except InvalidResponseError as error:
            remarks.append(f"unreadable answer {answer.answer!r}: {error}")
            right.append(False)
        else:
            right.append(mark(shown, response).right)
    return Comparison(question.id, question.level, tuple(right), tuple(a.step for a in answers), tuple(remarks))


def _remarks(answer: BlindAnswer) -> tuple[tuple[str, str | None], ...]:
    return (("second", answer.second), ("ambiguous", answer.ambiguous), ("gave away", answer.gave_away))


def _response(question: q.Question, arrangement: Arrangement, answer: Any) -> dict[str, Any]:
    if not isinstance(question, q.Case):
        return dict(UNKNOWN) if answer is None else read_response(question, arrangement, _form(question, answer, ""))
    if answer is not None and not isinstance(answer, list):
        raise InvalidResponseError({"answer": "A case is answered by a list, one answer per part."})
    form: dict[str, Sequence[str]] = {}
    answers = list(answer or []) + [None] * len(question.parts)
    for place, part in enumerate(question.parts, start=1):
        form |= _form(part, answers[place - 1], f"part{place}-")
    return read_response(question, arrangement, form)


def _form(body: q.Question | q.Part, answer: Any, prefix: str) -> Form:
    if answer is None:
        return {f"{prefix}unknown": ["unknown"]}
    many = [str(a) for a in answer] if isinstance(answer, list) else [str(answer)]
    match body.type:
        case "multiple":
            return {f"{prefix}choices": many}
        case "number" | "fill":
            return {f"{prefix}text": many}
        case "order":
            places = {line: place for place, line in enumerate(many, start=1)}
            shown = [line.id for line in (*body.lines, *body.unused)]
            rows = [str(n) for n in range(1, len(shown) + 1)]
            return {f"{prefix}place-{n}": [str(places.get(n, "none"))] for n in rows}
        case "match":
            return {f"{prefix}match-{n}": [response] for n, response in enumerate(many, start=1)}
        case _:
            return {f"{prefix}choice": many}
