"""Verdicts of proofs, by what the programs read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from quiz.store.tables import ProofRow


@dataclass(frozen=True)
class StoredProof:
    """What the programs said of one content, when (seconds since 1970), and with which libraries."""

    content: str
    ok: bool
    said: str
    versions: Mapping[str, str]
    at: int


def stored_proofs(session: Session, contents: Collection[str]) -> dict[str, StoredProof]:
    """The verdicts on these contents, where there are any."""
    rows = session.scalars(select(ProofRow).where(ProofRow.content.in_(contents)))
    return {row.content: StoredProof(row.content, row.ok, row.said, row.versions, row.at) for row in rows}


def store_proofs(session: Session, proofs: Iterable[StoredProof]) -> int:
    """Keep verdicts, the newest of each content; how many were new or newer."""
    wanted = {proof.content: proof for proof in proofs}
    known = stored_proofs(session, wanted)
    newer = [p for p in wanted.values() if p.content not in known or known[p.content].at < p.at]
    for proof in newer:
        session.merge(ProofRow(**{**vars(proof), "versions": dict(proof.versions)}))
    session.flush()
    return len(newer)
