"""Taking the quiz: begin, answer, ask for more, finish. Each call is one transaction of its caller."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from quiz.attempt.fold import Progress, every_area_asked, fold, onward
from quiz.attempt.following import first_question, following
from quiz.attempt.log import (
    ATTEMPT_SENIORITIES,
    CHECK,
    EXTENSION,
    LENGTHS,
    Answered,
    Extended,
    Finished,
    Plan,
    Rated,
)
from quiz.bank import question as q
from quiz.bank.arrange import Arrangement, arrange
from quiz.bank.mark import mark
from quiz.bank.response import Form, read_response
from quiz.bank.said import said
from quiz.bank.shown import texts
from quiz.bank.version import BankVersion
from quiz.report.result import result
from quiz.services.banks import Banks
from quiz.store import attempts as store
from quiz.store.attempts import StoredAttempt
from quiz.store.engine import Connected
from quiz.store.marks import stored_marks
from quiz.store.problems import Problem, problems_of
from quiz.store.shared import count_up, shared_secret
from quiz.store.shares import shares_of

DEFAULT_ROLE = "machine-learning-engineer"
DEFAULT_SENIORITY = "mid"
DEFAULT_LENGTH = 20
SECONDS_A_DAY = 86_400
MOST_EXTENSIONS = 40
MOST_ATTEMPTS = 100
"""Of one taker: their pages read all of them."""


Adding = Callable[[], AbstractContextManager[Connected]]
"""Opens what one entry is written by, which keeps it at once."""


class RefusedError(Exception):
    """What was asked for can't be done now; the message says why, for the person."""


class TooManyStartsError(Exception):
    """This address has begun too many attempts today."""


class OtherAnswerError(Exception):
    """The question was answered before, differently; the first answer stands."""


@dataclass(frozen=True)
class OpenAttempt:
    """An attempt with everything needed to go on: its bank version and where it stands."""

    stored: StoredAttempt
    bank: BankVersion
    progress: Progress
    withdrawn: frozenset[str]

    @property
    def plan(self) -> Plan:
        """What was fixed when it began."""
        return self.stored.plan

    @property
    def may_see_result(self) -> bool:
        """Whether there is anything to say yet: finished once, or three answers in every area."""
        return self.progress.revealed > 0 or every_area_asked(self.bank, self.progress.answers)


@dataclass(frozen=True)
class Started:
    """A new attempt; `secret` is set where a new taker was made for it."""

    token: str
    secret: str | None


