"""Small valid questions of all nine types, and a small framework they belong to, made in code.

Every question passes lint and its proof, so that a test shows by its changes alone what it is about:
`single(key="shrinks")` is a single with a wrong key.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from quiz import yamlfile
from quiz.bank import question as q
from quiz.bank.files import canonical
from quiz.bank.items import curve
from quiz.bank.version import LiveQuestion
from quiz.competency.catalogue import STEPS, Catalogue, Competencies, Profile, Resources

AREA = "coding"
SKILL = "queues"
DOUBT = 0.6

_HEAD: dict[str, Any] = {
    "skill": SKILL,
    "level": "independent",
    "seconds": 60,
    "status": "live",
    "title": "A small question",
    "references": [{"title": "A book about queues"}],
}

_GROWTH = """\
GROWTH = {
    "It grows by 20 a second": 20,
    "It stays as long as it is": 0,
    "It shrinks by 20 a second": -20,
    "It grows by 120 a second": 120,
}


def holds(content):
    return GROWTH[content] == 120 - 100
"""

_TRAITS = """\
TRUE = {"It returns the oldest entry", "It makes the queue shorter"}


def holds(content):
    return content in TRUE
"""

_SUITS = """\
SUITS = {
    ("The oldest waiting request is served next", "A queue"),
    ("The newest change is undone first", "A stack"),
}


def holds(premise, response):
    return (premise, response) in SUITS
"""

_DOUBLES = """\
def test(source):
    space = {}
    exec(source, space)
    return [space["double"](n) for n in (0, 3, 5)] == [0, 6, 10]
"""

_FLOW = """\
BEFORE = [("Read the request", "Send the reply"), ("Open the socket", "Send the reply")]


def accepts(sequence):
    if sorted(sequence) != ["Open the socket", "Read the request", "Send the reply"]:
        return False
    return all(sequence.index(a) < sequence.index(b) for a, b in BEFORE)
