"""What the live bank holds against its blueprint, and how much it tells at each step.

The information at a step is the sum of the questions' Fisher information about the level there, as if every
question of an area asked for the area's level. Its curve is the author's, with the doubt that `competencies.yaml`
puts in levels, of a person who guesses as often as usual.

**What is missing near a step.** A bank is built towards a target for its information (Lord 1980, *Applications of
Item Response Theory to Practical Testing Problems*). Ours is that the belief about an area has an sd of at most
`precision.sd` (.75 steps) after the `precision.asked` (7) best questions near the step. A Gaussian belief with
the prior variance v and the information I has the variance 1/(1/v + I), so they must bring I ≥ 1/sd² − 1/v. An
attempt may choose from a third of each skill's questions only, so the 3 · 7 best at the step must bring three times
as much. What lacks is the number of typical questions to add until they do. Typical is a question that is right or
wrong, can't be guessed and is set at that step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quiz.bank import question as q
from quiz.bank.blueprint import Blueprint
from quiz.bank.items import GUESSED, SLOPE, curve
from quiz.bank.proofs import proved_how
from quiz.competency.catalogue import Area, Catalogue
from quiz.measure.curve import Floats, authored, information, stack
from quiz.measure.guessing import EXPECTED

GUESS_FREE = frozenset({"number", "fill", "order", "match", "multiple"})
GRADED = frozenset({"judgement", "case"})
PROOFS = ("run", "model", "partly", "none")
STEPS = (1, 2, 3, 4)
GRID = tuple(round(0.5 + 0.05 * i, 2) for i in range(81))
"""The levels at which an information curve is drawn."""
DRAWN = 3
"""An attempt draws one in so many questions of a skill."""
ATTEMPT = 20


@dataclass(frozen=True)
class Stock:
    """Live questions of a skill, an area or the bank, counted. Shares are None where nothing is counted."""

    live: int
    level: Mapping[str, int]
    type: Mapping[str, int]
    proof: Mapping[str, int]
    guess_free_share: float | None
    provable_share: float | None
    minutes: float | None
    information: tuple[float, ...]


@dataclass(frozen=True)
class Missing:
    """How many live questions the blueprint still asks for; `information`: near each step, for the precision."""

    questions: int
    level: Mapping[str, int]
    type: Mapping[str, int]
    provable: int
    information: tuple[int, ...]


@dataclass(frozen=True)
class SkillCoverage:
    """One skill: what there is, and what each step still needs."""

    id: str
    stock: Stock
    questions: int
    level: Mapping[str, int]


@dataclass(frozen=True)
class AreaCoverage:
    """One area. `curve`: its information at the levels of `GRID`."""

    id: str
    name: str
    stock: Stock
    missing: Missing
    skills: tuple[SkillCoverage, ...]
    curve: tuple[float, ...]


@dataclass(frozen=True)
class Coverage:
    """The whole live bank."""

    stock: Stock
    areas: tuple[AreaCoverage, ...]

    @property
    def attempt_minutes(self) -> float | None:
        """The expected length of an attempt of 20 questions."""
        return None if self.stock.minutes is None else ATTEMPT * self.stock.minutes


def coverage(catalogue: Catalogue, questions: Sequence[q.Question], blueprint: Blueprint) -> Coverage:
    """Set the live questions against the blueprint, area by area and skill by skill."""
    live = [question for question in questions if question.status == "live" and question.skill in catalogue.skills]
    areas = tuple(_area(catalogue, area, live, blueprint) for area in catalogue.areas)
    return Coverage(_stock(live, catalogue.competencies.prior.levels), areas)


def _area(catalogue: Catalogue, area: Area, questions: Sequence[q.Question], blueprint: Blueprint) -> AreaCoverage:
    doubt = catalogue.competencies.prior.levels
    own = [question for question in questions if catalogue.area_of[question.skill].id == area.id]
    skills = tuple(
        _skill(skill.id, [question for question in own if question.skill == skill.id], doubt, blueprint)
        for skill in area.skills
    )
    stock = _stock(own, doubt)
    at_steps, at_grid = (_informations(own, doubt, levels) for levels in (STEPS, GRID))
    wanted = blueprint.questions * len(skills)
    missing = Missing(
        questions=sum(skill.questions for skill in skills),
        level={level: sum(skill.level[level] for skill in skills) for level in q.LEVELS},
        type={kind: _lack(share * wanted / 100, stock.type[kind]) for kind, share in blueprint.types[area.id].items()},
        provable=_lack(blueprint.provable[area.id] * wanted / 100, stock.proof["run"] + stock.proof["model"]),
        information=_near_steps(catalogue, len(skills), at_steps, blueprint),
    )
    return AreaCoverage(area.id, area.name, stock, missing, skills, tuple(map(float, at_grid.sum(axis=0))))


def _skill(name: str, questions: Sequence[q.Question], doubt: float, blueprint: Blueprint) -> SkillCoverage:
    stock = _stock(questions, doubt)
    level: dict[str, int] = {step: _lack(least, stock.level[step]) for step, least in blueprint.per_skill.items()}
    return SkillCoverage(name, stock, _lack(blueprint.questions, stock.live), level)


def _lack(wanted: float, there: int) -> int:
    return max(0, round(wanted) - there)


def _stock(questions: Sequence[q.Question], doubt: float) -> Stock:
    types = Counter[str](question.type for question in questions)
    proofs = Counter[str](proved_how(question) for question in questions)
    open_to_guess = sum(types[kind] for kind in q.TYPES if kind not in GRADED)
    at_steps = _informations(questions, doubt, STEPS).sum(axis=0)
    return Stock(
        live=len(questions),
        level={level: sum(question.level == level for question in questions) for level in q.LEVELS},
        type={kind: types[kind] for kind in q.TYPES},
        proof={kind: proofs[kind] for kind in PROOFS},
        guess_free_share=_share(sum(types[kind] for kind in GUESS_FREE), open_to_guess),
        provable_share=_share(proofs["run"] + proofs["model"], len(questions)),
        minutes=_share(sum(question.seconds for question in questions), 60 * len(questions)),
        information=tuple(map(float, at_steps)),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _informations(questions: Sequence[q.Question], doubt: float, levels: Sequence[float]) -> Floats:
    """Each question's information at each level: (questions, levels), per step squared."""
    if not questions:
        return np.zeros((0, len(levels)))
    guessable = np.array([question.type in GUESSED for question in questions])
    curves = stack([curve(question, doubt) for question in questions]).with_guessing(EXPECTED, guessable)
    return information(curves, np.tile(np.array(levels, dtype=float), (len(questions), 1)))


