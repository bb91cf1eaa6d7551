"""A response in the words the taker saw, for their own copy of their data. Ids of the file stay inside."""

from __future__ import annotations

from typing import Any

from quiz.bank import question as q
from quiz.bank.response import Response
from quiz.bank.text import shown_text


def said(question: q.Question | q.Part, response: Response) -> Any:
    """What was answered: a text, a number of a line, or a list of texts; `None` for "I don't know"."""
    if response.get("unknown"):
        return None
    match question:
        case q.Case():
            return [said(part, response["parts"][part.id]) for part in question.parts]
        case q.SingleBody() | q.MultipleBody():
            texts = {o.id: shown_text(o, question.shown_as) for o in question.options}
            return texts[response["choice"]] if "choice" in response else [texts[i] for i in response["choices"]]
        case q.JudgementBody():
            return next(o.text for o in question.options if o.id == response["choice"])
        case q.OrderBody():
            lines = {line.id: line.text for line in (*question.lines, *question.unused)}
            return [lines[i] for i in response["sequence"]]
        case q.MatchBody():
            responses = {r.id: r.text for r in question.responses}
            return [[p.text, responses[response["pairs"][p.id]]] for p in question.premises]
        case q.LineBody():
            return response["line"]
        case _:
            return response["text"]
