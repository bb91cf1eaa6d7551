"""What templates may use beside their own values."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Flask, request, url_for
from flask.globals import request_ctx
from flask.templating import Environment
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from quiz.attempt.log import UNSURE
from quiz.bank.render import code_line, depth
from quiz.report.words import decimal, lower_first, plural
from quiz.web.static_files import Asset, the_script, the_stylesheet
from quiz.web.where import where

_QUOTED = re.compile(r"`([^`\n]+)`")
KEPT = 8192
"""What is remembered of a macro: each option of a bank of 441 questions at each place takes about 6,300."""


class Templates(Environment):
    """Flask's templates, whose globals are all set before the first one is loaded.

    So a template may hold them as a plain dict. Jinja's chain of two is walked in Python at every import and every
    page, which took longer than the question's own HTML.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of one template."""
        return {**self.globals, **(d or {})}


def day(moment: date) -> str:
    """`22 November 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def trusted(html: str) -> Markup:
    """HTML that our own renderer made from a question's text; it escapes everything else itself."""
    return Markup(html)  # noqa: S704 - the one door for rendered question text  # nosec B704


def with_code(text: str) -> Markup:
    """A sentence of ours about a text, with the names of fields that it quotes in backticks as code."""
    return Markup(_QUOTED.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just now  # nosec B704


def job(seniority: str) -> str:
    """A seniority as it is said."""
    return "not sure which seniority" if seniority == UNSURE else seniority


@lru_cache(maxsize=512)
def _fixed(_root: str, endpoint: str, name: str | None = None) -> str:
    """The address of a page that is the same for everyone, put together once for each place the app is served at."""
    return url_for(endpoint, name=name) if name else url_for(endpoint)


def address(endpoint: str, **values: Any) -> str:
    """Flask's `url_for`, but that an address without values is known after its first use.

    One with values alone, nothing for Flask among them (`_external`, `_anchor`), is asked of the URL map itself.
    """
    if not values:
        return _fixed(request.root_path, endpoint)
    adapter = request_ctx.url_adapter
    if adapter is None or endpoint[0] == "." or any(name[0] == "_" for name in values):
        return url_for(endpoint, **values)
    return adapter.build(endpoint, values, force_external=False)


def _address(asset: Asset) -> str:
    return _fixed(request.root_path, "static_files.asset", asset.name)


def keeper() -> Callable[[Macro], Callable[..., str]]:
    """What gives a macro back as one that remembers what it made of the same arguments. It lives with its app.

    The same in type too: HTML of ours equals the text with the same letters, which is yet to be escaped.
    """
    known: dict[Macro, Callable[..., str]] = {}

    def made_once(macro: Macro) -> Callable[..., str]:
        if macro not in known:
            known[macro] = lru_cache(KEPT, typed=True)(macro)
        return known[macro]

    return made_once


def install_filters(app: Flask) -> None:
    """Register filters and globals."""
    app.jinja_env.filters.update(day=day, trusted=trusted, job=job, plural=plural, lower_first=lower_first)
    app.jinja_env.filters.update(code_line=code_line, depth=depth, with_code=with_code, decimal=decimal)
    app.jinja_env.globals["url_for"] = address
    app.jinja_env.globals["stylesheet"] = lambda name="style": _address(the_stylesheet(name))
    app.jinja_env.globals["script"] = lambda name: _address(the_script(name))
    app.jinja_env.globals["made_once"] = keeper()
    app.jinja_env.globals["where"] = lambda attempt: where(attempt.stored.token, attempt.progress)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
