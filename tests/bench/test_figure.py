from __future__ import annotations

import pytest
from click.testing import CliRunner

from quiz.bench.figure import Figure, failed
from quiz.cli import bench
from quiz.cli.main import main

SLOW = Figure(9.0, "ms", 5.0)
LARGE = Figure(9.0, "B", 5.0)


@pytest.mark.parametrize("unit", ["ms", "s", "yards", "times"])
def test_a_time_over_its_budget_fails_only_where_that_is_asked_for(unit: str) -> None:
    figures = [Figure(9.0, unit, 5.0)]
    assert not failed(figures, strict=False)
    assert failed(figures, strict=True)


@pytest.mark.parametrize("unit", ["", "B", "KB", "MB"])
def test_a_count_or_a_size_over_its_budget_always_fails(unit: str) -> None:
    assert failed([Figure(9.0, unit, 5.0)], strict=False)
    assert not failed([Figure(5.0, unit, 5.0)], strict=True)


@pytest.mark.parametrize(
    ("figure", "words", "code"), [(SLOW, [], 0), (SLOW, ["--strict"], 1), (LARGE, [], 1), (LARGE, ["--json"], 1)]
)
def test_bench_prints_the_verdict_and_ends_accordingly(
    figure: Figure, words: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "measure", lambda: {"something": figure})
    result = CliRunner().invoke(main, ["bench", *words])
    assert result.exit_code == code
    assert ("OVER" in result.output) == ("--json" not in words)
