from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from quiz.attempt.log import Answered
from quiz.plan.document import Document
from quiz.plan.steps import area_minutes
from quiz.report.words import VERDICTS, round_words
from quiz.store.engine import Database
from quiz.web.report import unknown_parts
from tests.taker import answer_all, begin, finish, hidden_fields, opened

DOTS = re.compile(r'class="in" d="([^"]*)".*?class="out" d="([^"]*)"', re.DOTALL)


@pytest.fixture
def finished(app: Flask, client: FlaskClient) -> str:
    """The address of a finished attempt of someone who knows programming and mathematics well."""
    address = begin(client)
    known = {"programming", "mathematics"}
    areas = opened(app, client, address).bank.catalogue.area_of
    answer_all(app, client, address, lambda q: areas[q.skill].id in known)
    finish(client, address)
    return address


def page_of(client: FlaskClient, address: str) -> str:
    return unescape(client.get(address).get_data(as_text=True))


def test_page_table_picture_file_and_json_say_the_same(client: FlaskClient, finished: str) -> None:
    doc = Document.model_validate(client.get(f"{finished}/result.json").get_json())
    for path in ("/result", "/result.html"):
        page = page_of(client, finished + path)
        table = page[page.index("<details>") : page.index("</details>")]
        rows = re.findall(r'<article class="area">(.*?)</article>', page, re.DOTALL)
        cells = re.findall(r'<tr><th scope="row">(.*?)</tr>', table, re.DOTALL)
        assert f"<h1>{doc.headline}</h1>" in page
        assert f"about {doc.coverage.about} %" in doc.headline
        assert doc.first is not None
        assert f"{doc.first.short}, {doc.first.effort}" in page
        assert len(rows) == len(cells) == len(doc.areas) == 5
        for row, cell, area in zip(rows, cells, doc.areas, strict=True):
            assert area.measured is not None
            assert VERDICTS[area.verdict].text == area.words
            assert (area.words in row, area.words in cell, area.measured.chance in cell) == (True, True, True)
            shapes = DOTS.search(row)
            assert shapes is not None
            assert [d.count("M") for d in shapes.groups()] == [
                2 * area.measured.chance_in_ten,
                20 - 2 * area.measured.chance_in_ten,
            ]
            assert f"weighs {area.weight} %" in row
        assert doc.plan is not None
        titles = re.findall(r"<h3>(.*?) <span class=\"hours\">(.*?)(?: · .*?)?</span>", page)
        assert titles == [(step.title, step.effort) for step in doc.plan]


def test_the_first_thing_to_do_is_the_first_of_the_plan(client: FlaskClient, finished: str) -> None:
    page = page_of(client, f"{finished}/result")
    first = re.search(r'First: <a href="#plan">(.*?), about (\d+) hours</a>', page)
    step = re.search(r'<ol class="plan">\s*<li id="step-1">\s*<h3>(.*?), up to .*?about (\d+) hours', page, re.DOTALL)
    assert first is not None
    assert step is not None
    assert (step[1].lower(), step[2]) == (first[1].lower(), first[2])


def test_the_report_keeps_its_order(client: FlaskClient, finished: str) -> None:
    headings = re.findall(r'<h2 id="(\w+)"', page_of(client, f"{finished}/result"))
    assert headings == ["where", "plan", "have", "compare", "sure"]


def test_other_jobs_stand_as_links_with_what_would_be_covered(client: FlaskClient, finished: str) -> None:
    page = page_of(client, f"{finished}/result")
    links = re.findall(r'<a href="([^"]*role=[^"]*)">([^<]*), (\w+)</a></th><td>(?:about )?(\d+) %', page)
    assert len(links) == 6, "three other roles, three other seniorities"
    for link, job, seniority, covered in links:
        other = page_of(client, link)
        assert f"{job}, {seniority}" in other
        assert re.search(rf"<h1>Your answers cover (about )?{covered} %", other)


