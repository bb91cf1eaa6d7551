"""Sharing a result by a secret link: a read-only copy with chosen detail, until it expires or is revoked."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy.orm import Session

from quiz.plan.document import Detail, Document, told
from quiz.services.taking import OpenAttempt, RefusedError, secret_hash
from quiz.store import shares as store

DAYS = (7, 30, 365)
DEFAULT_DAYS = 30
MOST_SHARES = 50
SECONDS_A_DAY = 86_400


class ShareGoneError(Exception):
    """There was such a link; it has expired or was revoked."""


@dataclass(frozen=True)
class MyShare:
    """A link as its owner sees it. `detail` is None where the copy is gone: it was revoked, or its time is over."""

    id: int
    secret: str
    detail: Detail | None
    created_at: int
    expires_at: int
    open: bool
    revoked: bool


def link_secret(owner: str, nonce: str) -> str:
    """The secret of a link (43 characters), made from its owner's secret.

    So the owner can be shown it again, while the database holds nothing from which a link could be made.
    """
    made = hmac.new(owner.encode(), f"share/{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def share(
    session: Session,
    attempt: OpenAttempt,
    owner: str,
    nonce: str,
    whole: Document,
    choice: tuple[Detail, int],
    now: int,
) -> None:
    """Keep a copy of a result with the chosen detail, for so many days. The same form again changes nothing.

    Raises RefusedError where the attempt has too many links.
    """
    detail, days = choice
    hashed = secret_hash(link_secret(owner, nonce))
    if store.find_share(session, hashed) is None and store.count_shares(session, attempt.stored.id) >= MOST_SHARES:
        raise RefusedError(f"This result has been shared {MOST_SHARES} times. That is the limit.")
    copy = told(whole, detail).model_dump(mode="json")
    store.add_share(session, attempt.stored.id, hashed, nonce, copy, now, now + days * SECONDS_A_DAY)


def shared(session: Session, secret: str, now: int) -> Document | None:
    """The copy behind a link; None where there never was one. Raises ShareGoneError."""
    found = store.find_share(session, secret_hash(secret))
    if found is None:
        return None
    if not _open(found, now):
        raise ShareGoneError
    return Document.model_validate(found.snapshot)


def my_shares(session: Session, attempt: OpenAttempt, owner: str, now: int) -> list[MyShare]:
    """All links to an attempt's result, the newest first."""
    return [
        MyShare(
            id=one.id,
            secret=link_secret(owner, one.nonce),
            detail=one.snapshot.get("detail"),
            created_at=one.created_at,
            expires_at=one.expires_at,
            open=_open(one, now),
            revoked=one.revoked_at is not None,
        )
        for one in store.shares_of(session, attempt.stored.id)
    ]


def revoke(session: Session, attempt: OpenAttempt, share_id: int, now: int) -> bool:
    """Close a link for good; whether this attempt has such a link."""
    return store.revoke_share(session, attempt.stored.id, share_id, now)


def _open(found: store.StoredShare, now: int) -> bool:
    return found.revoked_at is None and now < found.expires_at
