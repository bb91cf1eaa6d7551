"""One question: where it stands in its life, what comes next, what colleagues and takers say about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from quiz.bank.files import canonical
from quiz.bank.plain import as_data
from quiz.competency.catalogue import Catalogue
from quiz.services import life
from quiz.services.diff import FieldDiff, field_diffs
from quiz.services.life import CHECKLIST, LifeError
from quiz.services.listing import STATUSES
from quiz.services.problems import KINDS
from quiz.services.publishing import consequence, standing_catalogue
from quiz.services.readiness import readiness
from quiz.store.audit import Wanted, entries, record
from quiz.store.listing import ListedQuestion, listed_question
from quiz.store.problems import Problem, problems, settle_problem
from quiz.store.reviews import comments_of, reviews_of
from quiz.store.revisions import Text, lives_of, newest_text, results_that_used, text_numbered, texts_of
from quiz.store.unfinished import all_unfinished
from quiz.web.admin.access import actor, admits
from quiz.web.admin.labels import place
from quiz.web.admin.preview import preview_or_reason
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_question", __name__, url_prefix="/admin/questions/<name>")

Answer = AnyResponse | str | tuple[str, int]
SETTLED, MOST_SETTLED = "report settled", 50
Step = Callable[[Session, int], object]
DONE = {
    "saved": "Saved as a draft. Takers meet it once it is published.",
    "review": "Sent to review.",
    "back": "It is a draft again.",
    "comment": "Your comment is there.",
    "changes": "Sent back to its author.",
    "approved": "Approved. It waits to be published.",
    "published": "Published. Whoever is answering keeps the text they began with.",
    "retired": "Retired. It is asked no more.",
    "withdrawn": "Withdrawn. It is never newly asked; results that used it say so.",
    "settled": "The report is settled.",
    "restored": "The old text is a draft again.",
}


@blueprint.get("")
@admits("editor")
def question(name: str) -> Answer:
    """The question with everything about it."""
    with wiring().database.reading() as session:
        return _page(session, name, "")


@blueprint.post("/send")
@admits("editor")
def send(name: str) -> Answer:
    """Send the draft to review."""
    revision = _revision()
    catalogue = _catalogue()
    return _step(name, "review", lambda s, now: life.send_to_review(s, actor(), name, revision, catalogue, now))


@blueprint.post("/take-back")
@admits("editor")
def take_back(name: str) -> Answer:
    """Make it a draft again."""
    return _step(name, "back", lambda s, now: life.take_back(s, actor(), name, now))


@blueprint.post("/comment")
@admits("editor")
def comment(name: str) -> Answer:
    """Say something."""
    text = request.form.get("comment", "")
    return _step(name, "comment", lambda s, now: life.comment(s, actor(), name, text, now))


@blueprint.post("/decide")
@admits("reviewer")
def decide(name: str) -> Answer:
    """Approve, or ask for a change."""
    revision, text, ticked = _revision(), request.form.get("change", ""), request.form.getlist("checked")
    if request.form.get("do") == "approve":
        catalogue = _catalogue()
        return _step(name, "approved", lambda s, now: life.approve(s, actor(), name, revision, ticked, catalogue, now))
    return _step(name, "changes", lambda s, now: life.ask_for_change(s, actor(), name, revision, text, now))


@blueprint.post("/publish")
@admits("reviewer")
def publish(name: str) -> Answer:
    """Publish this one; without a second reader where there is none."""
    wanted, alone, banks = {name: _revision()}, request.form.get("do") == "alone", wiring().banks
    return _step(
        *(name, "published"),
        lambda s, now: life.publish(s, actor(), wanted, standing_catalogue(s, banks), now, alone=alone),
    )


@blueprint.post("/stop")
@admits("reviewer")
def stop(name: str) -> Answer:
    """Retire or withdraw it, once the page that says what this does was confirmed."""
    revision, status, why = _revision(), request.form.get("do", ""), request.form.get("why", "")
    banks = wiring().banks
    if why.strip() and status in {"retired", "withdrawn"} and request.form.get("sure") != "yes":
        return _ask_to_stop(name, status, why)
    return _step(
        *(name, status),
        lambda s, now: life.stop(s, actor(), name, revision, status, why, standing_catalogue(s, banks), now),
    )


def _ask_to_stop(name: str, status: str, why: str) -> str:
    with wiring().database.reading() as session:
        text = newest_text(session, name) or abort(404)
        results = results_that_used(session, name)
    told = {"name": name, "title": text.question.title, "status": status, "why": why, "results": results}
    return render_template("admin/stop.html", revision=_revision(), **told)


@blueprint.post("/settle")
@admits("editor")
def settle(name: str) -> Answer:
    """Be done with a taker's report."""
    text = request.form.get("report", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    return _step(name, "settled", lambda s, now: _settle(s, name, number, now))


@blueprint.get("/history")
@admits("editor")
def history(name: str) -> Answer:
    """All texts, and what the chosen one changed."""
    with wiring().database.reading() as session:
        texts = texts_of(session, name)
        if not texts:
            abort(404)
        lives = lives_of(session, name)
        chosen = _numbered(session, name, "text") or texts[0]
        older = _numbered(session, name, "from") or _before(chosen, texts, lives)
        diffs = list(field_diffs(as_data(older.question), as_data(chosen.question))) if older else []
    told = {"texts": texts, "lives": lives, "chosen": chosen, "older": older, "diffs": diffs}
    return render_template("admin/history.html", name=name, today=wiring().clock(), place=place, **told)


@blueprint.post("/restore")
@admits("editor")
def restore(name: str) -> Answer:
    """Make an old text the newest draft."""
    text = request.form.get("text", "")
    number, base = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0, _revision()
    return _step(name, "restored", lambda s, now: life.restore(s, actor(), name, number, base, now))


def _step(name: str, done: str, step: Step) -> Answer:
    """Take a step in a question's life and show where it stands; where it can't be taken, say why."""
    app = wiring()
    try:
        with app.database.writing() as session:
            if newest_text(session, name) is None:
                abort(404)
            step(session, app.clock())
    except LifeError as error:
        with app.database.reading() as session:
            return _page(session, name, str(error)), 409
    return redirect(url_for("admin_question.question", name=name, done=done), 303)


def _revision() -> int:
    text = request.form.get("revision", "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        abort(400, "The form does not say which text it is about. Open the question again.")
    return int(text)


def _catalogue() -> Catalogue:
    with wiring().database.reading() as session:
        return wiring().banks.newest(session).catalogue


def _settle(session: Session, name: str, number: int, now: int) -> None:
    if number not in {one.id for one in problems(session, question=name)} or not settle_problem(session, number, now):
        raise LifeError("That report was settled before.")
    record(session, actor().id, SETTLED, ("question", name), now, after={"report": number})


def _settled(session: Session, name: str) -> list[tuple[Problem, str]]:
    """The newest reports that are settled, with who settled each."""
    done = entries(session, Wanted(verb=SETTLED, kind="question", subject=name), MOST_SETTLED)
    by = {one.after["report"]: one.who for one in done if one.after and "report" in one.after}
    newest = problems(session, question=name, settled=True)[-MOST_SETTLED:]
    return [(one, by.get(one.id, "")) for one in reversed(newest)]


def _numbered(session: Session, name: str, argument: str) -> Text | None:
    text = request.args.get(argument, "")
    return text_numbered(session, name, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _page(session: Session, name: str, error: str) -> str:
    app, by = wiring(), actor()
    text, listed = newest_text(session, name), listed_question(session, name)
    if text is None or listed is None:
        abort(404)
    bank = app.banks.newest(session)
    shown, reason = preview_or_reason(text.question, bank.catalogue)
    return render_template(
        "admin/question.html",
        name=name,
        text=text,
        written_by=life.written_as(texts_of(session, name)),
        listed=listed,
        status=STATUSES[listed.status],
        area=bank.catalogue.area_of.get(text.question.skill),
        skill=bank.catalogue.skills.get(text.question.skill),
        ready=readiness(session, text.question, bank.catalogue),
        preview=shown,
        reason=reason,
        change=consequence(session, text),
        unfinished=all_unfinished(session, ("question", name)),
        used=results_that_used(session, name),
        diffs=_against_live(session, text, listed),
        reviews=reviews_of(session, name),
        comments=comments_of(session, name),
        kinds=KINDS,
        reports=problems(session, question=name),
        settled=_settled(session, name),
        alone=by.may("reviewer") and life.may_publish_alone(session, by),
        own=by.id in life.authors(session, name),
        checklist=CHECKLIST,
        written=canonical(text.question),
        typed=request.form,
        error=error,
        done=DONE.get(request.args.get("done", ""), ""),
        today=app.clock(),
        newest=bank.number,
        place=place,
    )


def _before(chosen: Text, texts: Sequence[Text], lives: Sequence[tuple[int, int, int | None]]) -> Text | None:
    """What a text is compared with: the one that it replaced for takers, or else the one saved before it."""
    since = {began for revision, began, _ in lives if revision == chosen.revision}
    replaced = {revision for revision, _, until in lives if until in since} - {chosen.revision}
    older = [text for text in texts if text.number < chosen.number]
    return next((text for text in older if text.revision in replaced), next(iter(older), None))


def _against_live(session: Session, text: Text, listed: ListedQuestion) -> list[FieldDiff]:
    live = consequence(session, text).live
    if live is None or live.revision == listed.revision:
        return []
    return list(field_diffs(as_data(live.question), {**as_data(text.question), "status": live.question.status}))
