from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from quiz.bank import question as q
from quiz.bank.files import read_records, write_records
from quiz.bank.proofs import ProofRecord, proof_hash, written
from quiz.yamlfile import FileProblems
from tests import factories as make

RECORD = ProofRecord(content="a" * 64, on=date(2026, 11, 20), versions={"python": "3.11"})


@pytest.mark.parametrize(
    "words",
    [
        {"title": "Another title altogether"},
        {"level": "advanced"},
        {"seconds": 90},
        {"status": "retired"},
        {"notes": "Seen by nobody."},
        {"references": [{"title": "Another book"}]},
        {"stem": "Put in other words, does the queue grow?"},
        {"enemies": ["another-question"]},
    ],
    ids=lambda words: next(iter(words)),
)
def test_words_for_people_may_change_without_the_proof_going_stale(words: dict[str, object]) -> None:
    assert proof_hash(make.single(**words)) == proof_hash(make.single())


def test_reasons_may_change_without_the_proof_going_stale() -> None:
    options = [o.model_dump(exclude_defaults=True) | {"why": "Told in other words."} for o in make.single().options]

    assert proof_hash(make.single(options=options)) == proof_hash(make.single())


def changed_option() -> q.Question:
    options = [o.model_dump(exclude_defaults=True) for o in make.single().options]
    return make.single(options=[options[0] | {"text": "It grows by 21 a second"}, *options[1:]])


def changed_script() -> q.Question:
    return make.single(proof=make.single().proof.model_dump() | {"script": "def holds(content):\n    return True\n"})


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (changed_option(), make.single()),
        (make.single(key="all"), make.single()),
        (changed_script(), make.single()),
        (make.number(given={"rate": 12, "span": 6}), make.number()),
        (make.number(key={"value": 60, "decimals": 1}), make.number()),
        (make.number(traps=[]), make.number()),
        (make.fill(stem=make.fill().stem.replace("```python\n", "```python\nx = 1\n")), make.fill()),
        (make.case(parts=[p.model_dump(exclude_defaults=True) for p in make.case().parts[:2]][::-1]), make.case()),
    ],
    ids=["option", "key", "script", "given", "decimals", "traps", "code in the stem", "parts"],
)
def test_what_the_proof_reads_makes_it_stale(now: q.Question, before: q.Question) -> None:
    assert proof_hash(now) != proof_hash(before)


def test_records_are_written_in_one_form_and_read_back(tmp_path: Path) -> None:
    (tmp_path / "coding").mkdir()
    records = {"b-question": RECORD, "a-question": RECORD.model_copy(update={"note": "counted 60"})}

    assert write_records(tmp_path, "coding", records)
    assert not write_records(tmp_path, "coding", dict(reversed(records.items())))
    assert read_records(tmp_path) == {"coding": records}
    assert (tmp_path / "coding" / "proofs.json").read_text(encoding="utf-8") == written(records)
    assert list(written(records)).index("a") < list(written(records)).index("b")


def test_an_area_without_proofs_gets_no_file(tmp_path: Path) -> None:
    assert not write_records(tmp_path, "coding", {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": {"content": "xyz", "on": "2026-11-20", "versions": {}}}', "proofs.json:1: a.content"),
        ('{\n "a": {\n  "on": "soon",\n  "versions": {}\n }\n}', "proofs.json:3: a.on"),
        (
            '{"a": {"content": "%s", "on": "2026-11-20", "versions": {}, "by": "me"}}' % ("a" * 64),
            "a.by: is not a field",
        ),
        ('{"a": {}, "a": {}}', "proofs.json:1"),
        ("[1, 2]", "proofs.json"),
        ("{", "proofs.json"),
    ],
)
def test_a_broken_record_is_named_with_its_line_and_field(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "coding").mkdir()
    (tmp_path / "coding" / "proofs.json").write_text(text, encoding="utf-8")

    with pytest.raises(FileProblems) as found:
        read_records(tmp_path)
    assert said in str(found.value)
