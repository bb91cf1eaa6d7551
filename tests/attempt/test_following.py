from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given as law
from hypothesis import settings
from hypothesis import strategies as st

from quiz.attempt.fold import Progress, belief_after, fold
from quiz.attempt.following import drawn, first_question, following, should_stop
from quiz.attempt.goal import goal_of
from quiz.attempt.log import Answered, Extended, Finished, Plan
from quiz.bank.version import BankVersion, LiveQuestion
from tests.domain_factories import (
    AREAS,
    KINDS,
    ROLE,
    answers_of,
    area_of,
    catalogue,
    everywhere,
    extended,
    full,
    given,
    nothing,
    plan_for,
    question,
    taken,
    tiny_bank,
    version,
)

LAW = settings(deadline=None, derandomize=True, max_examples=3)
NOBODY: frozenset[str] = frozenset()


def mixed(seed: int) -> Callable[[LiveQuestion], int | None]:
    """Someone who is right, wrong or clueless by lot."""
    lot = random.Random(seed)
    return lambda live: lot.choice([None, 0, full(live)])


def asked(bank: BankVersion, answers: list[Answered]) -> list[str]:
    return [bank.at(a.revision).question.id for a in answers]


def ids(bank: BankVersion, area: str) -> list[str]:
    return [live.question.id for live in bank.live if area_of(bank, live.revision) == area]


def small(*, each: int = 4, enemies: Mapping[str, str] = MappingProxyType({})) -> BankVersion:
    """A bank of few questions per skill; `enemies` says which question names which other one as its enemy."""
    return version(
        [
            question(name, skill, kind, level, enemies=[enemies[name]] if name in enemies else [])
            for skill in catalogue().skills
            for n, (kind, level) in enumerate(KINDS[:each])
            for name in [f"{skill}-{n}"]
        ]
    )


@LAW
@law(seed=st.integers(0, 10**6))
def test_the_first_two_questions_are_guided_ones_from_two_areas(seed: int) -> None:
    bank = tiny_bank()
    plan = plan_for(bank, seed=seed)
    first = given(bank.at(plan.first), 0)
    second = following(bank, plan, fold(plan, [first]), NOBODY)
    assert second is not None
    assert [bank.at(r).question.level for r in (plan.first, second)] == ["guided", "guided"]
    assert area_of(bank, plan.first) != area_of(bank, second)


@LAW
@law(seed=st.integers(0, 10**6))
def test_an_attempt_asks_its_length_without_repeating_and_three_in_each_area_before_a_fourth(seed: int) -> None:
    bank = tiny_bank()
    answers = answers_of(taken(bank, plan_for(bank, seed=seed), mixed(seed)))
    assert len(set(asked(bank, answers))) == len(answers) <= 20
    assert Counter(area_of(bank, a.revision) for a in answers[:15]) == dict.fromkeys(AREAS, 3)
    if len(answers) < 20:
        chances = goal_of(bank, ROLE, "mid").chances(belief_after(bank, answers))
        assert ((chances < 0.1) | (chances > 0.9)).all(), "stopped early, so every area is clear"


def test_different_seeds_ask_different_questions_and_the_same_seed_the_same() -> None:
    bank = tiny_bank()
    runs = [asked(bank, answers_of(taken(bank, plan_for(bank, length=15, seed=seed), full))) for seed in (1, 2, 1)]
    assert runs[0] == runs[2]
    assert set(runs[0]) != set(runs[1])


def test_with_the_same_seed_and_log_the_same_question_follows() -> None:
    bank, again = tiny_bank(), small(each=8)
    plan = plan_for(bank, seed=7)
    log = answers_of(taken(bank, plan, mixed(7)))[:9]
    chosen = following(bank, plan, fold(plan, log), NOBODY)
    assert chosen == following(bank, plan, fold(plan, log), NOBODY)
    assert chosen == log[-1].following
    assert first_question(again, plan, NOBODY) == plan.first, "another copy of the version, loaded anew"


