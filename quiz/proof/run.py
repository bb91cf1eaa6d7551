"""Running proofs, each in a process of its own with limits on time, memory, output and files."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from quiz.bank import question as q

SECONDS = 60
MEMORY = 4 * 2**30
MAX_OUTPUT = 64 * 1024


@dataclass(frozen=True)
class Verdict:
    """What became of one question's proof. `state`: proved, refuted, or unproved (it has none)."""

    id: str
    state: str
    reason: str = ""


def prove_all(questions: Iterable[q.Question], workers: int = 2) -> Iterator[Verdict]:
    """Prove each question; verdicts come in the given order as they are ready."""
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(prove, questions)


def prove(question: q.Question) -> Verdict:
    """Run a question's proof in a child process."""
    proofs = [p.proof for p in question.parts] if isinstance(question, q.Case) else [question.proof]
    if all(proof is None or proof.kind == "none" for proof in proofs):
        return Verdict(question.id, "unproved", "; ".join(p.reason or "" for p in proofs if p))
    ok, reason = _in_child(question.model_dump_json())
    if not ok:
        return Verdict(question.id, "refuted", reason)
    return Verdict(question.id, "proved" if q.is_proved(question) else "unproved", reason)


def _in_child(data: str) -> tuple[bool, str]:
    command = [sys.executable, "-I", "-m", "quiz.proof.child"]
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(
                command,
                input=data.encode(),
                stdout=output,
                stderr=subprocess.PIPE,
                cwd=folder,
                env={"PATH": os.defpath, "HOME": folder, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                timeout=SECONDS,
                check=False,
                start_new_session=True,
                preexec_fn=_limiter(),
            )
        except subprocess.TimeoutExpired:
            return False, f"the program did not end within {SECONDS} seconds"
        output.seek(0)
        printed = output.read(MAX_OUTPUT)
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        return False, f"the program stopped with code {done.returncode}: {last[0][:300]}"
    if not printed:
        return False, "the program ended its own process"
    found = json.loads(printed)
    return bool(found["ok"]), str(found.get("reason") or found.get("note", ""))


def _limiter() -> Callable[[], None]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return limit
