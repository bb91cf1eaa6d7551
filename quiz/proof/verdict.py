"""What the proofs of one question say, and which of its mutants they notice. Executes the question's own programs."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from quiz.bank import question as q
from quiz.bank.text import filled
from quiz.proof.kinds import RefutedError, check
from quiz.proof.mutants import Mutant, excused, mutants, stated

MODULES = {"scikit-learn": "sklearn"}
LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "numpy": ("numpy",),
    "scipy": ("scipy.stats", "scipy.optimize", "scipy.special", "scipy.linalg"),
    "sympy": ("sympy",),
    "pandas": ("pandas",),
    "scikit-learn": tuple(
        f"sklearn.{name}"
        for name in ("linear_model", "ensemble", "model_selection", "metrics", "preprocessing", "pipeline", "tree")
    ),
}
"""What a proof may need, and what is imported for it ahead."""


@dataclass(frozen=True)
class Finding:
    """Whether every proof agrees with its key; `said` is what the programs measured, or why not.

    `failed`: a program raised an error, so it said neither yes nor no.
    """

    ok: bool
    said: str = ""
    failed: bool = False


@dataclass(frozen=True)
class Mutation:
    """How many mutants were tried, how many were noticed, and those that were not and should have been."""

    tried: int = 0
    caught: int = 0
    missed: tuple[str, ...] = ()


def verdict(question: q.Question) -> Finding:
    """Run every proof of the question (a case has one per part)."""
    shown = filled(question)
    bodies = shown.parts if isinstance(shown, q.Case) else [shown]
    notes = []
    for body in bodies:
        if body.proof is None or body.proof.kind == "none":
            continue
        where = f"part {body.id}: " if isinstance(shown, q.Case) else ""
        stem = shown.stem + "\n" + body.stem if isinstance(shown, q.Case) else shown.stem
        if missing := [name for name in body.proof.needs if find_spec(MODULES.get(name, name)) is None]:
            return Finding(ok=False, said=f"{where}needs {', '.join(missing)}: pip install 'mle-quiz[proof]'")
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                notes.append(check(body, body.proof, stem, question.given))
        except RefutedError as error:
            return Finding(ok=False, said=f"{where}{error}")
        except Exception as error:  # the program is the author's: whatever it raises is the verdict
            return Finding(ok=False, said=f"{where}the program failed: {type(error).__name__}: {error}", failed=True)
    return Finding(ok=True, said="; ".join(note for note in notes if note))


def mutation(question: q.Question) -> Mutation:
    """Try every mutant of a question that is proved as it stands."""
    reasons: Mapping[str, str] = excused(question)
    tried = mutants(question)
    survivors = [m.name for m in tried if not _noticed(m)]
    written = stated(question)
    missed = [name for name in (*survivors, *written) if name not in reasons]
    stale = [f"{name} (excused, but noticed)" for name in reasons if name not in {*survivors, *written}]
    return Mutation(len(tried), len(tried) - len(survivors), (*missed, *stale))


def _noticed(mutant: Mutant) -> bool:
    """Whether a form is refuted. A form at which the program only fails tells nothing, unless it fails at each."""
    failed = 0
    for form in mutant.forms:
        found = verdict(form)
        if not found.ok and not found.failed:
            return True
        failed += found.failed
    return failed == len(mutant.forms)
