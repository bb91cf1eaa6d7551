"""How a database would answer a statement: which tables it reads, and by which columns of an index.

What is read by the first column of an index costs what is found there; what is read without that grows with the
table. That an index is named does not say so: both databases also read an index from end to end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event, text

from quiz.store.engine import Database

GROWING = (
    *("log", "attempts", "takers", "revisions", "live", "versions", "counters"),
    *("problem_reports", "plan_marks", "shares"),
)
"""The tables that grow with the people who come, or with what editors change."""
OF_PEOPLE = ("log", "attempts", "takers")
"""Those that are as long as many people have come; the others are short beside them."""
ITS_END = ("its end",)
"""In the place of columns: only the first rows in an index's order are read, or the last."""
SQLITE_READS = re.compile(r"^(SCAN|SEARCH) (\w+)(.*)$")
SQLITE_BY = re.compile(r"\((\w+[<=>].*|ANY\(.*)\)$")
RENAMED = re.compile(r"(?:FROM|JOIN|,)\s+(?=(\w+)\s+(?:AS\s+)?(\w+))")
COMPARED = re.compile(r"\(+(?:\w+\.)?(\w+)(?:\)?::\w+)? (?:=|<=?|>=?) ")


@dataclass(frozen=True, order=True)
class Way:
    """One table that a statement reads, and the columns whose values lead to the rows; none: from end to end."""

    table: str
    by: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table} by {', '.join(self.by)}" if self.by else f"{self.table} whole"


@dataclass(frozen=True)
class Sent:
    """A statement as the driver got it."""

    statement: str
    parameters: Any


@contextmanager
def noted(database: Database) -> Iterator[list[Sent]]:
    """The statements that are sent while the block runs, without those that begin a transaction."""
    sent: list[Sent] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(Sent(statement, parameters))

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in database.engines:
            event.remove(engine, "before_cursor_execute", note)


def ways(database: Database, sent: Sent) -> tuple[Way, ...]:
    """Each table that this statement reads, as the database says before it does."""
    with database.write.connect() as connection:
        if database.write.dialect.name == "sqlite":
            return tuple(sorted(_of_sqlite(connection, sent)))
        connection.execute(text("SET enable_seqscan = off"))  # small tables are read whole, large ones are not
        rows = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sent.statement}", sent.parameters)
        return tuple(sorted(_of_postgresql(connection, rows.scalar_one()[0]["Plan"], first_alone=False)))


def read_whole(found: Iterable[Way], tables: Iterable[str] = GROWING) -> list[str]:
    """Which of these tables are read from end to end."""
    return [way.table for way in found if way.table in tables and not way.by]


def _of_sqlite(connection: Connection, sent: Sent) -> Iterator[Way]:
    """A plan names a table as the statement renames it."""
    renamed = {new: old for old, new in RENAMED.findall(sent.statement)}
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sent.statement}", sent.parameters):
        if found := SQLITE_READS.match(row[-1]):
            way, table, rest = found.groups()
            yield Way(str(renamed.get(table, table)), _leading(way, rest))


def _leading(way: str, rest: str) -> tuple[str, ...]:
    """The columns of a search. "ANY(a)" tries every value of an index's first column, so it reads the whole of it."""
    by = SQLITE_BY.search(rest)
    if way == "SCAN" or (by and by[1].startswith("ANY")):
        return ()
    return tuple(re.findall(r"(\w+)[=<>]", by[1])) if by else ITS_END


def _of_postgresql(connection: Connection, node: Mapping[str, Any], *, first_alone: bool) -> Iterator[Way]:
    """`first_alone`: whether only the first rows of this step are asked for."""
    if node["Node Type"].endswith("Scan") and "Relation Name" in node:
        yield from _read_by_postgresql(connection, node, first_alone=first_alone and "Filter" not in node)
    for child in node.get("Plans", ()):
        yield from _of_postgresql(connection, child, first_alone=node["Node Type"] == "Limit")


def _read_by_postgresql(connection: Connection, node: Mapping[str, Any], *, first_alone: bool) -> Iterator[Way]:
    scans = [*_index_scans(node)]
    for scan in scans:
        compared = tuple(dict.fromkeys(COMPARED.findall(scan.get("Index Cond", ""))))
        first = _first_column(connection, scan["Index Name"])
        by = compared if first in compared else ITS_END if first_alone else ()
        yield Way(node["Relation Name"], by)
    if not scans:
        yield Way(node["Relation Name"], ())


def _index_scans(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The indexes that lead to a table's rows: one, or several whose findings are joined."""
    if "Index Name" in node:
        yield node
    elif node["Node Type"].startswith("Bitmap"):
        for child in node.get("Plans", ()):
            yield from _index_scans(child)


def _first_column(connection: Connection, index: str) -> str:
    """Only a condition on it leads to a part of the index; one on the others is tried on all of it."""
    told = text("SELECT pg_get_indexdef(indexrelid, 1, true) FROM pg_index WHERE indexrelid = to_regclass(:index)")
    return str(connection.execute(told, {"index": f'"{index}"'}).scalar_one())
