from __future__ import annotations

import numpy as np
import pytest

from quiz.attempt.goal import goal_of
from tests.domain_factories import AREAS, ROLE, TARGETS, tiny_bank


def test_a_goal_holds_what_the_job_asks_of_each_area() -> None:
    assert goal_of(tiny_bank(), ROLE, "mid").targets == pytest.approx(np.array([[TARGETS[a][1] for a in AREAS]]))


def test_who_is_not_sure_of_the_seniority_is_measured_against_all_four() -> None:
    found = goal_of(tiny_bank(), ROLE, "unsure").targets
    assert found.shape == (4, 5)
    assert (np.diff(found, axis=0) >= 0).all(), "junior first"


def test_an_areas_level_is_made_of_its_own_skills_by_their_importance() -> None:
    bank = tiny_bank()
    weights = goal_of(bank, ROLE, "mid").weights
    assert weights.sum(axis=1) == pytest.approx(np.ones(5))
    by_skill = dict(zip(bank.skill_ids, weights[AREAS.index("baking")], strict=True))
    assert by_skill["baking-craft"] == pytest.approx(3 / 5), "important: 3, where nothing is said 2"
    assert by_skill["baking-basics"] == pytest.approx(2 / 5)
    assert by_skill["brewing-basics"] == 0
    assert weights[AREAS.index("dyeing"), bank.skill_ids.index("dyeing-basics")] == pytest.approx(1 / 3)


def test_the_doubt_in_targets_comes_from_the_framework() -> None:
    assert goal_of(tiny_bank(), ROLE, "junior").doubt == 0.25