def _near_steps(catalogue: Catalogue, skills: int, at_steps: Floats, blueprint: Blueprint) -> tuple[int, ...]:
    """How many typical questions lack near each step."""
    prior, precision = catalogue.competencies.prior, blueprint.precision
    needed = needed_information(prior.general + prior.area + prior.skill / skills, precision.sd)
    typical = typical_information(prior.levels)
    return tuple(lacking(list(at_steps[:, i]), needed, typical, precision.asked) for i in range(len(STEPS)))


def needed_information(prior_variance: float, sd: float) -> float:
    """What questions must tell, per step squared, to bring a belief of this variance to this sd, in steps."""
    return max(0.0, 1 / sd**2 - 1 / prior_variance)


def typical_information(doubt: float) -> float:
    """What a question without luck tells about a person who stands at its level."""
    typical = authored(0.0, SLOPE, (1.0, 1.0), (1.0, 0.0), doubt)
    return float(information(stack([typical]), np.zeros((1, 1)))[0, 0])


def lacking(there: Sequence[float], needed: float, typical: float, asked: int) -> int:
    """How many questions of information `typical` to add until the 3 · asked best of all bring 3 · needed.

    Where typical ones can't reach it: as many as are not yet better than typical, and at least one.
    """
    size = DRAWN * asked
    for more in range(size + 1):
        best = sorted([*there, *[typical] * more], reverse=True)[:size]
        if sum(best) >= DRAWN * needed - 1e-9:
            return more
    return max(1, size - sum(one > typical for one in there))
