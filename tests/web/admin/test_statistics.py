from __future__ import annotations

from flask import Flask

from quiz.measure.item_statistics import LEAST
from tests.answered import answered, newest
from tests.editor import send, signed_in
from tests.services.test_statistics import PEOPLE, asked, reply


def test_an_editor_counts_and_reads_the_sentence_before_the_tables(app: Flask) -> None:
    database = app.extensions["quiz"].database
    bank = newest(database)
    three = asked(bank)
    answered(database, bank, three, range(PEOPLE), reply)
    client = signed_in(app, "ed", "editor")
    address = f"/admin/questions/{three[0].question.id}/statistics"
    assert "Nothing was counted yet" in client.get(address).text
    assert send(client, address).status_code == 303
    page = client.get(address).text
    assert f"of {PEOPLE} people are right" in page
    assert page.index("people are right") < page.index("Who chose what") < page.index("<svg")
    assert f"Asked in {PEOPLE} of the newest {PEOPLE} attempts" in page
    assert "Answers to text 1; those to other texts are not among them. Counted just now" in page
    assert f"of {PEOPLE}</a>" in client.get(f"/admin/questions?q={three[0].question.id}").text


def test_nothing_is_said_of_too_few_answers(app: Flask) -> None:
    database = app.extensions["quiz"].database
    bank = newest(database)
    one = asked(bank)[:1]
    answered(database, bank, one, range(LEAST - 1), reply)
    client = signed_in(app, "ed", "editor")
    address = f"/admin/questions/{one[0].question.id}/statistics"
    send(client, address)
    page = client.get(address).text
    assert f"{LEAST - 1} of {LEAST} answers: too few to say anything yet" in page
    assert "people are right" not in page
    assert client.get("/admin/questions/nobody/statistics").status_code == 404
