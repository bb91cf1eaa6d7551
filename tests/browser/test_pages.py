from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from quiz.bank import question as q
from tests.browser.conftest import Site
from tests.browser.looks import check_everywhere
from tests.browser.person import follow, questions_until_the_end

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]


def knows_by_turns() -> Callable[[q.Question], bool]:
    turn = iter(range(10_000))
    return lambda _: next(turn) % 3 != 0


@pytest.mark.sweep
def test_every_other_page_is_sound_everywhere(site: Site, new_context: NewContext, shots: Path | None) -> None:
    page = new_context().new_page()
    for name, path in (
        ("landing", "/"),
        ("setup", "/setup"),
        ("help", "/help"),
        ("my-empty", "/my"),
        ("data-empty", "/my/data"),
        ("not-found", "/nothing-here"),
    ):
        page.goto(site.url + path)
        check_everywhere(page, name, shots)
    page.goto(site.url)
    follow(page.get_by_role("button", name="Start"))
    address = site.address(page)
    for number, _ in enumerate(questions_until_the_end(site, page, knows_by_turns()), start=1):
        if number == 3:
            page.goto(address + "/pause")
            check_everywhere(page, "pause", shots)
            page.goto(address)
    check_everywhere(page, "end", shots)
    follow(page.get_by_role("button", name="See my result"))
    check_everywhere(page, "result", shots)
    page.get_by_text("Show as a table").click()
    check_everywhere(page, "result-table", shots)
    page.goto(address + "/result?role=data-scientist&seniority=senior")
    check_everywhere(page, "result-other-job", shots)
    page.goto(address + "/result?role=nobody")
    check_everywhere(page, "result-unknown-job", shots)
    page.goto(address + "/review")
    check_everywhere(page, "review", shots)
    page.goto(site.url + "/my")
    check_everywhere(page, "my", shots)
    page.goto(site.url + "/my/data")
    check_everywhere(page, "data", shots)
    follow(page.get_by_role("button", name="Delete everything"))
    check_everywhere(page, "data-error", shots)


def test_the_report_prints_on_two_pages(site: Site, new_context: NewContext, tmp_path: Path) -> None:
    page = new_context().new_page()
    page.goto(site.url)
    follow(page.get_by_role("button", name="Start"))
    for _ in questions_until_the_end(site, page, knows_by_turns()):
        pass
    follow(page.get_by_role("button", name="See my result"))
    printed = page.pdf(path=tmp_path / "report.pdf", format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= 2


def test_nothing_is_asked_of_other_hosts(site: Site, new_context: NewContext) -> None:
    page = new_context().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.url)
    follow(page.get_by_role("button", name="Start"))
    for _ in questions_until_the_end(site, page):
        pass
    follow(page.get_by_role("button", name="See my result"))
    assert asked
    assert {url for url in asked if not url.startswith(site.url)} == set()
