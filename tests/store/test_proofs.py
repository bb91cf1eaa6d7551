from __future__ import annotations

from dataclasses import replace

from quiz.store.engine import Database
from quiz.store.proofs import StoredProof, store_proofs, stored_proofs

PROOF = StoredProof("a" * 64, ok=True, said="counted 60", versions={"python": "3.11"}, at=1_000)


def test_a_verdict_is_found_by_what_the_programs_read(database: Database) -> None:
    with database.writing() as session:
        assert store_proofs(session, [PROOF]) == 1
    with database.reading() as session:
        assert stored_proofs(session, {"a" * 64, "b" * 64}) == {"a" * 64: PROOF}
        assert stored_proofs(session, set()) == {}


def test_the_newest_verdict_on_a_content_stands(database: Database) -> None:
    later = replace(PROOF, ok=False, said="refuted", at=2_000)
    with database.writing() as session:
        store_proofs(session, [PROOF])
        assert store_proofs(session, [later]) == 1
    with database.writing() as session:
        assert store_proofs(session, [PROOF]) == 0
        assert stored_proofs(session, {PROOF.content}) == {PROOF.content: later}
