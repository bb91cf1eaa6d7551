from __future__ import annotations

import pytest

from quiz.proof import run
from quiz.proof.run import Verdict, prove, prove_all
from tests import factories as make


def with_script(script: str) -> Verdict:
    return prove(make.single(proof={"kind": "truth", "script": script}))


def test_verdicts_come_in_the_order_of_the_questions() -> None:
    found = list(prove_all([make.single(), make.judgement(), make.number(key={"value": 61})]))

    assert [(verdict.id, verdict.state) for verdict in found] == [
        ("a-single", "proved"),
        ("a-judgement", "unproved"),
        ("a-number", "refuted"),
    ]
    assert "guidance" in found[1].reason
    assert found[2].reason == "the program's answer is 60, the key 61"


def test_a_case_with_an_unproved_part_is_unproved_as_a_whole() -> None:
    unproved = {"kind": "none", "reason": "No program can check this."}
    proved = make.part("number", traps=[], stem="How many?", proof={"kind": "number", "script": "answer = 60\n"})

    assert prove(make.case(parts=[make.part("single", proof=unproved), proved])).state == "unproved"


@pytest.mark.parametrize("script", ["while True:\n    pass\n", "import time\ntime.sleep(30)\n"])
def test_a_script_that_does_not_end_is_stopped_and_reported(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(run, "SECONDS", 1)
    found = with_script(script)

    assert found.state == "refuted"
    assert "did not end within 1 seconds" in found.reason or "stopped with code" in found.reason


def test_a_script_that_prints_without_end_is_stopped_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SECONDS", 1)
    found = with_script("import os\nwhile True:\n    os.write(1, b'x' * 4096)\n")

    assert found.state == "refuted"
    assert found.reason


def test_a_script_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MEMORY", 2**30)
    found = with_script("hoard = bytearray(2**31)\n")

    assert found.state == "refuted"
    assert "MemoryError" in found.reason


@pytest.mark.parametrize("script", ["import sys\nsys.exit(0)\n", "import os\nos._exit(0)\n"])
def test_a_script_that_ends_its_process_is_refuted(script: str) -> None:
    found = with_script(script)

    assert found.state == "refuted"
    assert found.reason


def test_a_script_that_writes_past_our_capture_cannot_spoil_the_verdict() -> None:
    script = make.single().proof.script or ""

    assert with_script("import os\nos.write(1, b'hello\\n')\n" + script).state == "proved"
    assert with_script("import os\nos.write(1, b'hello\\n')\nos._exit(0)\n").state == "refuted"
