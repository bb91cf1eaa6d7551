from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from tests.editor import send, signed_in
from tests.taker import answer_all, begin, finish

PROFILE = "/admin/framework/profile/machine-learning-engineer"
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


def harder(text: str) -> str:
    """The same profile with every target at the top."""
    return re.sub(r"(junior|mid|senior|staff): [\d.]+", r"\1: 4.0", text)


def test_a_change_of_targets_shows_what_it_does_and_becomes_a_version(app: Flask) -> None:
    taker = app.test_client()
    address = begin(taker, length="15")
    answer_all(app, taker, address)
    finish(taker, address)
    client = signed_in(app, "rev", "reviewer")
    before = text_of(client.get(PROFILE).text)
    assert "Nothing is changed" in send(client, PROFILE, text=before).text
    page = send(client, PROFILE, text=harder(before)).text
    told = re.search(r"Of the last 1 result, (5) verdicts would change", page)
    assert told is not None, re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert "5 for a lower chance, 0 for a higher one" in page
    printed = taker.get(f"{address}/result").text
    done = send(client, f"{PROFILE}/publish", text=harder(before), base=base_of(page))
    assert done.headers["Location"].endswith("/admin/framework?done=2")
    assert "Bank version 2 is made" in client.get("/admin/framework?done=2").text
    assert text_of(client.get(PROFILE).text) == harder(before)
    after = taker.get(f"{address}/result").text
    assert "This result stays as it was" in after
    before, after = (re.sub(r'value="[^"]{60,}"|<p class="note">What we say.*?</p>', "", t) for t in (printed, after))
    assert after.split() == before.split()
    assert "framework changed" in client.get("/admin/audit").text


def test_two_editors_of_one_profile_lose_nothing(app: Flask) -> None:
    one, two = signed_in(app, "ann", "reviewer"), signed_in(app, "bob", "reviewer")
    before = text_of(one.get(PROFILE).text)
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
        ("hours/programming", ("guided: 40", "guided: many"), "line 2: python-core.guided"),
        ("hours/programming", ("python-core:", "python-kore:"), "is no skill of Programming"),
        ("resources/programming", ("kind: docs", "kind: song"), "kind"),
        ("resources/programming", ("skills:", "skillz:"), "is not a field"),
    ],
)
def test_a_wrong_text_is_refused_with_every_reason_and_kept(
    app: Flask, part: str, change: tuple[str, str], said: str
) -> None:
    client = signed_in(app, "rev", "reviewer")
    text = text_of(client.get(f"/admin/framework/{part}").text)
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
    text = text_of(page)
    dated = text.replace("free: true", "free: true\n      checked: '2023-11-01'", 1)
    shown = send(client, address, text=dated).text
    assert "There are no results yet" in shown
    send(client, f"{address}/publish", text=dated, base=base_of(shown))
    assert "checked: 2023-11-01" in client.get(address).text
    app.extensions["quiz"].clock.forward(400 * 86_400)
    client = signed_in(app, "rev", "reviewer")
    assert "checked over a year ago: 2023-11-01" in client.get(address).text


def test_an_editor_may_look_but_not_publish(app: Flask) -> None:
    client = signed_in(app, "ed", "editor")
    text = text_of(client.get(PROFILE).text)
    page = send(client, PROFILE, text=harder(text)).text
    assert "A reviewer can publish this" in page
    assert send(client, f"{PROFILE}/publish", text=harder(text), base="x").status_code == 403
    assert client.get("/admin/framework/profile/nobody").status_code == 404
    assert client.get("/admin/framework/wages/programming").status_code == 404
