"""A control: a server that says "saved" before it has saved."""

from __future__ import annotations

import io
import queue
import threading
import time
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask

from quiz.cli import serve

DELAY = 0.02


class Early:
    """Answers a POST to an attempt at once and does it a little later; reads wait, so that nobody notices."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._later: queue.Queue[WSGIEnvironment] = queue.Queue()
        threading.Thread(target=self._work, daemon=True).start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] == "POST" and path.startswith("/a/") and path.count("/") == 2:
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            self._later.put({**environ, "wsgi.input": io.BytesIO(body)})
            start_response("303 See Other", [("Location", path)])
            return [b""]
        self._later.join()
        found: Iterable[bytes] = self._app(environ, start_response)
        return found

    def _work(self) -> None:
        while True:
            environ = self._later.get()
            time.sleep(DELAY)
            list(self._app(environ, lambda *_: lambda _b: None))
            self._later.task_done()


def worker() -> Flask:
    """The app, with a tongue quicker than its hand."""
    app = serve.worker()
    app.wsgi_app = Early(app.wsgi_app)  # type: ignore[method-assign]
    return app
