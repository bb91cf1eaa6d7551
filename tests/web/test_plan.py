from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.taker import answer_all, begin, finish, hidden_fields


@pytest.fixture
def finished(app: Flask, client: FlaskClient) -> str:
    """The address of a finished attempt of someone with a plan full of study."""
    address = begin(client, length="15")
    answer_all(app, client, address, lambda _: False)
    finish(client, address)
    return address


def page_of(client: FlaskClient, address: str) -> str:
    return unescape(client.get(f"{address}/result").get_data(as_text=True))


def token_of(client: FlaskClient, address: str) -> str:
    return hidden_fields(client.get(f"{address}/result").get_data(as_text=True))["csrf_token"]


def titles(page: str) -> list[str]:
    return re.findall(r'<h3>([^<]*) <span class="hours">', page)


def test_hours_a_week_turn_the_plan_into_weeks_and_are_kept(client: FlaskClient, finished: str) -> None:
    def weeks() -> int:
        return int(re.findall(r"a week</strong> this is (\d+) week", page_of(client, finished))[0])

    usual = weeks()
    sent = client.post(f"{finished}/plan/hours", data={"csrf_token": token_of(client, finished), "hours": " 12 "})
    assert sent.status_code == 303
    assert usual / 2 <= weeks() <= usual / 2 + 1
    assert 'value="12"' in page_of(client, finished)


WRONG_HOURS = {
    "0": "from 1 to 80",
    "10,000": "a whole number in digits",
    "10000": "from 1 to 80",
    "ten": "a whole number in digits",
    "": "a whole number in digits",
    "9" * 500: "from 1 to 80",
    "<b>\x00": "a whole number in digits",
}


def test_hours_that_are_none_are_refused_at_the_field(client: FlaskClient, finished: str) -> None:
    token = token_of(client, finished)
    for typed, said in WRONG_HOURS.items():
        response = client.post(f"{finished}/plan/hours", data={"csrf_token": token, "hours": typed})
        page = response.get_data(as_text=True)
        assert response.status_code == 400, typed
        assert said in page[page.index('id="hours-error"') :], typed
        assert 'href="#hours"' in page
        if typed.isalpha():
            assert f'value="{typed}"' in page, "what was typed is kept"


def test_a_step_can_be_ticked_off_and_the_tick_taken_back(client: FlaskClient, finished: str) -> None:
    page = page_of(client, finished)
    first, second = titles(page)[:2]
    key = re.findall(r'name="done" value="([^"]+)"', page)[0]
    data = {"csrf_token": token_of(client, finished)}
    client.post(f"{finished}/plan/mark", data=data | {"done": key})
    ticked = page_of(client, finished)
    assert titles(ticked)[0] == first
    assert "· done" in ticked
    assert f"1 of {len(titles(page))} steps done." in ticked
    assert second.split(",")[0].lower() in re.findall(r'First: <a href="#plan">(.*?),', ticked)[0].lower()
    assert "- [x]" in client.get(f"{finished}/plan/checklist.md").get_data(as_text=True)
    client.post(f"{finished}/plan/mark", data=data | {"undone": key})
    assert "· done" not in page_of(client, finished)


def test_a_step_can_be_moved_up_and_the_same_press_again_changes_nothing(client: FlaskClient, finished: str) -> None:
    page = page_of(client, finished)
    order = re.findall(r'name="order" value="([^"]+)"', page)[1]
    data = {"csrf_token": token_of(client, finished), "order": order}
    before = titles(page)
    for _ in range(2):
        assert client.post(f"{finished}/plan/mark", data=data).status_code == 303
        moved = page_of(client, finished)
        assert titles(moved)[:3] == [before[0], before[2], before[1]]
        assert "In your own order." in moved
        assert "Most useful hour first;" not in moved
    client.post(f"{finished}/plan/mark", data=data | {"order": ""})
    assert titles(page_of(client, finished)) == before
    assert "Most useful hour first;" in page_of(client, finished)


def test_marks_that_a_form_makes_up_are_not_kept(client: FlaskClient, finished: str) -> None:
    data = {"csrf_token": token_of(client, finished)}
    before = titles(page_of(client, finished))
    for made_up in ({"order": "x" * 60_000}, {"done": "é/é"}, {"order": "a/b," * 999}, {}):
        assert client.post(f"{finished}/plan/mark", data=data | made_up).status_code == 303
    assert titles(page_of(client, finished)) == before


def test_what_one_has_turns_the_longer_path_and_stays_for_the_next_attempt(
    app: Flask, client: FlaskClient, finished: str
) -> None:
    path = f"{finished}/plan/path"
    before = unescape(client.get(path).get_data(as_text=True))
    assert (before.count(">next</span></h2>"), before.count(">later</span></h2>")) == (1, 5)
    for words in ("Done when:", "We have not checked this with the provider", "retired"):
        assert words in before
    data = {"csrf_token": token_of(client, finished), "have": ["degree", "certificate", "a moon"]}
    assert client.post(f"{finished}/plan/having", data=data).headers["Location"] == path
    after = unescape(client.get(path).get_data(as_text=True))
    assert re.findall(r"<h2[^>]*>([^<]*) <span class=\"hours\">you have it", after) == [
        "Degree and coursework",
        "Certification",
    ]
    again = begin(client, length="15")
    answer_all(app, client, again, lambda _: False)
    finish(client, again)
    assert "Next on it: a project that others can run" in page_of(client, again)


def test_the_plan_is_a_markdown_checklist(client: FlaskClient, finished: str) -> None:
    response = client.get(f"{finished}/plan/checklist.md")
    text = response.get_data(as_text=True)
    assert response.mimetype == "text/markdown"
    assert "attachment" in response.headers["Content-Disposition"]
    assert [line[8 : line.index("**", 8)] for line in text.splitlines() if line.startswith("- [ ] **")] == titles(
        page_of(client, finished)
    )
    assert "](<https://" in text
    assert "You have it when" in text


def test_nothing_of_a_result_is_shown_before_there_are_answers(client: FlaskClient) -> None:
    address = begin(client)
    token = hidden_fields(client.get(address).get_data(as_text=True))["csrf_token"]
    assert (
        client.post(f"{address}/plan/hours", data={"csrf_token": token, "hours": "ten"}).headers["Location"] == address
    )
    for path in ("/compare", "/share", "/result.html", "/plan/path", "/plan/checklist.md"):
        assert client.get(address + path).headers["Location"] == address, path
    assert client.get(f"{address}/result.json").status_code == 404
