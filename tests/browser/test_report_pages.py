"""The report and all that leads away from it, as a browser shows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from quiz.simulate.samples import SAMPLES
from tests.browser.conftest import Site
from tests.browser.looks import check_everywhere, cost
from tests.browser.person import follow, press_enter
from tests.browser.test_pages import knows_by_turns
from tests.taker import Knows, answer_all, begin, finish, hidden_fields

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]

REPORT_BYTES, REPORT_ELEMENTS = 20 * 1024, 500


def finished(site: Site, context: BrowserContext, knows: Knows | None = None) -> str:
    """The address of a finished attempt that the browser owns."""
    client = site.app.test_client()
    address = begin(client, length="15")
    token = hidden_fields(client.get(f"{address}/rate").get_data(as_text=True))["csrf_token"]
    client.post(f"{address}/rate", data={"csrf_token": token, "programming": "3", "mathematics": "1"})
    answer_all(site.app, client, address, knows or knows_by_turns())
    finish(client, address)
    cookie = client.get_cookie("__Host-taker")
    assert cookie is not None
    context.add_cookies(
        [{"name": "__Host-taker", "value": cookie.value, "domain": "127.0.0.1", "path": "/", "secure": True}]
    )
    return site.url + address


def test_the_report_is_light_and_can_be_used_without_a_mouse_or_script(site: Site, new_context: NewContext) -> None:
    context = new_context(java_script_enabled=True)
    address = finished(site, context)
    page = context.new_page()
    paid = cost(page, f"{address}/result")
    assert paid.requests <= 3
    assert paid.size <= REPORT_BYTES
    assert paid.nodes <= REPORT_ELEMENTS
    assert 0 < paid.script <= 1024
    assert paid.shift == 0
    use_the_plan(page)
    share_and_close(page, new_context)


def use_the_plan(page: Page) -> None:
    """Hours, a mistake, a tick, a move, what one has: by the keyboard."""
    page.get_by_label("Hours a week").press("Control+A")
    page.keyboard.type("ten")
    press_enter(page)
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text("whole number")
    expect(page.get_by_label("Hours a week")).to_have_value("ten")
    page.get_by_label("Hours a week").fill("12")
    press_enter(page)
    expect(page.locator("#plan ~ .hint").first).to_contain_text("12 hours a week")
    page.get_by_role("button", name="Tick off").first.focus()
    press_enter(page)
    expect(page.get_by_role("button", name="Not done yet")).to_have_count(1)
    second = page.locator(".plan > li h3").nth(1).inner_text().split(",")[0]
    page.get_by_role("button", name="Move up").first.focus()
    press_enter(page)
    expect(page.locator(".plan > li h3").first).to_contain_text(second)
    page.get_by_label("A project of your own that others can run").press("Space")
    page.get_by_role("button", name="Show my path").focus()
    press_enter(page)
    expect(page.get_by_role("heading", name="A project that others can run you have it")).to_have_count(1)
    follow(page.get_by_role("link", name="Back to the plan"))


def share_and_close(page: Page, new_context: NewContext) -> None:
    """A link opens in a browser without cookies, and is gone once it is closed."""
    follow(page.get_by_role("link", name="Keep or share"))
    page.get_by_label("Verdicts and levels").check(force=True)
    follow(page.get_by_role("button", name="Make a link"))
    link = page.get_by_label(re.compile("^Verdicts and levels, made on")).input_value()
    visitor = new_context()
    seen = visitor.new_page()
    seen.goto(link)
    expect(seen.get_by_role("heading", level=1)).to_have_text(re.compile("^These answers cover"))
    assert visitor.cookies() == []
    follow(page.get_by_role("button", name="Close this link"))
    assert (answer := seen.reload()) is not None
    assert answer.status == 410


@pytest.mark.sweep
def test_every_page_around_the_report_is_sound_everywhere(
    site: Site, new_context: NewContext, shots: Path | None
) -> None:
    context = new_context()
    address = finished(site, context)
    page = context.new_page()
    page.goto(f"{address}/share")
    follow(page.get_by_role("button", name="Make a link"))
    check_everywhere(page, "keep", shots)
    link = page.get_by_label(re.compile("^All with the plan")).input_value()
    for name, path in (
        ("report", f"{address}/result"),
        ("compare", f"{address}/compare"),
        ("path", f"{address}/plan/path"),
        ("shared", link),
        ("history", f"{site.url}/my/history"),
        ("job", f"{site.url}/job"),
        ("example", f"{site.url}/example"),
    ):
        page.goto(path)
        page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
        check_everywhere(page, name, shots)


def test_a_shared_copy_and_the_file_print_on_two_pages_with_addresses(
    site: Site, new_context: NewContext, tmp_path: Path
) -> None:
    context = new_context()
    address = finished(site, context)
    page = context.new_page()
    with page.expect_download() as download:
        page.goto(f"{site.url}/job")
        page.evaluate("address => { location.href = address; }", f"{address}/result.html")
    file = tmp_path / "result.html"
    download.value.save_as(file)
    offline = new_context(offline=True).new_page()
    offline.goto(file.as_uri())
    assert offline.evaluate("() => getComputedStyle(document.body).marginTop") == "0px", "it brings its own style"
    assert sheets(offline) <= 2
    for who in SAMPLES:
        page.goto(f"{site.url}/example/{who}")
        assert sheets(page) <= 2, who
    offline.emulate_media(media="print")
    shown = offline.evaluate(
        "() => getComputedStyle(document.querySelector('.resources a[href^=http]'), '::after').content"
    )
    assert "http" in shown
    hours = offline.locator(".plan > li > .hint")
    assert hours.count() > 0
    assert all(one.is_visible() for one in hours.all()), "what makes the hours of a step add up is printed too"


@pytest.mark.parametrize("knows", [knows_by_turns(), lambda _: False], ids=["some", "nothing"])
def test_ones_own_result_prints_on_two_pages(site: Site, new_context: NewContext, knows: Knows) -> None:
    context = new_context()
    address = finished(site, context, knows)
    page = context.new_page()
    page.goto(f"{address}/result")
    assert page.locator(".plan .resources + .hint").count() > 0
    assert sheets(page) <= 2


def sheets(page: Page) -> int:
    """On how many sheets of A4 a page prints."""
    return len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4", prefer_css_page_size=True)))
