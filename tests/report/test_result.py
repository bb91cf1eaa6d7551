from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.attempt.fold import belief_after
from quiz.attempt.goal import goal_of
from quiz.attempt.log import Answered
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import SENIORITIES
from quiz.plan.order import expected_shortfall
from quiz.report import result as result_module
from quiz.report.result import AreaResult, Result, most_senior, result, tally
from quiz.report.rounding import chance
from quiz.report.words import chosen_words
from tests.domain_factories import (
    AREAS,
    ROLE,
    WEIGHTS,
    answer_sets,
    area_of,
    everywhere,
    full,
    named,
    nothing,
    right,
    tiny_bank,
    wrong,
)
from tests.domain_factories import given as answered

LAW = settings(deadline=None, derandomize=True, max_examples=6)
ANSWERS = answer_sets(tiny_bank())
JOBS = st.sampled_from(SENIORITIES)


def found(answers: Sequence[Answered], seniority: str = "mid") -> Result:
    return result(tiny_bank(), answers, ROLE, seniority)


def area(of: Result, name: str) -> AreaResult:
    return next(one for one in of.areas if one.id == name)


@LAW
@given(answers=ANSWERS, job=JOBS)
def test_the_headlines_lie_within_their_ranges(answers: list[Answered], job: str) -> None:
    of = found(answers, job)
    assert 5 <= of.coverage.low <= of.coverage.about <= of.coverage.high <= 95
    assert 0 <= of.met.low <= of.met.about <= of.met.high <= 5


@LAW
@given(answers=ANSWERS, job=JOBS)
def test_the_count_of_targets_is_the_sum_of_the_areas_chances(answers: list[Answered], job: str) -> None:
    of = found(answers, job)
    chances = goal_of(tiny_bank(), ROLE, job).chances(belief_after(tiny_bank(), answers))[0]
    assert of.met.about == pytest.approx(chances.sum(), abs=0.55), "half for the rounding, .05 for the sampling"
    assert of.all_met.tenths <= min(one.chance.tenths for one in of.areas)


@LAW
@given(answers=ANSWERS, job=JOBS)
def test_verdict_chance_dots_and_counts_of_an_area_agree(answers: list[Answered], job: str) -> None:
    for one in found(answers, job).areas:
        assert sum(place >= one.target for place in one.dots) == one.chance.filled
        assert one.level.low <= one.level.at <= one.level.high
        assert one.right + one.partly <= one.asked
        assert (one.verdict == "not-asked") == (one.asked < 3)
        if one.asked >= 3:
            at_least = {"met": 9, "probably-met": 7, "either": 4, "probably-gap": 2}.get(one.verdict, 0)
            assert one.chance.tenths >= at_least
            assert (one.chance.tenths < 4) == (one.verdict in {"probably-gap", "gap", "not-shown"})


@LAW
@given(answers=ANSWERS, job=JOBS)
def test_the_printed_numbers_are_those_of_the_page(answers: list[Answered], job: str) -> None:
    of = found(answers, job)
    printed = json.loads(json.dumps(of.printed()))
    assert printed["coverage"] == {"about": of.coverage.about, "low": of.coverage.low, "high": of.coverage.high}
    assert (printed["met"]["about"], printed["all_met"]) == (of.met.about, of.all_met.tenths)
    assert (printed["questions"], printed["seniority"]) == (len(answers), job)
    assert [(a["id"], a["chance_in_ten"], a["verdict"], a["asked"], a["right"]) for a in printed["areas"]] == [
        (a.id, a.chance.tenths, a.verdict, a.asked, a.right) for a in of.areas
    ]


@LAW
@given(answers=ANSWERS, seed=st.integers(0, 99))
def test_a_result_computed_again_prints_the_same_digits_whatever_the_order_of_answers(
    answers: list[Answered], seed: int
) -> None:
    other = [answers[i] for i in np.random.default_rng(seed).permutation(len(answers))]
    assert found(answers).printed() == found(list(answers)).printed()
    assert found(other).coverage == found(answers).coverage


@LAW
@given(answers=ANSWERS)
def test_a_job_that_asks_more_is_met_by_no_better_a_chance(answers: list[Answered]) -> None:
    met = [[one.chance.tenths for one in found(answers, job).areas] for job in SENIORITIES]
    assert all(np.diff(met, axis=0).max(axis=0) <= 0)


