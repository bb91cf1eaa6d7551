"""From a submitted form to a response: what the taker chose, in the ids of the file.

A response is plain data (it is stored as JSON): `{"unknown": true}` or one field named after what it holds.
Nothing here looks at a key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from quiz.bank import question as q
from quiz.bank.arrange import Arrangement
from quiz.bank.numbers import UnreadableError, check_dots, read_clear_share, read_number

Form = Mapping[str, Sequence[str]]
Response = dict[str, Any]
MAX_TYPED = 2000
MAX_QUOTED = 50
UNKNOWN: Response = {"unknown": True}
UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")


class InvalidResponseError(Exception):
    """The form is not an answer yet; `errors` maps each field to a sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(self.errors.values()))


def read_response(question: q.Question, arrangement: Arrangement, form: Form) -> Response:
    """The response in a submitted form. Raises InvalidResponseError with every error at once."""
    if not isinstance(question, q.Case):
        return _read(question, arrangement, form, "")
    parts: dict[str, Response] = {}
    errors: dict[str, str] = {}
    for place, part in enumerate(question.parts, start=1):
        try:
            parts[part.id] = _read(part, arrangement.parts[part.id], form, f"part{place}-")
        except InvalidResponseError as error:
            errors |= {name: f"Part {place}: {text}" for name, text in error.errors.items()}
    if errors:
        raise InvalidResponseError(errors)
    return {"parts": parts}


def _read(question: q.Question | q.Part, arrangement: Arrangement, form: Form, prefix: str) -> Response:
    reader = READERS[question.type]
    field = f"{prefix}{FIELDS[question.type]}"
    unknown = "unknown" in (*form.get(f"{prefix}choice", ()), *form.get(f"{prefix}unknown", ()))
    if unknown:
        own = (field, f"{prefix}place-", f"{prefix}match-") if question.type not in RADIO else ()
        if any(text.strip() for name, texts in form.items() if own and name.startswith(own) for text in texts):
            raise InvalidResponseError({field: "You gave an answer and chose “I don't know”. Keep one of them."})
        return dict(UNKNOWN)
    return reader(question, arrangement, form, prefix)


def _place(text: str, count: int) -> int | None:
    """A place from 1 to `count` as an index, or None."""
    return int(text) - 1 if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= count else None


def _chosen(name: str, ids: Sequence[str], form: Form, empty: str) -> list[str]:
    places = [_place(text, len(ids)) for text in form.get(name, ())]
    if not places:
        raise InvalidResponseError({name: empty})
    if None in places:
        raise InvalidResponseError({name: "That choice is not on this page. Choose again."})
    return [ids[place] for place in sorted({p for p in places if p is not None})]


def _choice(question: Any, arrangement: Arrangement, form: Form, prefix: str) -> Response:
    what = "reply" if question.type == "judgement" else "answer"
    name = f"{prefix}choice"
    chosen = _chosen(name, arrangement.options, form, f"Choose one {what}, or “I don't know”.")
    if len(chosen) > 1:
        raise InvalidResponseError({name: f"Choose one {what} only."})
    return {"choice": chosen[0]}


def _choices(question: Any, arrangement: Arrangement, form: Form, prefix: str) -> Response:
    name = f"{prefix}choices"
    chosen = _chosen(name, arrangement.options, form, "Choose all that are true, or “I don't know”.")
    if len(chosen) == len(question.options):
        raise InvalidResponseError({name: "Not all of them are true. Take at least one away."})
    return {"choices": sorted(chosen)}


def is_storable(text: str) -> bool:
    """Whether every database keeps the text as it is: no control characters, no halves of a character."""
    return UNSTORABLE.search(text) is None


def _typed(name: str, form: Form, empty: str) -> str:
    text = (form.get(name) or [""])[0].replace("\r\n", "\n")
    if not text.strip():
        raise InvalidResponseError({name: empty})
    if len(text) > MAX_TYPED:
        raise InvalidResponseError({name: f"This is longer than {MAX_TYPED} characters. Shorten it."})
    if not is_storable(text):
        raise InvalidResponseError({name: "This holds characters that can't be stored. Type it again by hand."})
    return text


