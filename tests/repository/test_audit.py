"""`make audit` is green only where every library was asked about and somebody answered."""

from __future__ import annotations

import json
import subprocess
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "audit"
KNOWN = {"name": "jinja2", "vulns": [{"id": "PYSEC-1"}]}
UNKNOWN = {"name": "jinja2", "vulns": []}
CLEAN = {"name": "flask", "vulns": []}
BAD = {"name": "flask", "vulns": [{"id": "PYSEC-2"}]}
SKIPPED = {"name": "flask", "skip_reason": "not found"}


@pytest.fixture
def audit() -> ModuleType:
    spec = spec_from_loader("audit", SourceFileLoader("audit", str(TOOL)))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def says(monkeypatch: pytest.MonkeyPatch, control: list[Any] | None, found: list[Any] | None) -> None:
    """Let pip-audit say this of the old library, and this of ours; None: it says nothing at all."""

    def run(command: list[Any], **_: Any) -> subprocess.CompletedProcess[str]:
        told = control if str(command[-1]).endswith("old.txt") else found
        text = "" if told is None or "pip-audit" not in Path(command[0]).name else json.dumps({"dependencies": told})
        return subprocess.CompletedProcess(command, 0, text, "no connection")

    monkeypatch.setattr(subprocess, "run", run)


@pytest.mark.parametrize(
    ("control", "found", "why"),
    [
        (None, [CLEAN], "pip-audit said nothing"),
        ([], [CLEAN], "No source of known problems answers"),
        ([UNKNOWN], [CLEAN], "No source of known problems answers"),
        ([KNOWN], None, "pip-audit said nothing"),
        ([KNOWN], [], "1"),
        ([KNOWN], [CLEAN, SKIPPED], "1"),
        ([KNOWN], [CLEAN, BAD], "1"),
    ],
)
def test_it_fails_where_nothing_answered_something_was_left_out_or_a_problem_is_known(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, control: list[Any] | None, found: list[Any] | None, why: str
) -> None:
    says(monkeypatch, control, found)
    with pytest.raises(SystemExit) as stopped:
        audit.main()
    assert str(stopped.value.code).startswith(why)


def test_it_passes_where_all_were_asked_about_and_none_has_a_known_problem(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    says(monkeypatch, [KNOWN], [CLEAN])
    audit.main()
    assert "1 libraries asked about, 0 not, 0 with known problems" in capsys.readouterr().out
