"""What a person does at the keyboard, and a quick way through questions that a test is not about."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playwright.sync_api import Locator, Page

from quiz.bank import question as q
from quiz.services.taking import asked_question
from tests.browser.conftest import Site
from tests.taker import Form, Knows, right_form, unknown_form

ACTIVE = """() => { const e = document.activeElement; return e ? [e.name || '', e.value || '', e.tagName, e.type || '',
  (e.textContent || '').trim()] : ['', '', '', '', '']; }"""
MOST_TABS = 80


def follow(control: Locator, act: Callable[[Locator], None] = Locator.click) -> None:
    """Click (or tap) what leads to another page, and wait until that page stands: a click alone does not wait."""
    with control.page.expect_navigation():
        act(control)


def press_enter(page: Page) -> None:
    """Press Enter on what has the focus and leads to another page, and wait until that page stands."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_until(page: Page, *, name: str = "", tag: str = "", text: str = "", kind: str = "") -> None:
    """Press Tab until the wanted control has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        active = page.evaluate(ACTIVE)
        fits = (not name or active[0] == name) and (not tag or active[2] == tag) and (not kind or active[3] == kind)
        if fits and (not text or text in active[4]):
            return
    raise AssertionError(f"Tab never reached {name or text or tag}; the focus is on {page.evaluate(ACTIVE)}")


def fill_by_keyboard(page: Page, form: Form) -> None:
    """Fill a question's form without a mouse."""
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    for name, values in form.items():
        tag, kind = page.eval_on_selector(f"[name='{name}']", "e => [e.tagName, e.type]")
        if kind == "radio":
            choose_radio(page, name, values[0])
        elif kind == "checkbox":
            for value in sorted(values, key=lambda v: (len(v), v)):
                tab_to_value(page, name, value)
                page.keyboard.press("Space")
        elif tag == "SELECT" and not page.locator(f"[name='{name}']").is_visible():
            continue  # moved by its buttons, below
        elif tag == "SELECT":
            tab_until(page, name=name)
            place = page.eval_on_selector(
                f"[name='{name}']", "(e, v) => [...e.options].findIndex(o => o.value === v)", values[0]
            )
            for _ in range(place):
                page.keyboard.press("ArrowDown")
        else:
            tab_until(page, name=name)
            page.keyboard.type(values[0])
    for name, text, times in moves(page, form) if page.locator(".movable").count() else ():
        press_in_row(page, name, text, times)


def moves(page: Page, form: Form) -> Iterator[tuple[str, str, int]]:
    """What brings the lines of an order to their places: field of the line, button beside it, how often pressed."""
    places = {name: values[0] for name, values in form.items() if "place-" in name}
    yield from ((name, "Not used", 1) for name, place in places.items() if place == "none")
    used = sorted((name for name, place in places.items() if place != "none"), key=lambda name: int(places[name]))
    for place, name in enumerate(used):
        at = page.locator(".place select").evaluate_all("(all, name) => all.findIndex(e => e.name === name)", name)
        yield name, "Up", at - place


def tap_through(page: Page, form: Form) -> None:
    """Fill a question's form by touch: taps on labels and buttons, the phone's own pickers and keyboard."""
    for name, values in form.items():
        field = page.locator(f"[name='{name}']")
        match field.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type"):
            case "radio" | "checkbox":
                for value in values:
                    chosen = page.locator(f"[name='{name}'][value='{value}']").get_attribute("id")
                    page.locator(f"label[for='{chosen}']").tap()
            case "select" if field.is_visible():
                field.select_option(values[0])
            case "select":
                continue
            case _:
                field.tap()
                field.fill(values[0])
    for name, text, times in moves(page, form) if page.locator(".movable").count() else ():
        row = page.locator(".place", has=page.locator(f"[name='{name}']"))
        for _ in range(times):
            row.get_by_role("button", name=text).tap()


def press_in_row(page: Page, name: str, text: str, times: int) -> None:
    """Tab to a button in the row of a line and press it."""
    if times == 0:
        return
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        within = page.evaluate("() => document.activeElement.closest('.place')?.querySelector('select').name")
        if within == name and page.evaluate(ACTIVE)[4] == text:
            for _ in range(times):
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never reached “{text}” of {name}")


def choose_radio(page: Page, name: str, value: str) -> None:
    """Tab into a group of radios and move to one with the arrow keys."""
    tab_until(page, name=name)
    for _ in range(40):
        if page.evaluate(ACTIVE)[1] == value:
            page.keyboard.press("Space")
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys never reached {name} = {value}")


def tab_to_value(page: Page, name: str, value: str) -> None:
    """Tab to one checkbox of several with the same name."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(ACTIVE)[:2] == [name, value]:
            return
    raise AssertionError(f"Tab never reached {name} = {value}")


def form_of(site: Site, page: Page, knows: Knows = lambda _: True) -> tuple[q.Question, Form]:
    """The question on the page, and the form of someone who knows it (or says so not)."""
    attempt = site.attempt(page)
    assert attempt.progress.current is not None
    question, arrangement = asked_question(attempt, attempt.progress.current)
    return question, right_form(question, arrangement) if knows(question) else unknown_form(question)


def send_form(page: Page, form: Form) -> None:
    """Fill and send a form quickly, where the way of filling is not what is tested."""
    for name, values in form.items():
        for value in values:
            field = page.locator(f"[name='{name}']")
            kind = field.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
            if kind in {"radio", "checkbox"}:
                page.locator(f"[name='{name}'][value='{value}']").check(force=True)
            elif kind == "select":  # with the script, the selects of an order are there but not seen
                field.evaluate(
                    "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})); }", value
                )
            else:
                field.fill(value)
    follow(page.get_by_role("button", name="Continue"))


def questions_until_the_end(site: Site, page: Page, knows: Knows = lambda _: True) -> Iterator[q.Question]:
    """Each question as it stands on the page, answered after the test has looked at it."""
    while page.locator("input[name=question]").count():
        question, form = form_of(site, page, knows)
        yield question
        send_form(page, form)