def test_two_roles_are_drawn_on_one_axis(client: FlaskClient, finished: str) -> None:
    page = page_of(client, f"{finished}/compare")
    assert "<h1>Machine Learning Engineer or Data Scientist?</h1>" in page
    assert page.count('class="target"') == page.count('class="target second"') == 5
    assert "There is no such job here" in page_of(client, f"{finished}/compare?other=astronaut")


@pytest.mark.parametrize("role", ["machine-learning-engineer", "data-scientist", "mlops-engineer", "applied-scientist"])
def test_the_link_to_compare_names_the_two_jobs_that_it_opens(client: FlaskClient, finished: str, role: str) -> None:
    page = page_of(client, f"{finished}/result?role={role}")
    link = re.search(r'<a href="([^"]*/compare[^"]*)">([^<]*)</a>', page)
    assert link is not None
    assert f"<h1>{link[2]}</h1>" in page_of(client, link[1])


def test_one_job_is_not_compared_with_itself(client: FlaskClient, finished: str) -> None:
    page = page_of(client, f"{finished}/compare?role=data-scientist&other=data-scientist&seniority=senior")
    assert "<h1>Choose two different jobs</h1>" in page
    assert "Data Scientist was chosen twice" in page
    chosen = re.findall(r'<option value="([\w-]+)" selected>', page)
    assert chosen == ["data-scientist", "machine-learning-engineer", "senior"], "so that a press of the button goes on"
    its = re.search(r'<a href="([^"]+)">its result</a>', page)
    assert its is not None
    assert "Data Scientist, senior" in page_of(client, its[1])


def test_a_rating_and_guesses_stand_beside_what_was_measured(app: Flask, client: FlaskClient) -> None:
    address = begin(client)
    token = hidden_fields(client.get(f"{address}/rate").get_data(as_text=True))["csrf_token"]
    client.post(f"{address}/rate", data={"csrf_token": token, "programming": "4", "soft-skills": "0"})
    answer_all(app, client, address, lambda _: False)
    finish(client, address)
    page = page_of(client, f"{address}/result")
    assert "You placed yourself above the likely range" in page
    assert re.search(
        r"Soft skills:</strong> you said before the first step, your answers look like [a-z ]+\. "
        "Within the likely range",
        page,
    )
    assert "You answered “I don't know” every time" in page
    assert "Your answers cover" in page


def test_a_part_of_a_case_that_was_left_open_is_counted_where_the_case_was_not() -> None:
    def case(*unknown: bool) -> Answered:
        parts = {str(n): {"unknown": True} if one else {"text": "2"} for n, one in enumerate(unknown)}
        return Answered(1, {"parts": parts}, 0, unknown=all(unknown), guessing=False, seconds=0, following=None)

    assert [unknown_parts(case(*unknown)) for unknown in ((False, False), (True, False), (True, True))] == [0, 1, 0]
    single = Answered(1, {"unknown": True}, 0, unknown=True, guessing=False, seconds=0, following=None)
    assert unknown_parts(single) == 0


def test_three_questions_check_one_skill_and_the_result_says_so(app: Flask, client: FlaskClient, finished: str) -> None:
    page = client.get(f"{finished}/result").get_data(as_text=True)
    skill = re.search(r'form="more" name="skill" value="([\w-]+)"', page)
    assert skill is not None
    token = hidden_fields(page)["csrf_token"]
    client.post(f"{finished}/extend", data={"csrf_token": token, "skill": skill[1]})
    before = len(opened(app, client, finished).progress.answers)
    assert answer_all(app, client, finished) == 3
    attempt = opened(app, client, finished)
    asked = [attempt.bank.at(a.revision).question.skill for a in attempt.progress.answers[before:]]
    assert asked == [skill[1]] * 3
    assert client.post(f"{finished}/extend", data={"csrf_token": token, "skill": "astronomy"}).status_code == 409