def _number(question: Any, _arrangement: Arrangement, form: Form, prefix: str) -> Response:
    name = f"{prefix}text"
    text = _typed(name, form, "Type a number, or choose “I don't know”.")
    try:
        _ = read_clear_share(text) if question.key.scale == "percent" else read_number(text, question.key.unit)
        check_dots(text, question.key.decimals)
    except UnreadableError as error:
        raise InvalidResponseError({name: str(error)}) from None
    return {"text": text.strip()}


def _fill(_question: Any, _arrangement: Arrangement, form: Form, prefix: str) -> Response:
    return {"text": _typed(f"{prefix}text", form, "Type your answer, or choose “I don't know”.")}


def _line(question: Any, _arrangement: Arrangement, form: Form, prefix: str) -> Response:
    name = f"{prefix}choice"
    rows = [str(n) for n in range(1, len(question.rows) + 1)]
    chosen = _chosen(name, rows, form, "Choose one line, or “I don't know”.")
    number = int(chosen[0])
    if len(chosen) > 1 or not question.rows[number - 1].strip():
        raise InvalidResponseError({name: "Choose one line that holds code."})
    return {"line": number}


def _order(question: Any, arrangement: Arrangement, form: Form, prefix: str) -> Response:
    count = len(arrangement.lines)
    first = f"{prefix}place-1"
    quoted = {line.id: _quoted(line.text) for line in (*question.lines, *question.unused)}
    typed = [(form.get(f"{prefix}place-{index}") or [""])[0] for index in range(1, count + 1)]
    if not any(typed):
        raise InvalidResponseError({first: "Put the lines in order, or choose “I don't know”."})
    placed: dict[int, str] = {}
    errors: dict[str, str] = {}
    for index, (line, text) in enumerate(zip(arrangement.lines, typed, strict=True), start=1):
        name = f"{prefix}place-{index}"
        place = _place(text, count)
        if text == "none" and question.unused:
            continue
        if place is None:
            errors[name] = f"Choose a place for {quoted[line]}."
        elif place in placed:
            errors[name] = f"Two lines are in place {place + 1}: {quoted[placed[place]]} and {quoted[line]}. Move one."
        else:
            placed[place] = line
    if not errors and sorted(placed) != list(range(len(placed))):
        errors[first] = f"Use the places 1 to {len(placed)} without a gap."
    if not errors and not placed:
        errors[first] = "Place at least one line, or choose “I don't know”."
    if errors:
        raise InvalidResponseError(errors)
    return {"sequence": [placed[place] for place in sorted(placed)]}


def _quoted(text: str) -> str:
    """A line in a sentence: its first row, without marks, and not all of it where it is long."""
    row, *more = text.replace("`", "").strip().splitlines()
    short = row if len(row) <= MAX_QUOTED else row[: MAX_QUOTED - 1].rstrip() + "…"
    return f"“{short}{' …' if more and not short.endswith('…') else ''}”"


def _match(question: Any, arrangement: Arrangement, form: Form, prefix: str) -> Response:
    pairs: dict[str, str] = {}
    errors: dict[str, str] = {}
    quoted = {premise.id: _quoted(premise.text) for premise in question.premises}
    for index, premise in enumerate(arrangement.premises, start=1):
        name = f"{prefix}match-{index}"
        place = _place((form.get(name) or [""])[0], len(arrangement.responses))
        if place is None:
            errors[name] = f"Choose a response for row {index}, {quoted[premise]}."
        elif arrangement.responses[place] in pairs.values():
            errors[name] = f"Row {index} has the same response as another row. Each is used at most once."
        else:
            pairs[premise] = arrangement.responses[place]
    if errors:
        raise InvalidResponseError(errors)
    return {"pairs": pairs}


Reader = Callable[[Any, Arrangement, Form, str], Response]
READERS: Mapping[str, Reader] = {
    **{"single": _choice, "judgement": _choice, "multiple": _choices, "number": _number},
    **{"fill": _fill, "line": _line, "order": _order, "match": _match},
}
FIELDS: Mapping[str, str] = {
    **{"single": "choice", "judgement": "choice", "multiple": "choices", "number": "text"},
    **{"fill": "text", "line": "choice", "order": "place-1", "match": "match-1"},
}
RADIO = ("single", "judgement", "line")
