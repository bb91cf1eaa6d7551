"""Every blueprint of the editors' room."""

from __future__ import annotations

from quiz.web.admin import account, exchange, front, people, questions

BLUEPRINTS = tuple(module.blueprint for module in (front, account, people, questions, exchange))
