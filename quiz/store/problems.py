"""What takers report about questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from quiz.store.tables import ProblemReport, Revision


@dataclass(frozen=True)
class Problem:
    """One report: on which revision of which question, of what kind, in the person's words, and when.

    `settled_at`: when an editor was done with it. Who wrote it is not here: editors need not know.
    """

    id: int
    question: str
    revision: int
    kind: str
    text: str
    at: int
    settled_at: int | None


def problems(session: Session, *, question: str | None = None, settled: bool = False) -> list[Problem]:
    """Reports that are open (or settled ones), of one question or of all, the oldest first."""
    wanted = (
        select(ProblemReport, Revision.question_id)
        .join(Revision, Revision.id == ProblemReport.revision_id)
        .where(ProblemReport.settled_at.is_not(None) if settled else ProblemReport.settled_at.is_(None))
        .order_by(ProblemReport.at, ProblemReport.id)
    )
    if question is not None:
        wanted = wanted.where(Revision.question_id == question)
    return [_problem(row, named) for row, named in session.execute(wanted)]


def problems_of(session: Session, attempt_ids: Sequence[int]) -> dict[int, dict[int, Problem]]:
    """What was reported in these attempts: by attempt, then by revision."""
    wanted = (
        select(ProblemReport, Revision.question_id)
        .join(Revision, Revision.id == ProblemReport.revision_id)
        .where(ProblemReport.attempt_id.in_(attempt_ids))
        .order_by(ProblemReport.at, ProblemReport.id)
    )
    found: dict[int, dict[int, Problem]] = {attempt: {} for attempt in attempt_ids}
    for row, question in session.execute(wanted):
        found[row.attempt_id][row.revision_id] = _problem(row, question)
    return found


def put_problem(session: Session, attempt_id: int, revision: int, kind: str, text: str, now: int) -> None:
    """Write a report, in place of what this attempt reported of this revision before; it is open again."""
    same = ProblemReport.attempt_id == attempt_id, ProblemReport.revision_id == revision
    row = session.scalar(select(ProblemReport).where(*same))
    if row is None:
        row = ProblemReport(attempt_id=attempt_id, revision_id=revision)
        session.add(row)
    row.kind, row.text, row.at, row.settled_at = kind, text, now, None
    session.flush()


def settle_problem(session: Session, problem_id: int, now: int) -> bool:
    """Mark a report as dealt with; whether there was an open one of this id."""
    is_open = ProblemReport.id == problem_id, ProblemReport.settled_at.is_(None)
    done = session.execute(update(ProblemReport).where(*is_open).values(settled_at=now).returning(ProblemReport.id))
    return done.first() is not None


def _problem(row: ProblemReport, question: str) -> Problem:
    return Problem(row.id, question, row.revision_id, row.kind, row.text, row.at, row.settled_at)
