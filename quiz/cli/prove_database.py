"""Proving what is in the database: once, or beside the web process for as long as editors work."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing, nullcontext
from datetime import UTC, datetime

import click

from quiz.bank.proofs import proof_hash, proved_how
from quiz.bank.question import Question
from quiz.cli.environment import database_or_stop, settings_or_stop
from quiz.cli.progress import progress
from quiz.proof.records import Run, standing
from quiz.proof.run import Prover, Verdict, prove_all
from quiz.stopping import leaving, whole
from quiz.store.bank import newest_texts
from quiz.store.engine import Database
from quiz.store.proofs import StoredProof, store_proofs, stored_proofs

WATCH_SECONDS = 5


def prove_database(ready: Sequence[Prover], *, again: bool) -> Run:
    """Prove every question's newest text on which there is no verdict yet, or with `again` every one."""
    return _round(database_or_stop(settings_or_stop()), ready, again=again)


def watch_database(ready: Sequence[Prover]) -> None:
    """Look every few seconds for texts without a verdict and prove them, until stopped."""
    database = database_or_stop(settings_or_stop())
    click.echo(f"Watching the database every {WATCH_SECONDS} seconds.")
    while True:
        time.sleep(WATCH_SECONDS)
        for verdict in _round(database, ready, again=False).verdicts:
            if verdict.ran:
                click.echo(f"{verdict.id}: {verdict.state}" + (f": {verdict.said}" if verdict.said else ""))


def _round(database: Database, ready: Sequence[Prover], *, again: bool) -> Run:
    started = time.monotonic()
    with database.reading() as session:
        texts = newest_texts(session)
        contents = {name: proof_hash(question) for name, question in texts.items()}
        known = {} if again else stored_proofs(session, set(contents.values()))
    kept = {n: standing(text, known[contents[n]].ok) for n, text in texts.items() if contents[n] in known}
    todo = [text for n, text in texts.items() if n not in kept]
    verdicts: list[Verdict] = []
    bar = progress("Proving", len(todo)) if todo else nullcontext(lambda _: None)
    with bar as step, closing(prove_all(todo, ready)) as found:
        for verdict in found:
            with whole():  # stored one by one: what is proved stays proved when this is stopped
                if verdict.ran:
                    _store(database, verdict, contents[verdict.id], ready[0].versions)
                verdicts.append(verdict)
                leaving(kept_of(verdicts, todo))
            step(1)
    return Run(tuple(verdicts), kept, ready[0].versions, round(time.monotonic() - started, 1))


def kept_of(verdicts: Sequence[Verdict], todo: Sequence[Question]) -> str:
    """How many verdicts are kept of all that there were to find: of questions with a program, that is."""
    all_ = sum(proved_how(one) != "none" for one in todo)
    return f"{sum(verdict.ran for verdict in verdicts)} of {all_} verdicts are kept"


def _store(database: Database, verdict: Verdict, content: str, versions: Mapping[str, str]) -> None:
    now = int(datetime.now(UTC).timestamp())
    proof = StoredProof(content, verdict.state != "refuted", verdict.said, dict(versions), now)
    with database.writing() as session:
        store_proofs(session, [proof])
