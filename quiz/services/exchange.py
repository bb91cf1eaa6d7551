"""Questions out of the bank and into it, as a ZIP of YAML files or as CSV. What comes in comes in as drafts.

An import is first shown and then done: `plan_import` says what each file or row would do, and `carry_out` does it
only if the same plan comes out again. Where one thing is refused, nothing is done.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from quiz import yamlfile
from quiz.bank import question as q
from quiz.bank.archive import INDEX, packed, unpacked
from quiz.bank.check import check_among
from quiz.bank.files import QuestionFile, canonical, question_file
from quiz.bank.sheet import read_sheet, sheet
from quiz.bank.wrong_file import wrong_file
from quiz.competency.catalogue import Catalogue
from quiz.services.accounts import Actor
from quiz.services.editing import RESERVED, as_draft, wording
from quiz.store import bank as store
from quiz.store.audit import record
from quiz.store.listing import states
from quiz.store.revisions import add_text, text_numbered
from quiz.yamlfile import FileProblems, Problem

MAX_UPLOAD = 1024 * 1024
Verdict = Literal["new", "changed", "unchanged", "kept", "refused", "left out"]
VERDICTS: Mapping[Verdict, str] = {
    "refused": "refused",
    "new": "new",
    "changed": "changed",
    "kept": "older than what is here, not taken",
    "left out": "left out",
    "unchanged": "unchanged",
}
Held = Literal["newest", "asked"]
HELD: Mapping[Held, str] = {"newest": "newest texts, drafts included", "asked": "texts as they are asked today"}
"""Which texts an export holds. Of a question that is not asked, both hold the newest."""
REVISIONS = TypeAdapter(dict[str, int])


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Line:
    """What one file or row would do. `before`: the number of the question's text now, None: there is none."""

    verdict: Verdict
    file: str
    line: int
    id: str
    reasons: tuple[str, ...] = ()
    before: int | None = None


