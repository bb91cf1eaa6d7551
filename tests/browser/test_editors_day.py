from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from quiz.services.accounts import CONSOLE, add_user
from quiz.services.life import CHECKLIST
from quiz.web.wiring import Wiring
from tests.browser.conftest import Site
from tests.browser.looks import check_everywhere, problems
from tests.browser.person import follow
from tests.editor import login

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
NAME, TITLE = "password-in-notebook", "A password that many can read"
PASSWORD = "four unrelated words"


def come_in(site: Site, context: BrowserContext, name: str, role: str) -> Page:
    """Someone new opens the one-time link and chooses a password."""
    wiring: Wiring = site.app.extensions["quiz"]
    with wiring.database.writing() as session:
        token = add_user(session, CONSOLE, name, role, wiring.clock())
    page = context.new_page()
    page.goto(f"{site.url}/admin/welcome/{token}")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    follow(page.get_by_role("button", name="Save and sign in"))
    expect(page.locator("main")).to_contain_text(f"You are {name}, {role}")
    return page


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_an_editors_day(site: Site, new_context: NewContext, script: bool) -> None:
    taker = new_context().new_page()
    taker.goto(site.url)
    follow(taker.get_by_role("button", name="Start"))
    before = site.attempt(taker).bank.number

    ada = come_in(site, new_context(java_script_enabled=script), "ada", "editor")
    follow(ada.get_by_role("link", name="All questions"))
    ada.get_by_label("Search in text").fill("password notebook")
    follow(ada.get_by_role("button", name="Search"))
    follow(ada.get_by_role("link", name="A password in a shared notebook"))
    follow(ada.get_by_role("link", name="Edit", exact=True))
    ada.get_by_label("Stem").fill("A password stands in a notebook. Which of these is not a good first step?")
    ada.get_by_label("Title", exact=True).first.fill(TITLE)
    if not script:
        follow(ada.get_by_role("button", name="Check and preview"))
    expect(ada.locator("#points-title")).to_have_text("1 thing before this can go live")
    expect(ada.frame_locator(".phone.light").locator("h1")).to_have_text(TITLE)
    ada.get_by_label("Stem").fill("A password stands in a notebook that others read. What do you do first?")
    follow(ada.get_by_role("button", name="Add an option"))
    follow(ada.get_by_role("button", name="Remove option 5"))
    expect(ada.locator("#points-title")).to_have_text("Nothing keeps this from going live")
    follow(ada.get_by_role("button", name="Save draft"))
    follow(ada.get_by_role("button", name="Send to review"))
    expect(ada.get_by_role("status")).to_have_text("Sent to review.")

    bob = come_in(site, new_context(java_script_enabled=script), "bob", "reviewer")
    follow(bob.get_by_role("link", name="Review", exact=True))
    follow(bob.get_by_role("link", name=TITLE))
    bob.get_by_label("Or say what to change").fill("Say how many can read it.")
    follow(bob.get_by_role("button", name="Ask for this change"))
    ada.reload()
    expect(ada.locator("main")).to_contain_text("Say how many can read it.")
    follow(ada.get_by_role("link", name="Edit", exact=True))
    ada.get_by_label("Stem").fill("A password stands in a notebook that 200 people read. What do you do first?")
    follow(ada.get_by_role("button", name="Save draft"))
    follow(ada.get_by_role("button", name="Send to review"))
    bob.reload()
    for sentence in CHECKLIST.values():
        bob.get_by_label(sentence).check()
    follow(bob.get_by_role("button", name="Approve"))
    follow(bob.get_by_role("button", name="Publish as bank version 2"))
    expect(bob.get_by_role("status")).to_contain_text("Published.")

    taker.reload()
    assert site.attempt(taker).bank.number == before
    late = new_context().new_page()
    late.goto(site.url)
    follow(late.get_by_role("button", name="Start"))
    bank = site.attempt(late).bank
    assert bank.number == before + 1
    assert next(live.question.title for live in bank.live if live.question.id == NAME) == TITLE


def test_leaving_unsaved_words_asks_first(site: Site, new_context: NewContext) -> None:
    page = signed_in(site, new_context(), "ada", "editor")
    page.goto(f"{site.url}/admin/questions/{NAME}/edit")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    follow(page.get_by_role("link", name="Review", exact=True))
    assert asked == []
    page.goto(f"{site.url}/admin/questions/{NAME}/edit")
    page.get_by_label("Notes for colleagues").fill("Think of the backups too.")
    follow(page.get_by_role("link", name="Review", exact=True))
    expect(page.locator("h1")).to_contain_text("to read")
    assert asked == ["beforeunload"]


def signed_in(site: Site, context: BrowserContext, name: str, role: str) -> Page:
    """A browser in which someone is signed in."""
    wiring: Wiring = site.app.extensions["quiz"]
    _, token = login(wiring.database, name, role, wiring.clock())
    url = site.url.replace("http:", "https:")
    context.add_cookies([{"name": "__Host-editor", "value": token, "url": url, "secure": True}])
    return context.new_page()


def check(page: Page, name: str, shots: Path | None) -> None:
    """Wide and light, narrow and dark, and no scrolling sideways at 320 px; everything where shots are kept."""
    if shots is not None:
        check_everywhere(page, f"admin-{name}", shots)
        return
    for scheme, width in (("light", 1280), ("dark", 390)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        found = problems(page)
        assert not found, f"{name}, {scheme}, {width} px: {found}"
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320, name
    page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.sweep
def test_what_an_editor_meets_on_the_way_is_sound_everywhere(
    site: Site, new_context: NewContext, shots: Path | None
) -> None:
    page = signed_in(site, new_context(), "ada", "admin")
    page.goto(f"{site.url}/admin/questions/{NAME}/edit")
    page.get_by_label("Expected time in seconds").fill("soon")
    page.get_by_label("Title", exact=True).first.fill(TITLE)
    follow(page.get_by_role("button", name="Save draft"))
    check(page, "editor-error", shots)
    page.get_by_label("Expected time in seconds").fill("50")
    follow(page.get_by_role("button", name="Save draft"))
    follow(page.get_by_role("link", name="All texts (2)"))
    check(page, "diff", shots)
    page.goto(f"{site.url}/admin/audit")
    page.get_by_text("What changed").first.click()
    check(page, "audit-open", shots)
    page.goto(f"{site.url}/admin/questions/{NAME}")
    page.get_by_label("Why").fill("Two answers hold.")
    follow(page.get_by_role("button", name="Withdraw it as wrong"))
    check(page, "stop", shots)
    page.goto(f"{site.url}/admin/people")
    page.get_by_label("Name").fill("bob")
    follow(page.get_by_role("button", name="Add"))
    check(page, "invited", shots)
