"""What clients sent and were told, held against what the database says in the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from quiz.attempt.log import Answered, Finished
from quiz.bank.response import InvalidResponseError, read_response
from quiz.services.banks import Banks
from quiz.services.results import replay
from quiz.services.taking import OpenAttempt, asked_question, open_attempt
from quiz.store.engine import Database

Outcome = Literal["acknowledged", "refused", "unknown"]
Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Sent:
    """One thing sent, and what came back. `refused`: told that it was not kept; `unknown`: told nothing."""

    kind: Literal["start", "answer", "finish"]
    token: str
    outcome: Outcome
    position: int = 0
    revision: int = 0
    form: Form = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What the comparison found: confirmed things, those of them that are gone, and everything else that is wrong."""

    acknowledged: int
    lost: int
    wrong: Counter[str]


def compare(database: Database, secrets: Mapping[str, str], sent: Sequence[Sent]) -> Found:
    """Hold a history against the database. `secrets`: the taker's secret for each attempt's token."""
    by_token: dict[str, list[Sent]] = defaultdict(list)
    for one in sent:
        by_token[one.token].append(one)
    lost, wrong, banks = 0, Counter[str](), Banks()
    with database.reading() as session:
        for token, events in by_token.items():
            attempt = open_attempt(session, banks, token, secrets[token])
            confirmed = [e for e in events if e.outcome == "acknowledged"]
            if attempt is None:
                lost += len(confirmed)
                continue
            lost += sum(not _is_kept(attempt, event) for event in confirmed)
            wrong += _wrong(attempt, events)
        wrong["replayed differently"] += len(replay(session, Banks()).different)
    return Found(sum(e.outcome == "acknowledged" for e in sent), lost, +wrong)


def _is_kept(attempt: OpenAttempt, event: Sent) -> bool:
    match event.kind:
        case "start":
            return True
        case "finish":
            return any(isinstance(entry, Finished) for entry in attempt.stored.entries)
        case "answer":
            answers = attempt.progress.answers
            return event.position <= len(answers) and is_of(attempt, answers[event.position - 1], event)


def is_of(attempt: OpenAttempt, answer: Answered, event: Sent) -> bool:
    """Whether a stored answer is what was sent."""
    if answer.revision != event.revision:
        return False
    question, arrangement = asked_question(attempt, event.revision)
    try:
        return answer.response == read_response(question, arrangement, event.form)
    except InvalidResponseError:
        return False


def _wrong(attempt: OpenAttempt, events: Sequence[Sent]) -> Counter[str]:
    wrong = Counter[str]()
    answers = [entry for entry in attempt.stored.entries if isinstance(entry, Answered)]
    revisions = [answer.revision for answer in answers]
    wrong["doubled"] += len(revisions) - len(set(revisions))
    for place, answer in enumerate(answers, start=1):
        about = [e for e in events if e.kind == "answer" and e.position == place and e.revision == answer.revision]
        fitting = [e for e in about if is_of(attempt, answer, e)]
        wrong["never sent"] += not fitting
        wrong["refused but kept"] += bool(fitting) and all(e.outcome == "refused" for e in fitting)
    finishes = sum(isinstance(entry, Finished) for entry in attempt.stored.entries)
    wrong["finished twice"] += max(finishes - 1, 0)
    return wrong
