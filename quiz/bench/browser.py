"""A walk through the quiz in a real Chromium that has never been there: what it asks for, and how soon one can answer.

Playwright is a dependency of development alone, so it is looked for when it is needed.
"""

from __future__ import annotations

import importlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from quiz.bank import question as q
from quiz.bench.figure import Figure
from quiz.bench.server import HOST, serving
from quiz.services.banks import Banks
from quiz.services.taking import asked_question, open_attempt
from quiz.store.engine import Database, open_database

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
QUESTIONS = 20
"""As many as an attempt has; it may end sooner where everything is clear, and another is walked then."""
WALKS = 4
"""That are tried."""
PATIENCE = 120_000
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000}
"""A slow link: 150 ms to the server and back, 1.6 Mbit/s."""
SLOWER = 4
"""How many times slower the processor of a cheap phone is."""
KILOBYTE = 1024
RESULT = re.compile(r"/a/[^/]+/result$")
ANSWERABLE = """
window.answerable = new Promise((answerable, failed) => {
  setTimeout(() => failed(new Error("there was nothing to answer for a minute")), 60000);
  const look = () => {
    const control = document.querySelector("main form :is(input:not([type=hidden]), select, textarea)");
    if (control && control.getBoundingClientRect().height > 0) answerable(performance.now());
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
"""


Known = tuple[str, str] | None
"""Name and value of the field with the answer; None for who does not know it."""


class NoBrowserError(Exception):
    """There is no playwright or no Chromium on this machine; the message says what to install."""


@dataclass
class Traffic:
    """What a browser sent for and got, cached answers left out, until so many questions were answered.

    `result`: whether the walk came to its result.
    """

    questions: int = 0
    requests: int = 0
    size: int = 0
    script: int = 0
    result: bool = False

    @property
    def whole(self) -> bool:
        """Whether anything was answered, and a result came of it."""
        return self.questions > 0 and self.result


