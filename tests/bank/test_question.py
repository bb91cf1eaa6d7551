from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from quiz.bank import question as q
from quiz.bank.proofs import is_proved
from tests import factories as make

REASON = "Nothing needs this pause here."
SPARE = {"id": "spare", "text": "Wait a while", "why": REASON}


def refusal(kind: str, **changes: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        q.TYPES[kind].model_validate(make.written(kind, **changes))
    return str(refused.value)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("single", {"key": "nowhere"}, "the key names options that do not exist: nowhere"),
    ("single", {"options": make.options("One", "Two")}, "at least 3"),
    (
        "single",
        {"options": make.options("One", "Two", "Two"), "key": "a"},
        "the content of an option stands here twice",
    ),
    (
        "single",
        {"options": [*make.options("One", "Two"), make.options("Three")[0]], "key": "a"},
        "the option stands here",
    ),
    (
        "single",
        {"options": [{**make.options("One")[0], "value": 1}, *make.options("Two", "Three")]},
        "needs exactly one of",
    ),
    ("single", {"proof": {"kind": "truth"}}, "needs `script`"),
    ("single", {"proof": {"kind": "none"}}, "needs `reason`"),
    ("single", {"proof": {"kind": "model", "reason": "As documented."}}, "needs `script`"),
    ("single", {"proof": {"kind": "sql", "setup": "select 1"}}, "needs `expect`"),
    ("single", {"proof": None}, "proof"),
    ("single", {"references": []}, "references"),
    ("single", {"references": [{"title": "A page", "url": "javascript:alert(1)"}]}, "url"),
    ("single", {"given": {"X": 1}}, "given"),
    ("single", {"seconds": 5}, "seconds"),
    ("single", {"title": "Short"}, "title"),
    ("single", {"id": "Not an id"}, "id"),
    ("multiple", {"key": []}, "key"),
    ("multiple", {"key": ["oldest", "oldest"]}, "in the key the option stands here twice"),
    ("multiple", {"key": ["oldest", "newest", "shorter", "copies"]}, "may not be every option"),
    ("number", {"key": {"value": 60.5}}, "more than 0 decimals"),
    ("number", {"key": {"value": float("inf")}}, "decimals"),
    ("number", {"traps": [{"value": 60.4, "why": REASON}]}, "rounds to the key"),
    ("number", {"why": None}, "why"),
    ("fill", {"accept": []}, "accept"),
    ("line", {"key": [5], "fix": {5: "x"}}, "lines that exist"),
    ("line", {"key": [3], "fix": {3: "x"}}, "not empty"),
    ("line", {"fix": {}}, "one replacement for each line"),
    ("line", {"traps": [{"line": 4, "why": REASON, "fix": "x"}]}, "a trap stands on a right line"),
    ("line", {"code": "x = 1\n" * 21}, "more than 20 lines"),
    ("order", {"key": {"open": ["read"], "read": ["open"]}}, "the key is circular"),
    ("order", {"key": {"send": ["spare"]}, "unused": [SPARE]}, "lines that do not exist: spare"),
    ("order", {"unused": [SPARE | {"id": "open"}]}, "the line stands here twice: open"),
    ("order", {"unused": [SPARE | {"id": f"s{i}"} for i in range(6)]}, "at most 8 lines"),
    ("match", {"key": {"oldest": "queue"}}, "the key lacks the premises undo"),
    ("match", {"key": {"oldest": "queue", "undo": "queue"}}, "in the key the response stands here twice"),
    ("match", {"key": {"oldest": "queue", "undo": "nothing"}}, "responses that do not exist"),
    ("match", {"why": {"oldest": REASON}}, "a reason for each premise and each spare response"),
    ("judgement", {"key": {"show": 3, "ask": 3, "mend": 0, "block": 0}}, "exactly one reply earns 3"),
    ("judgement", {"key": {"show": 3, "ask": 2, "mend": 2, "block": 2}}, "spread"),
    ("judgement", {"key": {"show": 3, "ask": 0}}, "a credit for every reply"),
    ("judgement", {"basis": "taste"}, "editorial"),
    ("case", {"parts": [make.part("single")]}, "at least 2"),
    ("case", {"parts": [make.part("single"), make.part("single")]}, "the part stands here twice"),
    ("case", {"parts": [make.part("single"), make.part("order")]}, "order"),
    ("case", {"proof": {"kind": "none", "reason": REASON}}, "proof"),
]


@pytest.mark.parametrize(("kind", "changes", "said"), REFUSED, ids=[f"{r[0]}-{i}" for i, r in enumerate(REFUSED)])
def test_a_question_that_contradicts_itself_is_refused_in_words(kind: str, changes: dict[str, Any], said: str) -> None:
    assert said in refusal(kind, **changes)


def test_a_match_needs_two_spare_responses() -> None:
    premises = [{"id": f"p{i}", "text": f"Need {i}"} for i in range(3)]
    key = {"p0": "queue", "p1": "stack", "p2": "set"}

    assert "two more responses" in refusal("match", premises=premises, key=key, why={})


@pytest.mark.parametrize("kind", list(q.TYPES))
def test_a_misspelt_field_is_refused(kind: str) -> None:
    assert "Extra inputs are not permitted" in refusal(kind, optoins=[])


@pytest.mark.parametrize("kind", list(q.TYPES))
def test_no_field_of_the_head_can_be_left_out(kind: str) -> None:
    for name in ("id", "skill", "level", "seconds", "status", "title", "stem", "references"):
        data = make.written(kind)
        del data[name]
        with pytest.raises(ValidationError, match=name):
            q.TYPES[kind].model_validate(data)


@pytest.mark.parametrize("kind", list(q.TYPES))
def test_every_field_has_its_place_in_the_file(kind: str) -> None:
    assert set(q.TYPES[kind].model_fields) <= set(q.FIELD_ORDER)


def test_a_reference_leads_to_its_address_or_to_its_doi() -> None:
    assert q.Reference(title="A book").address is None
    assert q.Reference(title="A page", url="https://example.org/a").address == "https://example.org/a"
    assert q.Reference(title="A paper", doi="10.1/x").address == "https://doi.org/10.1/x"


def test_a_case_is_proved_when_every_part_is() -> None:
    unproved = {"kind": "none", "reason": "No program can check this."}

    assert is_proved(make.case())
    assert not is_proved(make.case(parts=[make.part("single"), make.part("number", proof=unproved)]))
    assert not is_proved(make.judgement())
