"""The factory: wires settings, database, pages and safety into one WSGI app."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from quiz.config import Settings
from quiz.paths import TEMPLATES
from quiz.store.engine import Database
from quiz.store.shared import shared_secret
from quiz.web import (
    errors,
    example,
    history,
    job,
    log,
    metrics,
    mine,
    pages,
    plan,
    probes,
    problem,
    rate,
    report,
    safety,
    share,
    start,
    static_files,
    take,
)
from quiz.web.admin import access, wording
from quiz.web.admin.blueprints import BLUEPRINTS
from quiz.web.compress import compress
from quiz.web.cookies import SessionCookie
from quiz.web.filters import Templates, install_filters
from quiz.web.gate import Limits, gate
from quiz.web.guard import guard
from quiz.web.request import QuizRequest
from quiz.web.wiring import Wiring


def now() -> int:
    """Whole seconds since 1970."""
    return int(time.time())


def new_seed() -> int:
    """A seed for a new attempt."""
    return secrets.randbits(48)


class Quiz(Flask):
    """Flask with our templates and requests, and plain functions alone as views."""

    request_class = QuizRequest
    jinja_environment = Templates

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is. Flask would look at each one anew, for each request, whether it is a coroutine."""
        return func

    def inject_url_defaults(self, endpoint: str, values: dict[str, Any]) -> None:
        """Nothing: no address of ours has defaults, and Flask would look for them with each one."""


def create_app(
    settings: Settings,
    database: Database,
    clock: Callable[[], int] = now,
    seed: Callable[[], int] = new_seed,
) -> Flask:
    """The app over an open, migrated database."""
    app = Quiz("quiz", template_folder=str(TEMPLATES), static_folder=None)
    app.extensions["quiz"] = Wiring(settings, database, clock, seed)
    app.config.update(
        SECRET_KEY=settings.secret_key or _shared_key(database),
        PERMANENT_SESSION_LIFETIME=400 * 86_400,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        TRAP_BAD_REQUEST_ERRORS=False,
    )
    app.session_interface = SessionCookie()
    access.install(app)
    safety.protect(app)
    errors.install(app)
    install_filters(app)
    wording.install(app)
    log.install(app, each_request=settings.log == "requests")
    on_refusal = metrics.install(app).overload if settings.metrics else _nothing
    takers_pages = (start, rate, take, problem, report, plan, share, history, mine)
    for module in (*takers_pages, job, example, pages, probes, static_files):
        app.register_blueprint(module.blueprint)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.wsgi_app = safety.with_headers(guard(gate(compress(app.wsgi_app), Limits(), on_refusal)))  # type: ignore[method-assign, assignment]
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    return app


def _nothing() -> None:
    pass


def _shared_key(database: Database) -> str:
    with database.writing() as session:
        return shared_secret(session, "session-key")
