from __future__ import annotations

from flask import Flask

from tests.editor import send, signed_in
from tests.rendered import form_of

NAME = "password-in-notebook"
PAGE = f"/admin/questions/{NAME}"


def changed_and_sent(app: Flask) -> None:
    editor = signed_in(app, "eddy", "editor")
    form = form_of(editor.get(f"{PAGE}/edit").text, "sheet")
    editor.post(f"{PAGE}/edit", data=form | {"title": ["A password that many can read"], "do": ["save"]})
    revision = form_of(editor.get(f"{PAGE}/edit").text, "sheet")["base"][0]
    assert send(editor, f"{PAGE}/send", revision=revision).status_code == 303


def test_a_reviewer_reads_key_and_reasons_and_the_author_sees_that_a_change_is_asked_for(app: Flask) -> None:
    changed_and_sent(app)
    reviewer = signed_in(app, "rita", "reviewer")
    page = reviewer.get(PAGE).text
    assert '<details class="card" open>' in page
    assert "key: rotate" in page
    assert "Only this ends the danger" in page
    revision = form_of(signed_in(app, "eddy", "editor").get(f"{PAGE}/edit").text, "sheet")["base"][0]
    send(reviewer, f"{PAGE}/decide", revision=revision, do="changes", change="Say how many can read it.")
    page = signed_in(app, "eddy", "editor").get(PAGE).text
    assert "rita asks for a change." in page
    assert "Say how many can read it." in page


def test_why_a_question_was_withdrawn_stands_at_the_question(app: Flask) -> None:
    admin = signed_in(app)
    revision = form_of(admin.get(f"{PAGE}/edit").text, "sheet")["base"][0]
    assert send(admin, f"{PAGE}/stop", revision=revision, do="withdrawn", why="Two answers hold.").status_code == 303
    assert "Withdrawn: Two answers hold." in signed_in(app, "eddy", "editor").get(PAGE).text
