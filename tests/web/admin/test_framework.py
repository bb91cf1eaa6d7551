from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Clock
from tests.editor import send, signed_in
from tests.rendered import form_of
from tests.taker import answer_all, begin, finish

PROFILE = "/admin/framework/profile/machine-learning-engineer"
TEXT_OF_PROFILE = f"{PROFILE}?as=yaml"
TEXT = re.compile(r'<textarea[^>]*name="text"[^>]*>\n(.*?)</textarea>', re.DOTALL)
BASE = re.compile(r'name="base" value="([^"]+)"')


def text_of(page: str) -> str:
    found = TEXT.search(page)
    assert found is not None
    return unescape(found[1])


def base_of(page: str) -> str:
    found = BASE.search(page)
    assert found is not None
    return found[1]


def sent_on(page: str) -> str:
    """The text that the button to publish would send."""
    found = re.search(r'name="text" value="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def harder(text: str) -> str:
    """The same profile with every target at the top."""
    return re.sub(r"(junior|mid|senior|staff): [\d.]+", r"\1: 4.0", text)


def test_a_change_of_targets_shows_what_it_does_and_becomes_a_version(app: Flask) -> None:
    taker = app.test_client()
    address = begin(taker, length="15")
    answer_all(app, taker, address, knows=lambda question: question.level != "leading")
    finish(taker, address)
    client = signed_in(app, "rev", "reviewer")
    before = text_of(client.get(TEXT_OF_PROFILE).text)
    assert "Nothing is changed" in send(client, PROFILE, text=before).text
    page = send(client, PROFILE, text=harder(before)).text
    told = re.search(r"Of the last 1 result, 5 verdicts would change", page)
    assert told is not None, re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert "5 for a lower chance, 0 for a higher one" in page
    printed = taker.get(f"{address}/result").text
    done = send(client, f"{PROFILE}/publish", text=harder(before), base=base_of(page))
    assert done.headers["Location"].endswith("/admin/framework?done=2")
    assert "Bank version 2 is made" in client.get("/admin/framework?done=2").text
    assert text_of(client.get(TEXT_OF_PROFILE).text) == harder(before)
    after = taker.get(f"{address}/result").text
    assert "This result stays as it was" in after
    before, after = (re.sub(r'value="[^"]{60,}"|<p class="note">What we say.*?</p>', "", t) for t in (printed, after))
    assert after.split() == before.split()
    assert "framework changed" in client.get("/admin/audit").text


def test_two_editors_of_one_profile_lose_nothing(app: Flask) -> None:
    one, two = signed_in(app, "ann", "reviewer"), signed_in(app, "bob", "reviewer")
    before = text_of(one.get(TEXT_OF_PROFILE).text)
    base = base_of(send(one, PROFILE, text=harder(before)).text)
    other = before.replace("mid: 2.0", "mid: 2.1", 1)
    assert send(two, f"{PROFILE}/publish", text=other, base=base).status_code == 303
    page = send(one, f"{PROFILE}/publish", text=harder(before), base=base)
    assert page.status_code == 409
    assert "Nothing was published" in page.text
    assert text_of(page.text) == harder(before)
    assert "mid: 2.1" in page.text


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("profile/machine-learning-engineer", ("weight: 0.", "weight: 0.9"), "not 1"),
        ("profile/machine-learning-engineer", ("junior: ", "junior: 9"), "targets"),
        ("profile/machine-learning-engineer", ("id: machine", "id: other"), "must stay"),
        ("hours/programming", ("guided: 40", "guided: many"), "Line 2: Python language, guided: must be"),
        ("hours/programming", ("python-core:", "python-kore:"), "is no skill of Programming"),
        ("resources/programming", ("kind: docs", "kind: song"), "kind"),
        ("resources/programming", ("skills:", "skillz:"), "is not a field"),
    ],
)
def test_a_wrong_text_is_refused_with_every_reason_and_kept(
    app: Flask, part: str, change: tuple[str, str], said: str
) -> None:
    client = signed_in(app, "rev", "reviewer")
    text = text_of(client.get(f"/admin/framework/{part}?as=yaml").text)
    assert change[0] in text
    page = send(client, f"/admin/framework/{part}", text=text.replace(*change, 1))
    assert page.status_code == 400
    assert said in unescape(page.text)
    assert text_of(page.text) == text.replace(*change, 1)


