"""What `quiz bench` and its commands refuse before they measure for minutes."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from quiz.cli.main import main

USAGE = 2


def refusal(*words: str) -> str:
    """What is said to words that are no use of the command."""
    found = CliRunner().invoke(main, ["bench", *words])
    assert (found.exit_code, found.stdout) == (USAGE, "")
    return found.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--json", "nodes"), "--json belongs after the command: quiz bench nodes --json"),
        (("--strict", "load", "--json"), "--strict belongs after the command: quiz bench load --strict"),
        (("--strict", "nodes"), "--strict is for `quiz bench` alone; `quiz bench nodes` has none"),
        (("--browser", "pages"), "--browser is for `quiz bench` alone; `quiz bench pages` has none"),
    ],
)
def test_an_option_before_another_command_is_refused_and_not_lost(words: tuple[str, ...], said: str) -> None:
    assert said in refusal(*words)
