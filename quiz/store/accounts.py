"""Accounts, the browsers in which they are signed in, and the links with which a password is chosen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from quiz.store.editing_tables import Invitation, Login, User


@dataclass(frozen=True)
class Account:
    """An account as it stands. `password_hash` is None until its owner has chosen a password."""

    id: int
    name: str
    role: str
    password_hash: str | None
    created_at: int
    disabled_at: int | None

    @property
    def active(self) -> bool:
        """Whether its owner may sign in."""
        return self.disabled_at is None


def accounts(session: Session) -> list[Account]:
    """All accounts by name."""
    return [_account(row) for row in session.scalars(select(User).order_by(User.name))]


def account_named(session: Session, name: str, *, lock: bool = False) -> Account | None:
    """The account of this name."""
    wanted = select(User).where(User.name == name)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    return _account(row) if row else None


def account(session: Session, user: int) -> Account | None:
    """The account with this id."""
    row = session.get(User, user)
    return _account(row) if row else None


def account_of_login(session: Session, token_hash: str, now: int) -> Account | None:
    """Whose browser this is, if it is still signed in and its owner may be."""
    row = session.scalar(
        select(User)
        .join(Login, Login.user_id == User.id)
        .where(Login.token_hash == token_hash, Login.expires_at > now, User.disabled_at.is_(None))
    )
    return _account(row) if row else None


def has_accounts(session: Session) -> bool:
    """Whether anyone was added yet."""
    return session.scalar(select(func.count()).select_from(User)) != 0


def count_accounts(session: Session, roles: Collection[str], *, lock: bool = False) -> int:
    """How many active accounts have one of these roles; with `lock` nobody changes that before the commit.

    A page that only shows takes no lock: PostgreSQL refuses one where nothing may be written. They are locked in one
    order, so that two who do this at once wait for each other and neither for ever.
    """
    found = select(User.id).where(User.role.in_(roles), User.disabled_at.is_(None)).order_by(User.id)
    return len(session.scalars(found.with_for_update() if lock else found).all())


def add_account(session: Session, name: str, role: str, now: int) -> int:
    """A new account, without a password; returns its id."""
    row = User(name=name, role=role, created_at=now)
    session.add(row)
    session.flush()
    return row.id


def set_role(session: Session, user: int, role: str) -> None:
    """Give an account another role."""
    session.execute(update(User).where(User.id == user).values(role=role))


def set_disabled(session: Session, user: int, at: int | None) -> None:
    """Close an account, or open it again with None."""
    session.execute(update(User).where(User.id == user).values(disabled_at=at))


def set_password(session: Session, user: int, password_hash: str) -> None:
    """Keep a new password's hash."""
    session.execute(update(User).where(User.id == user).values(password_hash=password_hash))


def add_login(session: Session, user: int, token_hash: str, now: int, until: int) -> None:
    """Sign a browser in; logins that have expired are forgotten."""
    session.execute(delete(Login).where(Login.expires_at <= now))
    session.add(Login(token_hash=token_hash, user_id=user, created_at=now, expires_at=until))
    session.flush()


def delete_login(session: Session, token_hash: str) -> None:
    """Sign one browser out."""
    session.execute(delete(Login).where(Login.token_hash == token_hash))


def delete_logins(session: Session, user: int) -> None:
    """Sign an account out everywhere."""
    session.execute(delete(Login).where(Login.user_id == user))


def count_logins(session: Session, user: int, now: int) -> int:
    """In how many browsers an account is signed in."""
    return (
        session.scalar(select(func.count()).select_from(Login).where(Login.user_id == user, Login.expires_at > now))
        or 0
    )


def add_invitation(session: Session, user: int | None, token_hash: str, until: int) -> None:
    """A new link for this account; an older one stops working."""
    delete_invitations(session, user)
    session.add(Invitation(token_hash=token_hash, user_id=user, expires_at=until))
    session.flush()


def delete_invitations(session: Session, user: int | None) -> None:
    """Links of this account stop working."""
    session.execute(delete(Invitation).where(Invitation.user_id.is_not_distinct_from(user)))


def invitation(session: Session, token_hash: str, now: int, *, lock: bool = False) -> tuple[int | None] | None:
    """Whom a link invites (None: the first admin) as a tuple of one; None where it is unknown, used or expired."""
    wanted = select(Invitation).where(Invitation.token_hash == token_hash, Invitation.expires_at > now)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    return (row.user_id,) if row else None


def _account(row: User) -> Account:
    return Account(row.id, row.name, row.role, row.password_hash, row.created_at, row.disabled_at)