def test_a_withdrawn_question_is_never_asked() -> None:
    bank = small()
    gone = frozenset(ids(bank, "baking")[:6] + ids(bank, "etching")[:7])
    plan = Plan(ROLE, "mid", 35, 3, 1, 0)
    first = first_question(bank, plan, gone)
    assert first is not None
    answers = answers_of(taken(bank, Plan(**{**vars(plan), "first": first}), mixed(3), withdrawn=gone))
    assert not gone & set(asked(bank, answers))
    assert {"baking-craft-2", "baking-craft-3", "etching-craft-3"} <= set(asked(bank, answers))


def test_the_questions_before_a_withdrawal_stay_and_only_new_ones_are_barred() -> None:
    bank = small()
    plan = plan_for(bank)
    log = [given(bank.at(plan.first), 1)]
    chosen = following(bank, plan, fold(plan, log), frozenset({bank.at(plan.first).question.id}))
    assert chosen not in {None, plan.first}


@pytest.mark.parametrize("named_in", ["dyeing-basics-0", "dyeing-craft-0"])
def test_an_enemy_of_an_asked_question_is_not_asked_whichever_of_the_two_names_the_other(named_in: str) -> None:
    pair = ("dyeing-basics-0", "dyeing-craft-0")
    friends, enemies = small(), small(enemies={named_in: next(name for name in pair if name != named_in)})
    for left in pair:
        for bank, answer in ((friends, left), (enemies, None)):
            answers = [given(live, 0) for live in bank.live if live.question.id != left]
            chosen = following(bank, plan_for(bank), Progress(tuple(answers), None, 99, forced=True), NOBODY)
            assert (bank.at(chosen).question.id if chosen else None) == answer


def test_questions_seen_in_an_earlier_attempt_are_not_asked_while_their_area_has_others() -> None:
    bank = tiny_bank()
    before = frozenset(asked(bank, answers_of(taken(bank, plan_for(bank, seed=1), mixed(1)))))
    answers = answers_of(taken(bank, plan_for(bank, seed=1, excluded=before), mixed(1)))
    assert len(answers) >= 15
    assert not before & set(asked(bank, answers))


def test_questions_seen_before_are_asked_again_only_when_nothing_else_is_left() -> None:
    bank = small()
    unseen = {"baking-basics-3", "brewing-craft-2"}
    seen = frozenset(live.question.id for live in bank.live) - unseen
    plan = plan_for(bank, excluded=seen)
    answered = [a for a in everywhere(bank, 3, nothing) if bank.at(a.revision).question.id not in unseen]
    for name in sorted(unseen):
        chosen = following(bank, plan, Progress(tuple(answered), None, 80, forced=True), NOBODY)
        assert chosen is not None, name
        answered.append(given(bank.at(chosen), 0))
    assert {bank.at(a.revision).question.id for a in answered[-2:]} == unseen
    again = following(bank, plan, Progress(tuple(answered), None, 80, forced=True), NOBODY)
    assert again is not None
    assert bank.at(again).question.id in seen


def test_unseen_questions_outside_an_attempts_draw_come_before_seen_ones() -> None:
    """Of eight unseen questions of a skill, an attempt draws four; here one of the eight is left."""
    bank = tiny_bank()
    seen = frozenset(ids(bank, "etching"))
    plan = plan_for(bank, excluded=seen)
    answered = everywhere(bank, 7, full)
    for _ in range(8):
        chosen = following(bank, plan, Progress(tuple(answered), None, 99, forced=True), NOBODY)
        assert chosen is not None
        answered.append(given(bank.at(chosen), 0))
    assert {area_of(bank, a.revision) for a in answered[-8:]} == set(AREAS) - {"etching"}