def test_the_answers_cover_no_less_of_a_job_that_asks_less() -> None:
    """Someone strong in one area alone: the junior job asks less of every area than the mid one."""
    bank = tiny_bank()
    answers = [answered(live, full(live) if area_of(bank, live.revision) == "brewing" else 0) for live in bank.live]
    covered = [found(answers, job).coverage.about for job in SENIORITIES]
    assert covered == sorted(covered, reverse=True)


@LAW
@given(answers=ANSWERS)
def test_who_misses_more_never_covers_more(answers: list[Answered]) -> None:
    missed = [answered(tiny_bank().at(a.revision), 0 if a.score else None) for a in answers]
    assert found(missed).coverage.about <= found(answers).coverage.about


def test_all_right_covers_nearly_everything_and_all_unknown_next_to_nothing() -> None:
    able, lost = (found(everywhere(tiny_bank(), 4, reply)) for reply in (full, nothing))
    assert able.coverage.about == 95
    assert able.met.about == 5
    assert {one.verdict for one in able.areas} == {"met"}
    assert lost.coverage.about <= 25
    assert lost.met.about == 0
    assert {one.verdict for one in lost.areas} == {"gap"}
    assert (able.all_met.words, lost.all_met.words) == ("more than 9 in 10", "fewer than 1 in 10")


def test_without_answers_the_result_is_what_is_believed_of_everyone() -> None:
    nobody = found([])
    assert {one.verdict for one in nobody.areas} == {"not-asked"}
    assert [one.level.at for one in nobody.areas] == pytest.approx([1.75] * 5, abs=0.051)
    assert nobody.coverage.high - nobody.coverage.low >= 60


def test_answers_that_point_up_but_not_far_enough_are_not_called_a_gap() -> None:
    asked = ("dyeing-basics-0", "dyeing-basics-1", "dyeing-craft-0")
    answers = right(tiny_bank(), *asked)
    of = area(found(answers, "staff"), "dyeing")
    assert of.chance.tenths < 4
    assert of.verdict == "not-shown"
    assert area(found(wrong(tiny_bank(), *asked), "staff"), "dyeing").verdict == "gap"


def test_only_areas_that_more_questions_could_settle_are_open() -> None:
    able = found(everywhere(tiny_bank(), 4, full))
    assert not any(one.open for one in able.areas)
    assert all(one.open for one in found([]).areas)


def test_areas_come_with_their_weights_and_targets() -> None:
    of = found([])
    assert [(one.id, one.weight) for one in of.areas] == [
        (name, round(100 * weight)) for name, weight in zip(AREAS, WEIGHTS, strict=True)
    ]
    assert area(of, "dyeing").target == 2.5


def test_answers_are_counted_by_area_and_by_skill_as_right_partly_or_neither() -> None:
    bank = tiny_bank()
    answers = [
        *right(bank, "baking-basics-0", "baking-basics-4"),
        answered(named(bank, "baking-craft-4"), 2),
        answered(named(bank, "baking-craft-5"), 1),
        *wrong(bank, "baking-craft-1"),
        answered(named(bank, "carving-basics-0"), None),
    ]
    assert tally(bank, answers) == {"baking": (5, 2, 2), "carving": (1, 0, 0)}
    assert tally(bank, answers, by="skill") == {
        **{"baking-basics": (2, 2, 0), "baking-craft": (3, 0, 2), "carving-basics": (1, 0, 0)}
    }


def test_an_areas_level_and_chance_are_those_of_the_belief() -> None:
    answers = everywhere(tiny_bank(), 2, lambda live: full(live) * (live.question.type == "number"))
    goal = goal_of(tiny_bank(), ROLE, "mid")
    areas = belief_after(tiny_bank(), answers).of(goal.weights)
    for i, one in enumerate(found(answers).areas):
        assert one.level.at == pytest.approx(areas.mean[i], abs=0.051)
        exact = chance(areas.mean[i], areas.covariance[i, i], one.target, 0.25)
        assert one.chance.tenths == pytest.approx(10 * exact, abs=0.51)


