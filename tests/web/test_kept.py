"""What is rendered once for everyone, and what every template may use."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from jinja2 import nodes

from quiz.web.filters import trusted


def label(app: Flask) -> tuple[Any, Any]:
    """A macro, and the same as one that remembers."""
    module: Any = app.jinja_env.from_string("{% macro label(n, text) %}<b>{{ n }}: {{ text }}</b>{% endmacro %}").module
    kept: Any = app.jinja_env.globals["made_once"]
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


def alone(test: Any) -> list[str]:
    """The names whose own truth a condition asks for."""
    match test:
        case nodes.Name():
            return [test.name]
        case nodes.Not():
            return alone(test.node)
        case nodes.And() | nodes.Or():
            return alone(test.left) + alone(test.right)
        case _:
            return []


def always_there(app: Flask, source: str) -> list[str]:
    """The globals that a template asks for as if they might not be there: a view forgot to give it its own value."""
    asked: Any = app.jinja_env.parse(source).find_all((nodes.If, nodes.CondExpr))
    return [name for one in asked for name in alone(one.test) if name in app.jinja_env.globals]


def test_no_template_asks_whether_a_global_is_there(app: Flask) -> None:
    assert len(app.jinja_env.list_templates()) > 40
    for name in app.jinja_env.list_templates():
        assert app.jinja_env.loader
        source, *_ = app.jinja_env.loader.get_source(app.jinja_env, name)
        assert not always_there(app, source), name


@pytest.mark.parametrize("source", ["{% if made_once %}a{% endif %}", "{{ 'a' if made_once and x else 'b' }}"])
def test_one_that_does_is_noticed(app: Flask, source: str) -> None:
    assert always_there(app, source) == ["made_once"]


def test_names_that_a_sentence_quotes_are_code_and_nothing_else_in_it_is_html(app: Flask) -> None:
    said = "needs `id` and `<b>` & more`"
    assert app.jinja_env.from_string("{{ said | with_code }}").render(said=said) == (
        "needs <code>id</code> and <code>&lt;b&gt;</code> &amp; more`"
    )
