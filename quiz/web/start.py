"""Landing, choice of the job, and the start of an attempt."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from quiz.attempt.log import ATTEMPT_SENIORITIES, LENGTHS
from quiz.attempt.pace import minutes
from quiz.bank.version import BankVersion
from quiz.services import taking
from quiz.services.upkeep import need_room
from quiz.web.address import counted_address
from quiz.web.cookies import set_taker_secret, taker_secret
from quiz.web.wiring import wiring

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
def landing() -> str:
    """What this is, and one button: to start, or to go on where an attempt is open."""
    secret = taker_secret(request)
    with wiring().database.reading() as session:
        bank = wiring().banks.newest(session)
        attempts = taking.everything_of(session, wiring().banks, secret) if secret else []
    return render_template(
        "start/landing.html",
        minutes=_minutes(bank, taking.DEFAULT_LENGTH),
        length=taking.DEFAULT_LENGTH,
        attempt=next((a for a in attempts if a.progress.phase != "finished"), None),
    )


@blueprint.get("/setup")
def setup() -> str:
    """Choose the job, its seniority and the length."""
    with wiring().database.reading() as session:
        bank = wiring().banks.newest(session)
    return _setup(bank, request.args.to_dict(), {})


@blueprint.post("/start")
def begin() -> AnyResponse | tuple[str, int]:
    """Begin an attempt; the first page that sets a cookie."""
    app = wiring()
    form = request.form.to_dict()  # read before the database is locked: a slow sender must hold up nobody
    need_room(app.database, app.settings.free_mb)
    with app.database.writing() as session:
        bank = app.banks.newest(session)
        choice, errors = taking.read_choice(bank, form)
        if errors:
            return _setup(bank, form, errors), 400
        now = app.clock()
        taking.count_start(session, counted_address(request), app.settings.starts_per_day, now)
        started = taking.begin(session, app.banks, taker_secret(request), choice, now, app.seed())
    question_1 = url_for("take.question", token=started.token, position=1)
    first = url_for("rate.ask", token=started.token) if form.get("rate") else question_1
    response = redirect(first, 303)
    if started.secret is not None and isinstance(response, Response):
        set_taker_secret(response, request, started.secret)
    return response


def _minutes(bank: BankVersion, length: int) -> int:
    return minutes(bank, taking.DEFAULT_ROLE, taking.DEFAULT_SENIORITY, length)


def _setup(bank: BankVersion, chosen: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "start/setup.html",
        profiles=sorted(bank.catalogue.profiles.values(), key=lambda p: (p.id != taking.DEFAULT_ROLE, p.name)),
        seniorities=ATTEMPT_SENIORITIES,
        lengths=[(n, _minutes(bank, n)) for n in LENGTHS],
        role=chosen.get("role", taking.DEFAULT_ROLE),
        seniority=chosen.get("seniority", taking.DEFAULT_SENIORITY),
        length=chosen.get("length", str(taking.DEFAULT_LENGTH)),
        rate=bool(chosen.get("rate")),
        errors=errors,
    )
