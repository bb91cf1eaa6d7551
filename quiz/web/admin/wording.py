"""What the templates of the editors' room may use beside their own values."""

from __future__ import annotations

from typing import Any

from flask import Flask, g

from quiz.report.words import plural
from quiz.services.accounts import Actor

MENU = (
    ("admin_questions.questions", "Questions", "editor"),
    ("admin_exchange.exchange", "Import and export", "editor"),
    ("admin_people.people", "People", "admin"),
)
DAY, HOUR, MINUTE = 86_400, 3600, 60


def ago(then: int, now: int) -> str:
    """How long ago something was: `3 days ago`."""
    for seconds, word in ((365 * DAY, "year"), (30 * DAY, "month"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if now - then >= seconds:
            return f"{plural((now - then) // seconds, word)} ago"
    return "just now"


def menu(actor: Actor) -> list[tuple[str, str]]:
    """The entries of the menu that this person may open: endpoint and name."""
    entries = [(endpoint, name) for endpoint, name, role in MENU if actor.may(role)]
    return [*entries, ("admin_account.account", "Account")]


def install(app: Flask) -> None:
    """Register them."""
    app.jinja_env.filters["ago"] = ago
    app.jinja_env.globals["admin_menu"] = menu

    @app.context_processor
    def who() -> dict[str, Any]:
        return {"actor": g.get("actor")}
