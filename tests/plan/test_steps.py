from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil, exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.attempt.fold import belief_after
from quiz.attempt.goal import goal_of
from quiz.attempt.log import Answered
from quiz.bank.version import LiveQuestion
from quiz.competency.catalogue import SENIORITIES, STEP_AT, STEPS, Resource
from quiz.plan.order import expected_shortfall
from quiz.plan.steps import PlanStep, area_minutes, fitting, plan, skill_minutes
from quiz.report.result import Result, result
from tests.domain_factories import (
    AREAS,
    NEEDS,
    ROLE,
    WEIGHTS,
    area_of,
    catalogue,
    everywhere,
    full,
    nothing,
    resource,
    tiny_bank,
    version,
)
from tests.domain_factories import given as answered

LAW = settings(deadline=None, derandomize=True, max_examples=5)
JOBS = st.sampled_from(SENIORITIES)
SKILLS = tuple(tiny_bank().skill_ids)
GAP = {"gap", "probably-gap"}
OPEN = {"either", "not-shown", "not-asked"}
Step = tuple[str, int]


@st.composite
def people(draw: st.DrawFn) -> list[Answered]:
    """Answers of someone with a level of their own in each area, to questions drawn by lot."""
    bank = tiny_bank()
    levels = {area: draw(st.floats(-1.0, 5.0)) for area in AREAS}
    lot = random.Random(draw(st.integers(0, 999)))

    def score(live: LiveQuestion) -> int:
        knows = lot.random() < 1 / (1 + exp(live.curve.b - levels[area_of(bank, live.revision)]))
        return full(live) if knows else 0

    return [answered(live, score(live)) for live in lot.sample(bank.live, draw(st.integers(10, 45)))]


def made(answers: Sequence[Answered], job: str) -> tuple[Result, tuple[PlanStep, ...]]:
    found = result(tiny_bank(), answers, ROLE, job)
    return found, plan(tiny_bank(), answers, found)


def studied(steps: Sequence[PlanStep]) -> list[tuple[PlanStep, Step]]:
    return [(step, (step.skill, STEP_AT[step.step])) for step in steps if step.skill and step.step]


def levels_after(answers: Sequence[Answered]) -> dict[str, float]:
    return dict(zip(SKILLS, belief_after(tiny_bank(), answers).mean, strict=True))


def reached(level: float, step: int) -> bool:
    """Within a quarter of a step below counts; nobody stands below nothing."""
    return step == 0 or level + 0.25 >= step


def closure(wanted: Step, levels: dict[str, float]) -> set[Step]:
    """Every step that must be taken for one step, worked out by adding what is missing until nothing is."""
    steps = {wanted}
    while True:
        lower = {(skill, step - 1) for skill, step in steps}
        needed = {(before, max(step - 1, 1)) for skill, step in steps for before in NEEDS.get(skill, [])}
        missing = {(s, at) for s, at in lower | needed if at > 0 and not reached(levels[s], at)} - steps
        if not missing:
            return steps
        steps |= missing


def raised(answers: Sequence[Answered], levels: dict[str, float], steps: Iterable[Step]) -> dict[str, float]:
    """Where the skills are expected to stand after these steps: at their level, or at the step where that is higher."""
    belief = belief_after(tiny_bank(), answers)
    first = dict(zip(SKILLS, zip(belief.mean, belief.sd, strict=True), strict=True))
    return levels | {s: first[s][0] + expected_shortfall(*first[s], at) for s, at in sorted(steps)}


def value_per_hour(
    answers: Sequence[Answered], found: Result, levels: dict[str, float]
) -> dict[frozenset[Step], float]:
    """What each bundle of steps that could come next is worth per hour."""
    goal = goal_of(tiny_bank(), ROLE, found.seniority)
    spread = np.sqrt(np.diag(belief_after(tiny_bank(), answers).of(goal.weights).covariance) + 0.25**2)

    def shortfall(of: dict[str, float]) -> float:
        areas = goal.weights @ np.array([of[skill] for skill in SKILLS])
        short = [expected_shortfall(m, s, t) for m, s, t in zip(areas, spread, goal.targets[0], strict=True)]
        return float(np.dot(WEIGHTS, short))

    worth = {}
    for one in (area for area in found.areas if area.verdict in GAP):
        for skill in (s.id for s in catalogue().areas[AREAS.index(one.id)].skills):
            step = next((at for at in range(1, 5) if not reached(levels[skill], at)), 5)
            if step <= ceil(one.target):
                bundle = closure((skill, step), levels)
                hours = sum(catalogue().skills[name].hours[STEPS[at - 1]] for name, at in bundle)
                worth[frozenset(bundle)] = (shortfall(levels) - shortfall(raised(answers, levels, bundle))) / hours
    return worth


