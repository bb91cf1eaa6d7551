"""`quiz user …`: who may enter the editors' room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from quiz.app import now
from quiz.cli.environment import database_or_stop, settings_or_stop
from quiz.config import Settings
from quiz.services import accounts
from quiz.services.accounts import CONSOLE, INVITATION_SECONDS, ROLES, AccountError
from quiz.store.accounts import accounts as all_accounts

NAME = click.argument("name")
ROLE = click.Choice(ROLES)


@click.group()
def user() -> None:
    """Look after the accounts of editors."""


@user.command()
@NAME
@click.option("--role", type=ROLE, default="editor", show_default=True)
def add(name: str, role: str) -> None:
    """Add an account and print the link with which its owner chooses a password."""
    with _changing() as (session, settings):
        _echo_link(settings, accounts.add_user(session, CONSOLE, name, role, now()))


@user.command()
@NAME
def invite(name: str) -> None:
    """Print a new link, for an account whose password is lost."""
    with _changing() as (session, settings):
        _echo_link(settings, accounts.invite(session, CONSOLE, name, now()))


@user.command("list")
def list_() -> None:
    """List all accounts."""
    with database_or_stop(settings_or_stop()).reading() as session:
        found = all_accounts(session)
    for one in found:
        state = "disabled" if not one.active else "active" if one.password_hash else "has no password yet"
        click.echo(
            f"{one.name:20} {one.role:9} {state:20} since {datetime.fromtimestamp(one.created_at, UTC):%d %b %Y}"
        )
    if not found:
        click.echo("There is no account yet. Add one with: quiz user add NAME --role admin")


@user.command()
@NAME
@click.argument("role", type=ROLE)
def role(name: str, role: str) -> None:
    """Give an account another role."""
    with _changing() as (session, _):
        accounts.change_role(session, CONSOLE, name, role, now())
    click.echo(f"{name} is {role} now.")


@user.command()
@NAME
def disable(name: str) -> None:
    """Close an account and sign it out everywhere; what it did stays on record."""
    with _changing() as (session, _):
        accounts.disable(session, CONSOLE, name, now())
    click.echo(f"{name} can no longer sign in.")


@user.command()
@NAME
def enable(name: str) -> None:
    """Open a closed account again."""
    with _changing() as (session, _):
        accounts.enable(session, CONSOLE, name, now())
    click.echo(f"{name} can sign in again.")


@contextmanager
def _changing() -> Iterator[tuple[Session, Settings]]:
    settings = settings_or_stop()
    try:
        with database_or_stop(settings).writing() as session:
            yield session, settings
    except AccountError as error:
        raise click.ClickException(str(error)) from None


def _echo_link(settings: Settings, token: str) -> None:
    click.echo(f"Good once, for {INVITATION_SECONDS // 86_400} days; behind a proxy, put your own host in its place:")
    click.echo(link(settings, token))


def link(settings: Settings, token: str) -> str:
    """The address of a one-time link on this machine."""
    return f"http://{settings.host}:{settings.port}/admin/welcome/{token}"
