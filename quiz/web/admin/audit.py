"""The audit log: filtered, and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, render_template, request, stream_with_context

from quiz.services.diff import field_diffs
from quiz.store.accounts import accounts
from quiz.store.audit import CONSOLE, Done, Wanted, all_entries, count_entries, entries, verbs
from quiz.web.admin.access import admits
from quiz.web.admin.labels import place
from quiz.web.wiring import wiring

blueprint = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")
PAGE = 50


@blueprint.get("")
@admits("reviewer")
def log() -> str:
    """What was done, the newest first."""
    asked, wanted, wrong = request.args.to_dict(), *read_wanted(request.args)
    text = asked.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else 1
    with wiring().database.reading() as session:
        found = entries(session, wanted, PAGE, (page - 1) * PAGE)
        count, known = count_entries(session, wanted), verbs(session)
        people = [CONSOLE, *(one.name for one in accounts(session))]
    kept = {
        name: value for name, value in asked.items() if value and name in {"who", "verb", "subject", "since", "until"}
    }
    shown = [(one, list(field_diffs(one.before or {}, one.after or {}))) for one in found]
    pages = {"page": page, "pages": max((count + PAGE - 1) // PAGE, 1), "count": count, "verbs": known}
    return render_template(
        "admin/audit.html", entries=shown, people=people, asked=kept, errors=wrong, place=place, **pages
    )


@blueprint.get("/log.jsonl")
@admits("reviewer")
def export() -> Response:
    """The same as JSON Lines, the oldest first."""
    wanted, _ = read_wanted(request.args)
    response = Response(stream_with_context(_lines(wanted)), mimetype="application/jsonl")
    response.headers["Content-Disposition"] = "attachment; filename=audit.jsonl"
    return response


def read_wanted(asked: Mapping[str, str]) -> tuple[Wanted, dict[str, str]]:
    """Which entries the address asks for, and what in it can't be read."""
    errors: dict[str, str] = {}
    days: dict[str, int | None] = {"since": None, "until": None}
    for name in days:
        text = asked.get(name, "")
        try:
            moment = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) if text else None
        except ValueError:
            errors[name] = "Write the day as 2026-11-29."
            continue
        if moment is not None and 1970 <= moment.year < 9000:
            days[name] = int((moment + timedelta(days=name == "until")).timestamp())
    texts = {name: asked.get(name, "").replace("\0", "").strip()[:64] for name in ("who", "verb", "subject")}
    return Wanted(**texts, since=days["since"], until=days["until"]), errors


def _lines(wanted: Wanted) -> Iterator[str]:
    with wiring().database.reading() as session:
        for one in all_entries(session, wanted):
            yield json.dumps(as_line(one), ensure_ascii=False) + "\n"


def as_line(one: Done) -> dict[str, object]:
    """An entry as it stands in the file."""
    return {**vars(one), "at": datetime.fromtimestamp(one.at, UTC).isoformat()}
