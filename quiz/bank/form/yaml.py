"""The same text as YAML: what an editor may write, without what only files may change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from quiz import yamlfile
from quiz.bank import question as q
from quiz.bank.form.rows import named
from quiz.yamlfile import Document, FileProblems

FIXED = ("id", "type")


def as_yaml(data: Mapping[str, Any]) -> str:
    """The text in the canonical form, without programs."""
    return yamlfile.write(without_proof(data))


def without_proof(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data without proofs that are programs; they are written in files."""
    kept = {name: value for name, value in data.items() if name != "proof" or value.get("kind") == "none"}
    if "parts" in kept:
        kept["parts"] = [without_proof(part) for part in kept["parts"]]
    return kept


def from_yaml(text: str, stored: Mapping[str, Any]) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """The data that YAML holds, with the stored proofs put back, and every error by its line.

    The data is None where it can't be read at all.
    """
    try:
        document = yamlfile.parse(text, "the text")
    except FileProblems as error:
        return None, _told(error, text)
    if not isinstance(document.data, dict):
        return None, {"yaml": "This is no question: fields with values are expected, as in “title: …”."}
    told = _refused(document, stored)
    data = _with_proofs({n: v for n, v in document.data.items() if n != "status"}, stored)
    whole = {**data, **{name: stored[name] for name in FIXED}, "status": "draft"}
    try:
        yamlfile.validate(q.TYPES[str(stored["type"])], Document(document.file, whole, document.lines))
    except FileProblems as error:
        told = {**told, **_told(error, text)}
    data = {name: whole[name] for name in q.FIELD_ORDER if name in whole and name != "status"}
    if isinstance(data.get("fix"), dict):  # YAML gives names as text; these are numbers of lines
        data["fix"] = {int(n) if re.fullmatch("[0-9]{1,4}", n) else n: text for n, text in data["fix"].items()}
    return (named(data) if not told else data), told


def _told(error: FileProblems, text: str) -> dict[str, str]:
    """Each problem with its line and what stands there, named by the number of the line."""
    said: dict[str, str] = {}
    for i, one in enumerate(error.problems):
        where = f"Line {one.line}: " if one.line else ""
        said[f"yaml.{one.line}.{i}"] = (
            f"{where}{one.field + ' ' if one.field else ''}{one.message}{yamlfile.quoted(text, one.line)}"
        )
    return said


def _refused(document: Document, stored: Mapping[str, Any]) -> dict[str, str]:
    """What only files may change."""
    told = {}
    for name in FIXED:
        if document.data.get(name, stored[name]) != stored[name]:
            line = document.lines.get((name,), 0)
            told[f"yaml.{line}.{name}"] = f"Line {line}: {name} can't be changed; copy the question instead."
    proof = document.data.get("proof")
    if isinstance(proof, dict) and proof.get("kind") != "none":
        line = document.lines.get(("proof",), 0)
        told[f"yaml.{line}.proof"] = f"Line {line}: a program is written in files."
    return told


def _with_proofs(data: dict[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    if "parts" in stored:
        kept = {part["id"]: part["proof"] for part in stored["parts"]}
        parts = data.get("parts")
        if isinstance(parts, list):
            data["parts"] = [_part(part, kept) for part in parts]
        return data
    if stored["proof"]["kind"] != "none":
        return {**data, "proof": stored["proof"]}
    return {"proof": stored["proof"], **data}


def _part(part: Any, kept: Mapping[str, Any]) -> Any:
    if not isinstance(part, dict):
        return part
    proof = kept.get(str(part.get("id")))
    if proof is not None and proof["kind"] != "none":
        return {**part, "proof": proof}
    own = part.get("proof")
    if isinstance(own, dict) and own.get("kind") != "none":
        return {**part, "proof": "a program is written in files"}
    return {"proof": proof or {"kind": "none", "reason": "Say why no program can decide this."}, **part}
