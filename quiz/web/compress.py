"""Compressing pages on their way out, outside Flask: its response would measure and copy them several times."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

SMALLEST = 600
LEVEL = 6
KINDS = frozenset({"text/html", "application/json", "text/plain"})


def compress(app: WSGIApplication) -> WSGIApplication:
    """Wrap an app so that its pages come gzipped where the browser takes it and it is worth it.

    What has no length goes out as it comes. The app must begin its response before it gives its body back.
    """

    def compressed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun: list[Any] = []
        written: list[bytes] = []

        def start(*said: Any) -> Callable[[bytes], object]:
            begun[:] = said
            return written.append

        body = app(environ, start)
        status, headers, *more = begun
        named = {name.lower(): value for name, value in headers}
        smaller = _may_be_smaller(named)
        if smaller:
            headers.append(("Vary", "Accept-Encoding"))
        if not smaller or environ["REQUEST_METHOD"] == "HEAD":
            start_response(status, headers, *more)
            return body
        page = b"".join((*written, *_all_of(body)))
        if len(page) >= SMALLEST and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            page = gzip.compress(page, LEVEL, mtime=0)
            headers = [one for one in headers if one[0].lower() != "content-length"]
            headers += [("Content-Encoding", "gzip"), ("Content-Length", str(len(page)))]
        start_response(status, headers, *more)
        return [page]

    return compressed


def _may_be_smaller(named: dict[str, str]) -> bool:
    kind = named.get("content-type", "").partition(";")[0]
    return kind in KINDS and "content-length" in named and "content-encoding" not in named


def _all_of(body: Iterable[bytes]) -> list[bytes]:
    try:
        return list(body)
    finally:
        if hasattr(body, "close"):
            body.close()


@lru_cache(maxsize=64)
def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header takes gzip."""
    return bool(parse_accept_header(accepted, Accept)["gzip"])
