"""The routes outside the editors' room, from the URL map: what crawls and matrices go through."""

from __future__ import annotations

import re

from flask import Flask

VARIABLE = re.compile(r"<(?:(\w+):)?(\w+)>")


def of_takers(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and rule of every route outside the editors' room."""
    return [
        (rule.endpoint, method, str(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})
        if not str(rule).startswith("/admin")
    ]


def filled(rule: str, token: str) -> str:
    """The rule's path, with this attempt and some value for everything else."""
    return VARIABLE.sub(lambda found: token if found[2] == "token" else "1" if found[1] == "int" else "x" * 43, rule)
