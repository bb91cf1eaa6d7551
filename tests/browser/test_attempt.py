from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.conftest import Site
from tests.browser.person import (
    fill_by_keyboard,
    follow,
    form_of,
    press_enter,
    questions_until_the_end,
    tab_until,
    tap_through,
)

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, False)], ids=["with script", "without script"])
def test_a_person_gets_from_landing_to_report_with_the_keyboard_alone(
    site: Site, new_context: NewContext, width: int, script: bool
) -> None:
    page = new_context(width=width, java_script_enabled=script).new_page()
    page.goto(site.url)
    tab_until(page, tag="BUTTON", text="Start")
    press_enter(page)
    count = 0
    while page.locator("input[name=question]").count():
        count += 1
        _, form = form_of(site, page, lambda q: q.level in {"guided", "independent"})
        fill_by_keyboard(page, form)
        tab_until(page, tag="BUTTON", text="Continue")
        press_enter(page)
        assert len(site.attempt(page).progress.answers) == count
    assert 15 <= count <= 20
    tab_until(page, tag="BUTTON", text="See my result")
    press_enter(page)
    expect(page.locator("h1")).to_contain_text("Your answers cover")
    expect(page.locator("article.area")).to_have_count(5)
    tab_until(page, tag="A", text="See every question and why")
    press_enter(page)
    expect(page.locator("article.reviewed")).to_have_count(count)


def test_a_person_gets_to_the_report_by_touch_on_the_smallest_phone(site: Site, new_context: NewContext) -> None:
    page = new_context(width=320, height=568, has_touch=True, is_mobile=True).new_page()
    page.goto(site.url)
    follow(page.get_by_role("button", name="Start"), Locator.tap)
    while page.locator("input[name=question]").count():
        assert page.evaluate("() => document.documentElement.scrollWidth") == 320, page.locator("h1").inner_text()
        _, form = form_of(site, page)
        tap_through(page, form)
        follow(page.get_by_role("button", name="Continue"), Locator.tap)
    follow(page.get_by_role("button", name="See my result"), Locator.tap)
    expect(page.locator("article.area")).to_have_count(5)


def test_the_first_option_is_six_tabs_away_at_most(site: Site, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(site.url)
    follow(page.get_by_role("button", name="Start"))
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("() => document.activeElement.matches('.pick input, .typed, select, .place button')")
        )
    assert any(reached)


def test_the_secret_link_goes_on_with_the_same_question_on_another_device(site: Site, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(site.url)
    follow(page.get_by_role("button", name="Start"))
    for count, _ in enumerate(questions_until_the_end(site, page)):
        if count == 4:
            break
    asked = page.locator("h1").inner_text()
    follow(page.get_by_role("link", name="Save and leave"))
    expect(page.locator("h1")).to_contain_text("4 questions answered")
    link = page.get_by_label("Your secret link").input_value()

    phone = new_context(width=390, java_script_enabled=False).new_page()
    phone.goto(link)
    expect(phone.locator("main")).to_contain_text("4 of about 20 questions answered")
    follow(phone.get_by_role("link", name="Continue"))
    expect(phone.locator("h1")).to_have_text(asked, use_inner_text=True)


def test_going_back_and_sending_again_loses_nothing(site: Site, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(site.url)
    follow(page.get_by_role("button", name="Start"))
    for count, _ in enumerate(questions_until_the_end(site, page)):
        if count == 1:
            break
    second = page.locator("h1").inner_text()
    page.go_back()
    page.reload()
    follow(page.get_by_role("link", name="Go to question 2"))
    expect(page.locator("h1")).to_have_text(second, use_inner_text=True)
    assert len(site.attempt(page).progress.answers) == 1


def test_two_tabs_give_one_answer_and_the_second_is_told_so(site: Site, new_context: NewContext) -> None:
    context = new_context()
    one = context.new_page()
    one.goto(site.url)
    follow(one.get_by_role("button", name="Start"))
    two = context.new_page()
    two.goto(one.url)
    _, form = form_of(site, one)
    fill_by_keyboard(one, form)
    follow(one.get_by_role("button", name="Continue"))
    two.locator("[value=unknown]").check(force=True)
    two.get_by_role("button", name="Continue").click()
    expect(two.locator("h1")).to_contain_text("was answered before")
    assert [a.unknown for a in site.attempt(one).progress.answers] == [False]
