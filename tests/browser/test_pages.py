from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Response
from sqlalchemy import text

from quiz.bank import question as q
from quiz.web.wiring import Wiring
from tests.browser.conftest import Site
from tests.browser.person import questions_until_the_end

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
WIDE, NARROW, NARROWEST = 1280, 390, 320


def problems(page: Page) -> list[str]:
    """What axe-core finds wrong with the page, best practices included."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']}: {n['html'][:150]}" for v in found for n in v["nodes"]]


def check_everywhere(page: Page, name: str, shots: Path | None) -> None:
    """A page must be sound in light and dark, wide and narrow, and must not scroll sideways at 320 px."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 844 if width == NARROW else 800})
            found = problems(page)
            assert not found, f"{name}, {scheme}, {width} px: {found}"
            if shots is not None:
                page.screenshot(path=shots / f"{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": NARROWEST, "height": 700})
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide == NARROWEST, f"{name} is {wide} px wide at {NARROWEST} px: {widest(page)}"
    page.set_viewport_size({"width": WIDE, "height": 800})
    page.emulate_media(color_scheme="light")


def widest(page: Page) -> str:
    """The element that sticks out, for the message."""
    return str(
        page.evaluate(
            "() => [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth)"
            ".map(e => e.outerHTML.slice(0, 120)).slice(0, 3)"
        )
    )


def listened(page: Page) -> list[Response]:
    """Every response that the page receives from now on."""
    responses: list[Response] = []

    def note(response: Response) -> None:
        responses.append(response)

    page.on("response", note)
    return responses


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Path | None:
    """Where to keep screenshots: `pytest --shots FOLDER`."""
    folder = request.config.getoption("--shots")
    if folder is None:
        return None
    path = Path(str(folder))
    path.mkdir(parents=True, exist_ok=True)
    return path


def knows_by_turns() -> Callable[[q.Question], bool]:
    turn = iter(range(10_000))
    return lambda _: next(turn) % 3 != 0


def test_every_question_type_is_sound_everywhere(site: Site, new_context: NewContext, shots: Path | None) -> None:
    page = new_context().new_page()
    page.goto(site.url)
    page.get_by_role("button", name="Start").click()
    for kind in q.TYPES:
        begin_with(site, page, kind)
        check_everywhere(page, f"question-{kind}", shots)
        page.get_by_role("button", name="Continue").click()
        check_everywhere(page, f"question-{kind}-error", shots)


def begin_with(site: Site, page: Page, kind: str) -> None:
    """Let the attempt on the page begin with a question of this type."""
    attempt = site.attempt(page)
    first = next(live.revision for live in attempt.bank.live if live.question.type == kind)
    wiring: Wiring = site.app.extensions["quiz"]
    with wiring.database.writing() as session:
        session.execute(text("UPDATE attempts SET first_revision = :first"), {"first": first})
    page.goto(f"{site.url}/a/{attempt.stored.token}")


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
    page.get_by_role("button", name="Start").click()
    address = page.url
    for number, _ in enumerate(questions_until_the_end(site, page, knows_by_turns()), start=1):
        if number == 3:
            page.goto(address + "/pause")
            check_everywhere(page, "pause", shots)
            page.goto(address)
    check_everywhere(page, "end", shots)
    page.get_by_role("button", name="See my result").click()
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
    page.get_by_role("button", name="Delete everything").click()
    check_everywhere(page, "data-error", shots)


def test_a_question_page_is_small_and_makes_three_requests_at_most(site: Site, new_context: NewContext) -> None:
    context = new_context()
    page = context.new_page()
    page.goto(site.url)
    page.get_by_role("button", name="Start").click()
    for _ in questions_until_the_end(site, page):
        cold = context.browser.new_context() if context.browser else context
        cold.add_cookies([{k: v for k, v in c.items() if k != "partitionKey"} for c in context.cookies()])  # type: ignore[misc]
        fresh = cold.new_page()
        responses = listened(fresh)
        fresh.goto(page.url)
        size = sum(r.request.sizes()["responseBodySize"] for r in responses)
        assert len(responses) <= 3, [r.url for r in responses]
        assert size <= 12 * 1024, size
        assert not fresh.locator("script").count()
        cold.close()


def test_the_report_prints_on_two_pages(site: Site, new_context: NewContext, tmp_path: Path) -> None:
    page = new_context().new_page()
    page.goto(site.url)
    page.get_by_role("button", name="Start").click()
    for _ in questions_until_the_end(site, page, knows_by_turns()):
        pass
    page.get_by_role("button", name="See my result").click()
    printed = page.pdf(path=tmp_path / "report.pdf", format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= 2


def test_nothing_is_asked_of_other_hosts(site: Site, new_context: NewContext) -> None:
    page = new_context().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.url)
    page.get_by_role("button", name="Start").click()
    for _ in questions_until_the_end(site, page):
        pass
    page.get_by_role("button", name="See my result").click()
    assert asked
    assert {url for url in asked if not url.startswith(site.url)} == set()
