"""Results shared by link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, func, select, update
from sqlalchemy.orm import Session

from quiz.store.tables import ShareRow


@dataclass(frozen=True)
class StoredShare:
    """A shared copy. `nonce` makes the owner's link again from the owner's secret."""

    id: int
    nonce: str
    snapshot: dict[str, Any]
    created_at: int
    expires_at: int
    revoked_at: int | None


def add_share(
    session: Session, attempt: int, secret_hash: str, nonce: str, snapshot: dict[str, Any], now: int, until: int
) -> None:
    """Keep a copy behind a link; the same link again changes nothing. The attempt is locked by whoever asks."""
    if find_share(session, secret_hash) is None:
        row = ShareRow(secret_hash=secret_hash, attempt_id=attempt, nonce=nonce, snapshot=snapshot)
        row.created_at, row.expires_at = now, until
        session.add(row)
        session.flush()


def find_share(session: Session, secret_hash: str) -> StoredShare | None:
    """The copy behind a link, expired and revoked ones included."""
    row = session.scalar(select(ShareRow).where(ShareRow.secret_hash == secret_hash))
    return _stored(row) if row else None


def shares_of(session: Session, attempt: int) -> list[StoredShare]:
    """All copies of an attempt's result, the newest first."""
    rows = session.scalars(select(ShareRow).where(ShareRow.attempt_id == attempt).order_by(ShareRow.id.desc()))
    return [_stored(row) for row in rows]


def count_shares(session: Session, attempt: int) -> int:
    """How many copies an attempt has."""
    return session.scalar(select(func.count()).where(ShareRow.attempt_id == attempt)) or 0


def revoke_share(session: Session, attempt: int, share: int, now: int) -> bool:
    """Close a link of this attempt for good, and forget the copy; whether there was such a link."""
    mine = (ShareRow.id == share) & (ShareRow.attempt_id == attempt)
    found = session.scalar(select(ShareRow.id).where(mine))
    if found is not None:
        session.execute(update(ShareRow).where(mine, ShareRow.revoked_at.is_(None)).values(revoked_at=now, snapshot={}))
    return found is not None


def forget_expired(session: Session, now: int, most: int = 500) -> int:
    """Forget the copies behind links whose time is over, up to `most`; how many. That there was a link stays."""
    kept = cast(ShareRow.snapshot, Text) != "{}"
    over = list(session.scalars(select(ShareRow.id).where(ShareRow.expires_at <= now, kept).limit(most)))
    session.execute(update(ShareRow).where(ShareRow.id.in_(over)).values(snapshot={}))
    return len(over)


def _stored(row: ShareRow) -> StoredShare:
    return StoredShare(row.id, row.nonce, row.snapshot, row.created_at, row.expires_at, row.revoked_at)
