from __future__ import annotations

from sqlalchemy.orm import Session

from quiz.attempt.log import Extended
from quiz.services.banks import Banks
from quiz.services.taking import begin, secret_hash
from quiz.store import attempts, shares
from quiz.store.attempts import StoredAttempt
from quiz.store.engine import Database
from quiz.store.marks import latest_marks, store_marks, stored_marks


def stored(session: Session, secret: str, token: str) -> StoredAttempt:
    found = attempts.find_attempt(session, token, secret_hash(secret))
    assert found is not None
    return found


def begun(session: Session, secret: str | None = None, now: int = 5) -> tuple[str, StoredAttempt]:
    """A fresh attempt, of a new taker or of one that is known."""
    started = begin(session, Banks(), secret, ("machine-learning-engineer", "mid", 15), now, now)
    whose = started.secret or secret or ""
    return whose, stored(session, whose, started.token)


def test_marks_are_kept_by_attempt_and_the_latest_of_a_taker_is_known(database: Database) -> None:
    with database.writing() as session:
        secret, first = begun(session)
        _, second = begun(session, secret)
        _, foreign = begun(session)
        store_marks(session, first.id, {"hours": 3}, 10)
        store_marks(session, second.id, {"hours": 4}, 20)
        store_marks(session, foreign.id, {"hours": 9}, 30)
        store_marks(session, first.id, {"hours": 5}, 40)
    with database.reading() as session:
        assert stored_marks(session, first.id) == {"hours": 5}
        assert stored_marks(session, second.id) == {"hours": 4}
        assert latest_marks(session, first.taker_id) == {"hours": 5}


def test_a_copy_is_kept_once_found_by_its_hash_and_forgotten_when_closed(database: Database) -> None:
    with database.writing() as session:
        secret, mine = begun(session)
        _, other = begun(session)
        for _ in range(2):
            shares.add_share(session, mine.id, "a" * 64, "n" * 43, {"detail": "plan"}, 10, 20)
        (kept,) = shares.shares_of(session, mine.id)
        assert shares.find_share(session, "a" * 64) == kept
        assert not shares.revoke_share(session, other.id, kept.id, 15)
        assert shares.revoke_share(session, mine.id, kept.id, 15)
        assert shares.revoke_share(session, mine.id, kept.id, 99)
    with database.reading() as session:
        closed = shares.find_share(session, "a" * 64)
        assert closed is not None
        assert (closed.revoked_at, closed.snapshot) == (15, {})
        assert shares.count_shares(session, mine.id) == 1
    with database.writing() as session:
        assert attempts.delete_taker(session, secret_hash(secret))
        assert shares.find_share(session, "a" * 64) is None


def test_a_wish_for_more_on_one_skill_is_kept_and_older_logs_are_still_read(database: Database) -> None:
    with database.writing() as session:
        secret, mine = begun(session)
        attempts.append(session, mine, Extended(3, None, mine.plan.first, "sql"), 6)
        session.connection().exec_driver_sql(
            "INSERT INTO log (attempt_id, seq, kind, at, data) "
            f'VALUES ({mine.id}, 2, \'extended\', 7, \'{{"questions": 5, "area": "programming"}}\')'
        )
    with database.reading() as session:
        assert stored(session, secret, mine.token).entries == [
            Extended(3, None, mine.plan.first, "sql"),
            Extended(5, "programming", None, None),
        ]
