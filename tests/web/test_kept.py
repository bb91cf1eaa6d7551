"""What is rendered once for everyone."""

from __future__ import annotations

from typing import Any

from flask import Flask

from quiz.web.filters import trusted


def label(app: Flask) -> tuple[Any, Any]:
    """A macro, and the same as one that remembers."""
    module: Any = app.jinja_env.from_string("{% macro label(n, text) %}<b>{{ n }}: {{ text }}</b>{% endmacro %}").module
    kept: Any = app.jinja_env.globals["kept"]
    return module.label, kept(module.label)


def test_a_remembered_macro_is_made_once(app: Flask) -> None:
    macro, kept = label(app)
    assert kept(1, "x & y") == macro(1, "x & y")
    assert kept(1, "x & y") is kept(1, "x & y")
    assert kept(2, "x & y") != kept(1, "x & y")


def test_text_is_escaped_though_html_with_the_same_letters_was_remembered(app: Flask) -> None:
    _, kept = label(app)
    assert kept(1, trusted("x < y")) == "<b>1: x < y</b>"
    assert kept(1, "x < y") == "<b>1: x &lt; y</b>"