def test_resources_tell_when_they_were_looked_at(app: Flask) -> None:
    client = signed_in(app, "rev", "reviewer")
    address = "/admin/framework/resources/programming"
    page = client.get(address).text
    assert "never checked" in page
    form = form_of(page, "sheet")
    shown = client.post(address, data=form | {"skills.python-core.1.checked": ["2023-11-01"]}).text
    assert "There are no results yet" in shown
    send(client, f"{address}/publish", text=sent_on(shown), base=base_of(shown), **{"from": "form"})
    assert "checked: 2023-11-01" in client.get(address).text
    app.extensions["quiz"].clock.forward(400 * 86_400)
    client = signed_in(app, "rev", "reviewer")
    page = client.get(address).text
    assert "checked over a year ago: 2023-11-01" in page
    shown = client.post(address, data=form_of(page, "sheet") | {"skills.python-core.1.looked": ["yes"]}).text
    today = datetime.fromtimestamp(app.extensions["quiz"].clock(), UTC).date().isoformat()
    assert f"checked: {today}" in unescape(shown)


@pytest.mark.parametrize("part", ["profile/machine-learning-engineer", "hours/programming", "resources/soft-skills"])
def test_a_part_comes_back_from_its_form_as_it_was(app: Flask, part: str) -> None:
    client = signed_in(app, "rev", "reviewer")
    address = f"/admin/framework/{part}"
    form = form_of(client.get(address).text, "sheet")
    assert "Nothing is changed" in client.post(address, data=form).text
    text = text_of(client.post(address, data=form | {"do": ["yaml"]}).text)
    assert text == text_of(client.get(f"{address}?as=yaml").text)
    back = send(client, address, text=text, do="form").text
    assert {n: v for n, v in form_of(back, "sheet").items() if n != "csrf_token"} == {
        n: v for n, v in form.items() if n != "csrf_token"
    }


def test_a_weight_and_a_target_are_changed_in_the_form_and_published(app: Flask) -> None:
    client = signed_in(app, "rev", "reviewer")
    form = form_of(client.get(PROFILE).text, "sheet")
    changed = {"areas.programming.weight": ["0,19"], "areas.mathematics.weight": ["0.15"], "importance.sql": ["3"]}
    shown = client.post(PROFILE, data=form | changed).text
    for line in ("-    weight: 0.2", "+    weight: 0.19", "+    weight: 0.15", "+  sql: 3"):
        assert f">{line}<" in shown
    done = send(client, f"{PROFILE}/publish", text=sent_on(shown), base=base_of(shown), **{"from": "form"})
    assert done.status_code == 303
    assert form_of(client.get(PROFILE).text, "sheet")["areas.programming.weight"] == ["0.19"]


@pytest.mark.parametrize(
    ("part", "field", "typed", "said", "link"),
    [
        ("profile/machine-learning-engineer", "areas.programming.weight", "lots", "Programming, weight: must be", ""),
        ("profile/machine-learning-engineer", "areas.programming.weight", "0.9", "not 1", "areas"),
        (
            "profile/machine-learning-engineer",
            "areas.programming.targets.junior",
            "4",
            "must not fall",
            "areas.programming",
        ),
        ("hours/programming", "python-core.guided", "", "guided: must be", ""),
        ("resources/programming", "skills.python-core.2.url", "javascript:alert(1)", "https://", ""),
        ("resources/programming", "skills.python-core.1.checked", "yesterday", "a day such as 2026-11-29", ""),
        ("resources/programming", "skills.python-core.1.title", "", "must have at least 1 character", ""),
    ],
)
def test_each_mistake_in_the_form_links_to_its_field_and_what_was_typed_is_kept(
    app: Flask, part: str, field: str, typed: str, said: str, link: str
) -> None:
    client = signed_in(app, "ed", "editor")
    address = f"/admin/framework/{part}"
    answer = client.post(address, data=form_of(client.get(address).text, "sheet") | {field: [typed]})
    assert answer.status_code == 400
    assert said in unescape(answer.text)
    assert f'href="#{link or field}"' in answer.text
    assert f'id="{link or field}"' in answer.text
    assert form_of(answer.text, "sheet")[field] == [typed]
    assert 'href="javascript' not in answer.text


