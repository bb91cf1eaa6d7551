from __future__ import annotations

import pytest
from click.testing import CliRunner

from quiz.bench import pages
from quiz.bench.figure import Figure, failed
from quiz.cli import bench, bench_pages
from quiz.cli.main import main

SLOW = Figure(9.0, "ms", 5.0)
LARGE = Figure(9.0, "B", 5.0)


@pytest.mark.parametrize("unit", ["ms", "s", "yards"])
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


@pytest.mark.parametrize(("words", "code"), [([], 0), (["--strict"], 1)])
def test_slow_pages_of_editors_fail_only_where_that_is_asked_for(
    words: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = pages.Page("list", cpu_ms=99, p50_ms=100, p95_ms=101, kilobytes=9, budget_ms=80)
    monkeypatch.setattr(bench_pages, "pages", lambda *_: [slow])
    result = CliRunner().invoke(main, ["bench", "pages", *words])
    assert result.exit_code == code
    assert "budget 80 OVER" in result.output
