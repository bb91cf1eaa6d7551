from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Dialog, expect

from tests.browser.conftest import Site
from tests.browser.person import follow
from tests.browser.test_editors_day import NAME, PASSWORD, TITLE, check, come_in, signed_in

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
DOWNLOADS = {"/admin/exchange/questions.zip", "/admin/exchange/questions.csv", "/admin/audit/log.jsonl"}
FILLED = {
    "/admin/framework/<kind>/<name>": (
        *("profile/machine-learning-engineer", "resources/programming", "hours/mathematics"),
        "resources/soft-skills?as=yaml",
    ),
    "/admin/questions": ("/admin/questions?area=programming", "/admin/questions?q=nothing-like-it"),
    "/admin/questions/<name>/edit": (f"{NAME}/edit", f"{NAME}/edit?as=yaml"),
}
"""What stands for a rule where one address is not enough; short ones follow the rule's own beginning."""
VALUES = {"<name>": NAME, "<token>": "x" * 43, "<int:number>": "1"}
HOSTILE = "\"'><script>alert(1)</script><img src=hostile onerror=alert(2)>"


def addresses(app: Flask) -> Iterator[str]:
    """An address of every page of the editors' room, from the URL map, so that a new page can't be forgotten."""
    rules = sorted(str(rule) for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    for rule in rules:
        if rule.startswith("/admin") and rule not in DOWNLOADS:
            for short in FILLED.get(rule, (rule,)):
                path = short if short.startswith("/") else rule.split("<", maxsplit=1)[0] + short
                for variable, value in VALUES.items():
                    path = path.replace(variable, value)
                assert "<" not in path, f"say in FILLED or VALUES what stands for the variables of {path}"
                yield path


@pytest.mark.sweep
def test_every_page_of_the_url_map_is_sound_in_light_and_dark_wide_and_narrow(
    site: Site, new_context: NewContext, shots: Path | None
) -> None:
    page = signed_in(site, new_context(), "ada", "admin")
    for path in addresses(site.app):
        answer = page.goto(site.url + path)
        assert answer is not None
        assert answer.status in {200, 410}, path
        check(page, path.removeprefix("/admin").strip("/").replace("/", "-").replace("?", "-") or "front", shots)


@pytest.mark.sweep
def test_a_script_in_every_field_runs_nowhere(site: Site, new_context: NewContext) -> None:
    page = signed_in(site, new_context(), "ada", "admin")
    opened: list[str] = []

    def note(dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            opened.append(dialog.message)
        dialog.accept()

    page.on("dialog", note)
    page.goto(f"{site.url}/admin/questions/{NAME}/edit")
    fill = (
        "(text) => document.querySelectorAll('#sheet textarea, #sheet input[type=text]').forEach(f => f.value = text)"
    )
    page.evaluate(fill, HOSTILE)
    follow(page.get_by_role("button", name="Save draft"))
    expect(page.get_by_role("alert")).to_contain_text("mend what is marked")
    follow(page.get_by_role("button", name="Discard what I typed"))
    for label in ("Stem", "Notes for colleagues"):
        page.get_by_label(label).fill(f"What is done first? {HOSTILE}")
    follow(page.get_by_role("button", name="Save draft"))
    page.get_by_label("Your comment").fill(HOSTILE)
    follow(page.get_by_role("button", name="Add the comment"))
    for path in addresses(site.app):
        page.goto(site.url + path)
        for frame in page.frames:
            assert frame.locator("img[src=hostile]").count() == 0, path
    assert opened == []


def test_a_line_of_a_message_selects_that_line_of_the_text(site: Site, new_context: NewContext) -> None:
    page = signed_in(site, new_context(), "ada", "editor")
    page.goto(f"{site.url}/admin/questions/{NAME}/edit?as=yaml")
    text = page.get_by_label("The question as YAML")
    text.fill(text.input_value().replace("level: guided", "level: hard"))
    follow(page.get_by_role("button", name="Save draft"))
    page.get_by_role("alert").get_by_role("link", name="Line 4").click()
    expect(text).to_be_focused()
    chosen = text.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert chosen == "level: hard"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_what_was_typed_survives_being_signed_out(site: Site, new_context: NewContext, script: bool) -> None:
    page = come_in(site, new_context(java_script_enabled=script), "ada", "editor")
    page.goto(f"{site.url}/admin/questions/{NAME}/edit")
    page.get_by_label("Title", exact=True).first.fill(TITLE)
    page.context.clear_cookies()
    follow(page.get_by_role("button", name="Check and preview"))
    expect(page.locator("h1")).to_contain_text("You are signed out")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))
    follow(page.get_by_role("button", name="Go on"))
    expect(page.get_by_label("Title", exact=True).first).to_have_value(TITLE)


def test_the_link_for_a_colleague_stands_there_whole_and_is_copied(site: Site, new_context: NewContext) -> None:
    page = signed_in(site, new_context(permissions=["clipboard-read", "clipboard-write"]), "ada", "admin")
    page.goto(f"{site.url}/admin/people")
    page.get_by_label("Name").fill("bob")
    follow(page.get_by_role("button", name="Add"))
    expect(page.locator("#link")).to_contain_text(re.compile(rf"^{re.escape(site.url)}/admin/welcome/[\w-]{{43}}$"))
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