def test_doubt_in_what_a_job_asks_widens_the_headlines_range() -> None:
    bank = tiny_bank()
    competencies = bank.catalogue.competencies
    prior = competencies.prior.model_copy(update={"targets": 1.5})
    vague = bank.catalogue.model_copy(update={"competencies": competencies.model_copy(update={"prior": prior})})
    answers = everywhere(bank, 4, lambda live: full(live) * (live.question.level == "guided"))
    sure, unsure = (result(one, answers, ROLE, "mid") for one in (bank, BankVersion(1, vague, bank.live)))
    assert unsure.coverage.high - unsure.coverage.low > sure.coverage.high - sure.coverage.low
    assert unsure.areas[0].level.low < sure.areas[0].level.low
    assert abs(unsure.areas[0].chance.tenths - 5) < abs(sure.areas[0].chance.tenths - 5)


@LAW
@given(answers=ANSWERS)
def test_coverage_is_one_minus_the_weighted_shortfall_as_a_share_of_what_is_asked(answers: list[Answered]) -> None:
    """For a job that asks 2.0 of every area."""
    bank = tiny_bank()
    profile = bank.catalogue.profiles[ROLE]
    asks = {
        name: one.model_copy(update={"targets": dict.fromkeys(SENIORITIES, 2.0)}) for name, one in profile.areas.items()
    }
    profiles = {ROLE: profile.model_copy(update={"areas": asks})}
    level = BankVersion(1, bank.catalogue.model_copy(update={"profiles": profiles}), bank.live)
    areas = belief_after(bank, answers).of(goal_of(level, ROLE, "mid").weights)
    spread = np.sqrt(np.diag(areas.covariance) + 0.25**2)
    short = [
        expected_shortfall(m, s, 2.0) - expected_shortfall(m, s, 0.0)  # nobody lacks more than all
        for m, s in zip(areas.mean, spread, strict=True)
    ]
    exact = 100 * (1 - np.dot(WEIGHTS, short) / 2.0)
    about = result(level, answers, ROLE, "mid").coverage.about
    assert about == pytest.approx(min(max(exact, 5), 95), abs=2.5 + 0.5), "rounded to 5, and sampled"


def test_who_is_not_sure_is_told_of_the_most_senior_job_they_probably_meet() -> None:
    able, lost = (found(everywhere(tiny_bank(), 4, reply), "unsure") for reply in (full, nothing))
    assert (able.seniority, able.chosen_for) == ("staff", True)
    assert (lost.seniority, lost.chosen_for) == ("junior", True), "where to begin, since none is met"
    assert (able.fallback, lost.fallback) == (False, True)
    assert not found([], "mid").chosen_for
    assert chosen_words(found([], "mid")) == ""
    assert chosen_words(lost) == "You were not sure which seniority: junior is where to begin."


def test_who_probably_meets_the_first_job_and_no_other_is_not_told_what_one_is_told_who_meets_none() -> None:
    easy = {"guided", "independent"}
    answers = everywhere(tiny_bank(), 7, lambda live: full(live) if live.question.level in easy else 0)
    one = found(answers, "unsure")
    assert (one.seniority, one.fallback, one.met.about) == ("junior", False, 5)
    assert chosen_words(one).endswith("junior is the most senior job where you probably meet most targets.")


@LAW
@given(answers=ANSWERS)
def test_every_job_above_the_one_chosen_is_not_probably_met(answers: list[Answered]) -> None:
    belief = belief_after(tiny_bank(), answers)
    seniority, suits = most_senior(tiny_bank(), belief, ROLE)
    chosen = [str(one) for one in SENIORITIES].index(seniority)
    chances = goal_of(tiny_bank(), ROLE, "unsure").chances(belief) @ np.array(WEIGHTS)
    assert (chances[chosen + 1 :] < 0.65).all()
    assert suits == (chances[chosen] >= 0.65)
    assert suits or chosen == 0


def test_the_point_stands_within_its_range_and_claims_no_open_end_that_the_range_does_not() -> None:
    for low in range(5, 100, 5):
        for high in range(low, 100, 5):
            for about in range(5, 100, 5):
                point = result_module._inside(about, low, high)
                assert low <= point <= high
                assert point < 95 or low >= 95
                assert point > 5 or high <= 5
