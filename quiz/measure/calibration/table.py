"""Answers from the lines of a CSV table: every fault at once, with its line.

Either long (the columns person, item and score, one answer a line) or a matrix (the header names the items, each line
is a person, 0 or 1, blank where there is no answer).
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from quiz.measure.calibration.data import Responses
from quiz.measure.curve import MAX_CATEGORIES, Ints

LONG = ("person", "item", "score")
MAX_ANSWERS = 2_000_000
MAX_ITEMS = 5000
MAX_FAULTS = 1000
SCORES = {str(score): score for score in range(MAX_CATEGORIES)}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong, in words for the person who can mend it, and the line where it is."""

    line: int
    message: str


class _TooMuchError(Exception):
    """A limit was passed; the last fault says which."""


@dataclass(frozen=True)
class Table:
    """A table's answers, the `ids` of its items, the first line that names each, and the line of each answer.

    Where there are `faults` (by line, `MAX_FAULTS` of a kind at most), the answers are those that could be read.
    """

    responses: Responses
    ids: tuple[str, ...]
    first_line: tuple[int, ...]
    line: Ints
    faults: tuple[Fault, ...]


@dataclass
class _Answers:
    """Answers while they are collected. Faults beyond `MAX_FAULTS` end the reading."""

    people: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    first_line: list[int] = field(default_factory=list)
    person: array[int] = field(default_factory=lambda: array("q"))
    item: array[int] = field(default_factory=lambda: array("q"))
    score: array[int] = field(default_factory=lambda: array("q"))
    line: array[int] = field(default_factory=lambda: array("q"))
    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int, message: str) -> None:
        self.faults.append(Fault(line, message))
        if len(self.faults) >= MAX_FAULTS:
            raise _TooMuchError

    def stop(self, line: int, message: str) -> None:
        self.faults.append(Fault(line, message))
        raise _TooMuchError

    def add(self, line: int, person: int, item: int, score: int) -> None:
        self.person.append(person)
        self.item.append(item)
        self.score.append(score)
        self.line.append(line)
        if len(self.line) > MAX_ANSWERS:
            self.stop(line, f"more than {MAX_ANSWERS:,} answers; calibrate a part of them")

    def item_number(self, line: int, name: str) -> int:
        number = self.items.setdefault(name, len(self.items))
        if number == len(self.first_line):
            self.first_line.append(line)
            if number == MAX_ITEMS:
                self.stop(line, f"more than {MAX_ITEMS:,} items; calibrate a part of them")
        return number

    def table(self) -> Table:
        person, item, score, line = (
            np.array(column, dtype=np.int64) for column in (self.person, self.item, self.score, self.line)
        )
        faults = [*self.faults, *_twice(person * max(1, len(self.items)) + item, line, self)]
        if not faults and not len(line):
            faults = [Fault(1, "there are no answers")]
        responses = Responses(person, item, score, len(self.people), len(self.items))
        return Table(responses, tuple(self.items), tuple(self.first_line), line, tuple(sorted(faults)))


def read_table(lines: Iterable[str]) -> Table:
    """The answers in these lines, the first of which is the header, and all that is wrong with them."""
    reader = csv.reader(lines, strict=True)
    answers = _Answers()
    try:
        header = [name.strip() for name in next(reader, [])]
        rows = ((reader.line_num, row) for row in reader)
        if set(LONG) & set(header):
            _read_long(answers, header, rows)
        else:
            _read_matrix(answers, header, rows)
    except csv.Error as error:
        answers.faults.append(Fault(reader.line_num, f"not CSV: {error}"))
    except _TooMuchError:
        pass
    return answers.table()


def _read_long(answers: _Answers, header: list[str], rows: Iterator[tuple[int, list[str]]]) -> None:
    for name in header:
        if name not in LONG:
            answers.fault(1, f'unknown column "{name}"; a long table has person, item and score')
    for name in LONG:
        if header.count(name) != 1:
            answers.fault(1, f"the column {name} must be there once; it is there {header.count(name)} times")
    if answers.faults:
        return
    places = [header.index(name) for name in LONG]
    for line, row in rows:
        if len(row) != len(LONG):
            answers.fault(line, f"{len(row)} fields instead of {len(LONG)}")
            continue
        person, item, score = (row[place].strip() for place in places)
        if not person or not item:
            answers.fault(line, f"the {'item' if person else 'person'} is missing")
        elif score not in SCORES:
            answers.fault(line, f'the score "{score[:20]}" is no whole number from 0 to {MAX_CATEGORIES - 1}')
        else:
            number = answers.people.setdefault(person, len(answers.people))
            answers.add(line, number, answers.item_number(line, item), SCORES[score])


def _read_matrix(answers: _Answers, header: list[str], rows: Iterator[tuple[int, list[str]]]) -> None:
    for place, name in enumerate(header, 1):
        if not name:
            answers.fault(1, f"column {place} has no name; the header names the items")
        elif name in answers.items:
            answers.fault(1, f'the item "{name}" has two columns')
        else:
            answers.item_number(1, name)
    if answers.faults:
        return
    for line, row in rows:
        cells = [cell.strip() for cell in row] or [""] * (len(header) == 1)
        if len(cells) != len(header):
            answers.fault(line, f"{len(cells)} fields instead of {len(header)}")
            continue
        person = len(answers.people)
        answers.people[f"of line {line}"] = person
        for item, cell in enumerate(cells):
            if cell in {"0", "1"}:
                answers.add(line, person, item, SCORES[cell])
            elif cell:
                answers.fault(line, f'item {header[item]}: "{cell[:20]}" is neither 0, 1 nor blank')


def _twice(key: Ints, line: Ints, answers: _Answers) -> Iterator[Fault]:
    """Second answers of a person to an item; `key` (answers,) numbers the pairs of person and item."""
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0)[:MAX_FAULTS]
    people, items = (list(answers.people), list(answers.items)) if len(again) else ([], [])
    for before, after in zip(order[again], order[again + 1], strict=True):
        who, what = people[answers.person[after]], items[answers.item[after]]
        yield Fault(int(line[after]), f"person {who} has answered item {what} before, in line {line[before]}")
