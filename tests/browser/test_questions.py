from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import text

from quiz.bank import question as q
from quiz.store.engine import Database
from quiz.web.wiring import Wiring
from tests.browser.conftest import Site, running
from tests.browser.looks import check_everywhere, cost, keep_shot, problems
from tests.browser.made import load, made, open_question
from tests.browser.person import follow
from tests.conftest import Clock, make_app

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
TREES = Path(__file__).parents[1] / "golden" / "pages"


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


def begin_with(site: Site, page: Page, kind: str) -> None:
    """Let the attempt on the page begin with a question of the bank of this type."""
    attempt = site.attempt(page)
    first = next(live.revision for live in attempt.bank.live if live.question.type == kind)
    wiring: Wiring = site.app.extensions["quiz"]
    with wiring.database.writing() as session:
        session.execute(text("UPDATE attempts SET first_revision = :first"), {"first": first})
    page.goto(f"{site.url}/a/{attempt.stored.token}/q/1")


@pytest.mark.sweep
def test_every_question_type_is_sound_and_light_everywhere(site: Site, page: Page, shots: Path | None) -> None:
    page.goto(site.url)
    follow(page.get_by_role("button", name="Start"))
    for kind in q.TYPES:
        begin_with(site, page, kind)
        check_everywhere(page, f"question-{kind}", shots)
        page.get_by_role("button", name="Continue").click()
        expect(page.locator(".summary")).to_be_focused()
        check_everywhere(page, f"question-{kind}-error", shots)
        paid = cost(page, page.url)
        assert paid.requests <= 3, kind
        assert paid.size <= 12 * 1024, kind
        assert 0 < paid.script <= 3 * 1024, kind
        assert paid.nodes <= 200, kind
        assert paid.shift == 0, kind


def test_a_question_with_figure_table_formula_and_code_is_sound(
    made_site: Site, page: Page, shots: Path | None
) -> None:
    open_question(made_site, page, "rich")
    expect(page.get_by_role("img", name="A queue of three boxes")).to_be_visible()
    check_everywhere(page, "question-rich", shots)


@pytest.mark.sweep
def test_what_is_painted_first_is_what_stands_there_five_seconds_later(made_site: Site, page: Page) -> None:
    """Taken from the first moment at which everything has arrived, and once more with the script idle."""
    names = (*q.TYPES, "rich")
    first: dict[str, bytes] = {}
    pages = {name: page.context.new_page() for name in names}
    for name, tab in pages.items():
        open_question(made_site, tab, name)
        first[name] = painted(tab)
    page.wait_for_timeout(5_000)
    for name, tab in pages.items():
        assert painted(tab) == first[name], name


PAINTED = """() => document.fonts.ready.then(() => new Promise(
    done => requestAnimationFrame(() => requestAnimationFrame(done))))"""


def painted(tab: Page) -> bytes:
    """A tab as it looks in front, after the first frame that was painted with every font, under no mouse."""
    tab.bring_to_front()
    tab.mouse.move(0, 0)
    tab.evaluate(PAINTED)
    return tab.screenshot(animations="disabled", caret="hide")


def test_a_screen_reader_meets_the_same_pages_as_ever(made_site: Site, new_context: NewContext) -> None:
    """What assistive technology is told, without the script, held against tests/golden/pages."""
    page = new_context(java_script_enabled=False).new_page()
    for name in made():
        open_question(made_site, page, name)
        tree = re.sub(r"/a/[\w-]+", "/a/ATTEMPT", page.locator("body").aria_snapshot()) + "\n"
        wanted = TREES / f"{name}.yaml"
        assert wanted.exists(), f"write this to {wanted}, if it is right:\n{tree}"
        assert tree == wanted.read_text(encoding="utf-8"), name


FIELDS = "form :is(input:not([type=hidden]), textarea, select, .moves button):visible"
RING = """e => { const look = getComputedStyle(e.matches('.pick > input') ? e.labels[0] : e);
    return [look.outlineStyle, look.borderTopStyle]; }"""
"""A radio's or checkbox's ring and border are those of its label; lines of code have one border around them all."""


def test_in_forced_colours_what_has_the_focus_and_what_is_chosen_can_be_seen(
    made_site: Site, page: Page, shots: Path | None
) -> None:
    page.emulate_media(forced_colors="active")
    for kind in q.TYPES:
        open_question(made_site, page, kind)
        first = page.locator(FIELDS).first
        first.focus()
        page.keyboard.press("Space")
        assert first.evaluate(RING) == ["solid", "none" if kind == "line" else "solid"], kind
        assert not problems(page), kind
        keep_shot(page, f"question-{kind}-forced-colours", shots)


def lines(page: Page) -> list[str]:
    """The lines of an order as they stand, each with its place."""
    rows = page.locator(".place").all()
    return [f"{row.locator('.at').inner_text()} {row.locator('label').inner_text().split(': ')[-1]}" for row in rows]


def test_lines_move_in_place_the_focus_stays_and_a_live_region_says_where(made_site: Site, page: Page) -> None:
    open_question(made_site, page, "order")
    before = [row.split(" ", 1)[1] for row in lines(page)]
    assert not page.locator(".place select").first.is_visible()
    button = page.locator(".place").nth(2).get_by_role("button", name="Up")
    button.focus()
    for _ in range(2):
        page.keyboard.press("Enter")
    assert lines(page) == [f"1 {before[2]}", f"2 {before[0]}", f"3 {before[1]}"]
    expect(page.locator(".place").nth(0).get_by_role("button", name="Up")).to_be_focused()
    expect(page.locator(".order [role=status]")).to_have_text("Now in place 1")
    box = page.locator(".place button").first.bounding_box()
    assert box is not None
    assert min(box["height"], box["width"]) >= 48
    page.reload()
    assert lines(page) == [f"1 {before[2]}", f"2 {before[0]}", f"3 {before[1]}"], "the order is kept unsent"
    page.get_by_label("I don't know").check(force=True)
    assert [row.split(" ")[0] for row in lines(page)] == ["", "", ""]
    follow(page.get_by_role("button", name="Continue"))
    assert made_site.attempt(page).progress.answers[0].unknown


def test_a_line_can_be_left_out_and_taken_back_in(made_site: Site, page: Page) -> None:
    open_question(made_site, page, "spare")
    spare = page.locator(".place", has_text="Wait a while")
    out = spare.get_by_role("button", name="Not used")
    out.click()
    expect(out).to_have_attribute("aria-pressed", "true")
    assert [row.split(" ")[0] for row in lines(page)] == ["1", "2", "3", "–"], "it stands below the others"
    page.locator(".place").nth(2).get_by_role("button", name="Down").click()
    assert [row.split(" ")[0] for row in lines(page)] == ["1", "2", "3", "–"], "and stays there"
    out.click()
    expect(out).to_have_attribute("aria-pressed", "false")
    out.click()
    follow(page.get_by_role("button", name="Continue"))
    (answer,) = made_site.attempt(page).progress.answers
    assert len(answer.response["sequence"]) == 3
    assert "wait" not in answer.response["sequence"]


def test_responses_used_in_another_row_are_marked(made_site: Site, page: Page) -> None:
    open_question(made_site, page, "match")
    rows = page.locator(".pair select")
    rows.nth(0).select_option("2")
    other = rows.nth(1).locator("option").nth(2)
    assert other.inner_text().endswith("(used in row 1)")
    assert "(used" not in rows.nth(0).locator("option").nth(2).inner_text()
    rows.nth(0).select_option("1")
    assert "(used" not in other.inner_text()
