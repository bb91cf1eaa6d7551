"""Bringing a folder's questions into the database, and writing the database's questions to a folder."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from sqlalchemy.orm import Session

from quiz.bank import question as q
from quiz.bank.check import check_bank
from quiz.bank.files import canonical, read_records, write_file
from quiz.bank.items import curve
from quiz.bank.proofs import ProofRecord
from quiz.competency.catalogue import Catalogue
from quiz.competency.files import read_catalogue
from quiz.services.merging import with_edits
from quiz.services.taking import DEFAULT_ROLE
from quiz.store import bank as store
from quiz.store.proofs import StoredProof, store_proofs
from quiz.tracking import Track, untracked
from quiz.yamlfile import FileProblems, Problem


@dataclass(frozen=True)
class LoadPlan:
    """What loading a folder would change. `version` is the number made, None where nothing changed."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    stopped: tuple[str, ...]
    unchanged: int
    kept: tuple[str, ...]
    absent: tuple[str, ...]
    catalogue_changed: bool
    version: int | None = None

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.new or self.changed or self.stopped or self.catalogue_changed)


def load_bank(session: Session, folder: Path, now: int, *, dry_run: bool = False, track: Track = untracked) -> LoadPlan:
    """Load a folder as one new version, or only say what that would change.

    Raises FileProblems with every error, and with every question or part of the framework that was edited both in the
    files and in the database since they last agreed; then nothing is changed.
    """
    checked = check_bank(folder, track=track)
    if checked.errors:
        raise FileProblems(checked.errors)
    catalogue = read_catalogue(folder)
    if DEFAULT_ROLE not in catalogue.profiles:
        raise FileProblems([Problem(f"profiles/{DEFAULT_ROLE}.yaml", 0, "", "is missing: Start begins with it")])
    files = {file.question.id: file for file in checked.files}
    store.lock_bank(session)
    catalogue, edited = with_edits(session, catalogue)
    stored = store.stored_questions(session)
    hashes = {name: store.content_hash(file.question) for name, file in files.items()}
    theirs = {n for n, s in stored.items() if n in files and s.hash not in (s.file_hash, hashes[n])}
    conflicts = [
        Problem(files[n].document.file, 0, "", "was edited here and in the database since they last agreed")
        for n in sorted(theirs)
        if hashes[n] not in {stored[n].file_hash, stored[n].live_hash}
    ]
    if conflicts:
        raise FileProblems(conflicts)
    ours = {n: f.question for n, f in files.items() if n not in theirs}
    if homeless := list(_homeless(session, catalogue, ours)):
        raise FileProblems(homeless)
    proofs = [_stored(record) for area in read_records(folder).values() for record in area.values()]
    plan = _plan(session, catalogue, ours, hashes, stored, (*edited, *sorted(theirs)))
    if dry_run:
        return plan
    store_proofs(session, proofs)
    return _carry_out(session, plan, catalogue, ours, hashes, now, track)


def _homeless(session: Session, catalogue: Catalogue, ours: Collection[str]) -> Iterator[Problem]:
    """Skills that the framework has no longer, though questions of the database that no file changes ask for them."""
    asking: dict[str, list[str]] = {}
    for name, text in sorted(store.settled_texts(session).items()):
        if name not in ours and text.skill not in catalogue.skills:
            asking.setdefault(text.skill, []).append(name)
    for skill, names in asking.items():
        more = f" and {len(names) - 3} more" if names[3:] else ""
        what = f"lacks the skill {skill}, which questions of the database ask for: {', '.join(names[:3])}{more}"
        yield Problem("competencies.yaml", 0, "", f"{what}. Export them, and give them another skill in their files")


def _stored(record: ProofRecord) -> StoredProof:
    at = int(datetime.combine(record.on, time(), UTC).timestamp())
    return StoredProof(record.content, ok=True, said=record.note, versions=record.versions, at=at)


def _plan(
    session: Session,
    catalogue: Catalogue,
    ours: dict[str, q.Question],
    hashes: dict[str, str],
    stored: dict[str, store.Stored],
    kept: tuple[str, ...],
) -> LoadPlan:
    new = [n for n in ours if n not in stored]
    changed = [n for n in ours if n in stored and stored[n].hash != hashes[n]]
    stopped = [n for n in ours if n in stored and stored[n].live and ours[n].status != "live"]
    return LoadPlan(
        new=tuple(sorted(new)),
        changed=tuple(sorted(changed)),
        stopped=tuple(sorted(stopped)),
        unchanged=len(ours) - len(new) - len(changed),
        kept=kept,
        absent=tuple(sorted(n for n, s in stored.items() if s.live and n not in hashes)),
        catalogue_changed=store.newest_catalogue_hash(session) != store.catalogue_hash(catalogue),
    )


def _carry_out(
    session: Session,
    plan: LoadPlan,
    catalogue: Catalogue,
    ours: dict[str, q.Question],
    hashes: dict[str, str],
    now: int,
    track: Track,
) -> LoadPlan:
    version = None
    if plan.changes:
        doubt = catalogue.competencies.prior.levels
        texts = [ours[name] for name in (*plan.new, *plan.changed)]
        revisions = [store.NewRevision(t, curve(t, doubt) if t.status == "live" else None) for t in texts]
        reason = f"loaded from files: {len(plan.new)} new, {len(plan.changed)} changed"
        version = store.write_version(session, catalogue, revisions, plan.stopped, reason, now, track=track)
        for name in (*plan.new, *plan.changed):
            store.set_withdrawn(session, name, now if ours[name].status == "withdrawn" else None)
    for name in (*plan.new, *plan.changed):
        store.set_file_hash(session, name, hashes[name])
    return LoadPlan(**{**vars(plan), "version": version})


def export_bank(session: Session, folder: Path, *, drafts: bool = False, dry_run: bool = False) -> list[Path]:
    """Write every question to its canonical file: as it is asked today, or with `drafts` its newest text.

    A question that is not asked has its newest text either way. Gives the files that changed.
    """
    catalogue = read_catalogue(folder)
    changed = []
    texts = store.newest_texts(session) if drafts else store.settled_texts(session)
    for question in texts.values():
        path = folder / catalogue.area_of[question.skill].id / question.skill / f"{question.id}.yaml"
        text = canonical(question)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            changed.append(path)
            if not dry_run:
                write_file(path, text)
    return sorted(changed)