def test_after_two_rounds_in_an_area_no_more_is_offered_where_it_could_be_either(
    app: Flask, client: FlaskClient, finished: str
) -> None:
    page = client.get(f"{finished}/result").get_data(as_text=True)
    token = hidden_fields(page)["csrf_token"]
    turns = iter(range(1000))
    for _ in range(2):
        client.post(f"{finished}/extend", data={"csrf_token": token, "area": "system-design"})
        answer_all(app, client, finished, lambda _: next(turns) % 4 != 0)
        finish(client, finished)
    rows = re.findall(r'<article class="area">(.*?)</article>', page_of(client, f"{finished}/result"), re.DOTALL)
    row = next(row for row in rows if "System design" in row)
    if "Could be either" in row:
        assert "more questions won't tell" in row
        assert "Answer 5 more" not in row


def test_five_more_take_what_they_take_in_the_areas_where_they_are_offered(app: Flask, client: FlaskClient) -> None:
    seen = set()
    for missed in (3, 5):
        address = begin(client, seniority="junior", length="15")
        turns = iter(range(1000))
        answer_all(app, client, address, lambda _, missed=missed, turns=turns: next(turns) % missed != 0)  # type: ignore[misc]
        finish(client, address)
        page = page_of(client, f"{address}/result")
        offered = re.findall(r'name="area" value="([\w-]+)" class="as-link">Answer', page)
        bank = opened(app, client, address).bank
        minutes = round_words([area_minutes(bank, area) for area in offered])
        assert (f"Five more questions take {minutes} and settle" in page) == bool(offered)
        seen.add(len(offered))
    assert seen & {1, 2, 3, 4}, "some areas are open and others are not"


def test_withdrawn_questions_and_a_changed_profile_are_said(
    client: FlaskClient, finished: str, sqlite: Database
) -> None:
    assert "has changed since you began" not in page_of(client, f"{finished}/result")
    with sqlite.write.begin() as connection:
        connection.execute(text("UPDATE questions SET withdrawn_at = 1 WHERE id IN (SELECT question_id FROM log)"))
        changed = connection.execute(text("SELECT content FROM catalogues")).scalar_one()
        content = changed.replace('"mid":2.5', '"mid":2.6')
        connection.execute(
            text("INSERT INTO catalogues (id, hash, content) VALUES (2, '', :content)"), {"content": content}
        )
        connection.execute(text("INSERT INTO versions (number, catalogue_id, reason, created_at) VALUES (2, 2, '', 1)"))
    page = page_of(client, f"{finished}/result")
    assert "has changed since you began" in page
    assert "have since been found to be wrong" in page


def test_results_at_the_edges_are_whole(app: Flask, client: FlaskClient) -> None:
    for knows, length in ((False, "15"), (True, "35")):
        address = begin(client, length=length)
        answer_all(app, client, address, lambda _, knows=knows: knows)  # type: ignore[misc]
        finish(client, address)
        page = page_of(client, f"{address}/result")
        doc = Document.model_validate(client.get(f"{address}/result.json").get_json())
        if knows:
            assert "no gap to this job" in page or 'class="plan"' in page
            assert "Gap" not in {area.words for area in doc.areas}
        else:
            assert {area.words for area in doc.areas} == {"Gap"}
            assert 1 <= len(doc.plan or []) <= 5
            assert client.get(f"{address}/review?show=sure").status_code == 200


def test_who_was_not_sure_of_the_seniority_is_led_to_the_next_one_up_and_may_go_on_there(
    app: Flask, client: FlaskClient
) -> None:
    address = begin(client, seniority="unsure", length="15")
    turns = iter(range(1000))
    answer_all(app, client, address, lambda _: next(turns) % 2 == 0)
    finish(client, address)
    page = page_of(client, f"{address}/result")
    above = re.search(r'href="([^"]+)">See what is missing for (\w+)</a>', page)
    assert above is not None
    higher = page_of(client, above[1])
    assert f"Machine Learning Engineer, {above[2]}" in higher
    assert "You are looking at another job" not in higher
    assert 'form="more"' in higher


def test_after_the_last_question_the_result_so_far_leads_to_the_end(app: Flask, client: FlaskClient) -> None:
    address = begin(client, length="15")
    answer_all(app, client, address)
    page = page_of(client, f"{address}/result")
    assert "That was the last question" in page
    assert "Go on with question" not in page