def in_a_browser() -> dict[str, Figure]:
    """The figures, by name. Raises NoBrowserError and ServerError."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        with _browser() as browser, serving(url, 1) as server, closing(open_database(url)) as database:
            site = f"http://{HOST}:{server.port}"
            known = partial(_known, database, Banks())
            with_script = whole_walk(partial(_walk, browser, site, known, script=True))
            without = _walk(browser, site, known, script=False)
            first = _first_control(browser, site)
    return figures(with_script, without, first)


def figures(with_script: Traffic, without: Traffic, first: float) -> dict[str, Figure]:
    """The figures of two walks. That no script is needed is shown by the second, which has a result without any."""
    return {
        "walk_questions": Figure(with_script.questions, "", QUESTIONS),
        "walk_questions_missing": Figure(QUESTIONS - with_script.questions, "", 0),
        "walk_requests": Figure(with_script.requests, "", 50),
        "walk_bytes": Figure(with_script.size, "B", 150 * KILOBYTE),
        "walk_script_bytes": Figure(with_script.script, "B", 10 * KILOBYTE),
        "walk_needed_script_bytes": Figure(without.script, "B", 0),
        "walk_questions_no_script": Figure(without.questions, "", QUESTIONS),
        "walks_without_a_result": Figure(sum(not walk.whole for walk in (with_script, without)), "", 0),
        "first_control_slow_ms": Figure(first, "ms", 800),
    }


@contextmanager
def _browser() -> Iterator[Any]:
    try:
        playwright = importlib.import_module("playwright.sync_api")
    except ImportError:
        raise NoBrowserError("playwright is not installed: pip install -e '.[dev]'") from None
    with playwright.sync_playwright() as found:
        program = next((path for name in PROGRAMS if (path := shutil.which(name))), found.chromium.executable_path)
        if not Path(program).exists():
            raise NoBrowserError("there is no Chromium: sudo apt-get install chromium")
        browser = found.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def whole_walk(walk: Callable[[], Traffic]) -> Traffic:
    """A walk of all questions, or the longest of some: a short one would ask for less and say nothing."""
    found = [walk()]
    while found[-1].questions < QUESTIONS and len(found) < WALKS:
        found.append(walk())
    return max(found, key=lambda one: one.questions)


def _walk(browser: Any, site: str, known: Callable[[Any], Known], *, script: bool) -> Traffic:
    """From the landing page through all questions to the result, in a browser that has never been there.

    By someone who knows about half: for the others every area is clear sooner, and fewer questions are asked.
    """
    context = browser.new_context(java_script_enabled=script)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    traffic = _traffic(context, page)
    page.goto(site)
    _follow(page, page.get_by_role("button", name="Start"))
    while page.locator("form[data-question]").count():
        _answer(page, known(page))
        traffic.questions += 1
    _follow(page, page.get_by_role("button", name="See my result"))
    traffic.result = bool(RESULT.search(page.url)) and page.locator("h1").count() == 1
    context.close()
    return traffic


def _answer(page: Any, known: Known) -> None:
    """Give the answer, or say "I don't know"."""
    if known is None:
        for one in page.locator("input[id$='-unknown']").all():
            one.check()
    elif known[0] == "choice":
        page.locator(f"input[name='choice'][value='{known[1]}']").check()
    else:
        page.locator(f"[name='{known[0]}']").fill(known[1])
    _follow(page, page.get_by_role("button", name="Continue"))


def _known(database: Database, banks: Banks, page: Any) -> Known:
    """The answer to the question on the page, where it is one choice or one text."""
    token = page.url.split("/a/")[1].split("/")[0]
    secret = next(one["value"] for one in page.context.cookies() if one["name"].endswith("taker"))
    with database.look.connect() as connection:
        found = open_attempt(connection, banks, token, secret)
    if found is None or found.progress.current is None:
        return None
    question, arrangement = asked_question(found, found.progress.current)
    match question:
        case q.SingleBody():
            return "choice", str(arrangement.options.index(question.key) + 1)
        case q.LineBody():
            return "choice", str(question.key[0])
        case q.NumberBody():
            return "text", f"{question.key.value}{' %' if question.key.scale == 'percent' else ''}"
        case q.FillBody():
            return "text", question.accept[0]
        case _:
            return None


def _follow(page: Any, button: Any) -> None:
    with page.expect_navigation():
        button.click()


def _traffic(context: Any, page: Any) -> Traffic:
    """Count from now on, as the browser's network panel does."""
    traffic, kinds, kept = Traffic(), {}, set()
    panel = context.new_cdp_session(page)

    def sent(event: Any) -> None:
        """A redirect that was answered is told with the request after it, even where a script does not follow it."""
        kinds[event["requestId"]] = event.get("type")
        if "redirectResponse" in event:
            traffic.requests += 1
            traffic.size += event["redirectResponse"]["encodedDataLength"]

    def cached(event: Any) -> None:
        kept.add(event["requestId"])

    def answered(event: Any) -> None:
        """What the disk's cache answers is told here, what the memory's cache answers by an event before."""
        if event["response"].get("fromDiskCache"):
            kept.add(event["requestId"])
        if event["requestId"] not in kept:
            traffic.requests += 1

    def whole(event: Any) -> None:
        if event["requestId"] not in kept:
            traffic.size += event["encodedDataLength"]
            traffic.script += event["encodedDataLength"] if kinds.get(event["requestId"]) == "Script" else 0

    panel.on("Network.requestWillBeSent", sent)
    panel.on("Network.requestServedFromCache", cached)
    panel.on("Network.responseReceived", answered)
    panel.on("Network.loadingFinished", whole)
    panel.send("Network.enable")
    return traffic


def _first_control(browser: Any, site: str) -> float:
    """Milliseconds until the first question can be answered, opened by its address on a slow link."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(site)
    _follow(page, page.get_by_role("button", name="Start"))
    cookies, address = context.cookies(), page.url
    context.close()
    context = browser.new_context()
    context.add_cookies(cookies)
    page = context.new_page()
    panel = context.new_cdp_session(page)
    panel.send("Network.enable")
    panel.send("Network.emulateNetworkConditions", SLOW)
    panel.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(ANSWERABLE)
    page.goto(address, timeout=PATIENCE)
    found = float(page.evaluate("() => window.answerable"))  # waited for; our policy forbids to wait by eval
    context.close()
    return found