"""

_SINGLE: dict[str, Any] = {
    "stem": "A service answers 100 requests a second and 120 arrive. What happens to its queue?\n",
    "options": [
        {"id": "grows", "text": "It grows by 20 a second", "why": "What arrives and is not answered has to wait."},
        {"id": "stays", "text": "It stays as long as it is", "why": "That needs as many answers as requests."},
        {"id": "shrinks", "text": "It shrinks by 20 a second", "why": "The two rates stand the other way round."},
        {"id": "all", "text": "It grows by 120 a second", "why": "This forgets that most are answered at once."},
    ],
    "key": "grows",
    "proof": {"kind": "truth", "script": _GROWTH},
}

_MULTIPLE: dict[str, Any] = {
    "stem": "A program calls `popleft` on a queue that holds three entries. What follows?\n",
    "options": [
        {"id": "oldest", "text": "It returns the oldest entry", "why": "The left end holds what came first."},
        {"id": "newest", "text": "It returns the newest entry", "why": "The newest entry stands at the right end."},
        {"id": "shorter", "text": "It makes the queue shorter", "why": "What is popped is taken out of it."},
        {"id": "copies", "text": "It copies the whole queue", "why": "Only one entry is touched by this call."},
    ],
    "key": ["oldest", "shorter"],
    "proof": {"kind": "truth", "script": _TRAITS},
}

_NUMBER: dict[str, Any] = {
    "stem": "At {rate} requests a second, how many arrive in {span} seconds?\n",
    "given": {"rate": 12, "span": 5},
    "key": {"value": 60, "unit": "requests"},
    "traps": [{"value": 17, "slip": "rate + span", "why": "The two numbers were added, not multiplied."}],
    "why": "Each second brings the same number, so it is multiplied.",
    "proof": {"kind": "number", "script": "answer = rate * span\n"},
}

_PLAIN_NUMBER: dict[str, Any] = {
    "stem": "How many requests arrive in 5 seconds at 12 a second?\n",
    "key": {"value": 60},
    "why": "Each second brings the same number of them.",
    "proof": {"kind": "number", "script": "answer = 12 * 5\n"},
}

_FILL: dict[str, Any] = {
    "stem": "What does this program print?\n\n```python\nprint([3, 1, 2][-1])\n```\n",
    "accept": ["2"],
    "reject": [{"text": "3", "why": "The index counts from the end here."}],
    "why": "Index minus one is the last entry of a list.",
    "proof": {"kind": "output"},
}

_BODIES: Mapping[str, dict[str, Any]] = {
    "single": _SINGLE,
    "multiple": _MULTIPLE,
    "number": _NUMBER,
    "fill": _FILL,
    "line": {
        "stem": "`double` should return twice its argument. Which line is wrong?\n",
        "language": "python",
        "code": "def double(x):\n    y = 2\n\n    return x + y\n",
        "key": [4],
        "fix": {4: "    return x * y"},
        "traps": [{"line": 2, "why": "Another constant makes it right for one argument only.", "fix": "    y = 3"}],
        "why": "The last line adds where it should multiply.",
        "proof": {"kind": "line", "script": _DOUBLES},
    },
    "order": {
        "stem": "Put the steps of the server in order. Several orders may count.\n",
        "lines": [
            {"id": "open", "text": "Open the socket", "why": "A reply needs a socket to travel through."},
            {"id": "read", "text": "Read the request", "why": "Nobody can answer what was not read."},
            {"id": "send", "text": "Send the reply", "why": "The reply needs everything that stands before."},
        ],
        "key": {"send": ["open", "read"]},
        "proof": {"kind": "order", "script": _FLOW},
    },
    "match": {
        "stem": "Match each need with the structure that fits it.\n",
        "premises": [
            {"id": "oldest", "text": "The oldest waiting request is served next"},
            {"id": "undo", "text": "The newest change is undone first"},
        ],
        "responses": [
            {"id": "queue", "text": "A queue"},
            {"id": "stack", "text": "A stack"},
            {"id": "set", "text": "A set"},
            {"id": "matrix", "text": "A matrix"},
        ],
        "key": {"oldest": "queue", "undo": "stack"},
        "why": {
            "oldest": "What came first leaves a queue first.",
            "undo": "What came last leaves a stack first.",
            "set": "A set does not know what came first.",
            "matrix": "A matrix has places and no arrivals.",
        },
        "proof": {"kind": "truth", "script": _SUITS},
    },
    "judgement": {
        "stem": "A colleague's change makes the queue slower. What do you say in the review?\n",
        "options": [
            {"id": "show", "text": "I show the measurement and ask", "why": "It gives facts and leaves room."},
            {"id": "ask", "text": "I ask whether it was measured", "why": "It helps, but you hold the facts back."},
            {"id": "mend", "text": "I rewrite the change myself", "why": "It works once and teaches nobody."},
            {"id": "block", "text": "I refuse it without a word", "why": "Nobody learns what is wrong with it."},
        ],
        "key": {"show": 3, "ask": 2, "mend": 1, "block": 0},
        "basis": "editorial",
        "proof": {"kind": "none", "reason": "A judgement from the guidance in the references."},
    },
    "case": {
        "stem": "A shop's queue fills up every Monday.\n",
        "parts": [
            {"id": "first", "type": "single", **_SINGLE},
            {"id": "second", "type": "number", **_PLAIN_NUMBER},
        ],
    },
}


def written(kind: str, **changes: Any) -> dict[str, Any]:
    """A question of this type as it would stand in a file, with some fields changed."""
    return deepcopy({"id": f"a-{kind}", "type": kind, **_HEAD, **_BODIES[kind], **changes})


def part(kind: str, **changes: Any) -> dict[str, Any]:
    """A part of a case as it would stand in a file."""
    body = _PLAIN_NUMBER if kind == "number" else _BODIES[kind]
    return deepcopy({"id": f"part-{kind}", "type": kind, **body, **changes})


def single(**changes: Any) -> q.Single:
    """Key `grows`, beside `stays`, `shrinks` and `all`."""
    return q.Single.model_validate(written("single", **changes))


def multiple(**changes: Any) -> q.Multiple:
    """Key `oldest` and `shorter`, beside `newest` and `copies`."""
    return q.Multiple.model_validate(written("multiple", **changes))


def number(**changes: Any) -> q.Number:
    """Key 60 requests, from a rate of 12 over 5 seconds."""
    return q.Number.model_validate(written("number", **changes))


def fill(**changes: Any) -> q.Fill:
    """Accepts `2`, the output of its stem's program."""
    return q.Fill.model_validate(written("fill", **changes))


def line(**changes: Any) -> q.LineQuestion:
    """Four rows, the third blank, the fourth wrong."""
    return q.LineQuestion.model_validate(written("line", **changes))