@pytest.mark.parametrize("area", ["baking", "etching"])
def test_an_extension_in_one_area_asks_five_of_that_area_and_no_more(area: str) -> None:
    bank = tiny_bank()
    plan = plan_for(bank, length=15)
    log = [*taken(bank, plan, mixed(1)), Finished({})]
    before = len(answers_of(log))
    more = answers_of(taken(bank, plan, mixed(2), log=[*log, extended(bank, plan, log, area)]))[before:]
    assert [area_of(bank, a.revision) for a in more] == [area] * 5


def test_an_extension_of_an_attempt_where_all_is_clear_is_asked_nevertheless() -> None:
    bank = tiny_bank()
    plan = plan_for(bank, seniority="staff", length=35)
    log = taken(bank, plan, nothing)
    assert 15 <= len(log) < 35, "every area is clearly missed, so it stops early"
    more = taken(bank, plan, nothing, log=[*log, Finished({}), extended(bank, plan, log, None)])
    assert len(answers_of(more)) == len(log) + 5


def test_an_attempt_stops_at_its_length_even_where_nothing_is_clear() -> None:
    bank = tiny_bank()
    plan = plan_for(bank, length=15)
    fourteen = everywhere(bank, 2, full)[:14]
    assert not should_stop(bank, plan, Progress(tuple(fourteen), None, 15))
    assert should_stop(bank, plan, Progress(tuple(everywhere(bank, 2, full)[:15]), None, 15))


def test_clear_chances_stop_nothing_while_an_area_has_fewer_than_three_answers() -> None:
    bank = tiny_bank()
    plan = plan_for(bank, seniority="staff", length=35)
    all_missed = everywhere(bank, 3, nothing)
    assert should_stop(bank, plan, Progress(tuple(all_missed), None, 35))
    two_of_dyeing = [a for a in all_missed if area_of(bank, a.revision) != "dyeing"] + [
        a for a in all_missed if area_of(bank, a.revision) == "dyeing"
    ][:2]
    assert not should_stop(bank, plan, Progress(tuple(two_of_dyeing), None, 35))


def test_one_open_area_keeps_an_attempt_going() -> None:
    bank = tiny_bank()
    elsewhere = [a for a in everywhere(bank, 6, nothing) if area_of(bank, a.revision) != "carving"]
    carved = [given(live, full(live)) for live in bank.live if area_of(bank, live.revision) == "carving"]
    for right, still_open in ((4, []), (10, ["carving"]), (16, [])):
        answers = [*elsewhere, *carved[:right]]
        chances = goal_of(bank, ROLE, "senior").chances(belief_after(bank, answers))[0]
        assert [area for area, p in zip(AREAS, chances, strict=True) if 0.1 <= p <= 0.9] == still_open
        stops = should_stop(bank, plan_for(bank, seniority="senior"), Progress(tuple(answers), None, 99))
        assert stops == (not still_open)


def test_who_is_not_sure_of_the_seniority_goes_on_until_every_job_is_clear() -> None:
    bank = tiny_bank()
    beginner = everywhere(bank, 5, lambda live: full(live) if live.question.level == "guided" else 0)
    progress = Progress(tuple(beginner), None, 99)
    assert should_stop(bank, plan_for(bank, seniority="staff"), progress)
    assert not should_stop(bank, plan_for(bank, seniority="junior"), progress)
    assert not should_stop(bank, plan_for(bank, seniority="unsure"), progress)


def test_an_empty_bank_has_no_first_question() -> None:
    assert first_question(version([]), Plan(ROLE, "mid", 15, 1, 1, 0), NOBODY) is None


def test_an_attempt_ends_where_the_bank_is_exhausted() -> None:
    bank = small(each=1)
    answers = answers_of(taken(bank, plan_for(bank, length=35), mixed(1)))
    assert len(answers) == len(bank.live) == 10
    assert answers[-1].following is None


def test_an_extension_in_an_exhausted_area_asks_nothing_from_another() -> None:
    bank = small()
    plan = plan_for(bank, length=15)
    log = [given(live, 0) for live in bank.live if area_of(bank, live.revision) == "baking"]
    assert extended(bank, plan, log, "baking").following is None
    assert extended(bank, plan, log, None).following is not None


