from __future__ import annotations

import json
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from quiz.bank import question as q
from quiz.services import accounts
from quiz.services.editing import wording
from quiz.store.accounts import account_named, set_password
from quiz.store.bank import newest_texts
from quiz.store.problems import put_problem
from quiz.store.proofs import StoredProof, store_proofs
from quiz.store.revisions import Text, newest_text, texts_of
from quiz.web.wiring import Wiring
from tests.editor import csrf, send, signed_in
from tests.rendered import form_of
from tests.taker import begin, opened

NAME = "password-in-notebook"
EDIT = f"/admin/questions/{NAME}/edit"
TITLE = "A password that many can read"


@pytest.fixture
def editor(app: Flask) -> FlaskClient:
    return signed_in(app, "ada", "editor")


def text_of(app: Flask, name: str = NAME) -> Text:
    wiring: Wiring = app.extensions["quiz"]
    with wiring.database.reading() as session:
        found = newest_text(session, name)
    assert found is not None
    return found


def one_of_each_type(app: Flask) -> dict[str, str]:
    """For each type the questions that are richest in it."""
    wiring: Wiring = app.extensions["quiz"]
    with wiring.database.reading() as session:
        texts = newest_texts(session).values()
    return {kind: max((t for t in texts if t.type == kind), key=lambda t: len(str(t))).id for kind in q.TYPES}


def test_a_question_of_each_type_comes_back_from_its_form_as_it_was(app: Flask, editor: FlaskClient) -> None:
    for name in one_of_each_type(app).values():
        before = text_of(app, name)
        address = f"/admin/questions/{name}/edit"
        form = form_of(editor.get(address).text, "sheet")
        assert editor.post(address, data=form | {"do": ["preview"]}).status_code == 200
        done = editor.post(address, data=form | {"do": ["save"]})
        assert done.status_code == 303, done.text
        assert text_of(app, name) == before, "saving what was not changed changes nothing"
        editor.post(address, data=form | {"title": [TITLE], "do": ["save"]})
        after = text_of(app, name)
        assert wording(after.question) == {**wording(before.question), "title": TITLE}