def test_resources_are_added_and_removed_without_script(app: Flask) -> None:
    client = signed_in(app, "rev", "reviewer")
    address = "/admin/framework/resources/programming"
    form = form_of(client.get(address).text, "sheet")
    count = sum(name.startswith("skills.sql.") and name.endswith(".title") for name in form)
    more = form_of(client.post(address, data=form | {"do": ["add sql"]}).text, "sheet")
    assert more[f"skills.sql.{count + 1}.title"] == [""]
    more |= {f"skills.sql.{count + 1}.title": ["A new book"], f"skills.sql.{count + 1}.hours": ["3"]}
    assert "A new book" in client.post(address, data=more).text
    fewer = client.post(address, data=more | {"do": ["remove sql 1"]}).text
    assert form_of(fewer, "sheet")[f"skills.sql.{count}.title"] == ["A new book"]
    for odd in ("add sewing", "remove sql 99", "remove sql 0", "remove sql"):
        assert form_of(client.post(address, data=form | {"do": [odd]}).text, "sheet").keys() == form.keys()


def test_what_is_in_use_is_not_removed(app: Flask) -> None:
    client = signed_in(app, "rev", "reviewer")
    address = "/admin/framework/resources/programming"
    form = form_of(client.get(address).text, "sheet")
    without = {name: typed for name, typed in form.items() if not name.startswith("skills.sql.")}
    answer = client.post(address, data=without)
    assert answer.status_code == 400
    assert 'href="#skills.sql"' in answer.text
    text = text_of(client.get("/admin/framework/hours/programming?as=yaml").text)
    gone = re.sub(r"sql:\n(  .*\n)+", "", text)
    assert "lacks the skill sql" in send(client, "/admin/framework/hours/programming", text=gone).text


def test_what_someone_else_changed_meanwhile_is_shown_before_the_effect(app: Flask) -> None:
    one, two = signed_in(app, "ann", "reviewer"), signed_in(app, "bob", "reviewer")
    form = form_of(one.get(PROFILE).text, "sheet")
    shown = two.post(PROFILE, data=form_of(two.get(PROFILE).text, "sheet") | {"importance.sql": ["1"]}).text
    send(two, f"{PROFILE}/publish", text=sent_on(shown), base=base_of(shown))
    answer = one.post(PROFILE, data=form | {"importance.sql": ["3"]})
    assert answer.status_code == 409
    assert "Someone changed the framework" in answer.text
    assert form_of(answer.text, "sheet")["importance.sql"] == ["3"]


def test_an_editor_may_look_but_not_publish(app: Flask) -> None:
    client = signed_in(app, "ed", "editor")
    text = text_of(client.get(TEXT_OF_PROFILE).text)
    page = send(client, PROFILE, text=harder(text)).text
    assert "A reviewer finds it on this page, and can publish it." in page
    assert send(client, f"{PROFILE}/publish", text=harder(text), base="x").status_code == 403
    assert client.get("/admin/framework/profile/nobody").status_code == 404
    assert client.get("/admin/framework/wages/programming").status_code == 404


def typed_at(app: Flask, part: str, **typed: str) -> tuple[FlaskClient, str]:
    """An editor who typed something into the form of a part, pressed its first button, and went elsewhere."""
    editor, address = signed_in(app, "ed", "editor"), f"/admin/framework/{part}"
    form = form_of(editor.get(address).text, "sheet")
    editor.post(address, data=form | {name: [value] for name, value in typed.items()})
    editor.get("/admin/questions")
    return editor, address


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("resources/programming", "skills.sql.1.title", "A new title"),
        ("resources/programming", "skills.sql.1.url", "not yet an address"),
        ("profile/machine-learning-engineer", "importance.sql", "3"),
        ("hours/programming", "sql.guided", "many"),
    ],
)
def test_what_was_typed_is_there_again_after_going_elsewhere(app: Flask, part: str, field: str, value: str) -> None:
    editor, address = typed_at(app, part, **{field: value})
    page = editor.get(address).text
    assert "This is what you typed on 15 November 2023" in page
    assert form_of(page, "sheet")[field] == [value]
    assert "you have an unfinished text" in editor.get("/admin/framework").text
    assert "your unfinished text" in editor.get("/admin").text
    assert send(editor, address, do="discard").status_code == 303
    assert form_of(editor.get(address).text, "sheet")[field] != [value]
    assert "unfinished" not in editor.get("/admin/framework").text


