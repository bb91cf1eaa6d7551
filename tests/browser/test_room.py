from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.answered import answered, newest
from tests.browser.conftest import Site
from tests.browser.person import follow
from tests.browser.test_editors_day import check, signed_in
from tests.services.test_exchange import changed
from tests.services.test_statistics import PEOPLE, asked, reply

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]


@pytest.mark.sweep
def test_import_statistics_and_profiles_are_sound_everywhere_and_need_no_script(
    site: Site, new_context: NewContext, shots: Path | None, tmp_path: Path
) -> None:
    database = site.app.extensions["quiz"].database
    three = asked(newest(database))
    answered(database, newest(database), three, range(PEOPLE), reply)
    page = signed_in(site, new_context(), "ada", "admin")

    page.goto(f"{site.url}/admin/questions/{three[0].question.id}/statistics")
    follow(page.get_by_role("button", name="Count the newest answers now"))
    page.get_by_text("The curve, with what people got").click()
    expect(page.get_by_role("img")).to_be_visible()
    check(page, "statistics", shots)

    page.goto(f"{site.url}/admin/framework")
    check(page, "framework", shots)
    follow(page.get_by_role("link", name="Machine Learning Engineer"))
    weight = page.get_by_label("Weight of Programming", exact=True)
    weight.fill("lots")
    follow(page.get_by_role("button", name="Show what it would do"))
    to_its_field = page.get_by_role("alert").get_by_role("link")
    to_its_field.click()
    expect(weight).to_be_focused()
    check(page, "framework-error", shots)
    weight.fill("0.2")
    page.get_by_label("Target, junior in Programming", exact=True).fill("1.0")
    follow(page.get_by_role("button", name="Show what it would do"))
    expect(page.get_by_role("heading", name="There are no results yet")).to_be_visible()
    check(page, "framework-effect", shots)

    plain = signed_in(site, new_context(java_script_enabled=False), "ed", "editor")
    sent = tmp_path / "questions.zip"
    sent.write_bytes(changed().data)
    plain.goto(f"{site.url}/admin/exchange")
    plain.get_by_label("File").set_input_files(sent)
    follow(plain.get_by_role("button", name="Show what it would do"))
    follow(plain.get_by_role("button", name="Import 1 draft"))
    expect(plain.get_by_role("heading", name="1 draft imported")).to_be_visible()

    sent.write_bytes(changed("level: guided", "level: easy").data)
    page.goto(f"{site.url}/admin/exchange")
    check(page, "exchange", shots)
    page.get_by_label("File").set_input_files(sent)
    follow(page.get_by_role("button", name="Show what it would do"))
    check(page, "plan", shots)
