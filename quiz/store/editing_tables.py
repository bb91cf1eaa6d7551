"""The tables of the editors' room: who works there, what waits for whom, what was done."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from quiz.store.tables import Base


class User(Base):
    """An account. Without a password until its invitation is used; disabled accounts stay, for the record."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[int] = mapped_column(BigInteger)
    disabled_at: Mapped[int | None] = mapped_column(BigInteger)


class Login(Base):
    """A browser in which someone is signed in, known by a secret of which only the hash is kept."""

    __tablename__ = "logins"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)


class Invitation(Base):
    """A link, good once, with which someone chooses a password; without a user it makes the first admin."""

    __tablename__ = "invitations"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[int] = mapped_column(BigInteger)


class AuditEntry(Base):
    """One thing that was done. Rows are only ever added; triggers of the database refuse anything else."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    verb: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(64))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    note: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("ix_audit_kind_subject", "kind", "subject"),)


class Listed(Base):
    """What the list shows of a question's newest text. All but `state` follows from texts and versions.

    `title_folded`: the title without its capitals, by which databases that know no `casefold` sort.
    """

    __tablename__ = "listed"
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    live_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    state: Mapped[str] = mapped_column(String(16))
    type: Mapped[str] = mapped_column(String(16))
    skill: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(16))
    seconds: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    title_folded: Mapped[str] = mapped_column(String(240))
    proved_how: Mapped[str] = mapped_column(String(16))
    proof_content: Mapped[str] = mapped_column(String(64))
    wording_hash: Mapped[str] = mapped_column(String(64))
    worded_at: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[int] = mapped_column(BigInteger)


class ListedWords(Base):
    """What a search looks through. Apart from the list: it is long, and most pages of the list need none of it."""

    __tablename__ = "listed_words"
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class Review(Base):
    """That a text was sent to be read by someone else, and what came of it."""

    __tablename__ = "reviews"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[int] = mapped_column(BigInteger)
    decision: Mapped[str | None] = mapped_column(String(16))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[int | None] = mapped_column(BigInteger)


class Comment(Base):
    """What one colleague says to the others about a text."""

    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)


class UnfinishedText(Base):
    """What someone typed into a form that could not be saved yet: its fields as they were sent.

    `kind` and `subject` name what was typed at: a question, or a part of the framework.
    """

    __tablename__ = "unfinished"
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    form: Mapped[dict[str, Any]]
    at: Mapped[int] = mapped_column(BigInteger)


class StatisticsRow(Base):
    """What answers said about a question's live text when they were counted last; `content` is the rest of it."""

    __tablename__ = "statistics"
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    counted_at: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int]
    right: Mapped[float | None]
    says: Mapped[str | None] = mapped_column(String(16))
    attention: Mapped[list[Any]]
    content: Mapped[dict[str, Any]]
