"""Bank versions in memory. A version never changes, so it is read once; only which are newest is asked anew.

Versions share the questions that are the same in them, and their framework. So one more costs a third of a megabyte,
and people who go on with attempts of many versions do not have the bank read again with each request.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from quiz.bank.version import BankVersion
from quiz.store.bank import Known, newest_version, read_version, withdrawn_questions
from quiz.store.engine import Connected

KEPT = 48
"""Each publishing makes a version, and who began before it goes on with theirs: as many as a day of editing makes."""


class EmptyBankError(Exception):
    """The database holds no bank version yet."""


class Banks:
    """The few versions in use, the least recently used one forgotten first. Safe to share between threads."""

    def __init__(self) -> None:
        self._versions: OrderedDict[int, BankVersion] = OrderedDict()
        self._known = Known()
        self._withdrawn: tuple[int, frozenset[str]] = (0, frozenset())
        self._lock = Lock()

    def version(self, connected: Connected, number: int) -> BankVersion:
        """The version of this number. Raises EmptyBankError where there is none."""
        with self._lock:
            if number not in self._versions:
                found = read_version(connected, number, self._known)
                if found is None:
                    raise EmptyBankError(f"there is no bank version {number}")
                self._versions[number] = found
                while len(self._versions) > KEPT:
                    self._versions.popitem(last=False)
            self._versions.move_to_end(number)
            return self._versions[number]

    def newest(self, connected: Connected) -> BankVersion:
        """The version that a new attempt begins with. Raises EmptyBankError."""
        number = newest_version(connected)
        if number is None:
            raise EmptyBankError("the database holds no questions yet; run: quiz bank load")
        return self.version(connected, number)

    def withdrawn(self, connected: Connected, newest: int) -> frozenset[str]:
        """The withdrawn questions as of the newest version; withdrawing always makes a version."""
        if self._withdrawn[0] != newest:
            self._withdrawn = (newest, withdrawn_questions(connected))
        return self._withdrawn[1]
