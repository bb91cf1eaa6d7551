"""The log: one JSON object a line. It says what happened, never who it was or what they wrote.

A request is named by its route, not by its address, since addresses hold secrets. A fault is told by its kind
and the places in our code, not by its message, since messages quote what they choked on.
"""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, request

from quiz.web.request import reference

FIELDS = ("request", "route", "method", "status", "ms", "fault", "reason", "deleted")
"""What a record may carry beside its message."""


class JsonFormatter(logging.Formatter):
    """One JSON object for each record."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "message": record.getMessage()}
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "places": _places(record.exc_info[2])}
        return json.dumps(line)


def _places(found: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(found)]


def log_config(level: str = "WARNING") -> dict[str, Any]:
    """The configuration for logging.config: ours, and the server's own messages, as JSON on standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "quiz.web.log.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "quiz": {"level": level, "handlers": ["stderr"], "propagate": False},
            "_granian": {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
            "granian.access": {"level": "ERROR", "handlers": [], "propagate": False},
        },
    }


def install(app: Flask, *, each_request: bool, clock: Callable[[], float] = time.perf_counter) -> None:
    """Log each request where that is wanted."""
    if not each_request:
        return

    def begin() -> None:
        g.began = clock()

    def log(response: Response) -> Response:
        app.logger.info("request", extra=_told(response, clock()))
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(log)


def _told(response: Response, now: float) -> dict[str, Any]:
    return {
        **{"request": reference(), "route": str(request.url_rule or "none"), "method": request.method},
        **{"status": response.status_code, "ms": round(1000 * (now - g.get("began", now)), 1)},
    }
