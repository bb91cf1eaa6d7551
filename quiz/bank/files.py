"""Reading and writing the bank's folder: `<area>/<skill>/<id>.yaml`, one canonical form."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from quiz import yamlfile
from quiz.bank import question as q
from quiz.bank.plain import as_data
from quiz.bank.proofs import RECORDS, ProofRecord, Records, written
from quiz.competency.files import read_yaml
from quiz.tracking import Track, untracked
from quiz.yamlfile import Document, FileProblems, Problem

NOT_QUESTIONS = {"profiles", "resources", "examples", "competencies.yaml", "blueprint.yaml", "path.yaml"}
RECORDS_NAME = "proofs.json"


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
    return sorted(p for p in found if p.name not in NOT_QUESTIONS)


def read_folder(root: Path, paths: Sequence[Path] = (), track: Track = untracked) -> Folder:
    """Read the questions under `paths` (default: all), each named in errors by its path within `root`."""
    files: list[QuestionFile] = []
    problems: list[Problem] = []
    root = root.resolve()
    for path in track("Reading", question_paths(paths or [root])):
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
    return question_file(path, read_yaml(path, root if path.is_relative_to(root) else path.parent))


def question_file(path: Path, document: Document) -> QuestionFile:
    """The document as the question that stands, or would stand, at `path`. Raises FileProblems with every error."""
    question = validated(document)
    wrong = []
    if question.id != path.stem:
        wrong.append(document.problem(("id",), f"must be the file's name, {path.stem}"))
    if question.skill != path.parent.name:
        wrong.append(document.problem(("skill",), f"must be the folder's name, {path.parent.name}"))
    if wrong:
        raise FileProblems(wrong)
    return QuestionFile(path, document, question)


def file_in_place(document: Document, area: str) -> QuestionFile:
    """The document as the question of an area, where its file would stand. Raises FileProblems with every error."""
    question = validated(document)
    return QuestionFile(Path(area, question.skill, f"{question.id}.yaml"), document, question)


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


def write_file(path: Path, text: str) -> None:
    """Write a whole file or nothing: whoever reads meanwhile, or after a crash, sees the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(path.stat().st_mode if path.exists() else 0o644)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_records(root: Path) -> dict[str, dict[str, ProofRecord]]:
    """By area, which proofs held (`<area>/proofs.json`). Raises FileProblems with every error of every file."""
    found: dict[str, dict[str, ProofRecord]] = {}
    problems: list[Problem] = []
    for path in sorted(root.resolve().glob(f"*/{RECORDS_NAME}")):
        try:  # JSON is YAML, so the limits, the line numbers and the refusal of duplicate keys come with it
            found[path.parent.name] = yamlfile.validate_with(RECORDS, read_yaml(path, root.resolve()))
        except FileProblems as error:
            problems.extend(error.problems)
    if problems:
        raise FileProblems(problems)
    return found


def write_records(root: Path, area: str, records: Records) -> bool:
    """Write an area's proof records; whether the file changed."""
    path = root / area / RECORDS_NAME
    text = written(records)
    if (path.read_text(encoding="utf-8") if path.exists() else written({})) == text:
        return False
    write_file(path, text)
    return True
