from __future__ import annotations

import re
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from quiz.services.life import CHECKLIST
from quiz.store.bank import write_version
from quiz.store.engine import Database
from quiz.store.problems import put_problem
from quiz.store.revisions import text_of
from quiz.web.wiring import Wiring
from tests.editor import csrf, send, signed_in
from tests.rendered import form_of
from tests.taker import answer_all, begin, finish, opened

NAME = "password-in-notebook"
PAGE = f"/admin/questions/{NAME}"


def changed_and_sent(app: Flask) -> None:
    editor = signed_in(app, "eddy", "editor")
    form = form_of(editor.get(f"{PAGE}/edit").text, "sheet")
    editor.post(f"{PAGE}/edit", data=form | {"title": ["A password that many can read"], "do": ["save"]})
    revision = form_of(editor.get(f"{PAGE}/edit").text, "sheet")["base"][0]
    assert send(editor, f"{PAGE}/send", revision=revision).status_code == 303


def test_a_reviewer_answers_before_key_and_reasons_are_opened_and_the_author_sees_what_is_asked_for(
    app: Flask,
) -> None:
    changed_and_sent(app)
    reviewer = signed_in(app, "rita", "reviewer")
    page = reviewer.get(PAGE).text
    assert re.search(r'<details class="card">\s*<summary>Once you have answered it: key, reasons', page)
    assert "key: rotate" in page
    assert "Only this ends the danger" in page
    revision = form_of(signed_in(app, "eddy", "editor").get(f"{PAGE}/edit").text, "sheet")["base"][0]
    send(reviewer, f"{PAGE}/decide", revision=revision, do="changes", change="Say how many can read it.")
    page = signed_in(app, "eddy", "editor").get(PAGE).text
    assert "rita asks for a change." in page
    assert "Say how many can read it." in page
    front = signed_in(app, "eddy", "editor").get("/admin").text
    assert "rita asks for a change, just now" in front
    assert "Waits for you" not in reviewer.get("/admin").text


def test_what_is_refused_leads_to_its_place_on_the_page(app: Flask) -> None:
    changed_and_sent(app)
    rita = signed_in(app, "rita", "reviewer")
    revision = form_of(rita.get(f"{PAGE}/edit").text, "sheet")["base"][0]
    refused = send(rita, f"{PAGE}/decide", revision=revision, do="approve")
    assert refused.status_code == 409
    assert 'href="#reading"' in refused.text
    assert 'id="reading"' in refused.text


def test_a_report_of_a_taker_is_told_in_the_words_that_the_taker_chose(app: Flask) -> None:
    taker = app.test_client()
    attempt = opened(app, taker, begin(taker, length="15"))
    revision = attempt.progress.current
    assert revision is not None
    wiring: Wiring = app.extensions["quiz"]
    with wiring.database.writing() as session:
        put_problem(session, attempt.stored.id, revision, "unclear", "Which one?", 1)
        found = text_of(session, revision)
    assert found is not None
    page = signed_in(app).get(f"/admin/questions/{found.question.id}").text
    assert "<strong>I don&#39;t understand what it asks</strong>" in page


def test_stopping_a_question_is_asked_once_more_with_what_it_marks(app: Flask) -> None:
    taker, admin = app.test_client(), signed_in(app)
    address = begin(taker, length="15")
    answer_all(app, taker, address)
    finish(taker, address)
    wiring: Wiring = app.extensions["quiz"]
    with wiring.database.reading() as session:
        used = opened(app, taker, address).progress.answers[0].revision
        found = text_of(session, used)
    assert found is not None
    page = f"/admin/questions/{found.question.id}"
    sent = {"revision": str(used), "do": "withdrawn", "why": "Two answers hold."}
    assert "marks 1 finished result" in admin.get(page).text
    asked = send(admin, f"{page}/stop", **sent)
    assert "1 finished result used it. Each will say" in asked.text
    assert "is live" in admin.get(page).text, "nothing is done yet"
    assert "none is marked" in send(admin, f"{page}/stop", **sent | {"do": "retired"}).text
    assert send(admin, f"{page}/stop", **sent | {"why": " "}).status_code == 409
    assert send(admin, f"{page}/stop", **sent | {"sure": "yes"}).status_code == 303
    assert "Withdrawn: Two answers hold." in signed_in(app, "eddy", "editor").get(page).text


def test_who_wrote_a_text_is_told_from_who_published_it(app: Flask) -> None:
    changed_and_sent(app)
    rita = signed_in(app, "rita", "reviewer")
    revision = form_of(rita.get(f"{PAGE}/edit").text, "sheet")["base"][0]
    checked = {"csrf_token": csrf(rita), "revision": revision, "do": "approve", "checked": list(CHECKLIST)}
    rita.post(f"{PAGE}/decide", data=checked)
    assert send(rita, f"{PAGE}/publish", revision=revision).status_code == 303
    page = rita.get(PAGE).text
    assert "saved by eddy just now, published by rita just now" in page
    assert "published by rita" in rita.get(f"{PAGE}/history").text
    rita.post(
        f"{PAGE}/edit", data=form_of(rita.get(f"{PAGE}/edit").text, "sheet") | {"seconds": ["55"], "do": ["save"]}
    )
    history = rita.get(f"{PAGE}/history?text=3").text
    assert "compared with text 1" in history
    assert "that many can read" in history
    assert "compared with text 3" in rita.get(f"{PAGE}/history").text
    version = rita.get("/admin/versions/2").text
    assert "text 1 before, text 3 now" in version
    assert f"{PAGE}/history?text=3&amp;from=1" in version


@pytest.mark.parametrize("do", ["publish", "stop"])
def test_a_change_of_the_framework_a_moment_earlier_is_not_taken_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch, do: str
) -> None:
    """Another reviewer's change comes between this one's request and its turn to write."""
    admin, wiring = signed_in(app), app.extensions["quiz"]
    revision = form_of(admin.get(f"{PAGE}/edit").text, "sheet")["base"][0]
    if do == "publish":
        form = form_of(admin.get(f"{PAGE}/edit").text, "sheet")
        admin.post(f"{PAGE}/edit", data=form | {"title": ["A password that many can read"], "do": ["save"]})
        revision = form_of(admin.get(f"{PAGE}/edit").text, "sheet")["base"][0]
    token, usual, waiting = csrf(admin), Database.writing, [True]

    def later(database: Database) -> AbstractContextManager[Session]:
        if waiting.pop() if waiting else False:
            with usual(database) as session:
                catalogue = wiring.banks.newest(session).catalogue
                profile = catalogue.profiles["data-scientist"].model_copy(update={"name": "Scientist of data"})
                changed = catalogue.model_copy(update={"profiles": {**catalogue.profiles, "data-scientist": profile}})
                write_version(session, changed, [], [], "the framework changed", 1)
        return usual(database)

    monkeypatch.setattr(Database, "writing", later)
    sent = {"csrf_token": token, "revision": revision, "do": "alone" if do == "publish" else "retired", "why": "Old."}
    assert admin.post(f"{PAGE}/{do}", data=sent | {"sure": "yes"}).status_code == 303
    with wiring.database.reading() as session:
        newest = wiring.banks.newest(session)
    assert (newest.number, newest.catalogue.profiles["data-scientist"].name) == (3, "Scientist of data")