def secret_hash(secret: str) -> str:
    """What is kept of a taker's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_attempt(
    connected: Connected, banks: Banks, token: str, secret: str, *, lock: bool = False
) -> OpenAttempt | None:
    """The attempt if it belongs to the holder of this secret, else None: foreign and absent look alike."""
    stored = store.find_attempt(connected, token, secret_hash(secret), lock=lock)
    return opened(connected, banks, stored) if stored else None


def opened(connected: Connected, banks: Banks, stored: StoredAttempt) -> OpenAttempt:
    """A stored attempt, folded."""
    bank = banks.version(connected, stored.plan.version)
    withdrawn = banks.withdrawn(connected, stored.newest)
    return OpenAttempt(stored, bank, fold(stored.plan, stored.entries), withdrawn)


def read_choice(bank: BankVersion, form: Mapping[str, str]) -> tuple[tuple[str, str, int], dict[str, str]]:
    """Role, seniority and length from a form (defaults where absent), and the errors by field."""
    role = form.get("role", DEFAULT_ROLE)
    seniority = form.get("seniority", DEFAULT_SENIORITY)
    length = form.get("length", str(DEFAULT_LENGTH))
    errors = {}
    if role not in bank.catalogue.profiles:
        errors["role"] = "Choose one of the jobs."
    if seniority not in ATTEMPT_SENIORITIES:
        errors["seniority"] = "Choose one of the seniorities, or “not sure”."
    if length not in {str(n) for n in LENGTHS}:
        errors["length"] = "Choose 15, 20 or 35 questions."
    return (role, seniority, int(length) if not errors else DEFAULT_LENGTH), errors


def begin(
    session: Session, banks: Banks, secret: str | None, choice: tuple[str, str, int], now: int, seed: int
) -> Started:
    """Begin an attempt for the holder of `secret`, or for a new taker. Raises RefusedError on an empty bank."""
    bank = banks.newest(session)
    taker = store.use_taker(session, secret_hash(secret), now) if secret else None
    made = None
    if taker is None:
        made = secrets.token_urlsafe(32)
        taker = store.add_taker(session, secret_hash(made), now)
    elif store.count_attempts(session, taker) >= MOST_ATTEMPTS:
        raise RefusedError(
            f"You have begun {MOST_ATTEMPTS} attempts, and more is not kept for one person. Under “My results” you can "
            "delete one that you no longer need; then you can begin again."
        )
    role, seniority, length = choice
    seen = frozenset(store.seen_questions(session, taker))
    plan = Plan(role, seniority, length, seed, bank.number, 0, seen)
    first = first_question(bank, plan, banks.withdrawn(session, bank.number))
    if first is None:
        raise RefusedError("There is no question to ask yet.")
    token = secrets.token_urlsafe(16)
    store.add_attempt(session, taker, token, Plan(**{**vars(plan), "first": first}), now)
    return Started(token, made)


def count_start(session: Session, address: str, limit: int, now: int) -> None:
    """Count a start against its address's daily limit (0: none). Raises TooManyStartsError.

    What is stored is a salted hash that changes every day; it can't be turned back into the address.
    """
    if limit == 0:
        return
    day = now // SECONDS_A_DAY
    salt = shared_secret(session, "address-salt")
    key = hashlib.sha256(f"{salt}/{day}/{address}".encode()).hexdigest()
    if count_up(session, key, day) > limit:
        raise TooManyStartsError


def asked_question(attempt: OpenAttempt, revision: int) -> tuple[q.Question, Arrangement]:
    """A question as this attempt sees it: numbers filled in, pieces arranged."""
    question = texts(attempt.bank.at(revision))
    return question, arrange(question, attempt.plan.seed)


def answer(adding: Adding, attempt: OpenAttempt, position: int, revision: int, form: Form, now: int) -> Progress:
    """Record the answer to the question at `position`, and with it the next question; gives where that leaves us.

    The same answer again changes nothing. Raises InvalidResponseError for a form that is no answer yet,
    OtherAnswerError where another answer stands, RefusedError for a question that was not asked, and MeanwhileError
    where something else was written since the attempt was read: no lock is held while the next question is chosen.
    """
    progress = attempt.progress
    known = 1 <= position <= len(progress.answers) and progress.answers[position - 1].revision == revision
    if not known and (position != progress.position or revision != progress.current):
        raise RefusedError("That question is not the one to answer now.")
    question, arrangement = asked_question(attempt, revision)
    response = read_response(question, arrangement, form)
    if known:
        if progress.answers[position - 1].response != response:
            raise OtherAnswerError
        return progress
    marked = mark(question, response)
    given = Answered(
        revision=revision,
        response=response,
        score=marked.score,
        unknown=marked.unknown,
        guessing="guessing" in form and not marked.unknown,
        seconds=max(0, now - attempt.stored.last_at),
        following=None,
    )
    chosen = following(attempt.bank, attempt.plan, onward(progress, given), attempt.withdrawn)
    given = given._replace(following=chosen)
    with adding() as connected:
        store.append(connected, attempt.stored, given, now, question.id)
    return onward(progress, given)


def finish(adding: Adding, attempt: OpenAttempt, now: int) -> None:
    """Close the attempt and write down the numbers it shows. Finishing twice changes nothing.

    Raises RefusedError and MeanwhileError.
    """
    if attempt.progress.finished:
        return
    if attempt.progress.phase == "asking" and not attempt.may_see_result:
        raise RefusedError("There are too few answers for a result. Answer at least three questions in each area.")
    found = result(attempt.bank, attempt.progress.answers, attempt.plan.role, attempt.plan.seniority)
    with adding() as connected:
        store.append(connected, attempt.stored, Finished(found.printed()), now)


def extend(adding: Adding, attempt: OpenAttempt, area: str | None, now: int, skill: str | None = None) -> None:
    """Ask five more questions, perhaps in one area only, or three on one skill.

    Asking again while they are open changes nothing. Raises RefusedError where the area or skill is unknown or has
    no question left, and MeanwhileError.
    """
    if attempt.progress.phase == "asking":
        return
    if attempt.progress.extensions >= MOST_EXTENSIONS:
        raise RefusedError("You have asked for more many times here. Begin a new attempt instead.")
    if area is not None and attempt.bank.catalogue.area(area) is None:
        raise RefusedError("There is no such area.")
    if skill is not None and skill not in attempt.bank.catalogue.skills:
        raise RefusedError("There is no such skill.")
    wanted = Extended(CHECK if skill else EXTENSION, None if skill else area, None, skill)
    first = following(attempt.bank, attempt.plan, onward(attempt.progress, wanted), attempt.withdrawn)
    if first is None:
        raise RefusedError("You have answered every question there is on this.")
    with adding() as connected:
        store.append(connected, attempt.stored, replace(wanted, following=first), now)


def everything_of(session: Session, banks: Banks, secret: str) -> list[OpenAttempt]:
    """All attempts of the holder of this secret, the newest first."""
    return [opened(session, banks, stored) for stored in store.attempts_of(session, secret_hash(secret))]


def exported(session: Session, attempts: list[OpenAttempt]) -> dict[str, Any]:
    """Everything that is kept about a person, as plain data."""
    problems = problems_of(session, [attempt.stored.id for attempt in attempts])
    made = [
        {**_exported(attempt, problems[attempt.stored.id].values()), **_beside(session, attempt)}
        for attempt in attempts
    ]
    return {"format": "mle-quiz/my-data/1", "attempts": made}


def _beside(session: Session, attempt: OpenAttempt) -> dict[str, Any]:
    """What was made of the plan, and the links to the result (their secrets are known to nobody here)."""
    links = [
        {"created_at": s.created_at, "expires_at": s.expires_at, "closed_at": s.revoked_at, "copy": s.snapshot}
        for s in shares_of(session, attempt.stored.id)
    ]
    return {"plan": stored_marks(session, attempt.stored.id), "links": links}


def _exported(attempt: OpenAttempt, problems: Iterable[Problem]) -> dict[str, Any]:
    plan = attempt.plan
    log: list[dict[str, Any]] = []
    for logged in attempt.stored.log:
        match logged.entry:
            case Answered() as a:
                question = texts(attempt.bank.at(a.revision))
                answer = said(question, dict(a.response))
                log.append(
                    {"at": logged.at, "question": question.title, "answer": answer, "marked_as_guess": a.guessing}
                )
            case Rated() as r:
                log.append({"at": logged.at, "rated_myself": dict(r.steps)})
            case Extended() as e:
                log.append({"at": logged.at, "asked_for_more": e.questions, "area": e.area, "skill": e.skill})
            case Finished() as f:
                log.append({"at": logged.at, "result": dict(f.printed)})
    return {
        **{"started_at": attempt.stored.started_at, "role": plan.role, "seniority": plan.seniority},
        **{"length": plan.length, "bank_version": plan.version, "log": log},
        "problems_reported": [
            {
                **{"at": p.at, "question": texts(attempt.bank.at(p.revision)).title},
                **{"kind": p.kind, "text": p.text},
            }
            for p in problems
        ],
    }