def order(**changes: Any) -> q.Order:
    """`open` and `read` in any order, then `send`."""
    return q.Order.model_validate(written("order", **changes))


def match(**changes: Any) -> q.Match:
    """`oldest` goes with `queue`, `undo` with `stack`; `set` and `matrix` are spare."""
    return q.Match.model_validate(written("match", **changes))


def judgement(**changes: Any) -> q.Judgement:
    """Credits: show 3, ask 2, mend 1, block 0."""
    return q.Judgement.model_validate(written("judgement", **changes))


def case(**changes: Any) -> q.Case:
    """Two parts: `first`, the single, and `second`, a number with key 60."""
    return q.Case.model_validate(written("case", **changes))


def one_of_each() -> list[q.Question]:
    """One question of each of the nine types."""
    return [single(), multiple(), number(), fill(), line(), order(), match(), judgement(), case()]


def live(question: q.Question, revision: int = 1) -> LiveQuestion:
    """The question as it would be asked."""
    return LiveQuestion(revision, question, curve(question, DOUBT))


def options(*contents: object, field: str = "text") -> list[dict[str, Any]]:
    """Options `a`, `b`, … with these contents."""
    why = "A reason that is long enough to teach."
    return [{"id": chr(ord("a") + i), field: content, "why": why} for i, content in enumerate(contents)]


def _skill(name: str, *prerequisites: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": name.capitalize(),
        "definition": f"Knows about {name}.",
        "prerequisites": list(prerequisites),
        "steps": {step: f"Is {step} with {name}." for step in STEPS},
        "hours": dict(zip(STEPS, (10, 20, 40, 80), strict=True)),
    }


def _area(name: str, *skills: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "name": name.capitalize(), "definition": f"All about {name}.", "skills": list(skills)}


def _asked(weight: float, *targets: float) -> dict[str, Any]:
    seniorities = ("junior", "mid", "senior", "staff")
    return {
        "weight": weight,
        "basis": "Invented.",
        "targets": dict(zip(seniorities, targets, strict=True)),
        "targets_basis": "Invented.",
    }


def framework() -> dict[str, Any]:
    """The files of a framework with two areas of two skills each, as plain data by path."""
    book = {"title": "A book", "kind": "book", "step": "guided", "hours": 10, "free": True}
    return {
        "competencies.yaml": {
            "steps": [{"id": step, "summary": f"Is {step}."} for step in STEPS],
            "prior": {"mean": 1.75, "general": 1.2, "area": 0.48, "skill": 0.3, "targets": 0.25, "levels": DOUBT},
            "areas": [
                _area(AREA, _skill("loops"), _skill(SKILL, "loops")),
                _area("talking", _skill("explaining"), _skill("listening", "explaining")),
            ],
            "sources": {"survey": {"title": "A survey", "seen": "All of it"}},
        },
        "profiles/tester.yaml": {
            "id": "tester",
            "name": "Tester",
            "about": "Tests what others build.",
            "sources": ["survey"],
            "areas": {AREA: _asked(0.6, 1.0, 2.0, 2.5, 3.0), "talking": _asked(0.4, 1.0, 1.5, 2.0, 3.0)},
            "importance": {SKILL: 3},
            "importance_basis": "Invented.",
        },
        "resources/coding.yaml": {"skills": {"loops": [book], SKILL: [book]}},
        "resources/talking.yaml": {"skills": {"explaining": [book], "listening": [book]}},
    }


def catalogue() -> Catalogue:
    """The framework as the product holds it."""
    files = framework()
    profile = Profile.model_validate(files["profiles/tester.yaml"])
    both = [Resources.model_validate(files[f"resources/{area}.yaml"]) for area in (AREA, "talking")]
    return Catalogue(
        competencies=Competencies.model_validate(files["competencies.yaml"]),
        profiles={profile.id: profile},
        resources={skill: found for one in both for skill, found in one.skills.items()},
    )


def write_framework(folder: Path, files: Mapping[str, Any] | None = None) -> Path:
    """Write a framework's files; gives the folder."""
    for name, data in (files or framework()).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yamlfile.write(data), encoding="utf-8")
    return folder


def write_question(folder: Path, question: q.Question, area: str = AREA) -> Path:
    """Write a question where it belongs; gives its path."""
    path = folder / area / question.skill / f"{question.id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(canonical(question), encoding="utf-8")
    return path
