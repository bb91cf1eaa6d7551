"""That a question's proofs were run: what the verdict holds for, and its record in `<area>/proofs.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from quiz.bank import question as q
from quiz.bank.pieces import Id, Strict
from quiz.bank.plain import as_data
from quiz.bank.text import code_blocks

_HEAD = frozenset(
    {"id", "skill", "level", "seconds", "status", "title", "stem", "references", "figures", "enemies", "notes", "basis"}
)
_WORDS = frozenset({"why", "reason", "unmoved"})


class ProofRecord(Strict):
    """That every program of a question agreed with its key: on what content, when, and with which libraries."""

    content: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    on: Annotated[date, Field(strict=False)]
    versions: dict[str, str]
    note: str = ""


Records = Mapping[str, ProofRecord]
RECORDS: TypeAdapter[dict[str, ProofRecord]] = TypeAdapter(dict[Id, ProofRecord])


How = Literal["run", "model", "partly", "none"]


def proofs_of(question: q.Question) -> list[q.Proof]:
    """The proof of a question, or of each part of a case."""
    found = [part.proof for part in question.parts] if isinstance(question, q.Case) else [question.proof]
    return [proof for proof in found if proof is not None]


def proved_how(question: q.Question) -> How:
    """`run`: a program runs the thing itself; `model`: a model of it; `partly`: not every part; `none`: editorial."""
    kinds = {proof.kind for proof in proofs_of(question)}
    if kinds == {"none"}:
        return "none"
    if "none" in kinds:
        return "partly"
    return "model" if "model" in kinds else "run"


def is_proved(question: q.Question) -> bool:
    """Whether a program stands behind the whole key (of a case: behind every part)."""
    return proved_how(question) in {"run", "model"}


def proof_hash(question: q.Question) -> str:
    """Names what the proofs read. Equal while only words for people change: title, prose, reasons, level, notes."""
    text = json.dumps(_read_by_proof(as_data(question)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _read_by_proof(data: Mapping[str, Any]) -> Any:
    read = {name: _without_words(value) for name, value in data.items() if name not in _HEAD | _WORDS | {"parts"}}
    if "stem" in data:
        read["code in the stem"] = code_blocks(data["stem"])
    if "parts" in data:
        read["parts"] = [_read_by_proof(part) for part in data["parts"]]
    return read


def _without_words(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _without_words(child) for name, child in value.items() if name not in _WORDS}
        case list():
            return [_without_words(child) for child in value]
        case _:
            return value


def written(records: Records) -> str:
    """The records of an area in the one canonical form."""
    data = {name: records[name].model_dump(mode="json", exclude_defaults=True) for name in sorted(records)}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