def bundles(steps: Sequence[PlanStep]) -> list[tuple[float, frozenset[Step]]]:
    """Study steps with those that they need: (value per hour, steps)."""
    found: list[tuple[float, frozenset[Step]]] = []
    waiting: set[Step] = set()
    for step, at in studied(steps):
        waiting.add(at)
        if not step.builds_to:
            found.append((step.value, frozenset(waiting)))
            waiting = set()
    return found


@LAW
@given(mean=st.floats(-2.0, 6.0), spread=st.floats(0.05, 2.0), target=st.floats(0.0, 4.0))
def test_the_expected_shortfall_is_the_average_of_what_is_missing(mean: float, spread: float, target: float) -> None:
    z = np.linspace(-9.0, 9.0, 4_001)
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    by_hand = (np.clip(target - (mean + spread * z), 0, None) * density).sum() * (z[1] - z[0])
    assert expected_shortfall(mean, spread, target) == pytest.approx(by_hand, abs=1e-5)


@LAW
@given(answers=people(), job=JOBS)
def test_what_a_step_needs_is_reached_or_planned_before_it(answers: list[Answered], job: str) -> None:
    levels, done = levels_after(answers), set[Step]()
    for _, (skill, step) in studied(made(answers, job)[1]):
        lower: list[Step] = [(skill, step - 1), *((before, max(step - 1, 1)) for before in NEEDS.get(skill, []))]
        for needed in lower:
            assert needed in done or reached(levels[needed[0]], needed[1])
        assert (skill, step) not in done, "no step is planned twice"
        assert not reached(levels[skill], step), "nor one that is reached"
        done.add((skill, step))


@LAW
@given(answers=people(), job=JOBS)
def test_no_skill_is_studied_beyond_the_step_that_the_job_asks(answers: list[Answered], job: str) -> None:
    found, steps = made(answers, job)
    asks = {one.id: ceil(one.target) for one in found.areas}
    ends = {catalogue().skills[skill].name: at for _, (skill, at) in studied(steps)}
    for step, (_, at) in studied(steps):
        if step.builds_to:
            assert at <= ends.get(step.builds_to[0], 4), "what builds on it may lie beyond the end of the plan"
        else:
            assert at <= asks[step.area]


@LAW
@given(answers=people(), job=JOBS)
def test_study_is_for_gaps_and_checks_are_for_what_is_open(answers: list[Answered], job: str) -> None:
    found, steps = made(answers, job)
    verdicts = {one.id: one.verdict for one in found.areas}
    names = {skill.name: catalogue().area_of[skill.id].id for skill in catalogue().skills.values()}
    for step, _ in studied(steps):
        assert verdicts[names[step.builds_to[0]] if step.builds_to else step.area] in GAP
    checks = [step for step in steps if step.kind == "check"]
    assert {step.area for step in checks} == {name for name, verdict in verdicts.items() if verdict in OPEN}
    assert list(steps[len(steps) - len(checks) :]) == checks, "checks come after study"
    assert [AREAS.index(step.area) for step in checks] == sorted(AREAS.index(step.area) for step in checks)


@LAW
@given(answers=people(), job=JOBS)
def test_each_step_is_the_one_in_which_an_hour_helps_most_after_those_before_it(
    answers: list[Answered], job: str
) -> None:
    found, steps = made(answers, job)
    levels = levels_after(answers)
    assert bool(studied(steps)) == bool(value_per_hour(answers, found, levels))
    for value, bundle in bundles(steps):
        worth = value_per_hour(answers, found, levels)
        assert value == pytest.approx(max(worth.values()))
        assert worth[bundle] == pytest.approx(value)
        levels = raised(answers, levels, bundle)


@LAW
@given(answers=people(), job=JOBS)
def test_an_hour_is_worth_more_than_one_before_it_only_where_it_builds_on_a_step_before_it(
    answers: list[Answered], job: str
) -> None:
    levels, before, least = levels_after(answers), set[Step](), np.inf
    for value, bundle in bundles(made(answers, job)[1]):
        builds = any(closure(step, levels) & before for step in bundle)
        assert builds or value <= least + 1e-12
        before, least = before | bundle, min(least, value)


