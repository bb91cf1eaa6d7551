"""Proving questions: a few warm processes, each busy with one question at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import IO, Any, Literal

from quiz.bank import question as q
from quiz.bank.proofs import is_proved, proofs_of, proved_how
from quiz.proof.sandbox import Limits
from quiz.proof.verdict import LIBRARIES, MODULES, Mutation

WORKERS = 2
ENVIRONMENT = {
    **{"PATH": os.defpath, "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"},  # noqa: S108
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}
USUAL = Limits()
UNTRIED = Mutation()
State = Literal["proved", "refuted", "unproved"]


class ProverEndedError(Exception):
    """A prover ended before it answered: nothing is known of the question that it had, and nothing more is proved."""


@dataclass(frozen=True)
class Verdict:
    """What became of one question's proofs.

    `state`: proved as a whole, refuted, or unproved (some part has no proof). `ran`: whether a program ran at all.
    """

    id: str
    state: State
    ran: bool = False
    said: str = ""
    mutation: Mutation = UNTRIED


@dataclass(frozen=True)
class Prover:
    """A warm process. `open`: None in a sandbox, else why this machine has none. `versions`: what it runs."""

    process: subprocess.Popen[str]
    open: str | None
    versions: Mapping[str, str]

    def ask(self, question: q.Question, limits: Limits, *, mutants: bool) -> dict[str, Any]:
        """Have the question's proofs run, or its mutants tried. Raises ProverEndedError."""
        job = {"question": question.model_dump(mode="json"), "limits": asdict(limits), "mutants": mutants}
        try:
            _pipe(self.process.stdin).write(json.dumps(job) + "\n")
            _pipe(self.process.stdin).flush()
            found: dict[str, Any] = json.loads(_pipe(self.process.stdout).readline())
        except (BrokenPipeError, ValueError):
            raise ProverEndedError(f"the prover ended with code {self.process.wait()}") from None
        return found


@contextmanager
def provers(
    workers: int = WORKERS, hidden: Sequence[Path] = (), questions: Iterable[q.Question] = ()
) -> Iterator[list[Prover]]:
    """Start processes that have imported what the `questions` need; they end with the context.

    Programs see nothing of the `hidden` folders.
    """
    order = {"hidden": [str(folder) for folder in hidden], "libraries": sorted(_libraries(questions))}
    with TemporaryDirectory(prefix="proofs-", ignore_cleanup_errors=True) as rooms, ExitStack() as stack:
        yield [stack.enter_context(_prover(json.dumps({**order, "rooms": rooms}))) for _ in range(workers)]


@contextmanager
def _prover(order: str) -> Iterator[Prover]:
    command = [sys.executable, "-I", "-m", "quiz.proof.warm", order]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
        start_new_session=True,  # away from the terminal and its Ctrl+C
    )
    try:
        about = json.loads(_pipe(process.stdout).readline())
        yield Prover(process, about["open"], about["versions"])
    finally:
        process.kill()
        process.communicate()


def _libraries(questions: Iterable[q.Question]) -> set[str]:
    """What the proofs say they need, and what the code in the stems imports."""
    code = "\n".join(question.model_dump_json() for question in questions)
    return {
        library for library in LIBRARIES if f'"{library}"' in code or f"import {MODULES.get(library, library)}" in code
    }


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise AssertionError("a prover is started with pipes")
    return pipe


def prove_all(
    questions: Iterable[q.Question], ready: Sequence[Prover], limits: Limits = USUAL, *, mutate: bool = False
) -> Generator[Verdict, None, None]:
    """Prove each question; verdicts come in the given order as they are ready. Raises ProverEndedError.

    Whoever stops early has to end the provers, and with them the proofs that run.
    """
    idle: SimpleQueue[Prover] = SimpleQueue()
    for prover in ready:
        idle.put(prover)

    def one(question: q.Question) -> Verdict:
        prover = idle.get()
        try:
            return prove(question, prover, limits, mutate=mutate)
        finally:
            idle.put(prover)

    pool = ThreadPoolExecutor(len(ready))
    try:
        yield from pool.map(one, questions)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def prove(question: q.Question, prover: Prover, limits: Limits = USUAL, *, mutate: bool = False) -> Verdict:
    """Run a question's proofs and, where they hold and it is asked for, try its mutants."""
    if proved_how(question) == "none":
        return Verdict(question.id, "unproved", said="; ".join(p.reason or "" for p in proofs_of(question)))
    found = prover.ask(question, limits, mutants=False)
    if not found["ok"]:
        return Verdict(question.id, "refuted", ran=True, said=found["said"])
    mutation = _mutation(prover.ask(question, limits, mutants=True)) if mutate else UNTRIED
    state: State = "proved" if is_proved(question) else "unproved"
    return Verdict(question.id, state, ran=True, said=found["said"], mutation=mutation)


def _mutation(found: Mapping[str, Any]) -> Mutation:
    if not found["ok"]:
        return Mutation(1, 0, (f"the mutants were not tried: {found['said']}",))
    mutants = found["mutants"]
    return Mutation(mutants["tried"], mutants["caught"], tuple(mutants["missed"]))
