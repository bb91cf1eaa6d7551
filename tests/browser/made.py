"""One made-up question of each type, so that what a page says does not change with the bank."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import text

from quiz.bank import question as q
from quiz.bank.items import curve
from quiz.store import bank as store
from quiz.web.wiring import Wiring
from tests import factories as make
from tests.browser.conftest import Site
from tests.browser.person import follow

SKILL = "python-core"
FIGURE = {
    "id": "queue",
    "text": "A queue of three boxes",
    "svg": '<svg viewBox="0 0 90 30"><rect x="1" y="1" width="58" height="28"/></svg>',
}
RICH = """\
The queue holds $n = 3$ entries:

![](figure:queue)

| place | entry |
|------:|-------|
| 1     | oldest |

```python
queue.popleft()
```
"""
SPARE = [{"id": "wait", "text": "Wait a while", "why": "Nothing needs this pause here."}]


def made() -> Mapping[str, q.Question]:
    """Each type by its name, and `rich` (figure, table, formula, code) and `spare` (an order with an unused line)."""
    questions: list[tuple[str, q.Question]] = [
        (kind, getattr(make, kind)(skill=SKILL, id=f"made-{kind}")) for kind in q.TYPES
    ]
    rich = make.single(skill=SKILL, id="made-rich", stem=RICH, figures=[FIGURE])
    spare = make.order(skill=SKILL, id="made-spare", unused=SPARE)
    return {**dict(questions), "rich": rich, "spare": spare}


def load(app: Flask) -> None:
    """Make them live beside the bank's own questions."""
    wiring: Wiring = app.extensions["quiz"]
    with wiring.database.writing() as session:
        bank = wiring.banks.newest(session)
        doubt = bank.catalogue.competencies.prior.levels
        new = [store.NewRevision(question, curve(question, doubt)) for question in made().values()]
        store.write_version(session, bank.catalogue, new, [], "made-up questions", 1)


def open_question(site: Site, page: Page, name: str) -> None:
    """Open a fresh attempt at one of them: `single`, …, `case`, `rich`, `spare`."""
    page.goto(site.url)
    follow(page.locator("form button"))
    attempt = site.attempt(page)
    first = next(live.revision for live in attempt.bank.live if live.question.id == f"made-{name}")
    wiring: Wiring = site.app.extensions["quiz"]
    with wiring.database.writing() as session:
        found = {"first": first, "token": attempt.stored.token}
        session.execute(text("UPDATE attempts SET first_revision = :first WHERE token = :token"), found)
    page.reload()
