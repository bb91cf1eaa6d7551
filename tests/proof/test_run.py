from __future__ import annotations

import sys
from pathlib import Path

import pytest

from quiz.proof import verdict
from quiz.proof.run import Prover, ProverEndedError, Verdict, prove, prove_all, provers
from quiz.proof.sandbox import Limits
from tests import factories as make

BRIEF = Limits(seconds=1)


def with_script(prover: Prover, script: str, limits: Limits = BRIEF) -> Verdict:
    return prove(make.single(proof={"kind": "truth", "script": script}), prover, limits)


def test_verdicts_come_in_the_order_of_the_questions(prover: Prover) -> None:
    found = list(prove_all([make.single(), make.judgement(), make.number(key={"value": 61})], [prover]))

    assert [(verdict.id, verdict.state, verdict.ran) for verdict in found] == [
        ("a-single", "proved", True),
        ("a-judgement", "unproved", False),
        ("a-number", "refuted", True),
    ]
    assert "guidance" in found[1].said
    assert found[2].said == "the program's answer is 60, the key 61"


def test_a_case_with_an_unproved_part_is_unproved_as_a_whole(prover: Prover) -> None:
    unproved = {"kind": "none", "reason": "No program can check this."}
    proved = make.part("number", traps=[], stem="How many?", proof={"kind": "number", "script": "answer = 60\n"})
    found = prove(make.case(parts=[make.part("single", proof=unproved), proved]), prover)

    assert (found.state, found.ran) == ("unproved", True)


def test_mutants_are_tried_only_when_it_is_asked_for_and_the_proof_holds(prover: Prover) -> None:
    assert prove(make.single(), prover).mutation.tried == 0
    assert prove(make.single(key="all"), prover, mutate=True).mutation.tried == 0
    found = prove(make.single(), prover, mutate=True).mutation
    assert found.tried == found.caught > 0
    assert not found.missed


def test_mutants_that_could_not_be_tried_are_not_taken_for_noticed(prover: Prover) -> None:
    script = "import os\nif rate != 12 or span != 5:\n    os._exit(0)\nanswer = rate * span\n"
    found = prove(make.number(traps=[], proof={"kind": "number", "script": script}), prover, mutate=True)

    assert found.state == "proved"
    assert found.mutation.missed == ("the mutants were not tried: the program ended its own process",)


HOSTILE = {
    "hangs without working": "import time\ntime.sleep(60)\n",
    "works without end": "while True:\n    pass\n",
    "forks without end": "import os\nwhile True:\n    os.fork()\n",
    "leaves a child behind": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(60)\n"
        "    os._exit(0)\ntime.sleep(60)\n"
    ),
    "prints without end": "while True:\n    print('x' * 4096)\n",
    "writes past our capture": "import os\nwhile True:\n    os.write(1, b'x' * 4096)\n",
    "answers without end": (
        "import os\nfor pipe in range(3, 64):\n    try:\n        while True:\n            os.write(pipe, b'x' * 4096)\n"
        "    except OSError:\n        pass\n"
    ),
    "opens the network": "import socket\nsocket.create_connection(('127.0.0.1', 9), 0.5)\n",
    "eats the memory": "hoard = []\nwhile True:\n    hoard.append(bytearray(2**26))\n",
    "fills the disk": (
        "n = 0\nwhile True:\n    n += 1\n    with open(f'/tmp/{n}', 'wb') as big:\n        big.write(b'x' * 2**23)\n"
    ),
    "ends its process": "import os\nos._exit(0)\n",
    "leaves politely": "import sys\nsys.exit(0)\n",
    "becomes another program": "import os\nos.execv('/bin/true', ['true'])\n",
    "kills everyone": "import os\nos.kill(-1, 9)\nos.kill(os.getpid(), 9)\n",
}


@pytest.mark.parametrize("script", HOSTILE.values(), ids=list(HOSTILE))
def test_a_program_that_misbehaves_is_stopped_and_reported(prover: Prover, script: str) -> None:
    found = with_script(prover, script)

    assert found.state == "refuted"
    assert found.said
    assert prove(make.single(), prover).state == "proved"  # and the next one is proved as ever


