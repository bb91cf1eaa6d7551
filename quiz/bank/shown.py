"""A question as a taker may see it: HTML and places, and nothing that could betray the key.

These types have no field for a key, a reason, a level or an id of the file, so no page that is built from
them can leak one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from quiz.bank import question as q
from quiz.bank import render
from quiz.bank.arrange import Arrangement, arrange
from quiz.bank.text import filled, shown_text
from quiz.bank.version import LiveQuestion

LEGENDS = {
    "single": "Choose one answer",
    "judgement": "Choose one reply",
    "multiple": "Choose all that are true",
    "number": "Your answer",
    "fill": "Your answer",
    "line": "Choose one line",
    "order": "Put the lines in order",
    "match": "Choose a response for each row",
}

RENDERED = 1024
"""Of how many questions the rendered stems are kept."""
WORDY = 32
"""Characters of a response that a select still shows on a phone."""


@dataclass(frozen=True)
class ShownBody:
    """What is answered: a whole question, or one part of a case.

    `prefix` begins the names of its form fields. `options`, `lines`, `premises`, `responses` hold HTML in the
    order shown; a piece's place in the tuple, from 1, is what the form sends. Responses are plain text, `wordy`
    where a select on a phone can't show them whole.
    """

    type: str
    prefix: str
    stem: str
    legend: str
    options: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    premises: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    wordy: bool = False
    optional: bool = False
    unit: str | None = None
    share: bool = False
    long: bool = False


@dataclass(frozen=True)
class ShownQuestion:
    """One question page: `heading` is HTML for the h1, `title` the same as plain text."""

    title: str
    heading: str
    stem: str
    type: str
    bodies: tuple[ShownBody, ...]


@lru_cache(maxsize=RENDERED)
def texts(live: LiveQuestion) -> q.Question:
    """The question with its numbers filled in; cached, since a revision never changes."""
    return filled(live.question)


def shown(live: LiveQuestion, seed: int) -> ShownQuestion:
    """The question as an attempt with this seed sees it."""
    question = texts(live)
    arrangement = arrange(question, seed)
    if isinstance(question, q.Case):
        bodies = tuple(
            _body(part, arrangement.parts[part.id], f"part{place}-", html(part.stem))
            for place, part in enumerate(question.parts, start=1)
        )
    else:
        bodies = (_body(question, arrangement, "", ""),)
    return ShownQuestion(
        title=question.title.replace("`", ""),
        heading=phrase(question.title),
        stem=stem(live),
        type=question.type,
        bodies=bodies,
    )


@lru_cache(maxsize=RENDERED)
def stem(live: LiveQuestion) -> str:
    """The stem with its figures as HTML: the dearest text of a page, and the same for everyone."""
    question = texts(live)
    return render.block(question.stem, question.figures)


@lru_cache(maxsize=8192)
def html(text: str) -> str:
    """A text without figures as HTML blocks."""
    return render.block(text)


@lru_cache(maxsize=8192)
def phrase(text: str) -> str:
    """A text as what may stand in a label."""
    return render.phrase(text)


@lru_cache(maxsize=512)
def code_rows(code: str, language: str) -> tuple[str, ...]:
    """Highlighted code, one piece of HTML per line."""
    return tuple(render.code_rows(code, language))


def _body(question: q.Question | q.Part, arrangement: Arrangement, prefix: str, stem: str) -> ShownBody:
    match question:
        case q.SingleBody() | q.MultipleBody():
            options = {o.id: phrase(shown_text(o, question.shown_as)) for o in question.options}
            return _with(question.type, prefix, stem, options=tuple(options[i] for i in arrangement.options))
        case q.JudgementBody():
            replies = {o.id: phrase(o.text) for o in question.options}
            return _with(question.type, prefix, stem, options=tuple(replies[i] for i in arrangement.options))
        case q.NumberBody():
            share = question.key.scale == "percent"
            return _with(question.type, prefix, stem, unit=question.key.unit, share=share)
        case q.FillBody():
            return _with(question.type, prefix, stem, long=any("\n" in form.strip() for form in question.accept))
        case q.LineBody():
            return _with(question.type, prefix, stem, lines=code_rows(question.code, question.language))
        case q.OrderBody():
            rows = {line.id: line_html(line.text, question.language) for line in (*question.lines, *question.unused)}
            lines = tuple(rows[i] for i in arrangement.lines)
            return _with(question.type, prefix, stem, lines=lines, optional=bool(question.unused))
        case q.MatchBody():
            responses = tuple(_plain(question.responses, arrangement.responses))
            return _with(
                question.type,
                prefix,
                stem,
                premises=_in_order(question.premises, arrangement.premises),
                responses=responses,
                wordy=any(len(response) > WORDY for response in responses),
            )
    raise TypeError(f"{question.type} has no body of its own")


def _with(kind: str, prefix: str, stem: str, **pieces: object) -> ShownBody:
    return ShownBody(type=kind, prefix=prefix, stem=stem, legend=LEGENDS[kind], **pieces)  # type: ignore[arg-type]


def line_html(text: str, language: str) -> str:
    """A line to be ordered: prose, or one or more rows of code."""
    if language == "text":
        return phrase(text)
    rows = "\n".join(map(render.code_line, code_rows(text, language)))
    return f'<code class="code" translate="no">{rows}</code>'


def _in_order(statements: Sequence[q.Statement], ids: Sequence[str]) -> tuple[str, ...]:
    found = {s.id: phrase(s.text) for s in statements}
    return tuple(found[i] for i in ids)


def _plain(statements: Sequence[q.Statement], ids: Sequence[str]) -> list[str]:
    """Responses stand in a select, which holds plain text only."""
    found = {s.id: s.text.replace("`", "") for s in statements}
    return [found[i] for i in ids]
