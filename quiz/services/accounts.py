"""Accounts of editors: who may do what, signing in, invitations, passwords."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import cache
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from quiz.store import accounts as store
from quiz.store.accounts import Account
from quiz.store.audit import record
from quiz.store.engine import Database
from quiz.store.shared import count_up, forget_count, shared_secret

ROLES = ("editor", "reviewer", "admin")
"""Each may do what those before it may."""
NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}\Z")
SHORTEST, LONGEST = 12, 200
LOGIN_SECONDS = 14 * 86_400
INVITATION_SECONDS = 3 * 86_400
WINDOW = 900
LIMITS = {"account": 10, "address": 60, "everyone": 600}
"""How often a sign-in may be tried in a quarter of an hour."""
HASHER = PasswordHasher()
HASHING = Semaphore(2)
"""Each hash takes 64 MB while it is made. So many at once in one process, the others wait: tries from everywhere would
otherwise fill the memory of a small machine."""
SECONDS_A_DAY = 86_400


class AccountError(Exception):
    """What was asked for can't be done; `field` names the field of the form it belongs to."""

    def __init__(self, message: str, field: str = "name") -> None:
        self.field = field
        super().__init__(message)


class TooManyTriesError(Exception):
    """Sign-in was tried too often; `until` says when it may be tried again (seconds since 1970)."""

    def __init__(self, until: int) -> None:
        self.until = until
        super().__init__(f"too many tries until {until}")


@dataclass(frozen=True)
class Actor:
    """Who does something. `id` is None for a command on the console, which may do everything."""

    id: int | None
    name: str
    role: str

    def may(self, role: str) -> bool:
        """Whether they have the rights of this role."""
        return ROLES.index(self.role) >= ROLES.index(role)


CONSOLE = Actor(None, "console", "admin")


