"""Script in files: whatever dress it wears, no page of an editor or a taker runs it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Dialog, FilePayload, Page, expect
from sqlalchemy import text

from quiz.bank import question as q
from quiz.bank import render
from quiz.bank.items import curve
from quiz.store import bank as store
from quiz.store.engine import Database
from quiz.web import safety
from quiz.web.wiring import Wiring
from tests.browser.conftest import Site, running
from tests.browser.hostile_files import PAYLOADS, as_csv, as_zip, questions, refused
from tests.browser.person import follow
from tests.browser.test_editors_day import signed_in
from tests.conftest import Clock, make_app

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
FOREIGN = """site => [...document.querySelectorAll('*')].filter(e =>
  (e.localName === 'script' && !e.src.startsWith(site + '/static/')) ||
  (e.localName === 'iframe' && !e.hasAttribute('sandbox')) ||
  [...e.attributes].some(a => a.name.startsWith('on') || (['href', 'src', 'action', 'xlink:href'].includes(a.name)
    && e.localName !== 'link' && /^\\s*(javascript|vbscript|data):/i.test(a.value)))
).map(e => e.outerHTML.slice(0, 200))"""
"""Elements that run something and are not ours."""


@dataclass
class Watched:
    """A browser's page, and what it did that it should not."""

    site: Site
    page: Page
    dialogs: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    seen: int = 0

    def __post_init__(self) -> None:
        self.page.on("dialog", self._note)

    def _note(self, dialog: Dialog) -> None:
        self.dialogs += [dialog.message] if dialog.type == "alert" else []
        dialog.accept()

    def open(self, path: str) -> str:
        """Open an address of the site and look at all of it; what it holds."""
        self.page.goto(self.site.url + path)
        return self.look()

    def look(self) -> str:
        """Look at the page that stands, with its frames."""
        self.seen += 1
        for frame in self.page.frames:
            self.foreign += frame.evaluate(FOREIGN, self.site.url)
        return self.page.content()


def bring_in(watched: Watched, name: str, data: bytes, count: int) -> None:
    """Import a file as an editor does, who is shown what it would do."""
    watched.open("/admin/exchange")
    watched.page.get_by_label("File").set_input_files(FilePayload(name=name, mimeType="text/plain", buffer=data))
    follow(watched.page.get_by_role("button", name="Show what it would do"))
    watched.look()
    expect(watched.page.locator("h1")).to_have_text(f"{count} questions would come in")
    follow(watched.page.get_by_role("button", name=f"Import {count} drafts"))
    watched.look()


def ask_only(site: Site, names: set[str]) -> None:
    """Make these drafts live, and nothing else."""
    wiring: Wiring = site.app.extensions["quiz"]
    with wiring.database.writing() as session:
        bank, texts = wiring.banks.newest(session), store.newest_texts(session)
        doubt = bank.catalogue.competencies.prior.levels
        live = [texts[name].model_copy(update={"status": "live"}) for name in sorted(names)]
        new = [store.NewRevision(one, curve(one, doubt)) for one in live]
        stopped = [one.question.id for one in bank.live]
        store.write_version(session, bank.catalogue, new, stopped, "hostile", 1)


def ask_first(site: Site, page: Page, name: str) -> None:
    """Let the attempt that was just begun ask this question first."""
    attempt = site.attempt(page)
    first = next(live.revision for live in attempt.bank.live if live.question.id == name)
    wiring: Wiring = site.app.extensions["quiz"]
    with wiring.database.writing() as session:
        found = {"first": first, "token": attempt.stored.token}
        session.execute(text("UPDATE attempts SET first_revision = :first WHERE token = :token"), found)
    page.reload()


def take(watched: Watched) -> int:
    """Answer all that is asked, with the first option; how many questions that were."""
    watched.open("/setup")
    watched.page.get_by_label("35 questions").check()
    follow(watched.page.locator("main form button").first)
    for count in itertools.count():
        watched.look()
        if not watched.page.locator("input[name=choice]").count():
            return count
        watched.page.locator("input[name=choice]").first.check()
        follow(watched.page.locator("form:has(input[name=choice]) button").first)
    raise AssertionError


@pytest.mark.sweep
def test_no_script_of_an_imported_file_runs_on_any_page(
    site: Site, new_context: NewContext, monkeypatch: pytest.MonkeyPatch, sqlite: Database, clock: Clock
) -> None:
    assert len(PAYLOADS) > 200
    files: dict[str, list[q.Question]] = {name: list(questions(name)) for name in ("zipped", "rowed")}
    editor = Watched(site, signed_in(site, new_context(), "ada", "admin"))
    editor.open("/admin/exchange")
    at_the_door = FilePayload(name="refused.zip", mimeType="application/zip", buffer=as_zip(list(refused())))
    editor.page.get_by_label("File").set_input_files(at_the_door)
    follow(editor.page.get_by_role("button", name="Show what it would do"))
    editor.look()
    expect(editor.page.locator("h1")).to_have_text("Nothing can be imported yet")
    bring_in(editor, "zipped.zip", as_zip(files["zipped"]), len(files["zipped"]))
    bring_in(editor, "rowed.csv", as_csv(files["rowed"]), len(files["rowed"]))
    names = {one.id for some in files.values() for one in some}
    for name in sorted(names):
        assert "alert(" in editor.open(f"/admin/questions/{name}"), "the script stands there as text"
    for one in files["zipped"][::4]:
        editor.open(f"/admin/questions/{one.id}/edit")
    for path in ("/admin/questions", "/admin/audit", "/admin/review", "/admin"):
        editor.open(path)
    assert (editor.dialogs, editor.foreign) == ([], [])

    ask_only(site, names)
    taker = Watched(site, new_context().new_page())
    assert take(taker) >= 15
    follow(taker.page.get_by_role("button", name="See my result"))
    address = taker.look() and site.address(taker.page).removeprefix(site.url)
    for path in ("/review", "/share", "/plan/path", "/compare", "/q/1", "/problem/1"):
        taker.open(address + path)
    assert taker.page.locator("h1").count() == 1
    assert (taker.dialogs, taker.foreign) == ([], [])

    for door in ("block", "phrase"):
        monkeypatch.setattr(render, door, lambda given, *_: given)
    monkeypatch.setitem(safety.HEADERS, "Content-Security-Policy", "default-src * 'unsafe-inline'")
    with running(make_app(sqlite, clock, starts_per_day=0)) as open_door:
        control = Watched(open_door, new_context().new_page())
        control.open("/")
        follow(control.page.locator("form button"))
        ask_first(open_door, control.page, "zipped-0")
        control.look()
    assert control.foreign, "the control: without our renderer there are elements that run something"
    assert control.dialogs, "the control: and they run"
