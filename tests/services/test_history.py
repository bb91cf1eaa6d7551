from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quiz.attempt.fold import fold
from quiz.attempt.log import Answered, Entry, Finished, Plan
from quiz.bank.version import BankVersion
from quiz.competency.catalogue import Catalogue
from quiz.services.history import history
from quiz.services.taking import OpenAttempt
from quiz.store.attempts import Logged, StoredAttempt
from tests.domain_factories import ROLE, everywhere, full, nothing, tiny_bank

DAY = 86_400


def attempt(answers: Sequence[Answered], day: int, *, bank: BankVersion | None = None) -> OpenAttempt:
    """A finished attempt of that day."""
    of = bank or tiny_bank()
    plan = Plan(ROLE, "mid", 35, 1, of.number, answers[0].revision)
    log: list[Entry] = [*answers, Finished({})]
    stored = StoredAttempt(
        day, f"attempt-{day}", 1, plan, day * DAY, of.number, tuple(Logged(entry, day * DAY) for entry in log)
    )
    return OpenAttempt(stored, of, fold(plan, log), frozenset())


def answers(*, knows: bool, count: int) -> list[Answered]:
    return everywhere(tiny_bank(), 6, full if knows else nothing)[:count]


def test_who_knew_nothing_and_knows_all_is_very_likely_up_everywhere() -> None:
    found = history([attempt(answers(knows=True, count=60), 90), attempt(answers(knows=False, count=60), 10)])
    assert set(found.changed) == {"up"}
    assert found.since is not None
    assert [one.on.toordinal() for one in found.past] == sorted(one.on.toordinal() for one in found.past)
    assert found.since == found.past[0].on
    assert found.long_enough


def test_who_fell_and_who_answered_too_little_show_no_clear_change() -> None:
    fell = history([attempt(answers(knows=False, count=60), 90), attempt(answers(knows=True, count=60), 10)])
    few = history([attempt(answers(knows=True, count=60), 90), attempt(answers(knows=False, count=34), 10)])
    assert set(fell.changed) == set(few.changed) == {"unclear"}
    assert (fell.long_enough, few.long_enough) == (True, False)


def test_the_newest_is_compared_with_the_oldest_that_was_long_enough() -> None:
    short, long, newest = (attempt(answers(knows=True, count=n), day) for n, day in ((20, 1), (60, 2), (60, 3)))
    found = history([newest, long, short])
    assert len(found.past) == 3
    assert found.since == found.past[1].on


def test_an_attempt_at_other_skills_is_left_out_and_nobody_has_no_history() -> None:
    bank = tiny_bank()
    areas = bank.catalogue.competencies.areas
    fewer = areas[0].model_copy(update={"skills": areas[0].skills[:1]})
    competencies = bank.catalogue.competencies.model_copy(update={"areas": [fewer, *areas[1:]]})
    kept = {skill.id for area in competencies.areas for skill in area.skills}
    live = tuple(one for one in bank.live if one.question.skill in kept)
    catalogue = Catalogue(competencies=competencies, profiles=bank.catalogue.profiles, resources={})
    old = BankVersion(1, catalogue, live)
    given = [a for a in answers(knows=True, count=60) if a.revision in {one.revision for one in live}]
    found = history([attempt(answers(knows=True, count=60), 90), attempt(given, 10, bank=old)])
    assert (len(found.past), found.since, found.changed) == (1, None, ())
    assert history([]).past == ()
    unfinished = attempt(answers(knows=True, count=60), 5)
    assert history([replace(unfinished, progress=unfinished.progress._replace(revealed=0))]).past == ()
