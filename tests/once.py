"""What is the same in every test and costs time, made once for all tests of a process."""

from __future__ import annotations

from hashlib import sha256

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import text
from sqlalchemy.orm import Session

from quiz.bank.version import BankVersion
from quiz.store.bank import Known, read_version
from quiz.store.engine import Connected

FRAMEWORK = text(
    "SELECT c.hash, CAST(c.content AS TEXT) FROM versions v JOIN catalogues c ON c.id = v.catalogue_id "
    "WHERE v.number = 1"
)
OF_WHICH = text("SELECT catalogue_id FROM versions WHERE number = 1")
ASKED = text(
    "SELECT r.id, CAST(r.content AS TEXT), l.a, l.b, CAST(l.luck AS TEXT) FROM live l "
    "JOIN revisions r ON r.id = l.revision_id WHERE l.from_version = 1 ORDER BY r.id"
)
"""With the framework, all that the first version is made of."""


class Compiled(BytecodeCache):
    """Compiled templates, by name and text. Each app would compile them anew, for longer than most tests take."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template's code, if it was compiled before."""
        if bucket.key in self._held:
            bucket.bytecode_from_string(self._held[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        self._held[bucket.key] = bucket.bytecode_to_string()


class FirstVersions:
    """First versions of banks, by all that they are made of. Nearly every test begins with the template's.

    Later versions are what tests make, and are read as ever.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[str, bytes], BankVersion] = {}

    def read(self, connected: Connected, number: int, known: Known | None = None) -> BankVersion | None:
        """What `read_version` gives."""
        if number != 1:
            return read_version(connected, number, known)
        rows = [tuple(row) for statement in (FRAMEWORK, ASKED) for row in connected.execute(statement)]
        connection = connected.connection() if isinstance(connected, Session) else connected
        key = (connection.dialect.name, sha256(repr(rows).encode()).digest())
        if key not in self._held:
            found = read_version(connected, number)
            if found is None:
                return None
            self._held[key] = found
        if known is not None:
            known.questions.update((live.revision, live) for live in self._held[key].live)
            known.catalogues[connected.scalars(OF_WHICH).one()] = self._held[key].catalogue
        return self._held[key]
