"""What a run of proofs leaves behind: which verdicts stand from before, and the records after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from quiz.bank import question as q
from quiz.bank.proofs import ProofRecord, is_proved, proof_hash, proofs_of
from quiz.proof.run import State, Verdict

Records = Mapping[str, Mapping[str, ProofRecord]]
"""By area and question."""


@dataclass(frozen=True)
class Run:
    """What came of a run. `kept`: verdicts from before on contents that have not changed since."""

    verdicts: tuple[Verdict, ...]
    kept: Mapping[str, State]
    versions: Mapping[str, str]
    seconds: float

    def named(self, state: State) -> list[str]:
        """The questions in a state, kept ones included."""
        found = [v.id for v in self.verdicts if v.state == state]
        return sorted([*found, *(name for name, kept in self.kept.items() if kept == state)])

    @property
    def missed(self) -> list[tuple[str, str]]:
        """Mutants that a proof did not notice, with their question."""
        return [(v.id, what) for v in self.verdicts for what in v.mutation.missed]


def standing(question: q.Question, held: bool) -> State:
    """The state of a question whose programs `held` before."""
    if not held:
        return "refuted"
    return "proved" if is_proved(question) else "unproved"


def merged(
    records: Records, run: Run, questions: Mapping[str, q.Question], area_of: Mapping[str, str], today: date
) -> dict[str, dict[str, ProofRecord]]:
    """The records after a run: its verdicts in place of older ones."""
    after = {area: dict(known) for area, known in records.items()}
    for verdict in run.verdicts:
        area = after.setdefault(area_of[verdict.id], {})
        area.pop(verdict.id, None)
        if verdict.ran and verdict.state != "refuted":
            area[verdict.id] = _record(questions[verdict.id], verdict, today, run.versions)
    return after


def only(records: Records, area_of: Mapping[str, str]) -> dict[str, dict[str, ProofRecord]]:
    """The records of questions that exist, each under its area."""
    return {area: {n: r for n, r in known.items() if area_of.get(n) == area} for area, known in records.items()}


def _record(question: q.Question, verdict: Verdict, today: date, versions: Mapping[str, str]) -> ProofRecord:
    used = {"python", *(name for proof in proofs_of(question) for name in proof.needs)}
    return ProofRecord(
        content=proof_hash(question),
        on=today,
        versions={name: number for name, number in versions.items() if name in used},
        note=verdict.said,
    )