def token_hash(token: str) -> str:
    """What is kept of a secret link or cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor(session: Session, token: str, now: int) -> Actor | None:
    """Whose browser holds this token, if they are still signed in. One statement."""
    found = store.account_of_login(session, token_hash(token), now)
    return Actor(found.id, found.name, found.role) if found else None


def add_user(session: Session, by: Actor, name: str, role: str, now: int) -> str:
    """A new account; gives the token of the link with which its owner chooses a password. Raises AccountError."""
    name = _good_name(session, name)
    _known_role(role)
    user = store.add_account(session, name, role, now)
    record(session, by.id, "account added", ("account", name), now, after={"role": role})
    return _invite(session, user, now)


def invite(session: Session, by: Actor, name: str, now: int) -> str:
    """A new link for an account whose owner has lost the password, or the first link. Raises AccountError."""
    found = _existing(session, name)
    if not found.active:
        raise AccountError(f"{name} is disabled. Enable the account first.")
    record(session, by.id, "link made", ("account", found.name), now)
    return _invite(session, found.id, now)


def first_link(session: Session, now: int) -> str | None:
    """The token of the one-time link that makes the first admin, while there is no account; an older one ends."""
    if store.has_accounts(session):
        return None
    return _invite(session, None, now)


def change_role(session: Session, by: Actor, name: str, role: str, now: int) -> None:
    """Give an account another role. Raises AccountError."""
    _known_role(role)
    admins = store.count_accounts(session, ["admin"], lock=True)
    found = _existing(session, name)
    if found.role == role:
        return
    _keep_an_admin(found, admins)
    store.set_role(session, found.id, role)
    record(
        *(session, by.id, "role changed", ("account", found.name), now),
        before={"role": found.role},
        after={"role": role},
    )


def disable(session: Session, by: Actor, name: str, now: int) -> None:
    """Close an account and sign it out everywhere; what it did stays on record. Raises AccountError."""
    admins = store.count_accounts(session, ["admin"], lock=True)
    found = _existing(session, name)
    if not found.active:
        return
    _keep_an_admin(found, admins)
    store.set_disabled(session, found.id, now)
    store.delete_logins(session, found.id)
    store.delete_invitations(session, found.id)
    record(session, by.id, "account disabled", ("account", found.name), now)


def enable(session: Session, by: Actor, name: str, now: int) -> None:
    """Open a closed account again. Raises AccountError."""
    found = _existing(session, name)
    if found.active:
        return
    store.set_disabled(session, found.id, None)
    record(session, by.id, "account enabled", ("account", found.name), now)


def invited(session: Session, token: str, now: int) -> tuple[Account | None] | None:
    """Whom a link invites (None: the first admin) as a tuple of one; None where the link does not work."""
    found = store.invitation(session, token_hash(token), now)
    if found is None:
        return None
    return (store.account(session, found[0]) if found[0] is not None else None,)


def accept(session: Session, token: str, name: str, password_hash: str, now: int) -> str | None:
    """Use a link: keep the password, sign out everywhere, sign in here. None where the link does not work.

    `name` is asked of the first admin alone. Raises AccountError for it.
    """
    found = store.invitation(session, token_hash(token), now, lock=True)
    if found is None or (found[0] is None and store.has_accounts(session)):
        return None
    user = found[0]
    if user is None:
        name = _good_name(session, name)
        user = store.add_account(session, name, "admin", now)
        record(session, user, "account added", ("account", name), now, after={"role": "admin"}, note="the first")
    store.delete_invitations(session, found[0])
    _set_password(session, user, password_hash, now, "password chosen")
    return _sign_in(session, user, now)


def sign_in(database: Database, name: str, password: str, address: str, now: int) -> str | None:
    """The token of a new login, or None where name and password do not fit. Raises TooManyTriesError.

    Hashing takes a twentieth of a second and must not hold up other writers, so it is done between two
    transactions; it is done for unknown names too, so that they take as long.
    """
    name = name.strip().lower()
    with database.writing() as session:
        _count_tries(session, name, address, now)
        found = store.account_named(session, name)
    right = password_fits(found.password_hash if found else None, password)
    if found is None or not right or not found.active:
        return None
    with database.writing() as session:
        again = store.account_named(session, name, lock=True)
        if again is None or not again.active or again.password_hash != found.password_hash:
            return None
        forget_count(session, _counter(session, "account", name, now), now // SECONDS_A_DAY)
        return _sign_in(session, found.id, now)


def own_password(database: Database, by: Actor, password: str, address: str, now: int) -> str | None:
    """The hash of one's own password if this is it: counted like a sign-in, for a stolen login must not guess on.

    Raises TooManyTriesError.
    """
    with database.writing() as session:
        _count_tries(session, by.name, address, now)
        found = store.account_named(session, by.name)
    old = found.password_hash if found else None
    return old if password_fits(old, password) else None


def change_password(session: Session, by: Actor, old_hash: str, new_hash: str, now: int) -> str | None:
    """Keep another password and sign out everywhere else; the token of this browser's new login.

    None where the password was changed meanwhile (`old_hash` is the one that was checked).
    """
    found = store.account_named(session, by.name, lock=True)
    if found is None or found.password_hash != old_hash:
        return None
    _set_password(session, found.id, new_hash, now, "password changed")
    return _sign_in(session, found.id, now)


def sign_out(session: Session, token: str) -> None:
    """Sign this browser out."""
    store.delete_login(session, token_hash(token))


def sign_out_everywhere(session: Session, by: Actor, now: int) -> None:
    """Sign all browsers of this account out."""
    if by.id is not None:
        store.delete_logins(session, by.id)
        record(session, by.id, "signed out everywhere", ("account", by.name), now)


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether a password belongs to a hash; takes as long where there is none."""
    try:
        with HASHING:
            return HASHER.verify(password_hash or _nobodys_hash(), password[:LONGEST]) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def hash_password(password: str, again: str, name: str) -> str:
    """The hash of a new password. Raises AccountError where it is too short, too simple, or typed differently."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError(f"Use at least {SHORTEST} characters: four unrelated words, for example.", "password")
    if len(set(password)) < 5 or (name and name in password.lower() and len(password) < len(name) + SHORTEST):
        raise AccountError("That is easy to guess. Use four unrelated words, for example.", "password")
    if "\0" in password or any(0xD800 <= ord(c) <= 0xDFFF for c in password):
        raise AccountError("The password holds a character that can't be stored.", "password")
    if password != again:
        raise AccountError("The two passwords differ. Type the same one twice.", "again")
    with HASHING:
        return HASHER.hash(password)


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(16))


def _count_tries(session: Session, name: str, address: str, now: int) -> None:
    for kind, who in (("everyone", ""), ("address", address), ("account", name)):
        if count_up(session, _counter(session, kind, who, now), now // SECONDS_A_DAY) > LIMITS[kind]:
            raise TooManyTriesError((now // WINDOW + 1) * WINDOW)


def _counter(session: Session, kind: str, who: str, now: int) -> str:
    """The counter's key: a salted hash that changes with each window; nobody's name or address is kept."""
    salt = shared_secret(session, "address-salt")
    return hashlib.sha256(f"{salt}/sign-in/{kind}/{now // WINDOW}/{who}".encode()).hexdigest()


def _invite(session: Session, user: int | None, now: int) -> str:
    token = secrets.token_urlsafe(32)
    store.add_invitation(session, user, token_hash(token), now + INVITATION_SECONDS)
    return token


def _sign_in(session: Session, user: int, now: int) -> str:
    token = secrets.token_urlsafe(32)
    store.add_login(session, user, token_hash(token), now, now + LOGIN_SECONDS)
    return token


def _set_password(session: Session, user: int, password_hash: str, now: int, verb: str) -> None:
    store.set_password(session, user, password_hash)
    store.delete_logins(session, user)
    found = store.account(session, user)
    record(session, user, verb, ("account", found.name if found else ""), now)


def _good_name(session: Session, name: str) -> str:
    name = name.strip().lower()
    if not NAME.match(name):
        raise AccountError("A name has 2 to 40 letters from a to z, digits, dots or hyphens, and begins with a letter.")
    if name == CONSOLE.name:
        raise AccountError("That name is taken by the command line.")
    if store.account_named(session, name) is not None:
        raise AccountError(f"There is an account {name} already.")
    return name


def _known_role(role: str) -> None:
    if role not in ROLES:
        raise AccountError(f"A role is one of {', '.join(ROLES)}.", "role")


def _existing(session: Session, name: str) -> Account:
    found = store.account_named(session, name.strip().lower(), lock=True)
    if found is None:
        raise AccountError(f"There is no account {name}.")
    return found


def _keep_an_admin(found: Account, admins: int) -> None:
    if found.role == "admin" and found.active and admins <= 1:
        raise AccountError("This is the only admin. Make someone else an admin first.", "role")
