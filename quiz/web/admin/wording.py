"""What the templates of the editors' room may use beside their own values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g

from quiz.bank.form.fields import CONTENTS, PART_TYPES, Field, fields_of, part_fields
from quiz.bank.form.reading import shown
from quiz.report.words import plural
from quiz.services.accounts import Actor
from quiz.services.listing import PROOFS, STATUSES
from quiz.web.admin import labels
from quiz.web.admin.preview import framed
from quiz.web.filters import day

MENU = (
    ("admin_questions.questions", "Questions", "editor"),
    ("admin_review.queue", "Review", "editor"),
    ("admin_versions.versions", "Versions", "editor"),
    ("admin_framework.framework", "Profiles", "editor"),
    ("admin_exchange.exchange", "Import and export", "editor"),
    ("admin_audit.log", "Audit log", "reviewer"),
    ("admin_people.people", "People", "admin"),
    ("admin_account.account", "Account", "editor"),
)
DONE_AS = {"draft": "saved", "live": "published", "retired": "retired", "withdrawn": "withdrawn"}
"""What who stored a text with this status did."""
DAY, HOUR, MINUTE = 86_400, 3600, 60
KEPT_WORDS = 12
"""How many words of an unchanged run are shown on each side of a change."""


def ago(then: int, now: int) -> str:
    """How long ago something was: `3 days ago`."""
    for seconds, word in ((365 * DAY, "year"), (30 * DAY, "month"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if now - then >= seconds:
            return f"{plural((now - then) // seconds, word)} ago"
    return "just now"


def on_day(moment: int) -> str:
    """`22 November 2026`."""
    return day(datetime.fromtimestamp(moment, UTC))


def at_time(moment: int) -> str:
    """`22 November 2026, 14:05 UTC`."""
    return f"{on_day(moment)}, {datetime.fromtimestamp(moment, UTC):%H:%M} UTC"


def menu(actor: Actor) -> list[tuple[str, str]]:
    """The entries of the menu that this person may open: endpoint and name."""
    return [(endpoint, name) for endpoint, name, role in MENU if actor.may(role)]


def rows_of(text: object, least: int = 2) -> int:
    """How tall a field for a long text is."""
    lines = str(text or "").split("\n")
    return min(max(sum(1 + len(line) // 80 for line in lines), least), 30)


def typed_value(value: Any, kind: str) -> str:
    """A value as it stands in its field."""
    if value is None:
        return ""
    if kind == "value":
        return shown(value)
    return str(value)


def option_row(row: Mapping[str, Any], field: Field) -> dict[str, Any]:
    """A row as its fields show it: an option's content with what holds it."""
    if all(one.name != "in" for one in field.fields):
        return dict(row)
    holds = next((name for name in CONTENTS if name in row), CONTENTS[0])
    content = row.get(holds)
    return {**row, "in": holds, "content": shown(content) if holds == "value" and content is not None else content}


def ways(path: str) -> list[str]:
    """A place and the places around it, the nearest first: `options.2.text`, its field, its row, its list."""
    parts = path.split(".")
    found = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
    own = [".".join([*parts[:-1], "content"])] if parts[-1] in CONTENTS else []
    around = {"key": "options", "why": "premises"}.get(parts[0])
    return [found[0], *own, *found[1:], *([around] if around else [])]


def anchor(path: str) -> str:
    """The place in the form that a page elsewhere links to: the row, or the field where it is in none."""
    row = re.match(r"(?:.*\.)?[0-9]+(?=\.|\Z)", path)
    return row[0] if row else path


def shortened(text: str) -> str:
    """A run that did not change, without its middle."""
    words = text.split(" ")
    if len(words) <= 2 * KEPT_WORDS + 1:
        return text
    return " ".join([*words[:KEPT_WORDS], "[…]", *words[-KEPT_WORDS:]])


def install(app: Flask) -> None:
    """Register them."""
    app.jinja_env.filters.update(ago=ago, on_day=on_day, at_time=at_time, ways=ways, shortened=shortened)
    app.jinja_env.filters["framed"] = framed
    app.jinja_env.filters["as_pair"] = lambda value: (value, value)
    app.jinja_env.globals.update(
        admin_menu=menu,
        rows_of=rows_of,
        typed_value=typed_value,
        option_row=option_row,
        fields_of=fields_of,
        part_fields=part_fields,
        part_types=PART_TYPES,
        label_of=labels.label,
        hint_of=labels.hint,
        row_name=lambda name: labels.ROWS.get(name, "row"),
        proofs=PROOFS,
        statuses=STATUSES,
        anchor=anchor,
        done_as=DONE_AS,
    )

    @app.context_processor
    def who() -> dict[str, Any]:
        return {"actor": g.get("actor")}