def test_a_program_that_hangs_is_told_apart_from_one_that_fails(prover: Prover) -> None:
    assert with_script(prover, HOSTILE["works without end"]).said == "the program did not end within 1 seconds"
    assert with_script(prover, HOSTILE["ends its process"]).said == "the program ended its own process"
    assert "MemoryError" in with_script(prover, "hoard = bytearray(2**40)\n").said
    assert "No space left" in with_script(prover, HOSTILE["fills the disk"]).said


def own_folder_in_tmp() -> list[str]:
    """What leads to the interpreter, where the project itself lies in /tmp; nothing else of it is shown."""
    within = Path(sys.prefix).resolve()
    return [within.relative_to("/tmp").parts[0]] if within.is_relative_to("/tmp") else []


def test_a_program_sees_neither_our_files_nor_our_environment(prover: Prover, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("token", encoding="utf-8")
    secret.chmod(0o644)
    looks = f"open({str(secret)!r}).read()\n"

    assert "FileNotFoundError" in with_script(prover, looks).said
    assert "FileNotFoundError" in with_script(prover, "open('/etc/passwd').read()\n").said
    listed = "import os\nraise ValueError(sorted(os.environ), os.getcwd(), os.listdir('.'))\n"
    said = with_script(prover, listed).said
    assert "QUIZ" not in said
    assert said.endswith(f"'/tmp', {own_folder_in_tmp()})")


def test_a_program_can_change_nothing_but_its_own_empty_folder(prover: Prover) -> None:
    target = str(Path(make.__file__).resolve().parents[1] / "quiz" / "planted.py")
    verdict = with_script(prover, f"open({target!r}, 'w').write('x')\n")

    assert "Read-only file system" in verdict.said
    assert not Path(target).exists()
    kept = "open('kept', 'w').write('x')\n" + (make.single().proof.script or "")
    assert with_script(prover, kept).state == "proved"
    assert "FileNotFoundError" in with_script(prover, "open('kept').read()\n").said


NEIGHBOURS = """import os
def there(n):
    try:
        os.kill(n, 0)
    except ProcessLookupError:
        return False
    return True
raise ValueError([n for n in range(1, 40_000) if there(n)])
"""


def test_a_program_has_no_rights_and_no_neighbours(prover: Prover) -> None:
    assert "ValueError: [1]" in with_script(prover, NEIGHBOURS).said
    rights = with_script(prover, "import os\nos.chroot('/tmp')\n").said
    assert "PermissionError" in rights
    mounts = (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "failed = libc.mount(b'x', b'/tmp', b'tmpfs', 0, None)\n"
        "raise ValueError(failed, os.strerror(ctypes.get_errno()))\n"
    )
    assert "Operation not permitted" in with_script(prover, mounts).said


def test_hidden_folders_are_empty_even_within_what_is_visible(tmp_path: Path) -> None:
    folder = Path(make.__file__).resolve().parents[1] / "quiz" / "bank"
    looks = f"import os\nraise ValueError(os.listdir({str(folder)!r}))\n"
    with provers(1, hidden=[folder]) as ready:
        assert with_script(ready[0], looks).said.endswith("ValueError: []")
    with provers(1, hidden=[tmp_path]) as ready:  # the control: without hiding it, it is there
        assert "order.py" in with_script(ready[0], looks).said


def test_a_program_that_writes_past_our_capture_cannot_spoil_the_verdict(prover: Prover) -> None:
    script = make.single().proof.script or ""

    assert with_script(prover, "import os\nos.write(1, b'hello\\n')\n" + script).state == "proved"


def test_a_missing_library_is_named_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    question = make.single(proof=make.single().proof.model_dump() | {"needs": ["numpy"]})

    assert verdict.verdict(question).ok
    monkeypatch.setattr(verdict, "find_spec", lambda _: None)
    assert verdict.verdict(question).said == "needs numpy: pip install 'mle-quiz[proof]'"


def test_a_prover_that_died_proves_and_refutes_nothing() -> None:
    with provers(1) as ready:
        ready[0].process.kill()
        ready[0].process.wait()
        with pytest.raises(ProverEndedError, match="the prover ended with code -9"):
            prove(make.single(), ready[0])
