from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from quiz.store.engine import Database
from tests.browser.conftest import Site, running
from tests.browser.made import load, open_question
from tests.browser.person import follow
from tests.conftest import Clock, make_app

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
KEPT = "Your answer is kept here"
WEEK = 7 * 86_400


@pytest.fixture
def made_site(sqlite: Database, clock: Clock) -> Iterator[Site]:
    """A site with one made-up question of each type."""
    app = make_app(sqlite, clock, starts_per_day=0)
    load(app)
    with running(app) as found:
        yield found


@pytest.fixture
def page(new_context: NewContext) -> Page:
    return new_context().new_page()


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Continue")


def answered(site: Site, page: Page) -> list[object]:
    return [dict(answer.response) for answer in site.attempt(page).progress.answers]


@contextmanager
def broken(page: Page, how: Callable[[Route], None]) -> Iterator[None]:
    """While the block runs, every answer that is sent meets this fate."""
    address = re.compile(r"/q/\d+$")

    def route(found: Route) -> None:
        if found.request.method == "POST":
            how(found)
        else:
            found.continue_()

    page.route(address, route)
    yield
    page.unroute(address)


def cut_before_the_server(route: Route) -> None:
    route.abort("internetdisconnected")


def cut_after_the_server(route: Route) -> None:
    route.fetch(max_redirects=0)
    route.abort("connectionreset")


def busy(route: Route) -> None:
    route.fulfill(status=503, body="<h1>Please try again in a moment</h1>", content_type="text/html")


@pytest.mark.parametrize(
    ("fate", "stored", "said"),
    [(cut_before_the_server, 0, "not reach"), (cut_after_the_server, 1, "not reach"), (busy, 0, "could not save")],
    ids=["the request is lost", "the reply is lost", "the server is busy"],
)
def test_a_connection_lost_while_sending_keeps_the_page_and_the_next_press_gives_one_answer(
    made_site: Site, page: Page, fate: Callable[[Route], None], stored: int, said: str
) -> None:
    open_question(made_site, page, "number")
    page.get_by_label("Your answer").fill("60")
    with broken(page, fate):
        button(page).click()
        expect(page.locator(".kept")).to_contain_text(KEPT)
        expect(page.locator(".kept")).to_contain_text(said)
    expect(page.get_by_label("Your answer")).to_have_value("60")
    assert len(answered(made_site, page)) == stored
    follow(button(page))
    assert answered(made_site, page) == [{"text": "60"}]
    expect(page.locator(".where")).to_contain_text("question 2")


def test_offline_the_choice_is_kept_said_so_and_there_after_the_page_was_closed(made_site: Site, page: Page) -> None:
    open_question(made_site, page, "multiple")
    page.context.set_offline(offline=True)
    expect(page.locator(".kept")).to_contain_text("You are offline")
    page.locator("[name=choices]").nth(1).check(force=True)
    page.locator("[name=guessing]").check(force=True)
    button(page).click()
    expect(page.locator(".kept")).to_contain_text(KEPT)
    assert answered(made_site, page) == []
    page.context.set_offline(offline=False)
    expect(page.locator(".kept")).to_contain_text("connected again")
    page.reload()
    expect(page.locator("[name=choices]").nth(1)).to_be_checked()
    expect(page.locator("[name=guessing]")).to_be_checked()
    expect(page.locator("[name=choices]").nth(0)).not_to_be_checked()
    follow(button(page))
    assert made_site.attempt(page).progress.answers[0].guessing
    expect(page.locator("[name=guessing]"), "what was kept belongs to its question alone").not_to_be_checked()