def test_rows_are_added_moved_and_removed_without_script_and_without_saving(app: Flask, editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    for button, count, first in (
        ("add options", 5, "rotate"),
        ("down options 0", 5, "commit"),
        ("remove options 0", 4, "rotate"),
    ):
        page = editor.post(EDIT, data=form | {"do": [button]}).text
        form = form_of(page, "sheet")
        assert form["options.0.id"] == [first]
        assert f"options.{count - 1}.id" in form
        assert f"options.{count}.id" not in form
        assert "Not saved yet." in page
    assert form["key"] == ["0"], "the key follows its row"
    assert text_of(app).number == 1


def test_every_mistake_is_told_at_its_field_and_what_was_typed_is_kept(app: Flask, editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    wrong = {"seconds": ["soon"], "title": ["<b>x"], "options.1.why": [""], "stem": ["<script>alert(1)</script>\r\n"]}
    answer = editor.post(EDIT, data=form | wrong | {"do": ["save"]})
    assert answer.status_code == 400
    for part in ("must be a whole number", "must have at least 8 characters", "is missing", "3 things before this"):
        assert part in answer.text
    for field in ("seconds", "title", "options.1.why"):
        assert f'id="{field}-error"' in answer.text
        assert f'href="#{field}"' in answer.text
    kept = form_of(answer.text, "sheet")
    assert {name: kept[name] for name in wrong} == wrong
    assert text_of(app).number == 1


def test_a_refusal_about_several_fields_links_to_the_one_to_mend(editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    for wrong, link in (
        ({"options.1.id": form["options.0.id"]}, "options.1.id"),
        ({"options.1.content": form["options.0.content"]}, "options"),
    ):
        answer = editor.post(EDIT, data=form | wrong | {"do": ["save"]})
        assert answer.status_code == 400
        assert answer.text.count(f'href="#{link}"') == 2, "in the notice and in the list beside the form"
        assert f'id="{link}"' in answer.text
    for name, wrong, link in (
        ("loss-that-stops-falling", {"traps.0.value": ["1"], "key.value": ["1"]}, "traps"),
        ("ab-test-sizes", {"key.lines.0": ["1"], "key.lines.1": ["0"]}, "lines"),
    ):
        address = f"/admin/questions/{name}/edit"
        form = form_of(editor.get(address).text, "sheet")
        assert f'href="#{link}"' in editor.post(address, data=form | wrong | {"do": ["save"]}).text


def test_who_saves_what_was_withdrawn_is_asked_first(app: Flask, editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    reviewer = signed_in(app, "rita", "reviewer")
    send(reviewer, f"/admin/questions/{NAME}/stop", revision=form["base"][0], do="withdrawn", why="Wrong.", sure="yes")
    page = editor.get(EDIT).text
    assert "Saving makes a draft of it" in page
    form = form_of(page, "sheet") | {"title": [TITLE], "do": ["save"]}
    refused = editor.post(EDIT, data=form)
    assert refused.status_code == 400
    assert "leave it withdrawn" in refused.text
    assert form_of(refused.text, "sheet")["title"] == [TITLE]
    assert text_of(app).question.status == "withdrawn"
    assert editor.post(EDIT, data=form | {"again": ["yes"]}).status_code == 303
    assert text_of(app).question.status == "draft"


def test_two_editors_on_one_question_lose_nothing(app: Flask, editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    other = signed_in(app, "bob", "editor")
    other.post(EDIT, data=form_of(other.get(EDIT).text, "sheet") | {"title": ["Bob wrote this title"], "do": ["save"]})
    answer = editor.post(EDIT, data=form | {"title": [TITLE], "do": ["save"]})
    assert answer.status_code == 409
    assert "bob saved another text while you were writing" in answer.text
    assert "<del>" in answer.text
    again = form_of(answer.text, "sheet")
    assert again["title"] == [TITLE]
    assert editor.post(EDIT, data=again | {"do": ["save"]}).status_code == 303
    wiring: Wiring = app.extensions["quiz"]
    with wiring.database.reading() as session:
        assert [t.question.title for t in texts_of(session, NAME)][:2] == [TITLE, "Bob wrote this title"]


def test_the_same_text_may_be_written_as_yaml(app: Flask, editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    page = editor.post(EDIT, data=form | {"title": [TITLE], "do": ["yaml"]}).text
    form = form_of(page, "sheet")
    assert f"title: {TITLE}" in form["yaml"][0]
    text = form["yaml"][0].replace("\r\n", "\n")
    broken = text.replace("level: guided", "level: hard").replace("seconds: 50", "seconds: 5\ncolour: red")
    answer = editor.post(EDIT, data=form | {"yaml": [broken], "do": ["save"]})
    assert answer.status_code == 400
    for part in (
        "Line 4: level must be",
        "Line 5: seconds must be at least 10 (“seconds: 5”)",
        "Line 6: colour is not a field",
    ):
        assert part in answer.text
    assert form_of(answer.text, "sheet")["yaml"] == [broken.replace("\n", "\r\n")]
    assert editor.post(EDIT, data=form | {"do": ["save"]}).status_code == 303
    assert text_of(app).question.title == TITLE
    for hostile in ("a: &b [*b]", "[" * 5000, "x: !!python/object:os.system {}", "\x00", "a: 1\na: 2"):
        assert editor.post(EDIT, data=form | {"yaml": [hostile], "do": ["save"]}).status_code == 400


def test_the_preview_is_the_takers_page(app: Flask, editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    whole = editor.post("/admin/preview", data=form)
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    taker = app.test_client()
    address = begin(taker)
    wiring: Wiring = app.extensions["quiz"]
    revision = text_of(app).revision
    with wiring.database.writing() as session:
        session.connection().exec_driver_sql(f"UPDATE attempts SET first_revision = {revision}, seed = 7")
    page = taker.get(address).text
    assert opened(app, taker, address).progress.current == revision
    assert _question(page).replace(address, "/a/preview") == _question(whole.text)


def _question(page: str) -> str:
    """What a taker reads and answers, without what names the attempt and the place in it."""
    page = re.sub(r' data-(question|next)="[^"]*"', "", page)
    return page.split("<h1>")[1].split('<div class="pick aside">', maxsplit=1)[0].split("csrf_token", maxsplit=1)[0]


def test_the_script_is_told_the_same_as_the_page(editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    told = editor.post("/admin/check", data=form | {"title": ["<i>A new title</i> here"]}).get_json()
    assert "Nothing keeps this from going live" in told["points"]
    assert "&lt;i&gt;A new title" in told["page"]
    told = editor.post("/admin/check", data=form | {"stem": ["$\\frac{$"]}).get_json()
    assert "before this can go live" in told["points"]
    told = editor.post("/admin/check", data=form | {"stem": [form["stem"][0] + "\n\n$\\frac{1}{$"]}).get_json()
    assert "1 thing before this can go live" in told["points"], "what can't be shown is said once"


def test_the_proof_is_shown_and_a_changed_line_needs_it_again(app: Flask) -> None:
    app.extensions["quiz"].clock.forward(5 * 366 * 86_400)  # the verdicts in the files are of 2026
    editor = signed_in(app, "ada", "editor")
    name = "ab-test-sizes"
    address = f"/admin/questions/{name}"
    assert "passed" in editor.get(address).text
    form = form_of(editor.get(f"{address}/edit").text, "sheet")
    assert not [field for field in form if "script" in field]
    editor.post(f"{address}/edit", data=form | {"title": ["Which test needs more people?"], "do": ["save"]})
    assert "passed; wording changed since" in editor.get(address).text
    form = form_of(editor.get(f"{address}/edit").text, "sheet")
    editor.post(f"{address}/edit", data=form | {"lines.0.text": ["From 1 % to 2 %"], "do": ["save"]})
    page = editor.get(address).text
    assert "needs proof" in page
    assert "Waiting for proof since" in page
    assert "quiz bank prove --database --watch" in page
    form = form_of(editor.get(f"{address}/edit").text, "sheet")
    told = editor.post("/admin/check", data=form | {"lines.0.text": ["From 1 % to 3 %"]}).get_json()
    assert "needs proof" in told["proof"]
    assert "passed" not in told["proof"]
    assert 'href="#proof"' in told["points"]
    wiring: Wiring = app.extensions["quiz"]
    with wiring.database.writing() as session:
        content = session.connection().exec_driver_sql(f"SELECT proof_content FROM listed WHERE question_id = '{name}'")
        verdict = StoredProof(str(content.scalar()), ok=False, said="the key is not accepted", versions={}, at=1)
        store_proofs(session, [verdict])
    page = editor.get(address).text
    assert "Its proof says that the key is wrong." in page
    assert "the key is not accepted" in page


def test_a_form_without_its_token_is_shown_again_with_what_was_typed(editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    answer = editor.post(EDIT, data=form | {"csrf_token": ["stale"], "title": [TITLE], "do": ["save"]})
    assert answer.status_code == 400
    again = form_of(answer.text, "sheet")
    assert again["title"] == [TITLE]
    assert editor.post(EDIT, data=again | {"do": ["save"]}).status_code == 303


def test_what_a_signed_out_editor_sends_comes_back_after_signing_in(app: Flask, editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    send(editor, "/admin/sign-out")
    answer = editor.post(
        EDIT, data=form | {"title": [TITLE], "stem": ["One\r\n\r\n<two> ü & “three”?"], "do": ["save"]}
    )
    assert answer.status_code == 401
    assert "nothing was saved yet" in answer.text
    assert text_of(app).number == 1
    login_of(app, "ada")
    typed = hidden(answer.text) | {"name": "ada", "password": "wrong"}
    again = editor.post("/admin/sign-in", data=typed)
    assert again.status_code == 400
    page = editor.post("/admin/sign-in", data=hidden(again.text) | {"name": "ada", "password": "four unrelated words"})
    assert page.status_code == 200
    assert f'action="{EDIT}"' in page.text
    assert editor.post(EDIT, data=hidden(page.text)).status_code == 303
    saved = text_of(app).question
    assert (saved.title, saved.stem) == (TITLE, "One\n\n<two> ü & “three”?")


def test_what_a_stranger_sends_is_not_sent_on_to_another_place(app: Flask) -> None:
    stranger = app.test_client()
    for address in ("/admin/exchange/plan", "/admin/nowhere", "/admin/sign-out"):
        assert stranger.post(address, data={"a": "b"}).status_code == 401
    login_of(app, "ada")
    for on, kept in (("https://elsewhere.example/", "YT1i"), ("/admin", "YT1i"), (EDIT, "%%%"), (EDIT, "/w==")):
        typed = {
            "csrf_token": csrf(stranger),
            "name": "ada",
            "password": "four unrelated words",
            "next": on,
            "kept": kept,
        }
        answer = stranger.post("/admin/sign-in", data=typed)
        assert answer.status_code == 303, (on, kept)
        send(stranger, "/admin/sign-out")
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert "kept" not in stranger.post(EDIT, data={"title": "x"}, headers=elsewhere).text


def test_a_text_that_breaks_the_schema_is_kept_for_its_writer(app: Flask, editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    answer = editor.post(EDIT, data=form | {"seconds": ["soon"], "title": ["Half a"], "do": ["save"]})
    assert answer.status_code == 400
    assert "What you typed is kept for you" in answer.text
    page = editor.get(EDIT).text
    assert "This is what you typed on" in page
    kept = form_of(page, "sheet")
    assert (kept["seconds"], kept["title"]) == (["soon"], ["Half a"])
    assert "You have an unfinished text" in editor.get(f"/admin/questions/{NAME}").text
    bob = signed_in(app, "bob", "editor")
    assert "ada has an unfinished text" in bob.get(f"/admin/questions/{NAME}").text
    assert form_of(bob.get(EDIT).text, "sheet")["title"] != ["Half a"]
    assert editor.post(EDIT, data=kept | {"do": ["discard"]}).status_code == 303
    assert form_of(editor.get(EDIT).text, "sheet")["title"] == form["title"]
    editor.post(EDIT, data=kept | {"do": ["save"]})
    assert editor.post(EDIT, data=kept | {"seconds": ["50"], "title": [TITLE], "do": ["save"]}).status_code == 303
    assert form_of(editor.get(EDIT).text, "sheet")["title"] == [TITLE]
    assert "unfinished" not in editor.get(f"/admin/questions/{NAME}").text


def test_broken_yaml_is_kept_too(editor: FlaskClient) -> None:
    form = form_of(editor.get(f"{EDIT}?as=yaml").text, "sheet")
    editor.post(EDIT, data=form | {"yaml": ["title: [half"], "do": ["save"]})
    assert form_of(editor.get(EDIT).text, "sheet")["yaml"] == ["title: [half"]


def test_a_look_at_the_preview_does_not_hide_that_a_colleague_saved(app: Flask, editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    bob = signed_in(app, "bob", "editor")
    bob.post(EDIT, data=form_of(bob.get(EDIT).text, "sheet") | {"title": ["Bob wrote this title"], "do": ["save"]})
    looked = form_of(editor.post(EDIT, data=form | {"title": [TITLE], "do": ["preview"]}).text, "sheet")
    answer = editor.post(EDIT, data=looked | {"do": ["save"]})
    assert answer.status_code == 409
    assert "bob saved another text" in answer.text


def hidden(page: str) -> dict[str, list[str]]:
    """The fields that a page holds out of sight."""
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page):
        sent.setdefault(unescape(name), []).append(unescape(value))
    return sent


def login_of(app: Flask, name: str) -> None:
    """Someone with a password."""
    wiring: Wiring = app.extensions["quiz"]
    signed_in(app, name, "editor")
    with wiring.database.writing() as session:
        account = account_named(session, name)
        assert account is not None
        set_password(session, account.id, accounts.HASHER.hash("four unrelated words"))


def test_too_much_is_refused_in_words(editor: FlaskClient) -> None:
    form = form_of(editor.get(EDIT).text, "sheet")
    answer = editor.post(EDIT, data=form | {"stem": ["x" * 1_000_000], "do": ["save"]})
    assert answer.status_code == 413
    assert "At most 512 KB can be sent here." in answer.text
    long = editor.post(EDIT, data=form | {"stem": ["x" * 200_000], "do": ["save"]})
    assert "must have at most 6000 characters" in long.text
    odd = editor.post(EDIT, data=form | {"stem": ["a\x00b\x1fc"], "base": ["x"], "do": ["save"]})
    assert odd.status_code == 400


def test_two_who_do_at_once_what_only_one_can_are_told_so(editor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: object) -> None:
        raise IntegrityError("INSERT", {}, ValueError("UNIQUE constraint failed: questions.id"))

    monkeypatch.setattr("quiz.services.editing.create", taken)
    answer = send(editor, "/admin/questions/new", id="queue-again", copy=NAME)
    assert answer.status_code == 409
    assert "at the same moment" in answer.text


def test_a_new_question_and_a_copy_begin_as_drafts_without_a_program(app: Flask, editor: FlaskClient) -> None:
    for kind in q.TYPES:
        fields = {"id": f"new-{kind}", "type": kind, "skill": "sql"}
        assert send(editor, "/admin/questions/new", **fields).status_code == 303
        assert "still says what belongs here" in editor.get(f"/admin/questions/new-{kind}/edit").text
        assert editor.get(f"/admin/questions/new-{kind}").status_code == 200
    wrong = send(editor, "/admin/questions/new", id="new-single", type="single", skill="sql")
    assert wrong.status_code == 400
    assert "There is a question new-single already." in wrong.text
    for fields in ({"id": "A b"}, {"id": "x-y", "type": "none"}, {"id": "x-y", "type": "single", "skill": "sewing"}):
        assert send(editor, "/admin/questions/new", **fields).status_code == 400
    send(editor, "/admin/questions/new", id="second-password", copy=NAME)
    assert text_of(app, "second-password").question.title == text_of(app).question.title


def test_comments_reports_and_the_log_are_shown_and_exported(app: Flask, editor: FlaskClient) -> None:
    taker = app.test_client()
    attempt = opened(app, taker, begin(taker))
    wiring: Wiring = app.extensions["quiz"]
    with wiring.database.writing() as session:
        put_problem(session, attempt.stored.id, text_of(app).revision, "unclear", "Which <notebook>?", 5)
    assert "a taker reported a problem" in editor.get("/admin").text
    page = editor.get(f"/admin/questions/{NAME}").text
    assert "Which &lt;notebook&gt;?" in page
    send(editor, f"/admin/questions/{NAME}/comment", comment="Say which one.")
    report = page.split('name="report" value="')[1].split('"')[0]
    assert send(editor, f"/admin/questions/{NAME}/settle", report=report).status_code == 303
    assert send(editor, f"/admin/questions/{NAME}/settle", report=report).status_code == 409
    page = editor.get(f"/admin/questions/{NAME}").text
    assert "Say which one." in page
    assert "settled by ada just now" in page
    reviewer = signed_in(app, "bob", "reviewer")
    assert "report settled" in reviewer.get("/admin/audit?who=ada").text
    assert reviewer.get("/admin/audit?since=yesterday").status_code == 200
    lines = [json.loads(line) for line in reviewer.get("/admin/audit/log.jsonl?verb=commented").text.splitlines()]
    assert [(line["who"], line["after"]) for line in lines] == [("ada", {"comment": "Say which one."})]
    assert csrf(reviewer)
