"""The child process: reads one question as JSON, runs its proofs, writes the verdict as JSON."""

from __future__ import annotations

import json
import os
import sys
from typing import TextIO

from quiz.bank import question as q
from quiz.bank.text import filled
from quiz.proof.kinds import RefutedError, check


def verdict(question: q.Question) -> dict[str, str | bool]:
    """Run every proof of the question (a case has one per part)."""
    shown = filled(question)
    bodies = shown.parts if isinstance(shown, q.Case) else [shown]
    notes = []
    for body in bodies:
        if body.proof is None or body.proof.kind == "none":
            continue
        where = f"part {body.id}: " if isinstance(shown, q.Case) else ""
        stem = shown.stem + "\n" + body.stem if isinstance(shown, q.Case) else shown.stem
        try:
            notes.append(check(body, body.proof, stem, question.given))
        except RefutedError as error:
            return {"ok": False, "reason": f"{where}{error}"}
        except Exception as error:  # the program is the author's: whatever it raises is the verdict
            return {"ok": False, "reason": f"{where}the program failed: {type(error).__name__}: {error}"}
    return {"ok": True, "note": "; ".join(note for note in notes if note)}


def private_output() -> TextIO:
    """Our own way out; what a program writes to standard output by any means goes nowhere."""
    ours = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return ours


if __name__ == "__main__":
    output = private_output()
    data = json.load(sys.stdin)
    output.write(json.dumps(verdict(q.TYPES[data["type"]].model_validate_json(json.dumps(data)))))