def test_without_guided_questions_an_attempt_begins_with_others() -> None:
    bank = version([question(f"{area}-harder", f"{area}-basics", level="advanced") for area in AREAS])
    assert first_question(bank, Plan(ROLE, "mid", 15, 1, 1, 0), NOBODY) is not None


def test_questions_of_every_part_of_the_bank_are_used() -> None:
    """Each attempt draws its own third, so that no question is asked of everyone."""
    bank = tiny_bank()
    used = Counter[str]()
    for seed in range(6):
        used.update(asked(bank, answers_of(taken(bank, plan_for(bank, length=15, seed=seed), full))))
    assert max(used.values()) < 6
    assert len(used) > 30


def test_a_check_asks_three_questions_on_its_skill_and_then_stops() -> None:
    bank = tiny_bank()
    plan = plan_for(bank)
    log = [*taken(bank, plan, mixed(2)), Finished({})]
    wanted = Extended(3, None, None, "etching-craft")
    first = following(bank, plan, fold(plan, [*log, wanted]), NOBODY)
    more = answers_of(taken(bank, plan, full, log=[*log, replace(wanted, following=first)]))[len(answers_of(log)) :]
    assert [bank.at(a.revision).question.skill for a in more] == ["etching-craft"] * 3


def test_what_was_seen_before_is_not_asked_while_an_area_has_something_unseen() -> None:
    bank = tiny_bank()
    guided = frozenset(live.question.id for live in bank.live if live.question.level == "guided")
    answers = answers_of(taken(bank, plan_for(bank, excluded=guided), mixed(2)))
    assert not guided & {bank.at(a.revision).question.id for a in answers}, "not even for an easy start"


@law(seeds=st.lists(st.integers(0, 2**48 - 1), min_size=300, max_size=300, unique=True), gone=st.integers(0, 7))
@LAW
def test_each_attempt_draws_a_third_of_what_it_has_not_seen_and_every_question_as_often(
    seeds: list[int], gone: int
) -> None:
    bank = version([question(f"{area}-{n}", f"{area}-basics") for area in AREAS for n in range(15)])
    seen = frozenset(live.question.id for live in bank.live if live.question.id.endswith(f"-{gone}"))
    counted = np.zeros(len(bank.live))
    for seed in seeds:
        found = drawn(bank, plan_for(bank, seed=seed, excluded=seen))
        assert np.bincount(bank.skills[found]).tolist().count(14 // 3) == len(AREAS)
        assert not found[bank.named(seen)].any()
        counted += found
    often = counted[~bank.named(seen)] / len(seeds)
    assert np.abs(often - 4 / 14).max() < 0.13  # five standard deviations: sqrt(2/7 * 5/7 / 300) is .026


def test_the_draw_follows_from_seed_and_names_alone_whatever_their_order() -> None:
    texts = [question(f"{area}-{n}", f"{area}-basics") for area in AREAS for n in range(15)]
    one, other = version(texts), version(texts[::-1])
    names = [
        {
            live.question.id
            for live, is_drawn in zip(bank.live, drawn(bank, plan_for(bank, seed=7)), strict=True)
            if is_drawn
        }
        for bank in (one, other)
    ]
    assert names[0] == names[1]
    assert names[0] != {
        live.question.id for live, is_drawn in zip(one.live, drawn(one, plan_for(one, seed=8)), strict=True) if is_drawn
    }


def test_of_few_questions_of_a_skill_four_are_drawn() -> None:
    bank = version([question(f"{area}-{n}", f"{area}-basics") for area in AREAS for n in range(6)])
    assert np.bincount(bank.skills[drawn(bank, plan_for(bank))]).tolist().count(4) == len(AREAS)
    left = frozenset(live.question.id for live in bank.live if not live.question.id.endswith("-0"))
    found = drawn(bank, plan_for(bank, excluded=left))
    assert {bank.live[row].question.id for row in np.flatnonzero(found)} == {f"{area}-0" for area in AREAS}
