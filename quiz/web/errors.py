"""What a person sees when something can't be done. Never a bare status, always what to do."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from werkzeug.exceptions import ClientDisconnected, HTTPException, InternalServerError, NotFound

from quiz.services.banks import EmptyBankError
from quiz.services.taking import RefusedError, TooManyStartsError
from quiz.services.upkeep import NoRoomError
from quiz.web.admin import editor, framework
from quiz.web.loading import attempt_to_read
from quiz.web.request import is_admin, reference
from quiz.web.take import is_current, question_page

TITLES = {
    400: "That did not work",
    404: "There is no such page",
    405: "That address takes another kind of request",
    409: "That was answered before",
    410: "This link no longer works",
    413: "That is too much to send",
    429: "Too many starts today",
    503: "Please try again in a moment",
}
MESSAGES = {
    404: "The address may be misspelt, or it belongs to someone else's results. If you came by your own link, "
    "open it on the device where you saved it.",
    405: "Go back and use the buttons on the page.",
    413: "An answer may hold up to 64 KB. Go back and shorten it.",
    503: "We could not save or read just now. Nothing that we confirmed is lost.",
}
ROOM_MESSAGES = {**MESSAGES, 404: "The address may be misspelt. Look for what you want in the list of questions."}
"""What editors are told, to whom results and attempts are no matter."""
LOST = "The page had lost its link to this browser. Nothing was done; send it again."
FORMS_AGAIN = {
    "admin_editor.save": editor.form_again,
    "admin_framework.show": framework.form_again,
    "admin_framework.publish_part": framework.form_again,
}
"""Editors' forms that are shown again, with what was typed, where they can't be taken."""
RETRY_SECONDS = 5


def install(app: Flask) -> None:
    """Register all handlers."""
    app.register_error_handler(CSRFError, form_expired)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(ClientDisconnected, cut_off)
    for away in (OperationalError, InterfaceError, NoConnectionError, NoRoomError):
        app.register_error_handler(away, database_away)
    app.register_error_handler(DBAPIError, connection_lost)
    app.register_error_handler(IntegrityError, at_the_same_moment)
    app.register_error_handler(EmptyBankError, empty_bank)
    app.register_error_handler(TooManyStartsError, too_many)
    app.register_error_handler(RefusedError, refused)
    app.register_error_handler(Exception, unexpected)


def _page(status: int, message: str | None = None, title: str | None = None) -> tuple[str, int]:
    room = is_admin(request) and g.get("actor") is not None
    text = message or (ROOM_MESSAGES if room else MESSAGES).get(status, "Go back and try again.")
    heading = title or TITLES.get(status, "That did not work")
    return render_template("error.html", title=heading, message=text, room=room), status


def form_expired(_error: CSRFError) -> tuple[str, int]:
    """The form's token does not fit this browser (its cookie is gone, say): show the form again, answer kept."""
    notice = "The page had lost its link to this browser. Your answer is still here; send it again."
    if request.endpoint == "take.answer" and request.view_args:
        form = request.form.to_dict(flat=False)
        try:
            with attempt_to_read(request.view_args["token"]) as found:
                if is_current(found, form):
                    return question_page(found, form, {}, notice), 400
                if found.progress.phase == "asking":
                    return question_page(found, {}, {}, "That page was out of date. This is the question now."), 400
        except NotFound:
            return _page(404)
    again = FORMS_AGAIN.get(request.endpoint or "")
    if again is not None:
        try:
            return again(LOST)
        except NotFound:
            return _page(404)
    return _page(400, "The page had lost its link to this browser. Go back, reload it, and try again.")


def http_error(error: HTTPException) -> Response:
    """An error that a view raised on purpose."""
    if error.response is not None or error.code is None or error.code < 400:
        return Response(error.get_response().get_data(), status=error.code or 500)
    said = error.code in {400, 409, 410} or (error.code == 404 and error.description != NotFound.description)
    own = error.description if said else None
    if error.code == 413 and is_admin(request):
        own = f"At most {(request.max_content_length or 0) // 1024} KB can be sent here. Go back and shorten it."
    page, status = _page(error.code, own)
    allow = error.get_response().headers.get("Allow")
    return Response(page, status, {"Allow": allow} if allow else None)


def cut_off(_error: ClientDisconnected) -> Response:
    """A form did not arrive whole: its connection broke, or this process is being ended. Sent again, it will do."""
    body, _ = _page(503, "The form did not arrive whole, so nothing of it was kept. Please send it again.")
    return Response(body, 503, {"Retry-After": "1"})


def at_the_same_moment(error: IntegrityError) -> Response | tuple[str, int]:
    """Two people did what only one can do (took the same name, say), and the database kept the first."""
    if not is_admin(request):
        return unexpected(error)
    current_app.logger.warning("two at once", extra={"reason": str(error.orig), "request": reference()})
    return _page(409, "Someone else did the same at the same moment. Nothing of yours was saved: go back and look.")


def connection_lost(error: DBAPIError) -> Response | tuple[str, int]:
    """The connection broke under a statement; anything else that a database says is a fault of ours."""
    return database_away(error) if error.connection_invalidated else unexpected(error)


def database_away(error: SQLAlchemyError | NoRoomError) -> Response:
    """The database can't be reached, is busy or is full: say so, and when to try again."""
    reason = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    current_app.logger.warning("the database is away", extra={"reason": reason, "request": reference()})
    body, _ = _page(503)
    return Response(body, 503, {"Retry-After": str(RETRY_SECONDS)})


def empty_bank(error: EmptyBankError) -> Response:
    """No questions were loaded yet."""
    body, _ = _page(503, f"{str(error).capitalize()}.", "There are no questions yet")
    return Response(body, 503, {"Retry-After": "60"})


def too_many(_error: TooManyStartsError) -> Response:
    """The address's limit for today is reached."""
    body, _ = _page(429, "From your network many attempts were begun today. Try again tomorrow; open ones go on.")
    return Response(body, 429, {"Retry-After": "3600"})


def refused(error: RefusedError) -> tuple[str, int]:
    """Something that can't be done now."""
    return _page(409, str(error), "That can't be done now")


def unexpected(error: Exception) -> tuple[str, int]:
    """A fault of ours: an id to quote, and where the answers stand."""
    name = reference()
    told = {"fault": name, "route": str(request.url_rule or "none")}
    current_app.logger.error("fault %s", name, exc_info=error, extra=told)
    message = f"This is our fault, and it has been written down as {name}. Your saved answers are not affected."
    return _page(InternalServerError.code, message, "Something went wrong")
