from __future__ import annotations

from flask import Flask

from quiz.bank.version import LiveQuestion
from tests.answered import answered, newest
from tests.editor import send, signed_in
from tests.services.test_statistics import PEOPLE, asked


def unknown(_live: LiveQuestion, _person: int) -> tuple[dict[str, object], int]:
    return {"unknown": True}, 0


def test_the_front_page_says_how_the_bank_stands_and_what_waits(app: Flask) -> None:
    client = signed_in(app, "ed", "editor")
    page = client.get("/admin").text
    for said in (
        *("bank version 1", "Nothing waits for a reviewer", "Nobody began an attempt", "Nothing was counted yet"),
        *("What the bank covers", "Mathematics and statistics", "invented people"),
    ):
        assert said in page
    assert "resources to check" in page
    assert "Nothing needs attention" not in page
    database = app.extensions["quiz"].database
    bank = newest(database)
    answered(database, bank, asked(bank), range(PEOPLE), unknown)
    assert send(client, "/admin/count").status_code == 303
    page = client.get("/admin").text
    assert "Counted just now" in page
    assert "say “I don" in page


def test_an_address_that_leads_nowhere_leads_back_into_the_room(app: Flask) -> None:
    answer = signed_in(app, "ed", "editor").get("/admin/questions/no-such-question")
    assert answer.status_code == 404
    assert 'href="/admin/questions"' in answer.text
    assert "My results" not in answer.text
