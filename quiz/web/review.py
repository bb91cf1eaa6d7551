"""One answered question with its key, reasons and sources, for the review page.

Built only from answers that came before a finished result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quiz.attempt.log import Answered
from quiz.bank import question as q
from quiz.bank import render
from quiz.bank.mark import best_score, earned, normalised, number_right
from quiz.bank.proofs import How, proof_hash, proved_how
from quiz.bank.response import Response
from quiz.bank.shown import code_rows, html, line_html, phrase, texts
from quiz.bank.text import shown_text
from quiz.services.taking import OpenAttempt


@dataclass(frozen=True)
class ReviewRow:
    """One option, line or pair: HTML, whether it is right, whether it was chosen, and why. `note`: a credit."""

    html: str
    right: bool
    chosen: bool
    why: str
    note: str = ""


@dataclass(frozen=True)
class ReviewBody:
    """One question or part: what was answered, what is right, and the reasons."""

    stem: str
    yours: str
    right_answer: str
    rows: tuple[ReviewRow, ...]
    why: str
    earned: bool


@dataclass(frozen=True)
class Reviewed:
    """An answered question, explained. `state`: right, partly, missed, unknown.

    `proof`: run, model, partly, none; `checked`: when its programs last agreed with the key.
    """

    number: int
    title: str
    stem: str
    area: str
    area_id: str
    skill: str
    level: str
    state: str
    guessing: bool
    withdrawn: bool
    bodies: tuple[ReviewBody, ...]
    proof: How
    checked: datetime | None
    editorial: bool
    references: tuple[q.Reference, ...]


FILTERS: Mapping[str, Callable[[Reviewed], bool]] = {
    "all": lambda _: True,
    "missed": lambda r: r.state != "right",
    "sure": lambda r: r.state in {"missed", "partly"} and not r.guessing,
}


def proof_hashes(found: OpenAttempt) -> set[str]:
    """What names the proofs of the questions that may be reviewed."""
    answers = found.progress.answers[: found.progress.revealed]
    return {proof_hash(found.bank.at(answer.revision).question) for answer in answers}


def reviewed(found: OpenAttempt, checked: Mapping[str, int]) -> list[Reviewed]:
    """All answers that may be reviewed, in the order in which they were asked.

    `checked`: by what names the proofs, when (seconds since 1970) the programs agreed with the key.
    """
    revealed = found.progress.answers[: found.progress.revealed]
    return [_one(found, number, answer, checked) for number, answer in enumerate(revealed, start=1)]


def _one(found: OpenAttempt, number: int, answer: Answered, checked: Mapping[str, int]) -> Reviewed:
    live = found.bank.at(answer.revision)
    question = texts(live)
    area = found.bank.catalogue.area_of[question.skill]
    return Reviewed(
        number=number,
        title=phrase(question.title),
        stem=render.block(question.stem, question.figures),
        area=area.name,
        area_id=area.id,
        skill=found.bank.catalogue.skills[question.skill].name,
        level=question.level,
        state=_state(answer, best_score(question)),
        guessing=answer.guessing,
        withdrawn=question.id in found.withdrawn,
        bodies=tuple(_bodies(question, dict(answer.response))),
        proof=proved_how(question),
        checked=datetime.fromtimestamp(at, UTC) if (at := checked.get(proof_hash(live.question))) else None,
        editorial=question.type == "judgement",
        references=tuple(question.references),
    )


def _state(answer: Answered, best: int) -> str:
    if answer.unknown:
        return "unknown"
    if answer.score == best:
        return "right"
    return "partly" if answer.score else "missed"


def _bodies(question: q.Question, response: Response) -> list[ReviewBody]:
    if isinstance(question, q.Case):
        return [_body(part, part.why, response["parts"][part.id], html(part.stem)) for part in question.parts]
    return [_body(question, question.why, response, "")]


def _body(body: q.Body, why: object, response: Response, stem: str) -> ReviewBody:
    yours, right, rows = EXPLAINERS[body.type](body, response)
    best = 3 if isinstance(body, q.JudgementBody) else 1
    return ReviewBody(
        stem=stem,
        yours="I don't know" if response.get("unknown") else yours,
        right_answer=right,
        rows=tuple(rows),
        why=html(why) if isinstance(why, str) else "",
        earned=earned(body, response) == best,
    )


Explained = tuple[str, str, Sequence[ReviewRow]]


def _choices(body: q.SingleBody | q.MultipleBody, response: Mapping[str, Any]) -> Explained:
    key = {body.key} if isinstance(body, q.SingleBody) else set(body.key)
    chosen = {response.get("choice"), *response.get("choices", ())}
    rows = [
        ReviewRow(phrase(shown_text(o, body.shown_as)), o.id in key, o.id in chosen, phrase(o.why))
        for o in body.options
    ]
    return "", "", rows


def _judgement(body: q.JudgementBody, response: Mapping[str, Any]) -> Explained:
    chosen = response.get("choice")
    rows = [
        ReviewRow(phrase(o.text), body.key[o.id] == 3, o.id == chosen, phrase(o.why), f"{body.key[o.id]} of 3")
        for o in sorted(body.options, key=lambda o: -body.key[o.id])
    ]
    return "", "", rows


def _number(body: q.NumberBody, response: Mapping[str, Any]) -> Explained:
    unit = " %" if body.key.scale == "percent" else f" {body.key.unit}" if body.key.unit else ""
    typed = str(response.get("text", ""))
    traps = [
        ReviewRow(f"{trap.value:g}{unit}", False, bool(typed) and _is_trap(body, trap.value, typed), phrase(trap.why))
        for trap in body.traps
    ]
    return _escaped(typed), f"{body.key.value:.{body.key.decimals}f}{unit}", traps


def _is_trap(body: q.NumberBody, value: float, typed: str) -> bool:
    decimals = body.key.decimals if round(value, body.key.decimals) == value else 9
    rounded = round(value, decimals)
    return number_right(q.NumberKey(value=rounded, decimals=decimals, unit=body.key.unit, scale=body.key.scale), typed)


def _fill(body: q.FillBody, response: Mapping[str, Any]) -> Explained:
    typed = str(response.get("text", ""))
    rows = [
        ReviewRow(
            f"<code>{_escaped(wrong.text)}</code>",
            False,
            bool(typed) and normalised(wrong.text, body.normalise) == normalised(typed, body.normalise),
            phrase(wrong.why),
        )
        for wrong in body.reject
    ]
    return f"<code>{_escaped(typed)}</code>", f"<code>{_escaped(body.accept[0])}</code>", rows


def _line(body: q.LineBody, response: Mapping[str, Any]) -> Explained:
    traps = {trap.line: phrase(trap.why) for trap in body.traps}
    rows = [
        ReviewRow(
            f'<code class="code" translate="no">{html_row}</code>',
            n in body.key,
            response.get("line") == n,
            f"Corrected: <code>{_escaped(body.fix[n].strip())}</code>" if n in body.key else traps.get(n, ""),
        )
        for n, html_row in enumerate(code_rows(body.code, body.language), start=1)
        if body.rows[n - 1].strip()
    ]
    right = " or ".join(map(str, body.key))
    return f"line {response['line']}" if "line" in response else "", f"line {right}", rows


def _order(body: q.OrderBody, response: Mapping[str, Any]) -> Explained:
    lines = {line.id: line for line in (*body.lines, *body.unused)}
    placed = list(response.get("sequence", ()))
    order = _one_right_order(body)
    rows = [
        ReviewRow(
            line_html(lines[i].text, body.language),
            True,
            False,
            phrase(lines[i].why),
            f"you: {placed.index(i) + 1}" if i in placed else "",
        )
        for i in order
    ]
    rows += [
        ReviewRow(line_html(u.text, body.language), False, u.id in placed, phrase(u.why), "not used")
        for u in body.unused
    ]
    return "", "One right order is:", rows


def _one_right_order(body: q.OrderBody) -> list[str]:
    placed: list[str] = []
    while len(placed) < len(body.lines):
        placed.append(
            next(
                line.id
                for line in body.lines
                if line.id not in placed and set(body.key.get(line.id, ())) <= set(placed)
            )
        )
    return placed


def _match(body: q.MatchBody, response: Mapping[str, Any]) -> Explained:
    responses = {r.id: phrase(r.text) for r in body.responses}
    pairs = response.get("pairs", {})
    whys: Mapping[str, str] = body.why
    rows = [
        ReviewRow(
            f"{phrase(p.text)}: <strong>{responses[body.key[p.id]]}</strong>",
            True,
            pairs.get(p.id) == body.key[p.id],
            phrase(whys[p.id]),
            "" if pairs.get(p.id) in {None, body.key[p.id]} else f"you: {responses[pairs[p.id]]}",
        )
        for p in body.premises
    ]
    spare = [
        ReviewRow(responses[r.id], False, False, phrase(whys[r.id]), "spare") for r in body.responses if r.id in whys
    ]
    return "", "", rows + spare


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


EXPLAINERS: Mapping[str, Callable[[Any, Mapping[str, Any]], Explained]] = {
    **{"single": _choices, "multiple": _choices, "judgement": _judgement, "number": _number},
    **{"fill": _fill, "line": _line, "order": _order, "match": _match},
}
