"""The gate before the app: only so many requests work at once, a few wait, the rest are told when to come back.

A body is read before its request counts as working. So whoever sends slowly holds a thread and no more: no
database connection, and no place that others need. The probes of operators pass the gate.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from quiz.store.engine import AT_ONCE
from quiz.web.probes import PROBES

BUSY = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Please try again in a moment</title></head>
<body><h1>Please try again in a moment</h1>
<p>Many people are here just now. Nothing that we confirmed is lost. Wait five seconds, then reload this page;
where your browser asks, send the form again: an answer is never kept twice.</p></body></html>
"""
HEADERS = [
    *(("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BUSY)))),
    *(("Retry-After", "5"), ("Cache-Control", "no-store"), ("Content-Security-Policy", "default-src 'none'")),
]
Places = SimpleQueue[None]
LARGEST_BODY = 1024 * 1024
"""A body that says it is larger is not read here; the app refuses it unread."""


@dataclass(frozen=True)
class Limits:
    """Requests of one process: at work, waiting for that, sending a body; and how many seconds one may wait.

    Together they stay below the threads of a process, so that there is always one left to say no.
    """

    working: int = AT_ONCE
    waiting: int = 64
    sending: int = 256
    seconds: float = 5.0


def gate(app: WSGIApplication, limits: Limits, on_refusal: Callable[[], None]) -> WSGIApplication:
    """Wrap an app so that overload is a prompt 503 and passes by itself. `on_refusal` is told of each one."""
    sending = _places(limits.sending)
    admitted = _places(limits.working + limits.waiting)
    working = _places(limits.working)

    def refuse(start_response: StartResponse) -> Iterable[bytes]:
        on_refusal()
        start_response("503 Service Unavailable", HEADERS)
        return [BUSY]

    def gated(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in PROBES:
            return app(environ, start_response)
        if _length(environ) and not _within(sending, lambda: _read_body(environ)):
            return refuse(start_response)
        if not _taken(admitted):
            return refuse(start_response)
        try:
            if not _taken(working, limits.seconds):
                return refuse(start_response)
            try:
                return app(environ, start_response)
            finally:
                working.put(None)
        finally:
            admitted.put(None)

    return gated


def _places(number: int) -> Places:
    """So many free places. A queue, since that is written in C and threading's semaphore is not."""
    places: Places = SimpleQueue()
    for _ in range(number):
        places.put(None)
    return places


def _taken(places: Places, seconds: float = 0) -> bool:
    """Take a place, if one is free within so many seconds; whether there was."""
    try:
        places.get(timeout=seconds)
    except Empty:
        return False
    return True


def _within(places: Places, work: Callable[[], None]) -> bool:
    """Do the work if there is a place; whether there was."""
    if not _taken(places):
        return False
    try:
        work()
    finally:
        places.put(None)
    return True


def _length(environ: WSGIEnvironment) -> int:
    text = str(environ.get("CONTENT_LENGTH") or "")
    length = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    return length if length <= LARGEST_BODY else 0


def _read_body(environ: WSGIEnvironment) -> None:
    """Take the body in. One that ends early stays short of its length, and the app refuses it."""
    left, parts = _length(environ), []
    while left > 0 and (part := environ["wsgi.input"].read(left)):
        parts.append(part)
        left -= len(part)
    environ["wsgi.input"] = io.BytesIO(b"".join(parts))
