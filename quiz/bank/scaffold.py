"""A first file for a new question of each type: valid, complete, and plainly unfinished."""

from __future__ import annotations

from typing import Any

from quiz.bank import question as q

WHY = "Say what a person who chooses this believes, and what corrects it."
NO_REASON = "Say why no program can decide this."


def scaffold(kind: str, skill: str, name: str) -> q.Question:
    """A draft of type `kind`; every text says what belongs in its place."""
    return q.TYPES[kind].model_validate({"type": kind, **_head(name, skill), **BODIES[kind]})


def _head(name: str, skill: str) -> dict[str, Any]:
    return {
        "id": name,
        "skill": skill,
        "level": "independent",
        "seconds": 60,
        "status": "draft",
        "title": "What is decided here?",
        "stem": "Describe the situation with the facts needed and no more. Then ask: what does the engineer do?\n",
        "references": [{"title": "Where a reader can check the answer"}],
        "notes": "Write from a decision. Prove it, check it, have it answered blind twice, then set status to live.\n",
    }


def _options(*, count: int) -> list[dict[str, Any]]:
    return [{"id": chr(97 + i), "text": f"Choice {i + 1}", "why": WHY} for i in range(count)]


def _truth(script: str) -> dict[str, Any]:
    return {"kind": "truth", "script": script}


_HOLDS = "def holds(content):\n    return content == 'Choice 1'\n"
_SINGLE: dict[str, Any] = {"options": _options(count=4), "key": "a", "proof": _truth(_HOLDS)}
BODIES: dict[str, dict[str, Any]] = {
    "single": _SINGLE,
    "multiple": {
        "options": _options(count=4),
        "key": ["a", "b"],
        "proof": _truth("def holds(content):\n    return content in {'Choice 1', 'Choice 2'}\n"),
    },
    "number": {
        "given": {"rate": 12, "seconds": 5},
        "stem": "At {rate} requests a second, how many arrive in {seconds} seconds?\n",
        "key": {"value": 60, "unit": "requests"},
        "traps": [{"value": 17, "slip": "rate + seconds", "why": "The two were added, not multiplied."}],
        "why": "Show the way from the facts to the number.",
        "proof": {"kind": "number", "script": "answer = rate * seconds\n"},
    },
    "fill": {
        "stem": "What does this program print?\n\n```python\nprint(1 + 1)\n```\n",
        "accept": ["2"],
        "reject": [{"text": "11", "why": "The numbers are added, not joined."}],
        "why": "Show how the program comes to its output.",
        "proof": {"kind": "output"},
    },
    "line": {
        "stem": "Say what the program should do. Which line is wrong?\n",
        "language": "python",
        "code": "def double(x):\n    return x + 1\n",
        "key": [2],
        "fix": {2: "    return x + x"},
        "traps": [{"line": 1, "why": WHY, "fix": "def double(x=0):"}],
        "why": "Say what the line does and what it should do.",
        "proof": {
            "kind": "line",
            "script": "def test(source):\n    s = {}\n    exec(source, s)\n    return s['double'](5) == 10\n",
        },
    },
    "order": {
        "stem": "Put the steps in order. Several orders may count; say so.\n",
        "lines": [{"id": f"s{i}", "text": f"Step {i}", "why": WHY} for i in (1, 2, 3)],
        "key": {"s1": [], "s2": ["s1"], "s3": ["s2"]},
        "proof": {"kind": "order", "script": "def accepts(sequence):\n    return sequence == sorted(sequence)\n"},
    },
    "match": {
        "stem": "Match each situation with what fits it.\n",
        "premises": [{"id": f"p{i}", "text": f"Situation {i}"} for i in (1, 2)],
        "responses": [{"id": f"r{i}", "text": f"Response {i}"} for i in (1, 2, 3, 4)],
        "key": {"p1": "r1", "p2": "r2"},
        "why": dict.fromkeys(("p1", "p2", "r3", "r4"), WHY),
        "proof": {"kind": "none", "reason": NO_REASON},
    },
    "judgement": {
        "options": _options(count=4),
        "key": {"a": 3, "b": 2, "c": 1, "d": 0},
        "basis": "editorial",
        "proof": {"kind": "none", "reason": "A judgement from the guidance named in the references."},
    },
    "case": {
        "parts": [
            {"id": "first", "type": "single", "stem": "What is done first?\n", **_SINGLE},
            {"id": "second", "type": "single", "stem": "What is measured afterwards?\n", **_SINGLE},
        ],
    },
}
