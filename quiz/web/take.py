"""One question at a time: show it, take the answer, leave, end, ask for more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from quiz.attempt.log import CHECK, EXTENSION, Answered
from quiz.bank.arrange import arrange
from quiz.bank.numbers import plain, read_number, read_share
from quiz.bank.refill import refilled
from quiz.bank.response import InvalidResponseError
from quiz.bank.shown import shown, texts
from quiz.bank.version import LiveQuestion
from quiz.services import taking
from quiz.services.taking import OpenAttempt
from quiz.web.cookies import taker_secret
from quiz.web.loading import attempt_to_read, looking_again
from quiz.web.typed import shown_again
from quiz.web.where import where
from quiz.web.wiring import wiring

blueprint = Blueprint("take", __name__, url_prefix="/a/<token>")

Form = Mapping[str, Sequence[str]]


@blueprint.get("")
def attempt(token: str) -> AnyResponse | str:
    """Where the attempt stands: its current question, its end, or its result."""
    with attempt_to_read(token) as found:
        match found.progress.phase:
            case "asking":
                return question_page(found, {}, {})
            case "stopped":
                return render_template("take/end.html", attempt=found)
            case _:
                return redirect(url_for("report.result", token=token), 303)


@blueprint.get("/q/<int:position>")
def question(token: str, position: int) -> AnyResponse | str:
    """The question at this position: to be answered, or with the answer that was given."""
    with attempt_to_read(token) as found:
        if 1 <= position <= len(found.progress.answers):
            return answered_page(found, position)
        if found.progress.phase == "asking" and position == found.progress.position:
            return question_page(found, {}, {})
    return redirect(url_for("take.attempt", token=token), 303)


@blueprint.post("", defaults={"position": None})
@blueprint.post("/q/<int:position>")
@looking_again
def answer(token: str, position: int | None) -> AnyResponse | tuple[str, int]:
    """Keep the answer, then go to the next question. The form itself says which question it answers."""
    form = request.form.to_dict(flat=False)
    position, revision = _number(form, "position"), _number(form, "question")
    if "whole" not in form:  # the form's last field: without it, something before it may be cut off too
        abort(400, "The form did not arrive whole. Open the question again; your earlier answers are kept.")
    with attempt_to_read(token) as found:
        try:
            after = taking.answer(wiring().database.add.connect, found, position, revision, form, wiring().clock())
        except InvalidResponseError as error:
            if found.progress.phase != "asking" or revision != found.progress.current:
                abort(409, "That question was answered before.")
            return question_page(found, form, error.errors), 400
        except taking.OtherAnswerError:
            return render_template("take/conflict.html", attempt=found, position=position), 409
        except taking.RefusedError:
            return render_template("take/conflict.html", attempt=found, position=None), 409
    return redirect(where(token, after), 303)


@blueprint.get("/pause")
def pause(token: str) -> AnyResponse | str:
    """Everything is saved; the link to come back."""
    with attempt_to_read(token) as found:
        link = url_for("mine.resume", secret=taker_secret(request), _external=True)
        return render_template("take/pause.html", attempt=found, link=link)


@blueprint.post("/finish")
@looking_again
def finish(token: str) -> AnyResponse | tuple[str, int]:
    """Close the attempt and open its result."""
    with attempt_to_read(token) as found:
        try:
            taking.finish(wiring().database.add.connect, found, wiring().clock())
        except taking.RefusedError as error:
            return render_template("error.html", title="No result yet", message=str(error), attempt=found), 409
    return redirect(url_for("report.result", token=token), 303)


@blueprint.post("/extend")
@looking_again
def extend(token: str) -> AnyResponse | tuple[str, int]:
    """Five more questions, perhaps in one area, or three on one skill."""
    area, skill = request.form.get("area") or None, request.form.get("skill") or None
    with attempt_to_read(token) as found:
        try:
            taking.extend(wiring().database.add.connect, found, area, wiring().clock(), skill)
        except taking.RefusedError as error:
            return render_template("error.html", title="Nothing more to ask", message=str(error), attempt=found), 409
    return redirect(url_for("take.attempt", token=token), 303)


def answered_page(found: OpenAttempt, position: int) -> str:
    """A question with the answer given to it, which can't be changed. Nothing says whether it is right."""
    given = found.progress.answers[position - 1]
    live = found.bank.at(given.revision)
    typed = refilled(texts(live), arrange(texts(live), found.plan.seed), given.response)
    return render_template(
        "take/answered.html",
        attempt=found,
        position=position,
        question=shown(live, found.plan.seed),
        area=found.bank.catalogue.area_of[live.question.skill].name,
        typed=typed,
        guessing=given.guessing,
        read=read_as(live, given),
    )


def question_page(found: OpenAttempt, form: Form, errors: Mapping[str, str], notice: str | None = None) -> str:
    """The current question with what was typed and what was wrong with it."""
    revision = found.progress.current
    if revision is None:
        abort(409, "There is no question to answer now.")
    live = found.bank.at(revision)
    return render_template(
        "take/question.html",
        attempt=found,
        question=shown(live, found.plan.seed),
        revision=revision,
        area=found.bank.catalogue.area_of[live.question.skill].name,
        until=found.progress.until,
        extension=(CHECK if found.progress.skill else EXTENSION) if found.progress.forced else None,
        typed=shown_again(form),
        errors=errors,
        notice=notice,
        read=last_number(found),
    )


def is_current(found: OpenAttempt, form: Form) -> bool:
    """Whether a form answers the question that stands to be answered now."""
    now = {"position": [str(found.progress.position)], "question": [str(found.progress.current)]}
    return found.progress.phase == "asking" and all(list(form.get(name, ())) == value for name, value in now.items())


def last_number(found: OpenAttempt) -> str | None:
    """How the number typed last was read, for the person to check."""
    if not found.progress.answers:
        return None
    last = found.progress.answers[-1]
    return read_as(found.bank.at(last.revision), last)


def read_as(live: LiveQuestion, given: Answered) -> str | None:
    """How the number in an answer was read; None where none was typed."""
    question = texts(live)
    if question.type != "number" or given.unknown:
        return None
    typed = str(given.response["text"])
    if question.key.scale == "percent":
        return f"{plain(read_share(typed) * 100)} %"
    value, percent = read_number(typed, question.key.unit)
    unit = question.key.unit if question.key.unit and not percent else "%" if percent else None
    return f"{plain(value)} {unit}" if unit else plain(value)


def _number(form: Form, name: str) -> int:
    text = (form.get(name) or [""])[0]
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        abort(400, "The form lost its question. Open the question again; your earlier answers are kept.")
    return int(text)
