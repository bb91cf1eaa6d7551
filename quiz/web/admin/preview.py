"""A text exactly as a taker sees it: by the taker's own templates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flask import render_template, url_for

from quiz.bank import question as q
from quiz.bank.items import curve
from quiz.bank.render import RenderError
from quiz.bank.shown import shown
from quiz.bank.version import LiveQuestion
from quiz.competency.catalogue import Catalogue
from quiz.web.static_files import the_stylesheet

LINK = re.compile(r'(<a\b[^>]*? href=")/[^"]*"')
"""Links of the taker's page lead nowhere in a preview."""
SCRIPT = re.compile(r"<script\b[^>]*></script>")
"""No script runs in a preview; without its tag, browsers need not complain of that."""
CONTINUE = "<button>Continue</button>"
NOTHING_SENT = (
    '<button disabled aria-describedby="preview-only">Continue</button>'
    '<p class="beside" id="preview-only">This is a preview: nothing can be sent.</p>'
)
"""The taker's button, which has nowhere to lead to from here."""
SEED = 7


@dataclass(frozen=True)
class _Progress:
    position: int = 3
    until: int = 20


@dataclass(frozen=True)
class _Stored:
    token: str = "preview"  # noqa: S105 - it names an attempt that is none


@dataclass(frozen=True)
class _Attempt:
    progress: _Progress = field(default_factory=_Progress)
    stored: _Stored = field(default_factory=_Stored)


def preview(question: q.Question, catalogue: Catalogue) -> str:
    """The taker's page. Raises RenderError where a text can't be shown, ValueError where `given` breaks it."""
    area = catalogue.area_of.get(question.skill)
    page = render_template(
        "take/question.html",
        attempt=_Attempt(),
        question=shown(LiveQuestion(0, question, curve(question, 0.6)), SEED),
        revision=0,
        area=area.name if area else "",
        until=_Progress.until,
        extension=None,
        typed={},
        errors={},
        notice=None,
        read=None,
    )
    return LINK.sub(r'\1#main"', SCRIPT.sub("", page)).replace(CONTINUE, NOTHING_SENT, 1)


def framed(page: str) -> str:
    """The page for a frame: light, or dark with `class="dark"` in place of `class="light"`, as one chooses there."""
    sheet = f'<link rel="stylesheet" href="{url_for("static_files.asset", name=the_stylesheet("scheme").name)}">'
    return page.replace('<html lang="en">', '<html lang="en" class="light">', 1).replace(
        "</head>", f"{sheet}</head>", 1
    )


def preview_or_reason(question: q.Question, catalogue: Catalogue) -> tuple[str | None, str]:
    """The taker's page, or None and why it can't be shown."""
    try:
        return preview(question, catalogue), ""
    except (RenderError, ValueError) as error:
        return None, str(error)
