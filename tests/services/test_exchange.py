from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from quiz.bank import question as q
from quiz.bank.files import canonical
from quiz.bank.sheet import sheet
from quiz.competency.files import read_catalogue
from quiz.paths import QUESTIONS
from quiz.services import exchange
from quiz.services.accounts import CONSOLE
from quiz.services.answer_export import answers_csv, answers_json_lines
from quiz.services.banks import Banks
from quiz.services.exchange import ChangedMeanwhileError, ImportPlan, Upload, carry_out, plan_import
from quiz.store import bank as store
from quiz.store.audit import Wanted, entries
from quiz.store.engine import Database
from quiz.store.listed import set_state
from quiz.store.listing import listed_question
from tests.answered import answered, newest

CATALOGUE = read_catalogue(QUESTIONS)
ONE, PLACE = "password-in-notebook", "system-design/responsible-secure-ml/password-in-notebook.yaml"
TEXT = (QUESTIONS / PLACE).read_text(encoding="utf-8")


def zipped(**files: str) -> Upload:
    """An archive of one or more texts, by place with `/` and `.yaml` left to us."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return Upload("q.zip", stream.getvalue())


def changed(old: str = "seconds: 50", new: str = "seconds: 55", revision: int | None = None) -> Upload:
    assert old in TEXT
    index = {} if revision is None else {"revisions.json": json.dumps({ONE: revision})}
    return zipped(**{PLACE: TEXT.replace(old, new), **index})


def plan(database: Database, upload: Upload) -> ImportPlan:
    with database.reading() as session:
        return plan_import(session, CATALOGUE, upload)


def said(found: ImportPlan) -> list[tuple[str, str, str]]:
    return [(line.verdict, line.id, " / ".join(line.reasons)) for line in found.lines]


def do(database: Database, upload: Upload, shown: str | None = None) -> ImportPlan:
    shown = shown or plan(database, upload).shown
    with database.writing() as session:
        return carry_out(session, CATALOGUE, upload, shown, CONSOLE, 7)


def newest_of(database: Database, name: str) -> tuple[q.Question, int]:
    with database.reading() as session:
        return store.newest_texts(session)[name], store.text_numbers(session)[name]


@pytest.fixture
def _only_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports take two skills; writing and reading all of them takes seconds."""
    whole = exchange._exported

    def part(*given: object) -> list[tuple[q.Question, int]]:
        return [one for one in whole(*given) if one[0].skill == "responsible-secure-ml"]  # type: ignore[arg-type]

    monkeypatch.setattr(exchange, "_exported", part)


@pytest.mark.usefixtures("_only_two")
def test_an_export_is_the_same_each_time_and_imports_to_nothing_changed(database: Database) -> None:
    def exports() -> tuple[bytes, bytes]:
        with database.reading() as session:
            return (
                b"".join(exchange.export_zip(session, CATALOGUE)),
                "".join(exchange.export_csv(session, CATALOGUE)).encode(),
            )

    first = exports()
    assert exports() == first
    for name, data in zip(("a.zip", "a.csv"), first, strict=True):
        assert set(plan(database, Upload(name, data)).counts) == {"unchanged"}
    do(database, changed())
    for name, data in zip(("a.zip", "a.csv"), exports(), strict=True):
        assert data not in first
        assert set(plan(database, Upload(name, data)).counts) == {"unchanged"}
    assert [line.id for line in plan(database, Upload("a.csv", first[1])).lines if line.verdict == "kept"] == [ONE]


def test_what_comes_in_is_a_draft_and_what_is_live_stays_live(database: Database) -> None:
    new = TEXT.replace(f"id: {ONE}", "id: another-secret").replace("A password in a", "Some password in a")
    new = new.replace("notebook", "worksheet")
    upload = zipped(**{PLACE: TEXT.replace("seconds: 50", "seconds: 55"), PLACE.replace(ONE, "another-secret"): new})
    found = plan(database, upload)
    assert {(line.verdict, line.id) for line in found.lines} == {("changed", ONE), ("new", "another-secret")}
    do(database, upload)
    text, number = newest_of(database, ONE)
    assert (text.seconds, text.status, number) == (55, "draft", 2)
    with database.reading() as session:
        bank = Banks().newest(session)
        assert bank.number == 1
        assert next(one.question.seconds for one in bank.live if one.question.id == ONE) == 50
        row = listed_question(session, ONE)
        assert row is not None
        assert row.state == "draft"
        assert row.live is not None
        told = {(one.verb, one.subject): (one.before, one.after) for one in entries(session, Wanted(), 9)}
    assert told["imported", ONE] == ({"revision": 1}, {"revision": 2})
    assert told["imported", "another-secret"] == (None, {"revision": 1})
    assert set(plan(database, upload).counts) == {"unchanged"}


def test_one_refused_question_stops_all(database: Database) -> None:
    upload = zipped(**{PLACE: TEXT.replace("seconds: 50", "seconds: 55"), "a/b/c.yaml": "id: c\ntype: single\n"})
    found = plan(database, upload)
    assert found.counts == {"refused": 1, "changed": 1}
    with pytest.raises(ChangedMeanwhileError):
        do(database, upload)
    assert newest_of(database, ONE)[1] == 1


def test_only_what_was_shown_is_done(sqlite: Database) -> None:
    upload = changed()
    shown = plan(sqlite, upload).shown
    do(sqlite, changed("seconds: 50", "seconds: 52"))
    with pytest.raises(ChangedMeanwhileError):
        do(sqlite, upload, shown)
    with pytest.raises(ChangedMeanwhileError):
        do(sqlite, changed("seconds: 50", "seconds: 57"), shown)
    assert newest_of(sqlite, ONE)[0].seconds == 52


