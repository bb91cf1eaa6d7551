"""What an attempt wants to know: the profile's weights and targets as arrays."""

from __future__ import annotations

import numpy as np

from quiz.attempt.log import UNSURE
from quiz.bank.version import BankVersion, remembered
from quiz.competency.catalogue import SENIORITIES, Profile
from quiz.measure.choose import Goal
from quiz.measure.curve import Floats


@remembered(256)
def goal_of(bank: BankVersion, role: str, seniority: str) -> Goal:
    """The goal of an attempt at this job. Where the seniority is not sure, every seniority's targets count."""
    profile = bank.catalogue.profiles[role]
    wanted = SENIORITIES if seniority == UNSURE else [s for s in SENIORITIES if s == seniority]
    targets = [[profile.areas[area.id].targets[s] for area in bank.catalogue.areas] for s in wanted]
    return Goal(area_weights(bank, profile), np.array(targets), bank.catalogue.competencies.prior.targets)


def area_weights(bank: BankVersion, profile: Profile) -> Floats:
    """How much each skill counts in each area's level: (areas, skills), rows add up to 1."""
    weights = np.zeros((len(bank.catalogue.areas), len(bank.skill_ids)))
    for i, area in enumerate(bank.catalogue.areas):
        for skill, weight in bank.catalogue.skill_weights(profile, area).items():
            weights[i, bank.skill_ids.index(skill)] = weight
    return weights
