"""Reading and writing the bank's folder: `<area>/<skill>/<id>.yaml`, one canonical form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quiz import yamlfile
from quiz.bank import question as q
from quiz.competency.files import read_yaml
from quiz.yamlfile import Document, FileProblems, Problem

NOT_QUESTIONS = {"profiles", "resources"}


@dataclass(frozen=True)
class QuestionFile:
    """A question with the file it stands in."""

    path: Path
    document: Document
    question: q.Question


@dataclass(frozen=True)
class Folder:
    """What was found under some paths: the questions that could be read, and what was wrong with the rest."""

    files: tuple[QuestionFile, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def question_paths(paths: Iterable[Path]) -> list[Path]:
    """All question files in the given files and folders."""
    found: set[Path] = set()
    for path in paths:
        within = {p for p in path.rglob("*.yaml") if not set(p.relative_to(path).parts) & NOT_QUESTIONS}
        found |= within if path.is_dir() else {path}
    return sorted(p for p in found if p.name != "competencies.yaml")


def read_folder(root: Path, paths: Sequence[Path] = ()) -> Folder:
    """Read the questions under `paths` (default: all), each named in errors by its path within `root`."""
    files: list[QuestionFile] = []
    problems: list[Problem] = []
    root = root.resolve()
    for path in question_paths(paths or [root]):
        try:
            files.append(read_question(path.resolve(), root))
        except FileProblems as found:
            problems.extend(found.problems)
    ids: dict[str, QuestionFile] = {}
    for file in files:
        if file.question.id in ids:
            other = ids[file.question.id].document.file
            problems.append(file.document.problem(("id",), f"the same id as {other}"))
        ids.setdefault(file.question.id, file)
    return Folder(tuple(files), tuple(sorted(problems)))


def read_question(path: Path, root: Path) -> QuestionFile:
    """Read one question. Raises FileProblems with every error of the file."""
    document = read_yaml(path, root if path.is_relative_to(root) else path.parent)
    question = validated(document)
    wrong = []
    if question.id != path.stem:
        wrong.append(document.problem(("id",), f"must be the file's name, {path.stem}"))
    if question.skill != path.parent.name:
        wrong.append(document.problem(("skill",), f"must be the folder's name, {path.parent.name}"))
    if wrong:
        raise FileProblems(wrong)
    return QuestionFile(path, document, question)


def validated(document: Document) -> q.Question:
    """The document as a question of its type. Raises FileProblems."""
    kind = document.data.get("type") if isinstance(document.data, dict) else None
    model = q.TYPES.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise FileProblems([document.problem(("type",), f"must be one of {', '.join(q.TYPES)}")])
    return yamlfile.validate(model, document)


def canonical(question: q.Question) -> str:
    """The question's text in the one canonical form."""
    return yamlfile.write(as_data(question))


def as_data(question: q.Question) -> dict[str, Any]:
    """The question as plain data in the order of the file's fields, defaults left out."""
    data = question.model_dump(mode="json", exclude_defaults=True)
    data["type"] = question.type
    return {name: _ordered(name, data[name]) for name in q.FIELD_ORDER if data.get(name) is not None}


def _ordered(name: str, value: Any) -> Any:
    if name == "fix":
        return {int(line): text for line, text in value.items()}
    if name == "parts":
        return [{n: part[n] for n in ("id", *q.FIELD_ORDER[2:]) if part.get(n) is not None} for part in value]
    return value
