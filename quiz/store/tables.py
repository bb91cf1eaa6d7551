"""The tables. Rows carry no logic; times are whole seconds since 1970, UTC."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


FINISHED = literal_column("'finished'", String)
"""The kind of an attempt's end. A statement says it itself, or databases would not use its index."""


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - SQLAlchemy's way to say it


class Taker(Base):
    """A person, known by a secret alone; only its hash is kept."""

    __tablename__ = "takers"
    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[int] = mapped_column(BigInteger, index=True)


class Attempt(Base):
    """One run through the questions: what was fixed when it began. `token` names it in addresses."""

    __tablename__ = "attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    taker_id: Mapped[int] = mapped_column(ForeignKey("takers.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(64))
    seniority: Mapped[str] = mapped_column(String(16))
    length: Mapped[int]
    seed: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(ForeignKey("versions.number"))
    first_revision: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    excluded: Mapped[list[Any]]
    started_at: Mapped[int] = mapped_column(BigInteger)


class LogEntry(Base):
    """One thing that happened in an attempt. Rows are only ever added."""

    __tablename__ = "log"
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[int] = mapped_column(BigInteger)
    question_id: Mapped[str | None] = mapped_column(ForeignKey("questions.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    score: Mapped[int | None]
    following: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    data: Mapped[dict[str, Any]]
    __table_args__ = (
        UniqueConstraint("attempt_id", "question_id", name="uq_log_attempt_question"),
        Index("ix_log_revision_attempt", "revision_id", "attempt_id"),
        Index("ix_log_finished", "attempt_id", sqlite_where=kind == FINISHED, postgresql_where=kind == FINISHED),
    )


class PlanMarks(Base):
    """What a person made of an attempt's plan: hours a week, what is done, what they have, their order."""

    __tablename__ = "plan_marks"
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[dict[str, Any]]
    at: Mapped[int] = mapped_column(BigInteger)


class ShareRow(Base):
    """A read-only copy of a result behind a secret link. `nonce` is the form it was asked for with."""

    __tablename__ = "shares"
    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), index=True)
    nonce: Mapped[str] = mapped_column(String(43))
    snapshot: Mapped[dict[str, Any]]
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)


class QuestionRow(Base):
    """A question's identity. `file_hash`: the content last loaded from a file, to notice edits on both sides."""

    __tablename__ = "questions"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    file_hash: Mapped[str | None] = mapped_column(String(64))
    withdrawn_at: Mapped[int | None] = mapped_column(BigInteger)


class Revision(Base):
    """One immutable text of a question. `author_id`: who saved it in the browser; None: it came from a file."""

    __tablename__ = "revisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    created_at: Mapped[int] = mapped_column(BigInteger)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    __table_args__ = (UniqueConstraint("question_id", "number", name="uq_revisions_question_number"),)


class CatalogueRow(Base):
    """Competencies, profiles and resources as they were in some versions."""

    __tablename__ = "catalogues"
    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    content: Mapped[str] = mapped_column(Text)


class Version(Base):
    """A bank version: a catalogue, and the rows of `live` that name it. `author_id`: who published, None: a command."""

    __tablename__ = "versions"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    catalogue_id: Mapped[int] = mapped_column(ForeignKey("catalogues.id"))
    reason: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[int] = mapped_column(BigInteger)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Live(Base):
    """A revision is live from one version up to, not including, another, with these item parameters."""

    __tablename__ = "live"
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), primary_key=True)
    from_version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    to_version: Mapped[int | None]
    a: Mapped[float]
    b: Mapped[float]
    luck: Mapped[list[Any]]
    __table_args__ = (Index("ix_live_versions", "from_version", "to_version"),)


class ProblemReport(Base):
    """What a person reports about a question; one per attempt and revision."""

    __tablename__ = "problem_reports"
    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = mapped_column(BigInteger)
    settled_at: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (UniqueConstraint("attempt_id", "revision_id", name="uq_problem_reports_attempt_revision"),)


class ProofRow(Base):
    """What the programs of a question said. `content` names what they read (bank/proofs.py), not the question."""

    __tablename__ = "proofs"
    content: Mapped[str] = mapped_column(String(64), primary_key=True)
    ok: Mapped[bool]
    said: Mapped[str] = mapped_column(Text)
    versions: Mapped[dict[str, Any]]
    at: Mapped[int] = mapped_column(BigInteger)


class Secret(Base):
    """Keys that all nodes share and that no setting gave."""

    __tablename__ = "secrets"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(128))


class Counter(Base):
    """How often something was done in a day; `key` is a salted hash, never an address."""

    __tablename__ = "counters"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    count: Mapped[int]
