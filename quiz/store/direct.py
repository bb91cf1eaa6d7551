"""A statement that the driver is given as it stands, over a connection of SQLAlchemy's.

What SQLAlchemy does around each execution took longer than the statement itself, three times for each answer
(docs/performance.md). Here it writes the statement, once, and translates values and errors; the driver does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Insert, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from quiz.store.engine import Connected

Row = Any
"""A named tuple with a field for each column of the statement."""
Translate = Callable[[Any], Any]


@dataclass(frozen=True)
class _Told:
    """A statement as one kind of database takes it.

    `names`: its parameters in their order. `typed`, `read`: what translates those parameters and columns that need it.
    """

    text: str
    positional: bool
    names: tuple[str, ...]
    typed: Mapping[str, Translate]
    read: Mapping[int, Translate]

    def parameters(self, values: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """The values as the driver takes them."""
        told = {name: values[name] for name in self.names}
        for name, typed in self.typed.items():
            told[name] = typed(told[name])
        return tuple(told.values()) if self.positional else told


class Direct:
    """A statement with places for its values, each of which has a name."""

    def __init__(self, statement: Select[Any] | Insert) -> None:
        self._statement = statement
        self._told: dict[str, _Told] = {}
        columns = statement.selected_columns if isinstance(statement, Select) else ()
        self._types: list[TypeEngine[Any]] = [column.type for column in columns]
        self._row: Any = NamedTuple("Row", [(column.key, Any) for column in columns])  # type: ignore[misc]

    def send(self, connected: Connected, values: Mapping[str, Any]) -> None:
        """Send it. Raises what SQLAlchemy raises."""
        with self._sent(connected, values):
            pass

    def first(self, connected: Connected, values: Mapping[str, Any]) -> Row | None:
        """The first row, None where there is none. Raises what SQLAlchemy raises."""
        with self._sent(connected, values) as (cursor, told):
            found = cursor.fetchone()
        if found is None:
            return None
        row = [*found]
        for place, read in told.read.items():
            row[place] = read(row[place])
        return self._row(*row)

    @contextmanager
    def _sent(self, connected: Connected, values: Mapping[str, Any]) -> Iterator[tuple[Any, _Told]]:
        connection = connected.connection() if isinstance(connected, Session) else connected
        dialect = connection.dialect
        told = self._told.get(dialect.name) or self._told.setdefault(dialect.name, self._tell(dialect))
        parameters = told.parameters(values)
        cursor = connection.connection.cursor()
        try:
            for listener in connection.dispatch.before_cursor_execute:  # whoever counts statements counts these too
                listener(connection, cursor, told.text, parameters, None, False)
            cursor.execute(told.text, parameters)
            yield cursor, told
        except dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy(connection, told.text, error) from error
        finally:
            cursor.close()

    def _tell(self, dialect: Dialect) -> _Told:
        names = [*self._statement.table.columns.keys()] if isinstance(self._statement, Insert) else None
        made = self._statement.compile(dialect=dialect, column_keys=names)
        typed = {name: place.type.dialect_impl(dialect).bind_processor(dialect) for name, place in made.binds.items()}
        read = {i: one.dialect_impl(dialect).result_processor(dialect, None) for i, one in enumerate(self._types)}
        return _Told(
            text=str(made),
            positional=made.positional,
            names=tuple(made.positiontup or typed),
            typed={name: translate for name, translate in typed.items() if translate},
            read={place: translate for place, translate in read.items() if translate},
        )


def _as_sqlalchemy(connection: Connection, text: str, error: Any) -> BaseException:
    """A driver's error as SQLAlchemy's, and the connection left where the database has ended it."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection.driver_connection, None)
    if gone:
        connection.invalidate(error)
    known: BaseException = DBAPIError.instance(
        *(text, None, error, dialect.loaded_dbapi.Error),
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
    )
    return known
