"""Checking a whole folder: format, writing rules, and what questions say about each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from quiz.bank import question as q
from quiz.bank.files import QuestionFile, read_folder
from quiz.bank.lint import lint
from quiz.competency.catalogue import Catalogue
from quiz.competency.files import read_catalogue
from quiz.yamlfile import FileProblems, Problem


@dataclass(frozen=True)
class Row:
    """One question in a list."""

    id: str
    area: str
    skill: str
    type: str
    level: str
    status: str
    proof: str
    seconds: int


@dataclass(frozen=True)
class BankCheck:
    """What a check found."""

    questions: tuple[Row, ...]
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check_bank(root: Path, paths: Sequence[Path] = ()) -> BankCheck:
    """Check the questions under `paths` (default: all) and the framework they refer to."""
    folder = read_folder(root, paths)
    errors = list(folder.problems)
    warnings: list[Problem] = []
    catalogue: Catalogue | None = None
    try:
        catalogue = read_catalogue(root)
    except FileProblems as found:
        errors.extend(found.problems)
    for file in folder.files:
        errors.extend(_misplaced(file, catalogue))
        for breach in lint(file.question):
            problem = file.document.problem(breach.path, f"{breach.message} [{breach.rule}]")
            (errors if breach.grave == "error" else warnings).append(problem)
    if not paths:
        errors.extend(_enemies(folder.files))
    rows = tuple(_row(file.question, catalogue) for file in folder.files)
    return BankCheck(rows, tuple(sorted(errors)), tuple(sorted(warnings)))


def _misplaced(file: QuestionFile, catalogue: Catalogue | None) -> Iterator[Problem]:
    if catalogue is None:
        return
    area = catalogue.area_of.get(file.question.skill)
    if area is None:
        yield file.document.problem(("skill",), f"there is no skill {file.question.skill}")
    elif file.path.parent.parent.name != area.id:
        yield file.document.problem(
            ("skill",), f"belongs to the area {area.id}, so to {area.id}/{file.question.skill}/"
        )


def _enemies(files: Sequence[QuestionFile]) -> Iterator[Problem]:
    known = {file.question.id for file in files}
    for file in files:
        for i, enemy in enumerate(file.question.enemies):
            if enemy not in known:
                yield file.document.problem(("enemies", i), f"there is no question {enemy}")


def _row(question: q.Question, catalogue: Catalogue | None) -> Row:
    area = catalogue.area_of.get(question.skill) if catalogue else None
    kinds = {p.proof.kind for p in question.parts} if isinstance(question, q.Case) else {question.proof.kind}
    return Row(
        id=question.id,
        area=area.id if area else "",
        skill=question.skill,
        type=question.type,
        level=question.level,
        status=question.status,
        proof="+".join(sorted(kinds)),
        seconds=question.seconds,
    )