def test_without_script_a_lost_connection_costs_nothing_that_was_saved(
    made_site: Site, new_context: NewContext
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    open_question(made_site, page, "single")
    address = page.url
    page.locator("[name=choice]").first.check(force=True)
    with broken(page, cut_after_the_server):
        button(page).click()
        expect(page).to_have_url("chrome-error://chromewebdata/")
    page.goto(address)
    expect(page.locator(".where")).to_contain_text("answered")
    assert len(answered(made_site, page)) == 1


def test_an_impatient_double_click_gives_one_answer(made_site: Site, new_context: NewContext) -> None:
    for script in (True, False):
        page = new_context(java_script_enabled=script).new_page()
        open_question(made_site, page, "single")
        page.locator("[name=choice]").first.check(force=True)
        button(page).dblclick()
        expect(page.locator(".where")).to_contain_text("question 2 ")
        assert len(answered(made_site, page)) == 1


def test_back_shows_the_earlier_answer_to_be_read_only_and_forward_goes_on(made_site: Site, page: Page) -> None:
    open_question(made_site, page, "single")
    button(page).click()
    expect(page.locator(".summary")).to_be_focused()
    chosen = page.locator("label[for=choice-2]").inner_text()
    page.locator("#choice-2").check(force=True)
    follow(button(page))
    second = page.locator("h1").inner_text()
    page.go_back()
    expect(page.locator(".where")).to_contain_text("question 1 · answered")
    expect(page.locator(".offered .mine")).to_contain_text(chosen)
    expect(page.locator("main input, main button")).to_have_count(0)
    follow(page.get_by_role("link", name="Go to question 2"))
    expect(page.locator("h1")).to_have_text(second, use_inner_text=True)


def test_two_tabs_that_send_at_once_give_one_answer(made_site: Site, page: Page) -> None:
    open_question(made_site, page, "single")
    asked = page.locator("h1").inner_text()
    other = page.context.new_page()
    other.goto(page.url)
    for tab, place in ((page, "1"), (other, "2")):
        tab.locator(f"#choice-{place}").check(force=True)
    for tab in (page, other):
        tab.evaluate("() => { setTimeout(() => document.querySelector('main button:not([type])').click(), 50); }")
    for tab in (page, other):
        expect(tab.locator("h1")).not_to_have_text(asked, use_inner_text=True)
    (told,) = (tab for tab in (page, other) if "answered before" in tab.locator("h1").inner_text())
    assert len(answered(made_site, page)) == 1
    follow(told.get_by_role("link", name="See the answer that stands"))
    expect(told.locator(".offered .mine")).to_have_count(1)


def test_a_form_that_was_open_for_a_week_still_works(made_site: Site, page: Page, clock: Clock) -> None:
    open_question(made_site, page, "fill")
    page.get_by_label("Your answer").fill("2")
    clock.forward(WEEK)
    follow(button(page))
    assert answered(made_site, page) == [{"text": "2"}]


def test_a_form_with_another_browser_s_token_comes_back_with_the_answer(made_site: Site, page: Page) -> None:
    open_question(made_site, page, "fill")
    page.get_by_label("Your answer").fill("2")
    page.locator("[name=csrf_token]").evaluate("field => { field.value = 'another' }")
    button(page).click()
    expect(page.locator(".summary")).to_contain_text("Your answer is still here")
    expect(page.get_by_label("Your answer")).to_have_value("2")
    follow(button(page))
    assert answered(made_site, page) == [{"text": "2"}]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(url: str, port: int, folder: Path) -> subprocess.Popen[bytes]:
    """Start the real server and wait until it is ready."""
    environment = os.environ | {"QUIZ_DATABASE_URL": url, "QUIZ_DATA": str(folder)}
    command = [str(Path(sys.executable).with_name("quiz")), "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    for _ in range(300):
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return process
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not become ready")


def test_a_server_that_is_killed_and_started_again_goes_on_with_the_same_question(
    sqlite_url: str, page: Page, tmp_path: Path
) -> None:
    port = free_port()
    server = serve(sqlite_url, port, tmp_path)
    try:
        page.goto(f"http://127.0.0.1:{port}/")
        follow(page.get_by_role("button", name="Start"))
        page.locator("[value=unknown]").first.check(force=True)
        follow(button(page))
        second = page.locator("h1").inner_text()
        page.locator("[value=unknown]").first.check(force=True)
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        button(page).click()
        expect(page.locator(".kept")).to_contain_text(KEPT)
        server = serve(sqlite_url, port, tmp_path)
        expect(page.locator("h1")).to_have_text(second, use_inner_text=True)
        follow(button(page))
        expect(page.locator(".where")).to_contain_text("question 3 of")
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