def test_a_colleagues_edit_is_never_overwritten(sqlite: Database) -> None:
    do(sqlite, changed("seconds: 50", "seconds: 52"))
    for upload, why in (
        (changed(revision=1), "revision 2 is here now"),
        (changed(revision=9), "revision 2 is here now"),
        (changed(), "was changed here since it last came from a file"),
    ):
        assert [(verdict, why in reason) for verdict, _, reason in said(plan(sqlite, upload))] == [("refused", True)]
    assert said(plan(sqlite, changed("seconds: 50", "seconds: 50", revision=1)))[0][0] == "kept"
    assert said(plan(sqlite, changed(revision=2)))[0][0] == "changed"
    with sqlite.writing() as session:
        set_state(session, ONE, "review")
    assert "is being reviewed" in said(plan(sqlite, changed(revision=2)))[0][2]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({PLACE: TEXT.replace("level: guided", "level: easy").replace("seconds: 50", "seconds: 1")}, "level: "),
        ({PLACE: TEXT + "enemies: [nobody-at-all]\n"}, "there is no question nobody-at-all"),
        ({PLACE.replace("system-design", "programming"): TEXT + "notes: x\n"}, "belongs to the area system-design"),
        ({PLACE: TEXT, f"questions/sql/x/{ONE}.yaml": TEXT}, "the same id as"),
        ({PLACE: TEXT.replace("skill: responsible-secure-ml", "skill: sewing")}, "must be the folder's name"),
        ({PLACE: "a: &x 1\nb: *x\n"}, "anchor or alias"),
        ({PLACE: "x" * 300_000}, "is larger than"),
        ({}, "is no ZIP file|holds no question"),
        ({"revisions.json": '{"a": "b"}', PLACE: TEXT}, "a: "),
        ({"profiles/x.yaml": "x"}, "holds no question"),
    ],
)
def test_what_can_not_come_in_is_refused_with_the_reason(sqlite: Database, files: dict[str, str], why: str) -> None:
    found = plan(sqlite, zipped(**files))
    assert found.refused
    assert not all(line.verdict != "refused" for line in found.lines)
    assert any(part in reason for _, _, reason in said(found) for part in why.split("|")), said(found)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"x" * (1024 * 1024 + 1), "is larger than 1024 KB"),
        (b"\xff\xfe\x00", "is text in UTF-16"),
        (b"id,type\n", "holds no question"),
        (b"id,type\n=cmd|' /C calc'!A0,single\n", "id: "),
    ],
)
def test_a_file_of_no_use_is_refused_as_a_whole(sqlite: Database, data: bytes, why: str) -> None:
    found = plan(sqlite, Upload("x.csv", data))
    assert found.refused
    assert why in found.lines[0].reasons[0] or any(why in reason for _, _, reason in said(found))


def test_an_id_that_stands_in_a_table_twice_is_refused_with_both_lines(sqlite: Database) -> None:
    text, number = newest_of(sqlite, ONE)
    lines = "".join(sheet([(text, number), (text, number)]))
    found = [line for line in plan(sqlite, Upload("q.csv", lines.encode())).lines if line.verdict == "refused"]
    assert len(found) == 1
    assert found[0].line > 2
    assert found[0].reasons == ("id: the same id as line 2",)


def test_a_mistake_in_a_table_is_told_with_its_line(sqlite: Database) -> None:
    text, number = newest_of(sqlite, ONE)
    wrong = text.model_copy(update={"enemies": ["nobody-at-all"]})
    found = plan(sqlite, Upload("q.csv", "".join(sheet([(wrong, number)])).encode()))
    assert [(line.verdict, line.line) for line in found.lines] == [("refused", 2)]
    assert "there is no question nobody-at-all" in found.lines[0].reasons[0]


def test_stored_texts_are_canonical_when_they_leave(sqlite: Database) -> None:
    with sqlite.reading() as session:
        data = b"".join(exchange.export_zip(session, CATALOGUE, ["soft-skills"]))
        texts = store.newest_texts(session)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".yaml")]
        assert names == sorted(names)
        assert {name.split("/")[0] for name in names} == {"soft-skills"}
        name = names[3]
        assert archive.read(name).decode() == canonical(texts[name.rsplit("/", 1)[1].removesuffix(".yaml")])


def test_answers_leave_in_long_format_without_anybody(database: Database) -> None:
    bank = newest(database)
    asked = list(bank.live[:2])
    answered(database, bank, asked, range(3), lambda live, person: ({"choice": live.question.id}, person % 2))
    rows = list(csv.DictReader(io.StringIO("".join(answers_csv(database, "key")), newline="")))
    assert len(rows) == 6
    assert len({row["person"] for row in rows}) == len({row["attempt"] for row in rows}) == 3
    first = rows[0]
    assert (first["question"], first["revision"], first["score"], first["seconds"], first["date"]) == (
        *(asked[0].question.id, "1", "0", "50"),
        "2023-11-16",
    )
    lines = [json.loads(line) for line in "".join(answers_json_lines(database, "key")).splitlines()]
    assert [{name: str(value) for name, value in line.items()} for line in lines] == rows
    other = list(csv.DictReader(io.StringIO("".join(answers_csv(database, "other")), newline="")))
    assert not {row["person"] for row in other} & {row["person"] for row in rows}
    assert not any("token" in value or "hash" in value for row in rows for value in row.values())