def test_rows_that_were_added_and_removed_and_text_are_kept_too(app: Flask) -> None:
    editor, address = typed_at(app, "resources/programming")
    form = form_of(editor.get(address).text, "sheet")
    count = sum(name.startswith("skills.sql.") and name.endswith(".title") for name in form)
    editor.post(address, data=form | {"do": ["add sql"]})
    more = form_of(editor.get(address).text, "sheet")
    assert f"skills.sql.{count + 1}.title" in more
    editor.post(address, data=more | {"skills.sql.1.title": ["Kept"], "do": ["remove sql 2"]})
    fewer = form_of(editor.get(address).text, "sheet")
    assert f"skills.sql.{count + 1}.title" not in fewer
    assert fewer["skills.sql.1.title"] == ["Kept"]
    text = text_of(editor.post(address, data=fewer | {"do": ["yaml"]}).text)
    send(editor, address, text=text.replace("title: Kept", "title: [Kept"))
    assert "title: [Kept" in text_of(editor.get(address).text)


def test_a_resource_looked_at_yesterday_stays_looked_at_yesterday(app: Flask, clock: Clock) -> None:
    editor, address = typed_at(app, "resources/programming", **{"skills.sql.1.looked": "yes"})
    clock.forward(86_400)
    assert form_of(editor.get(address).text, "sheet")["skills.sql.1.checked"] == ["2023-11-15"]


def test_a_reviewer_opens_and_publishes_what_an_editor_typed(app: Flask) -> None:
    editor, address = typed_at(app, "profile/machine-learning-engineer", **{"importance.sql": "3"})
    rita = signed_in(app, "rita", "reviewer")
    page = rita.get(address).text
    assert "ed has an unfinished text of this" in page
    assert form_of(page, "sheet")["importance.sql"] != ["3"]
    page = rita.get(f"{address}?of=ed").text
    assert "This is what ed typed" in page
    shown = rita.post(address, data=form_of(page, "sheet")).text
    done = send(rita, f"{address}/publish", text=sent_on(shown), base=base_of(shown), **{"from": "form"})
    assert done.status_code == 303
    assert "unfinished" not in rita.get("/admin/framework").text
    page = editor.get(address).text
    assert "Someone changed the framework" in page
    assert "Nothing is changed" in editor.post(address, data=form_of(page, "sheet")).text
    assert "unfinished" not in editor.get("/admin/framework").text


def test_adding_a_row_does_not_hide_that_a_colleague_published(app: Flask) -> None:
    editor, address = typed_at(app, "resources/programming")
    form = form_of(editor.get(address).text, "sheet")
    rita = signed_in(app, "rita", "reviewer")
    shown = rita.post(PROFILE, data=form_of(rita.get(PROFILE).text, "sheet") | {"importance.sql": ["1"]}).text
    send(rita, f"{PROFILE}/publish", text=sent_on(shown), base=base_of(shown))
    more = form_of(editor.post(address, data=form | {"do": ["add sql"]}).text, "sheet")
    assert editor.post(address, data=more).status_code == 409


def test_a_form_that_lost_its_cookie_comes_back_with_what_was_typed(app: Flask) -> None:
    editor = signed_in(app, "ed", "editor")
    form = form_of(editor.get(PROFILE).text, "sheet") | {"importance.sql": ["3"], "csrf_token": ["x"]}
    answer = editor.post(PROFILE, data=form)
    assert answer.status_code == 400
    assert "lost its link to this browser" in answer.text
    assert form_of(answer.text, "sheet")["importance.sql"] == ["3"]
