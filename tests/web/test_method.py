from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from quiz.bank.version import fingerprint
from quiz.paths import DOCS, QUESTIONS
from quiz.report.accuracy import Published, told, with_section
from quiz.report.files import read_published
from quiz.store.engine import Database
from quiz.web import method
from tests.answered import newest
from tests.report.test_accuracy import PUBLISHED

CHANGED = "The questions have changed since"


def show(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, found: Published | None) -> str:
    """The page as it is with these figures."""
    monkeypatch.setattr(method, "published", lambda: found)
    return client.get("/method").get_data(as_text=True)


def of_our_areas(found: Published) -> Published:
    one = found.summary.overall
    names = ("programming", "frameworks", "mathematics", "system-design", "soft-skills")
    return replace(found, summary=replace(found.summary, areas=dict.fromkeys(names, one)))


def test_the_method_is_told_in_words_before_formulas_with_its_simulated_accuracy(client: FlaskClient) -> None:
    page = client.get("/method").get_data(as_text=True)
    places = [page.index(part) for part in ("In words", "What it can't say", "How true it is", "In formulas")]
    assert places == sorted(places)
    assert page.count("<math") > 15
    assert page.count("<svg") == 1
    assert "simulated:" not in page


def test_figures_come_from_the_published_file_and_say_when_the_questions_have_changed(
    sqlite: Database, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = of_our_areas(PUBLISHED)
    page = show(client, monkeypatch, older)
    assert "On 29 November 2026, 4,000 invented people" in page
    assert CHANGED in page
    assert CHANGED not in show(client, monkeypatch, replace(older, bank=fingerprint(newest(sqlite))))


def test_without_published_figures_the_page_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    page = show(client, monkeypatch, None)
    assert method.NONE_YET in page
    assert "<svg" not in page


def test_the_document_and_the_page_show_the_same_figures(client: FlaskClient) -> None:
    found = read_published(QUESTIONS)
    assert found is not None
    document = (DOCS / "method.md").read_text(encoding="utf-8")
    names = {"programming": "Programming", "frameworks": "ML frameworks", "mathematics": "Mathematics and statistics"}
    names |= {"system-design": "System design", "soft-skills": "Soft skills"}
    assert document == with_section(document, told(found, names, "reliability.svg"))
    shown = client.get("/method").get_data(as_text=True)
    assert f"{100 * found.summary.overall.coverage95:.1f} %" in shown
