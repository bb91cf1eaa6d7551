from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank.cells import safe, unsafe, written


@given(st.text())
def test_a_cell_comes_back_as_it_was(cell: str) -> None:
    assert unsafe(safe(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "@SUM(A1)", "-1+1|cmd", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "'=1", "''+1"]
)
def test_nothing_that_a_spreadsheet_would_run_stands_at_the_start(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-3", "-0.25", "plain", "a = b", "'quoted'", ""])
def test_harmless_cells_stay_as_they_are(cell: str) -> None:
    assert safe(cell) == cell


def test_a_file_is_read_back_by_any_csv_reader() -> None:
    rows: list[list[object]] = [["a", 'say "x"', "two\nlines"], ["", ";", 3]]
    assert list(csv.reader(io.StringIO("".join(written(rows)), newline=""))) == [list(map(str, row)) for row in rows]
