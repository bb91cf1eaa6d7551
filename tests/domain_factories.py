"""An invented, tiny bank for the tests of the domain: five areas of two skills, eight questions for each skill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from quiz.attempt.fold import Progress, fold
from quiz.attempt.following import first_question, following
from quiz.attempt.log import Answered, Entry, Extended, Plan
from quiz.bank import question as q
from quiz.bank.items import curve
from quiz.bank.mark import best_score
from quiz.bank.version import BankVersion, LiveQuestion
from quiz.competency.catalogue import SENIORITIES, STEPS, Catalogue

AREAS = ("baking", "brewing", "carving", "dyeing", "etching")
WEIGHTS = (0.3, 0.25, 0.2, 0.15, 0.1)
TARGETS = {
    "baking": (1.5, 2.0, 3.0, 3.5),
    "brewing": (1.0, 2.0, 2.5, 3.0),
    "carving": (1.0, 1.5, 2.0, 3.0),
    "dyeing": (1.5, 2.5, 3.0, 4.0),
    "etching": (1.0, 2.0, 3.0, 3.5),
}
HOURS = {"baking": 10, "brewing": 12, "carving": 8, "dyeing": 15, "etching": 20}
NEEDS = {"baking-craft": ["baking-basics"], "brewing-craft": ["brewing-basics", "etching-basics"]}
ROLE = "maker"
KINDS = (
    *(("single", "guided"), ("number", "guided"), ("single", "independent"), ("number", "independent")),
    *(("judgement", "independent"), ("case", "advanced"), ("number", "advanced"), ("single", "leading")),
)


def resource(title: str, step: str = "guided", *, hours: int = 5, free: bool = True) -> dict[str, Any]:
    return {"title": title, "kind": "book", "step": step, "hours": hours, "free": free}


@cache
def catalogue() -> Catalogue:
    def skill(name: str, hours: int) -> dict[str, Any]:
        return {
            **{"id": name, "name": name.replace("-", " ").capitalize(), "definition": "Does it."},
            **{"prerequisites": NEEDS.get(name, []), "steps": dict.fromkeys(STEPS, "Does it so.")},
            "hours": {step: hours * 2**i for i, step in enumerate(STEPS)},
        }

    areas = [
        {
            **{"id": area, "name": area.capitalize(), "definition": "What it is."},
            "skills": [skill(f"{area}-basics", HOURS[area]), skill(f"{area}-craft", 2 * HOURS[area])],
        }
        for area in AREAS
    ]
    prior = {"mean": 1.75, "general": 1.2, "area": 0.48, "skill": 0.3, "targets": 0.25, "levels": 0.6}
    asks = {
        area: {
            **{"weight": weight, "basis": "Invented.", "targets_basis": "Invented."},
            "targets": dict(zip(SENIORITIES, TARGETS[area], strict=True)),
        }
        for area, weight in zip(AREAS, WEIGHTS, strict=True)
    }
    profile = {
        **{"id": ROLE, "name": "Maker", "about": "Makes things.", "sources": ["guild"], "areas": asks},
        **{"importance": {"baking-craft": 3, "dyeing-basics": 1}, "importance_basis": "Invented."},
    }
    steps = [{"id": step, "summary": "A step."} for step in STEPS]
    sources = {"guild": {"title": "The guild's book", "seen": "all of it"}}
    return Catalogue.model_validate(
        {
            "competencies": {"steps": steps, "prior": prior, "areas": areas, "sources": sources},
            "profiles": {ROLE: profile},
            "resources": {
                f"{area}-{what}": [resource(f"{area}, {step}", step) for step in STEPS]
                for area in AREAS
                for what in ("basics", "craft")
            },
        }
    )


def question(name: str, skill: str, kind: str = "number", level: str = "independent", **changes: Any) -> q.Question:
    """A valid question of one of four types: single, number, judgement, case."""
    proof = {"kind": "none", "reason": "The guild says so."}
    head = {
        **{"id": name, "skill": skill, "type": kind, "level": level, "seconds": 60, "status": "live"},
        **{"title": "What comes of it?", "stem": "Say what comes of it."},
        "references": [{"title": "The guild's book"}],
    }
    options = [{"id": f"o{n}", "text": f"Thing {n}", "why": "Since it is so."} for n in range(4)]
    number = {"key": {"value": 3}, "why": "Count them."}
    bodies: dict[str, dict[str, Any]] = {
        "single": {"options": options, "key": "o0", "proof": proof},
        "number": {**number, "proof": proof},
        "judgement": {
            **{"options": options, "key": {"o0": 3, "o1": 2, "o2": 1, "o3": 0}},
            **{"basis": "editorial", "proof": proof},
        },
        "case": {
            "parts": [
                {"id": "first", "type": "single", "stem": "Which?", "options": options, "key": "o1", "proof": proof},
                {"id": "second", "type": "number", "stem": "How many?", **number, "proof": proof},
            ]
        },
    }
    return q.TYPES[kind].model_validate({**head, **bodies[kind], **changes})


def version(questions: Sequence[q.Question]) -> BankVersion:
    """A bank version with these questions live; their revisions are 100, 101, …"""
    found = catalogue()
    doubt = found.competencies.prior.levels
    live = tuple(LiveQuestion(100 + n, one, curve(one, doubt)) for n, one in enumerate(questions))
    return BankVersion(1, found, live)


@cache
def tiny_bank() -> BankVersion:
    """Eighty questions named like `baking-basics-0`, of the kinds and levels in KINDS for each skill."""
    return version(
        [
            question(f"{skill}-{n}", skill, kind, level, seconds=40 + 10 * n)
            for skill in catalogue().skills
            for n, (kind, level) in enumerate(KINDS)
        ]
    )


def plan_for(
    bank: BankVersion,
    *,
    seniority: str = "mid",
    length: int = 20,
    seed: int = 1,
    excluded: frozenset[str] = frozenset(),
) -> Plan:
    """A plan as it stands when an attempt has begun: with its first question."""
    blank = Plan(ROLE, seniority, length, seed, bank.number, 0, excluded)
    first = first_question(bank, blank, frozenset())
    assert first is not None
    return Plan(**{**vars(blank), "first": first})


def named(bank: BankVersion, name: str) -> LiveQuestion:
    """The live question with this id."""
    return next(live for live in bank.live if live.question.id == name)


def area_of(bank: BankVersion, revision: int) -> str:
    """The area that a revision belongs to."""
    return bank.catalogue.area_of[bank.at(revision).question.skill].id


def given(live: LiveQuestion, score: int | None, *, following: int | None = None) -> Answered:
    """An answer with this score; None says "I don't know"."""
    return Answered(live.revision, {}, score or 0, score is None, guessing=False, seconds=0, following=following)


def right(bank: BankVersion, *names: str) -> list[Answered]:
    """Full marks for these questions."""
    return [given(named(bank, name), best_score(named(bank, name).question)) for name in names]


def wrong(bank: BankVersion, *names: str) -> list[Answered]:
    """No marks for these questions."""
    return [given(named(bank, name), 0) for name in names]


def everywhere(bank: BankVersion, each: int, score: Callable[[LiveQuestion], int | None]) -> list[Answered]:
    """Answers to `each` questions of every skill."""
    return [given(live, score(live)) for live in bank.live if int(live.question.id[-1]) < each]


def full(live: LiveQuestion) -> int:
    """Full marks, as a reply for `everywhere` and `taken`."""
    return best_score(live.question)


def nothing(_: LiveQuestion) -> int | None:
    """No idea, as a reply for `everywhere` and `taken`."""
    return None


def taken(
    bank: BankVersion,
    plan: Plan,
    reply: Callable[[LiveQuestion], int | None],
    *,
    log: Sequence[Entry] = (),
    withdrawn: frozenset[str] = frozenset(),
) -> list[Entry]:
    """The log of someone who goes on from `log` until nothing more is asked."""
    entries = list(log)
    progress = fold(plan, entries)
    while progress.current is not None:
        live = bank.at(progress.current)
        answer = given(live, reply(live))
        after = fold(plan, [*entries, answer])
        entries.append(answer._replace(following=following(bank, plan, after, withdrawn)))
        progress = fold(plan, entries)
    return entries


def extended(bank: BankVersion, plan: Plan, log: Sequence[Entry], area: str | None) -> Extended:
    """The entry that asks for five more, with the first of them."""
    asked: Progress = fold(plan, [*log, Extended(5, area, None)])
    return Extended(5, area, following(bank, plan, asked, frozenset()))


def answers_of(log: Sequence[Entry]) -> list[Answered]:
    """Only the answers of a log."""
    return [entry for entry in log if isinstance(entry, Answered)]


@st.composite
def answer_sets(draw: st.DrawFn, bank: BankVersion, *, most: int = 40) -> list[Answered]:
    """Answers with any scores to up to `most` different questions."""
    rows = draw(st.lists(st.integers(0, len(bank.live) - 1), unique=True, max_size=most))
    lives = [bank.live[row] for row in rows]
    return [given(live, draw(st.one_of(st.none(), st.integers(0, full(live))))) for live in lives]
