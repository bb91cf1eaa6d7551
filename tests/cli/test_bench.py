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


@pytest.mark.parametrize("command", ["load", "nodes"])
@pytest.mark.parametrize("attempts", ["0", "-1", "many"])
def test_a_round_has_at_least_one_attempt(command: str, attempts: str) -> None:
    assert "Invalid value for '--attempts'" in refusal(command, "--attempts", attempts)


@pytest.mark.parametrize("workers", ["0", "-1", "65"])
def test_a_server_has_as_many_processes_as_its_settings_allow(workers: str) -> None:
    assert "Invalid value for '--workers'" in refusal("load", "--workers", workers)


@pytest.mark.parametrize("takers", ["0", "1,-2", "1,,2", "257"])
def test_takers_are_whole_numbers_from_1_to_256(takers: str) -> None:
    assert "Invalid value for --takers" in refusal("load", "--takers", takers)
