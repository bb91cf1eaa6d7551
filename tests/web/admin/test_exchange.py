from __future__ import annotations

import io
import re
import zipfile
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quiz.paths import QUESTIONS
from tests.editor import csrf, send, signed_in
from tests.services.test_exchange import ONE, PLACE, TEXT, changed

HIDDEN = re.compile(r'<input type="hidden" name="(name|shown|content)" value="([^"]*)">')


def upload(client: FlaskClient, data: bytes, name: str = "q.zip") -> TestResponse:
    head = "Content-Disposition: form-data; name="
    body = (
        f'--xx\r\n{head}"csrf_token"\r\n\r\n{csrf(client)}\r\n--xx\r\n{head}"file"; filename="{name}"\r\n\r\n'.encode()
        + data
        + b"\r\n--xx--\r\n"
    )
    return client.post("/admin/exchange/plan", data=body, content_type="multipart/form-data; boundary=xx")


def hidden(page: TestResponse) -> dict[str, str]:
    return {name: unescape(value) for name, value in HIDDEN.findall(page.text)}


def test_an_editor_sees_what_a_file_would_do_confirms_and_finds_a_draft(app: Flask) -> None:
    client = signed_in(app, "ed", "editor")
    page = upload(client, changed().data)
    assert "1 question would come in" in page.text
    assert "differs in seconds" in page.text
    done = send(client, "/admin/exchange/import", **hidden(page))
    assert done.status_code == 200
    assert "1 draft imported" in done.text
    assert "live, change drafted" in client.get(f"/admin/questions?q={ONE}").text
    again = send(client, "/admin/exchange/import", **hidden(page))
    assert again.status_code == 409
    assert "Nothing was imported" in again.text
    assert "Nothing to do" in upload(client, changed().data).text


def test_a_refused_file_shows_why_and_offers_no_import(app: Flask) -> None:
    client = signed_in(app, "ed", "editor")
    page = upload(client, changed("level: guided", "level: <script>alert(1)</script>").data, "=<b>evil.zip")
    assert "Nothing can be imported yet" in page.text
    assert "<script>alert" not in page.text
    assert not hidden(page)
    nothing = client.post("/admin/exchange/plan", data={"csrf_token": csrf(client)})
    assert nothing.status_code == 400
    assert "Choose a file" in nothing.text


def test_what_was_shown_can_not_be_forged(app: Flask) -> None:
    client = signed_in(app, "ed", "editor")
    fields = hidden(upload(client, changed().data))
    for forged in ({"shown": "0" * 64}, {"shown": ""}):
        assert send(client, "/admin/exchange/import", **fields | forged).status_code == 409
    assert send(client, "/admin/exchange/import", **fields | {"content": "not base64!"}).status_code == 400


def test_too_large_a_body_is_refused_in_words(app: Flask) -> None:
    client = signed_in(app, "ed", "editor")
    assert "is larger than 1024 KB" in upload(client, b"x" * (1024 * 1024 + 1)).text
    assert upload(client, b"x" * (2 * 1024 * 1024)).status_code == 413


def test_questions_leave_by_area_as_yaml_and_as_csv(app: Flask) -> None:
    client = signed_in(app, "ed", "editor")
    answer = client.get("/admin/exchange/questions.zip?area=soft-skills")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="questions-soft-skills-newest.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".yaml"))
        assert archive.read(name) == (QUESTIONS / name).read_bytes()
    table = client.get("/admin/exchange/questions.csv?area=system-design").data
    assert table.startswith(b"\xef\xbb\xbfid,revision,")
    assert ONE.encode() in table
    assert "Nothing to do" in upload(client, table, "q.csv").text
    assert client.get("/admin/exchange/questions.csv?area=nowhere").status_code == 404
    assert PLACE.endswith(f"{ONE}.yaml")
    assert TEXT


def test_an_export_holds_the_newest_texts_or_those_that_are_asked_as_one_chooses(app: Flask) -> None:
    client = signed_in(app, "ed", "editor")
    send(client, "/admin/exchange/import", **hidden(upload(client, changed().data)))
    for texts, drafted in (("newest", True), ("asked", False)):
        answer = client.get(f"/admin/exchange/questions.zip?texts={texts}")
        assert f"questions-{texts}.zip" in answer.headers["Content-Disposition"]
        assert client.get(f"/admin/exchange/questions.zip?texts={texts}").data == answer.data
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            assert (archive.read(PLACE) != (QUESTIONS / PLACE).read_bytes()) == drafted
        page = upload(client, answer.data).text
        assert "Nothing to do" in page
        assert ("older than what is here" in page) != drafted


def test_a_spreadsheet_is_refused_with_what_to_do(app: Flask) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
    page = upload(signed_in(app, "ed", "editor"), held.getvalue(), "bank.xlsx").text
    assert "is an Excel workbook: open it there, choose “Save as” and “CSV UTF-8”" in page


def test_only_an_admin_takes_answers_and_that_is_written_down(app: Flask) -> None:
    assert "Export answers" not in signed_in(app, "ed", "editor").get("/admin/exchange").text
    admin = signed_in(app)
    assert "Export answers" in admin.get("/admin/exchange").text
    answer = send(admin, "/admin/exchange/answers", format="csv")
    assert answer.data.startswith(b"person,attempt,")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert send(admin, "/admin/exchange/answers", format="jsonl").status_code == 200
    assert send(admin, "/admin/exchange/answers", format="xml").status_code == 400
    with app.extensions["quiz"].database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT note FROM audit WHERE verb = 'answers exported'").all()
    assert [row[0] for row in rows] == ["csv", "jsonl"]
