"""What a plan says of itself: why its steps stand as they do, and that it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.attempt.log import Answered
from quiz.bank.version import LiveQuestion
from quiz.competency.catalogue import SENIORITIES
from quiz.plan.document import Document, StepPart, told
from quiz.plan.markdown import checklist
from quiz.plan.marks import Marks
from quiz.services.results import made
from tests.domain_factories import AREAS, ROLE, answer_sets, area_of, everywhere, full, nothing, tiny_bank
from tests.domain_factories import given as answered

LAW = settings(deadline=None, derandomize=True, max_examples=12)
BEST = "an hour brings most here"


def document(answers: Sequence[Answered], job: str = "mid", order: tuple[str, ...] = ()) -> Document:
    return made(tiny_bank(), answers, (ROLE, job), Marks(order=order), date(2026, 12, 2)).document


def plan(doc: Document) -> list[StepPart]:
    assert doc.plan is not None
    return doc.plan


def best(doc: Document) -> list[str]:
    return [step.key for step in plan(doc) if BEST in step.why]


@LAW
@given(answers=answer_sets(tiny_bank()), job=st.sampled_from(SENIORITIES))
def test_the_hour_that_brings_most_is_said_of_the_first_step_of_study_alone(answers: list[Answered], job: str) -> None:
    doc = document(answers, job)
    study = [step for step in plan(doc) if step.kind == "study"]
    assert best(doc) == [step.key for step in study[:1]]
    for step in study[:1]:
        assert ("and in what builds on it" in step.why) == bool(step.builds), "prerequisites are worth it together"


def test_in_an_own_order_it_is_still_said_of_the_step_that_the_plan_begins_with() -> None:
    answers = everywhere(tiny_bank(), 4, nothing)
    usual = document(answers)
    keys = tuple(step.key for step in plan(usual))
    moved = document(answers, order=keys[::-1])
    assert (moved.own_order, best(moved)) == (True, best(usual))
    assert plan(moved)[-1].key == keys[0]


def test_a_plan_that_is_cut_says_so_and_names_the_gaps_without_a_step() -> None:
    doc = document(everywhere(tiny_bank(), 4, nothing))
    without = [area for area in AREAS if area not in {step.area for step in plan(doc)}]
    assert len(without) >= 2
    assert doc.cut == f"At most 5 steps of study are shown; not yet among them: {', '.join(without)}."
    assert doc.cut in checklist(doc)
    assert told(doc, "levels").cut == ""


def test_a_plan_whose_areas_all_have_a_step_only_says_how_many_are_shown() -> None:
    def score(live: LiveQuestion) -> int:
        return 0 if area_of(tiny_bank(), live.revision) == "baking" else full(live)

    one_gap = document([answered(live, score(live)) for live in tiny_bank().live], "staff")
    assert {step.area for step in plan(one_gap)} == {"baking"}
    assert one_gap.cut == "At most 5 steps of study are shown."


@pytest.mark.parametrize("answers", [[], everywhere(tiny_bank(), 4, full)])
def test_a_plan_with_room_left_says_nothing_of_an_end(answers: list[Answered]) -> None:
    doc = document(answers)
    assert len([step for step in plan(doc) if step.kind == "study"]) < 5
    assert doc.cut == ""
    assert "At most" not in checklist(doc)
