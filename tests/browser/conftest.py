"""A real Chromium on a real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from quiz.services.taking import OpenAttempt, open_attempt
from quiz.store.engine import Database
from quiz.web.wiring import Wiring
from tests.conftest import Clock, make_app

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000
"""Milliseconds until a wait is given up. A slow machine may need them; where all is well nobody waits so long."""


class QuietHandler(WSGIRequestHandler):
    """Serves without a line per request."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@dataclass(frozen=True)
class Site:
    """A running app: its address, and the app itself to look behind the pages."""

    url: str
    app: Flask

    def address(self, page: Page) -> str:
        """The address of the attempt whose page the browser shows."""
        return f"{self.url}/a/{page.url.split('/a/')[1].split('/')[0]}"

    def attempt(self, page: Page) -> OpenAttempt:
        """The attempt whose page the browser shows."""
        token = self.address(page).rsplit("/", 1)[1]
        cookies = {c.get("name"): c.get("value") for c in page.context.cookies()}
        wiring: Wiring = self.app.extensions["quiz"]
        with wiring.database.reading() as session:
            found = open_attempt(session, wiring.banks, token, str(cookies["__Host-taker"]))
        assert found is not None
        return found


@contextmanager
def running(app: Flask) -> Iterator[Site]:
    """Serve an app on a free port of this machine while the block runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    system = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)
    own = playwright.chromium.executable_path
    if system is None and not Path(own).exists():
        pytest.skip("there is no Chromium: sudo apt-get install chromium")
    found = playwright.chromium.launch(executable_path=system or own, args=FLAGS)
    yield found
    found.close()


@pytest.fixture
def site(sqlite: Database, clock: Clock) -> Iterator[Site]:
    with running(make_app(sqlite, clock, starts_per_day=0)) as found:
        yield found


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Path | None:
    """Where to keep screenshots: `pytest --shots FOLDER`."""
    folder = request.config.getoption("--shots")
    if folder is None:
        return None
    path = Path(str(folder))
    path.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes fresh browsers, as other devices are."""
    made: list[BrowserContext] = []

    def make(width: int = 1280, height: int = 800, **options: Any) -> BrowserContext:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
