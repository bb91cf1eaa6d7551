"""Every blueprint of the editors' room."""

from __future__ import annotations

from quiz.web.admin import (
    account,
    audit,
    beginning,
    editor,
    exchange,
    framework,
    front,
    people,
    question,
    questions,
    review,
    statistics,
    versions,
)

MODULES = (
    front,
    account,
    people,
    questions,
    beginning,
    editor,
    question,
    review,
    versions,
    audit,
    exchange,
    statistics,
    framework,
)
BLUEPRINTS = tuple(module.blueprint for module in MODULES)