@LAW
@given(answers=people(), job=JOBS)
def test_hours_counts_and_resources_are_those_of_the_skill(answers: list[Answered], job: str) -> None:
    for step, (skill, at) in studied(made(answers, job)[1]):
        own = [a for a in answers if tiny_bank().at(a.revision).question.skill == skill]
        assert step.hours == catalogue().skills[skill].hours[STEPS[at - 1]]
        assert (step.asked, step.right) == (len(own), sum(a.score > 0 for a in own))
        assert 1 <= len(step.resources) <= 3
        assert step.resources[0].step == step.step


def test_who_meets_every_target_has_nothing_to_do() -> None:
    assert made(everywhere(tiny_bank(), 4, full), "mid")[1] == ()


def test_who_misses_everything_studies_and_checks_nothing() -> None:
    steps = made(everywhere(tiny_bank(), 4, nothing), "mid")[1]
    assert len(steps) == 5
    assert {step.kind for step in steps} == {"study"}
    assert all(step.minutes for step in steps), "each can be checked by three questions"


def test_before_any_answer_every_area_is_to_be_checked_the_one_that_weighs_most_first() -> None:
    steps = made([], "mid")[1]
    assert [(step.kind, step.area) for step in steps] == [("check", area) for area in AREAS]
    assert {(step.skill, step.step, step.hours) for step in steps} == {(None, None, 0)}


def test_a_step_that_another_needs_comes_first_and_says_what_builds_on_it() -> None:
    """Good at all but brewing and etching; brewing's craft needs etching's basics, which alone are worth less."""
    bank = tiny_bank()

    def score(live: LiveQuestion) -> int:
        area = area_of(bank, live.revision)
        return full(live) if area not in {"brewing", "etching"} or (area == "brewing" and live.curve.b < 1.2) else 0

    asked = [live for live in bank.live if not live.question.id.startswith("etching") or live.question.id[-1] in "0123"]
    study = studied(made([answered(live, score(live)) for live in asked], "mid")[1])
    order = [at for _, at in study]
    before, after = order.index(("etching-basics", 1)), order.index(("brewing-craft", 2))
    assert after == before + 1
    assert study[before][0].builds_to == ("Brewing craft",)
    assert study[after][0].builds_to == ()
    assert study[before][0].value == study[after][0].value, "they are worth something together"


@LAW
@given(answers=people(), job=JOBS)
def test_every_study_step_brings_something(answers: list[Answered], job: str) -> None:
    assert all(step.value > 0 for step, _ in studied(made(answers, job)[1]))


def test_five_more_questions_of_an_area_take_five_times_their_average() -> None:
    assert area_minutes(tiny_bank(), "baking") == 6, "75 seconds each"
    assert area_minutes(version([]), "baking") == 1
    assert skill_minutes(tiny_bank(), "baking-basics") == 4


@st.composite
def libraries(draw: st.DrawFn) -> list[Resource]:
    step, hours = st.sampled_from(STEPS), st.integers(1, 9)
    return [
        Resource.model_validate(resource(f"Book {n}", draw(step), hours=draw(hours), free=draw(st.booleans())))
        for n in range(draw(st.integers(0, 9)))
    ]


@LAW
@given(books=libraries(), step=st.integers(1, 4))
def test_the_best_three_resources_within_one_step_are_named_free_ones_first(books: list[Resource], step: int) -> None:
    def off(book: Resource) -> int:
        return abs(STEP_AT[book.step] - step)

    named = fitting(books, step)
    assert all(off(book) <= 1 for book in named)
    assert len(named) == min(3, sum(off(book) <= 1 for book in books))
    for one, two in pairwise(named):
        assert off(one) <= off(two)
        if off(one) == off(two):
            assert one.free >= two.free
    left = [book for book in books if book not in named]
    assert all((off(book), not book.free) >= (off(last), not last.free) for book in left for last in named[-1:])


def test_of_two_free_resources_that_fit_as_well_the_shorter_comes_first() -> None:
    long, short = (Resource.model_validate(resource(f"{hours} hours", hours=hours)) for hours in (8, 2))
    assert fitting([long, short], 1) == (short, long)
