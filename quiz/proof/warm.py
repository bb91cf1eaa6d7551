"""A process that has imported the proofs' libraries once and forks for each job, into a sandbox where there is one.

`python -I -m quiz.proof.warm ORDER` reads one JSON job per line and writes one JSON answer per line; its first line
says what it is. ORDER is JSON: the folder for rooms, the folders to hide, the libraries to import. A job's programs
run in a grandchild, process 1 of its own space; the child between watches the clock. Each of them ends with the one
that started it, and none by a signal to all: a program that was broken off must not look refuted.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import platform
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from quiz.bank import question as q
from quiz.proof.mutants import mutants
from quiz.proof.sandbox import Limits, SandboxError, enclose, end_with_parent, limit, separate
from quiz.proof.verdict import LIBRARIES, mutation, verdict

MAX_ANSWER = 64 * 1024
PATIENCE = 2.0
"""Seconds on the wall for a second of processor time: a busy machine is no reason to call a proof slow."""

Answer = dict[str, Any]
Room = Callable[[Path, Limits], None]


def main() -> None:
    """Serve jobs until standard input ends."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_with_parent()
    order = json.loads(sys.argv[1])
    rooms = Path(order["rooms"])
    hidden = [Path(name) for name in order["hidden"]]
    reason = tried(rooms, hidden)
    _say({"open": reason, "versions": versions()})
    for name in (module for library in order["libraries"] for module in LIBRARIES[library]):
        with contextlib.suppress(ImportError):  # a question that needs what is not there says so itself
            importlib.import_module(name)
    for line in sys.stdin:
        job = json.loads(line)
        question = q.TYPES[job["question"]["type"]].model_validate_json(json.dumps(job["question"]))
        limits = Limits(**job["limits"])
        work = _work(question, with_mutants=job["mutants"])
        _say(apart(work, _stretched(limits, question, job), rooms, hidden, reason))


def versions() -> dict[str, str]:
    """The interpreter's and the libraries' versions."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def tried(rooms: Path, hidden: list[Path]) -> str | None:
    """None where this machine gives a sandbox, else why not."""
    answer = apart(lambda: {"ok": True}, Limits(), rooms, hidden, None)
    return None if answer["ok"] else str(answer["said"])


def apart(work: Callable[[], Answer], limits: Limits, rooms: Path, hidden: list[Path], reason: str | None) -> Answer:
    """Do the work in a grandchild, in the sandbox unless there is a `reason` why there is none."""
    room = Path(tempfile.mkdtemp(dir=rooms))
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _tell(theirs, _watched(work, limits, room, hidden, boxed=reason is None))
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    shutil.rmtree(room, ignore_errors=True)
    return json.loads(said) if said else {"ok": False, "said": "the process that watched the program died"}


def _say(answer: Answer) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _work(question: q.Question, *, with_mutants: bool) -> Callable[[], Answer]:
    if with_mutants:
        return lambda: {"ok": True, "said": "", "mutants": asdict(mutation(question))}
    return lambda: asdict(verdict(question))


def _stretched(limits: Limits, question: q.Question, job: Answer) -> Limits:
    """As much for each changed question as for the question itself: its proof does the same work again."""
    forms = sum(len(m.forms) for m in mutants(question)) if job["mutants"] else 0
    return replace(limits, seconds=limits.seconds * (1 + forms))


def _watched(work: Callable[[], Answer], limits: Limits, room: Path, hidden: list[Path], *, boxed: bool) -> Answer:
    try:
        if boxed:
            separate()
        end_with_parent()
    except (SandboxError, OSError) as error:
        return {"ok": False, "said": str(error)}
    ours, theirs = os.pipe()
    program = os.fork()
    if program == 0:
        os.close(ours)
        _tell(theirs, _alone(work, limits, room, hidden, theirs, boxed=boxed))
    os.close(theirs)
    said, ended = _read(ours, time.monotonic() + PATIENCE * limits.seconds)
    with contextlib.suppress(ProcessLookupError):
        os.kill(program, signal.SIGKILL) if boxed else os.killpg(program, signal.SIGKILL)
    _, status, used = os.wait4(program, 0)
    if len(said) > MAX_ANSWER:
        return {"ok": False, "said": f"the program said more than {MAX_ANSWER // 1024} KB"}
    with contextlib.suppress(ValueError):
        answer = json.loads(said)
        if isinstance(answer, dict) and "ok" in answer:
            return answer
    worked = used.ru_utime + used.ru_stime  # the kernel's limit goes by ticks, which overstate this on a busy machine
    if not ended or (os.WIFSIGNALED(status) and worked >= 0.5 * limits.seconds):
        return {"ok": False, "said": f"the program did not end within {limits.seconds} seconds"}
    return {"ok": False, "said": "the program ended its own process"}


def _read(pipe: int, deadline: float) -> tuple[bytes, bool]:
    """What comes out of a pipe until it ends, the deadline passes or it is too much; and whether it ended."""
    said = b""
    while len(said) <= MAX_ANSWER and (left := deadline - time.monotonic()) > 0:
        if select.select([pipe], [], [], left)[0]:
            piece = os.read(pipe, 65536)
            if not piece:
                return said, True
            said += piece
    return said, False


def _alone(
    work: Callable[[], Answer], limits: Limits, room: Path, hidden: list[Path], way_out: int, *, boxed: bool
) -> Answer:
    _close_all_but(way_out)
    try:
        if boxed:
            enclose(room, limits, hidden)
        else:
            os.setsid()
            end_with_parent()
            os.chdir(room)
            limit(limits)
    except (SandboxError, OSError) as error:
        return {"ok": False, "said": f"no sandbox: {error}"}
    try:
        return work()
    except BaseException as error:  # MemoryError, SystemExit: nothing may unwind into the parent's code
        return {"ok": False, "said": f"the program failed: {type(error).__name__}: {error}"}


def _close_all_but(way_out: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    os.closerange(3, way_out)
    os.closerange(way_out + 1, 1024)


def _tell(pipe: int, answer: Answer) -> None:
    """Write an answer and end this process, whatever happens."""
    try:
        with os.fdopen(pipe, "wb") as out:
            out.write(json.dumps(answer).encode())
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