@dataclass(frozen=True)
class ImportPlan:
    """What an upload would do. `shown` names exactly this: the same bytes doing the same to the same texts."""

    lines: tuple[Line, ...]
    texts: tuple[q.Question, ...]
    shown: str

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many lines have each verdict, the gravest first; those without any are left out."""
        found = Counter(line.verdict for line in self.lines)
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}

    @property
    def refused(self) -> bool:
        """Whether anything was refused; then nothing can be imported."""
        return any(line.verdict == "refused" for line in self.lines)


class ChangedMeanwhileError(Exception):
    """The plan is not what was shown: the bank, or the file, has changed since."""


@dataclass(frozen=True)
class _Incoming:
    """A question from an upload, as `line` of `file`, made from the text with the number `base` if that is known."""

    line: Line
    file: QuestionFile | None
    base: int | None


def export_zip(
    session: Session, catalogue: Catalogue, areas: Collection[str] = (), held: Held = "newest"
) -> Iterator[bytes]:
    """Every question (of these areas) as canonical files in a ZIP, with the numbers of their revisions."""
    texts = _exported(session, catalogue, areas, held)
    index = json.dumps({text.id: number for text, number in texts}, indent=1, sort_keys=True) + "\n"
    files = ((f"{catalogue.area_of[t.skill].id}/{t.skill}/{t.id}.yaml", canonical(t)) for t, _ in texts)
    return packed(_chain((INDEX, index), files))


def export_csv(
    session: Session, catalogue: Catalogue, areas: Collection[str] = (), held: Held = "newest"
) -> Iterator[str]:
    """Every single, multiple, number and fill (of these areas) as CSV."""
    return sheet(_exported(session, catalogue, areas, held))


def _chain(first: tuple[str, str], rest: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    yield first
    yield from rest


def _exported(
    session: Session, catalogue: Catalogue, areas: Collection[str], held: Held
) -> list[tuple[q.Question, int]]:
    numbers = store.text_numbers(session) if held == "newest" else store.settled_numbers(session)
    texts = (store.newest_texts(session) if held == "newest" else store.settled_texts(session)).values()
    kept = [t for t in texts if t.skill in catalogue.area_of and (not areas or catalogue.area_of[t.skill].id in areas)]
    kept.sort(key=lambda t: (catalogue.area_of[t.skill].id, t.skill, t.id))
    return [(text, numbers[text.id]) for text in kept]


def plan_import(session: Session, catalogue: Catalogue, upload: Upload) -> ImportPlan:
    """What an upload would do, line by line; nothing is changed."""
    try:
        incoming = _read(upload, catalogue)
    except FileProblems as found:
        lines = [Line("refused", p.file or upload.name, p.line, "", (_said(p),)) for p in found.problems]
        return _plan(upload, lines, [])
    texts = store.newest_texts(session)
    judged = _judged(session, _once(incoming), texts)
    taken = [one.file for one in judged if one.file and one.line.verdict in {"new", "changed"}]
    names = {file.question.id for file in taken}
    others = [text for name, text in texts.items() if name not in names and text.status != "withdrawn"]
    wrong: dict[str, list[str]] = {}
    for name, problem in check_among(taken, others, catalogue) if taken else ():
        wrong.setdefault(name, []).append(_placed(problem))
    lines = [_refused(one.line, wrong.get(one.line.id, []) if one.file else []) for one in judged]
    return _plan(upload, lines, [as_draft(file.question) for file in taken])


def carry_out(session: Session, catalogue: Catalogue, upload: Upload, shown: str, by: Actor, now: int) -> ImportPlan:
    """Store what an upload brings as drafts, if its plan is the one that was shown and refuses nothing.

    Raises ChangedMeanwhileError; then nothing is changed.
    """
    store.lock_bank(session)
    plan = plan_import(session, catalogue, upload)
    if plan.shown != shown or plan.refused:
        raise ChangedMeanwhileError
    before = {line.id: line.before for line in plan.lines}
    for text in plan.texts:
        number = add_text(session, text, now, by.id).number
        record(
            *(session, by.id, "imported", ("question", text.id), now),
            before={"revision": before[text.id]} if before[text.id] else None,
            after={"revision": number},
            note=upload.name,
        )
    return plan


def _plan(upload: Upload, lines: Sequence[Line], texts: Sequence[q.Question]) -> ImportPlan:
    told = json.dumps([asdict(line) for line in lines], sort_keys=True).encode()
    shown = hashlib.sha256(hashlib.sha256(upload.data).digest() + told).hexdigest()
    ordered = sorted(lines, key=lambda line: (list(VERDICTS).index(line.verdict), line.file, line.line))
    return ImportPlan(tuple(ordered), tuple(texts), shown)


def _said(problem: Problem) -> str:
    return f"{problem.field}: {problem.message}" if problem.field else problem.message


def _placed(problem: Problem, at: int = 0) -> str:
    """A problem in words, with its line where that is not the one (`at`) that is told already."""
    return f"line {problem.line}: {_said(problem)}" if problem.line not in {0, at} else _said(problem)


def _refused(line: Line, reasons: Sequence[str]) -> Line:
    if not reasons:
        return line
    return Line("refused", line.file, line.line, line.id, tuple(reasons), line.before)


def _read(upload: Upload, catalogue: Catalogue) -> list[_Incoming]:
    if len(upload.data) > MAX_UPLOAD:
        raise FileProblems([Problem(upload.name, 0, "", f"is larger than {MAX_UPLOAD // 1024} KB; import it in parts")])
    if not upload.data:
        raise FileProblems([Problem(upload.name or "The file", 0, "", "is empty")])
    if said := wrong_file(upload.name, upload.data):
        raise FileProblems([Problem(upload.name, 0, "", said)])
    if upload.data[:2] == b"PK":
        return list(_read_zip(upload))
    text = upload.data.decode("utf-8-sig")
    rows = read_sheet(text, upload.name, catalogue)
    return [
        _Incoming(_line(upload.name, row.line, row.id, row.problems), row.file, row.revision) for row in rows
    ] or _nothing(upload)


def _nothing(upload: Upload) -> list[_Incoming]:
    raise FileProblems([Problem(upload.name, 0, "", "holds no question")])


def _read_zip(upload: Upload) -> Iterator[_Incoming]:
    found = unpacked(upload.data, upload.name)
    revisions: dict[str, int] = {}
    if found.index is not None:
        revisions = yamlfile.validate_with(REVISIONS, yamlfile.parse(found.index, INDEX))
    if not found.files:
        _nothing(upload)
    for name in found.left_out:
        reason = "profiles, skills, resources and proofs are not imported here"
        yield _Incoming(Line("left out", name, 0, "", (reason,)), None, None)
    for name, text in sorted(found.files.items()):
        path = Path(name)
        try:
            file = question_file(path, yamlfile.parse(text, name))
            yield _Incoming(_line(name, 0, path.stem, ()), file, revisions.get(path.stem))
        except FileProblems as wrong:
            yield _Incoming(_line(name, wrong.problems[0].line, path.stem, wrong.problems), None, None)


def _line(file: str, line: int, name: str, problems: Sequence[Problem]) -> Line:
    shown = tuple(_placed(problem, line) for problem in problems)
    return Line("refused" if problems else "unchanged", file, line, name, shown)


def _once(incoming: Sequence[_Incoming]) -> Iterator[_Incoming]:
    """The same, but a question that comes twice is refused the second time."""
    first: dict[str, Line] = {}
    for one in incoming:
        earlier = first.get(one.line.id)
        if one.line.id and earlier is not None:
            where = f"line {earlier.line}" if earlier.file == one.line.file else earlier.file
            yield _Incoming(_refused(one.line, [f"id: the same id as {where}"]), None, None)
        else:
            yield one
        first.setdefault(one.line.id, one.line)


def _judged(session: Session, incoming: Iterator[_Incoming], texts: Mapping[str, q.Question]) -> list[_Incoming]:
    stored, stand = store.stored_questions(session), states(session)
    found = []
    for one in incoming:
        if one.file is not None:
            now, text = stored.get(one.line.id), one.file.question
            verdict, reasons = _verdict(session, one, texts.get(text.id), now, stand.get(text.id, ""))
            line = Line(verdict, one.line.file, one.line.line, text.id, reasons, now.number if now else None)
            found.append(_Incoming(line, one.file, one.base))
        else:
            found.append(one)
    return found


def _verdict(
    session: Session, one: _Incoming, here: q.Question | None, stored: store.Stored | None, state: str
) -> tuple[Verdict, tuple[str, ...]]:
    assert one.file is not None
    text = one.file.question
    if text.id in RESERVED:
        return "refused", ("id: this name is an address of ours; choose another",)
    if here is None or stored is None:
        return "new", ()
    if wording(here) == wording(text):
        return "unchanged", ()
    if one.base is not None and one.base != stored.number:
        base = text_numbered(session, text.id, one.base)
        if base is not None and wording(base.question) == wording(text):
            return "kept", (f"this is revision {one.base}; revision {stored.number} is here now",)
        reason = (
            f"was made from revision {one.base}, but revision {stored.number} is here now: export it and change that"
        )
        return "refused", (reason,)
    if one.base is None and stored.hash != stored.file_hash:
        return "refused", ("was changed here since it last came from a file: export it and change that",)
    if state in {"review", "approved"}:
        return "refused", ("is being reviewed: take it back to draft first",)
    return "changed", _differs(here, text)


def _differs(here: q.Question, text: q.Question) -> tuple[str, ...]:
    old, new = here.model_dump(exclude={"status"}), text.model_dump(exclude={"status"})
    names = [name for name in q.FIELD_ORDER if old.get(name) != new.get(name)]
    return (f"differs in {', '.join(names)}",)
