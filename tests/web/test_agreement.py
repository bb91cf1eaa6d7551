"""Whatever was answered: headline, verdicts, dots, chances, table, JSON, print and checklist tell one story."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quiz.attempt.log import Answered
from quiz.competency.catalogue import SENIORITIES
from quiz.plan.document import Detail, Document, for_others, told
from quiz.plan.markdown import checklist
from quiz.plan.marks import Marks
from quiz.report.words import VERDICTS
from quiz.services.results import made
from quiz.web.share import snapshot_page
from tests.audit import audit
from tests.domain_factories import ROLE, answer_sets, everywhere, full, nothing, tiny_bank

LAW = settings(
    deadline=None,
    derandomize=True,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the app renders and keeps nothing
)
DOTS = re.compile(r'class="in" d="([^"]*)".*?class="out" d="([^"]*)"', re.DOTALL)
HOURS = st.integers(1, 80)


def document(answers: list[Answered], job: str, hours: int = 6) -> Document:
    return made(tiny_bank(), answers, (ROLE, job), Marks(hours=hours), date(2026, 11, 29)).document


def page_of(app: Flask, doc: Document, *, whole: bool = False) -> str:
    with app.test_request_context():
        page = snapshot_page(doc, whole=whole)
    assert audit(page) == []
    return unescape(page)


@LAW
@given(answers=answer_sets(tiny_bank()), job=st.sampled_from((*SENIORITIES, "unsure")), hours=HOURS)
def test_every_form_of_a_result_says_the_same(app: Flask, answers: list[Answered], job: str, hours: int) -> None:
    doc = document(answers, job, hours)
    agrees(doc, page_of(app, doc, whole=True))
    assert Document.model_validate(json.loads(doc.model_dump_json())) == doc


def test_a_level_below_nought_has_a_real_minus_and_the_table_says_what_it_means(app: Flask) -> None:
    doc = document(everywhere(tiny_bank(), 6, nothing), "mid")
    low = min(area.measured.low for area in doc.areas if area.measured)
    page = page_of(app, doc)
    assert low < 0
    assert f"−{-low:.1f} to" in page
    assert not re.search(r"-\d\.\d", re.sub(r"<[^>]*>", "", page))
    assert "Well below 1, numbers with a minus included, is before the first step" in page


def test_a_document_that_disagrees_with_itself_is_noticed(app: Flask) -> None:
    doc = document(everywhere(tiny_bank(), 2, nothing), "mid")
    page = page_of(app, doc, whole=True)
    agrees(doc, page)
    first = doc.areas[0]
    assert first.measured is not None
    met = first.model_copy(update={"words": "Met"})
    likely = first.model_copy(update={"measured": first.measured.model_copy(update={"chance_in_ten": 9})})
    for tampered in (met, likely):
        with pytest.raises(AssertionError):
            agrees(other := doc.model_copy(update={"areas": [tampered, *doc.areas[1:]]}), page_of(app, other))
    with pytest.raises(AssertionError):
        agrees(doc.model_copy(update={"plan": (doc.plan or [])[1:]}), page)


def agrees(doc: Document, page: str) -> None:
    """Everything that is said or drawn on a page is what the document holds, and that agrees with itself."""
    rows = re.findall(r'<article class="area">(.*?)</article>', page, re.DOTALL)
    cells = re.findall(r'<tr><th scope="row">(.*?)</tr>', page, re.DOTALL)
    assert f"<h1>{doc.headline}</h1>" in page
    assert doc.coverage.low <= doc.coverage.about <= doc.coverage.high
    assert len(rows) == len(cells) == len(doc.areas)
    for row, cell, area in zip(rows, cells, doc.areas, strict=True):
        m = area.measured
        assert m is not None
        assert area.words == VERDICTS[area.verdict].text
        shapes = DOTS.search(row)
        assert shapes is not None
        assert [d.count("M") for d in shapes.groups()] == [2 * m.chance_in_ten, 20 - 2 * m.chance_in_ten]
        assert sum(dot >= m.target for dot in m.dots) == 2 * m.chance_in_ten
        assert f"{2 * m.chance_in_ten} of 20 dots reach the target: {m.chance}." in row
        assert m.words in row
        target, level, low, high = (f"{one:.1f}".replace("-", "−") for one in (m.target, m.level, m.low, m.high))
        assert re.findall(r"<td[^>]*>(.*?)</td>", cell) == [
            *(area.words, m.chance, target, level, f"{low} to {high}"),
            *(f"{area.weight} %", str(m.asked), f"{m.right}" + (f" + {m.partly} partly" if m.partly else "")),
        ]
    plan_agrees(doc, page)


def plan_agrees(doc: Document, page: str) -> None:
    """The plan of page and checklist: the same steps, weeks that follow each other, coverage that never falls."""
    assert doc.plan is not None
    titles = [step.title for step in doc.plan]
    assert re.findall(r'<h3>([^<]*) <span class="hours">', page) == titles
    lines = [line for line in checklist(doc).splitlines() if line.startswith("- [")]
    assert len(lines) == len(titles)
    assert all(title in line.replace("\\", "") for title, line in zip(titles, lines, strict=True))
    weeks = [step.weeks for step in doc.plan if step.weeks]
    assert all(first <= last for first, last in weeks)
    assert all(after[0] in {before[1], before[1] + 1} for before, after in pairwise(weeks))
    assert doc.weeks == (weeks[-1][1] if weeks else 0)
    hours = sum(step.hours for step in doc.plan)
    assert doc.hours_a_week is not None
    assert doc.weeks == -(-hours // doc.hours_a_week)
    gains = [doc.coverage.about, *(step.coverage_after for step in doc.plan if step.coverage_after)]
    assert gains == sorted(set(gains)), "each that is named is more than the one before"


@LAW
@given(answers=answer_sets(tiny_bank()), detail=st.sampled_from(("verdicts", "levels", "plan")))
def test_less_detail_never_tells_more(app: Flask, answers: list[Answered], detail: Detail) -> None:
    whole = document(answers, "mid")
    shown = page_of(app, for_others(told(whole, detail)))
    assert whole.headline.replace("Your", "These") in shown
    assert all(area.words in shown for area in whole.areas)
    assert ("<svg" in shown) == (detail != "verdicts")
    assert ('id="plan"' in shown) == (detail == "plan")
    assert "Your answers" not in shown


@pytest.mark.parametrize(("each", "knows"), [(6, True), (6, False), (1, True)])
def test_results_at_the_edges_are_whole(app: Flask, each: int, knows: bool) -> None:
    """Everything right or nothing known over a long attempt of several rounds, and hardly anything asked."""
    answers = everywhere(tiny_bank(), each, full if knows else nothing)
    doc = document(answers, "mid")
    page = page_of(app, doc)
    verdicts = {area.verdict for area in doc.areas}
    assert len(answers) >= 60 or each == 1
    if each == 6:
        assert verdicts == ({"met"} if knows else {"gap"})
        assert bool(doc.plan) is not knows
        assert ("The answers show no gap to this job." in page) is knows
    else:
        assert verdicts <= {"not-asked", "met", "probably-met", "either", "not-shown"}
