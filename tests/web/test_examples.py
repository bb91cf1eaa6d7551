from __future__ import annotations

from html import unescape

import pytest
from flask.testing import FlaskClient

from quiz.paths import QUESTIONS
from quiz.services.examples import LANDING, read_examples
from quiz.simulate.samples import SAMPLES


@pytest.mark.parametrize("who", SAMPLES)
def test_every_invented_person_has_a_report_labelled_as_simulated(client: FlaskClient, who: str) -> None:
    page = unescape(client.get(f"/example/{who}", follow_redirects=True).get_data(as_text=True))
    assert f"<strong>A simulated example.</strong> {SAMPLES[who].title}." in page
    assert "These answers cover" in page
    assert "Your answers" not in page
    assert page.count('<article class="area">') == 5


def test_the_landing_page_leads_to_one_of_them(client: FlaskClient) -> None:
    assert 'href="/example"' in client.get("/").get_data(as_text=True)
    page = client.get("/example").get_data(as_text=True)
    assert SAMPLES[LANDING].title in page
    assert "Set-Cookie" not in client.get("/example").headers
    assert client.get("/example/nobody").status_code == 404


def test_the_kept_answers_are_what_the_simulation_made() -> None:
    kept = read_examples(QUESTIONS)
    assert set(kept) == set(SAMPLES)
    for name, example in kept.items():
        who = SAMPLES[name]
        assert (example.title, example.about, example.role, example.seniority, example.hours) == (
            *(who.title, who.about, who.role, who.seniority),
            who.hours,
        )
        assert 15 <= len(example.answers) <= who.length


def test_the_job_page_says_what_is_asked_and_on_what_basis(client: FlaskClient) -> None:
    page = unescape(client.get("/job").get_data(as_text=True))
    for words in ("The three tasks", "What it pays", "4 December 2025", "not a figure of ours", "Data Scientist"):
        assert words in page
    unknown = client.get("/job/astronaut")
    assert unknown.status_code == 404
    assert 'href="/job/data-scientist"' in unknown.get_data(as_text=True)
    assert "What it pays" not in client.get("/job/mlops-engineer").get_data(as_text=True)
