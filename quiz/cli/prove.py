"""`quiz bank prove`: run the programs behind the keys, and keep what they said."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from quiz.bank import question as q
from quiz.bank.files import question_paths, read_records, write_records
from quiz.bank.proofs import proof_hash
from quiz.cli.environment import data_folder
from quiz.cli.files import JSON, PATHS, read_or_stop, root_of
from quiz.cli.progress import progress
from quiz.cli.prove_database import kept_of, prove_database, watch_database
from quiz.paths import QUESTIONS
from quiz.proof.records import Run, merged, only, standing
from quiz.proof.run import Prover, ProverEndedError, State, Verdict, prove_all, provers
from quiz.stopping import NOTHING, Stopped, leaving, whole
from quiz.yamlfile import FileProblems


@click.command()
@PATHS
@click.option("--all", "again", is_flag=True, help="Prove again what was proved before and has not changed.")
@click.option("--mutate", is_flag=True, help="Change each question in many ways; its proof must notice. Implies --all.")
@click.option("--dry-run", is_flag=True, help="Keep nothing in proofs.json.")
@click.option("--database", "in_database", is_flag=True, help="Prove the newest texts in the database, not files.")
@click.option("--watch", is_flag=True, help="With --database: go on until stopped, and prove what editors change.")
@JSON
def prove(
    paths: tuple[Path, ...], again: bool, mutate: bool, dry_run: bool, in_database: bool, watch: bool, as_json: bool
) -> None:
    """Run the proofs in a sandbox; exit 1 where a program refutes a key or a mutant goes unnoticed.

    What was proved before and has not changed is not run again; the verdicts are kept in each area's proofs.json.
    """
    if in_database and (paths or mutate or dry_run):
        raise click.ClickException("--database proves what is in the database: no paths, no --mutate, no --dry-run")
    if watch and not in_database:
        raise click.ClickException("--watch needs --database")
    leaving(NOTHING)
    if watch:
        with suppress(Stopped), _ready(foreign=True) as ready:  # to be stopped is how watching ends
            _tell(prove_database(ready, again=again), as_json=as_json, mutate=False)
            watch_database(ready)
        return
    if in_database:
        with _ready(foreign=True) as ready:
            run = prove_database(ready, again=again)
    else:
        run = _prove_files(paths, again=again or mutate, mutate=mutate, dry_run=dry_run)
    _tell(run, as_json=as_json, mutate=mutate)
    if run.named("refuted") or run.missed:
        raise SystemExit(1)


def _prove_files(paths: Sequence[Path], *, again: bool, mutate: bool, dry_run: bool) -> Run:
    folder, root = read_or_stop(paths), root_of(paths)
    try:
        records = read_records(root)
    except FileProblems as error:
        raise click.ClickException(str(error)) from None
    questions = {file.question.id: file.question for file in folder.files}
    area_of = {file.question.id: file.path.parent.parent.name for file in folder.files}
    held = {record.content for known in records.values() for record in known.values()}
    kept = {n: standing(one, True) for n, one in questions.items() if not again and proof_hash(one) in held}

    def keep(run: Run) -> None:
        after = merged(records, run, questions, area_of, datetime.now(UTC).date())
        leaving("")
        _keep(root, only(after, area_of) if len(area_of) == len(question_paths([root])) else after)
        leaving(kept_of([v for v in run.verdicts if v.state != "refuted"], todo))

    todo = [one for n, one in questions.items() if n not in kept]
    return _run(todo, kept, (lambda _: None) if dry_run else keep, foreign=root != QUESTIONS, mutate=mutate)


def _run(
    questions: Sequence[q.Question], kept: dict[str, State], keep: Callable[[Run], None], *, foreign: bool, mutate: bool
) -> Run:
    """Prove them, and have what is found kept, also where it is broken off: a verdict is a fact."""
    started = time.monotonic()
    verdicts: list[Verdict] = []
    versions: Mapping[str, str] = {}
    try:
        if questions:
            with _ready(questions, foreign=foreign) as ready, progress("Proving", len(questions)) as step:
                versions = ready[0].versions
                with closing(prove_all(questions, ready, mutate=mutate)) as found:
                    for verdict in found:
                        verdicts.append(verdict)
                        step(1)
    finally:
        run = Run(tuple(verdicts), kept, versions, round(time.monotonic() - started, 1))
        with whole():
            keep(run)
    return run


@contextmanager
def _ready(questions: Sequence[q.Question] = (), *, foreign: bool) -> Iterator[list[Prover]]:
    """Warm provers; stops with a sentence where foreign programs would run outside a sandbox."""
    with provers(hidden=[data_folder(os.environ)], questions=questions) as ready:
        why = ready[0].open
        if why and foreign:
            raise click.ClickException(
                f"this machine gives no sandbox ({why}), and a proof is a program: here only the questions that "
                "came with this installation are proved"
            )
        if why:
            click.echo(f"This machine gives no sandbox ({why}); the proofs run with limits only.", err=True)
        try:
            yield ready
        except ProverEndedError as error:
            raise click.ClickException(f"{error}, and what it was at is not known; run this again") from None


def _keep(root: Path, records: dict[str, Any]) -> None:
    try:
        for area, known in records.items():
            write_records(root, area, known)
    except OSError as error:
        raise click.ClickException(f"the verdicts can't be kept: {error}. Use --dry-run to keep none.") from None


def _tell(run: Run, *, as_json: bool, mutate: bool) -> None:
    refuted = [v for v in run.verdicts if v.state == "refuted"]
    tried = sum(v.mutation.tried for v in run.verdicts)
    caught = sum(v.mutation.caught for v in run.verdicts)
    if as_json:
        data: dict[str, Any] = {
            "proved": run.named("proved"),
            "refuted": [{"id": v.id, "reason": v.said} for v in refuted],
            "unproved": run.named("unproved"),
            "kept": len(run.kept),
        }
        if mutate:
            missed = [{"id": name, "what": what} for name, what in run.missed]
            data["mutants"] = {"tried": tried, "caught": caught, "missed": missed}
        click.echo(json.dumps(data | {"seconds": run.seconds}, indent=1))
        return
    for verdict in refuted:
        click.echo(f"{verdict.id}: {verdict.said}")
    for name, what in run.missed:
        click.echo(f"{name}: its proof does not notice: {what}")
    counts = f"{len(run.named('proved'))} proved, {len(run.named('refuted'))} refuted"
    kept = f" ({len(run.kept)} unchanged since an earlier run)" if run.kept else ""
    click.echo(f"{counts}, {len(run.named('unproved'))} without a whole proof{kept}, {run.seconds} s")
    if mutate:
        click.echo(f"{tried} mutants, {caught} noticed, {len(run.missed)} neither noticed nor excused")
