"""The pages around the questions: sound everywhere, and within their budget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.looks import check_everywhere, cost
from tests.browser.person import follow, form_of, send_form

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]


@pytest.mark.sweep
def test_the_pages_around_the_questions_are_sound_everywhere_and_light(
    site: Site, new_context: NewContext, shots: Path | None
) -> None:
    page = new_context().new_page()
    page.goto(f"{site.url}/setup")
    light(page, 200)
    page.get_by_label("First say where you would place yourself").check(force=True)
    follow(page.get_by_role("button", name="Start"))
    expect(page.locator("h1")).to_have_text("Where would you place yourself?")
    address = site.address(page)
    check_everywhere(page, "rating", shots)
    light(page, 200)
    follow(page.get_by_role("link", name="Skip this"))
    send_form(page, form_of(site, page)[1])
    follow(page.get_by_role("link", name="See my last answer"))
    check_everywhere(page, "answered", shots)
    light(page, 200)
    page.goto(site.url)
    check_everywhere(page, "landing-welcome-back", shots)
    page.goto(site.url)
    light(page, 150)
    for path in (f"{address}/pause", f"{site.url}/my/data"):
        page.goto(path)
        light(page, 150, script=1024)
    page.goto(f"{address}/problem/1")
    check_everywhere(page, "problem", shots)
    light(page, 150)
    follow(page.get_by_role("button", name="Send the report"))
    expect(page.locator(".summary")).to_be_focused()
    check_everywhere(page, "problem-error", shots)
    page.get_by_label("I don't understand what it asks").check(force=True)
    follow(page.get_by_role("button", name="Send the report"))
    expect(page.locator("h1")).to_have_text("Your report on question 1 is stored")
    check_everywhere(page, "problem-stored", shots)


def light(page: Page, nodes: int, script: int = 0) -> None:
    """The budget of a page with at most a tiny script: two requests beside it, 8 KB, nothing moves as it loads."""
    paid = cost(page, page.url)
    assert paid.requests <= (3 if script else 2), page.url
    assert paid.size <= 8 * 1024, page.url
    assert paid.script <= script, page.url
    assert paid.shift == 0, page.url
    assert paid.nodes <= nodes, page.url
