from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from quiz.bank.calibrated import item_of
from quiz.bank.items import curve
from quiz.bank.question import Question
from quiz.cli.calibrate import MAX_BYTES, bench_calibration, calibrate_command
from quiz.measure.calibration.table import MAX_ANSWERS, MAX_FAULTS, MAX_ITEMS, read_table
from quiz.measure.curve import Curves, probabilities, stack
from quiz.store.engine import Database
from tests import factories as make
from tests.answered import answered, newest
from tests.services.test_statistics import PEOPLE, asked, reply

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
KINDS = (make.single, make.multiple, make.number, make.judgement, make.case)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(calibrate_command, [str(word) for word in words])


def of_text(tmp_path: Path, text: str, *words: str | Path) -> Result:
    path = tmp_path / "answers.csv"
    path.write_text(text, encoding="utf-8")
    return run("--responses", path, *words)


def questions() -> list[Question]:
    levels = ("guided", "independent", "advanced", "leading")
    return [kind(id=f"{level}-{kind.__name__}", level=level) for level in levels for kind in KINDS]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("bank")
    make.write_framework(found)
    for question in questions():
        make.write_question(found, question)
    return found


def long_table(rows: Sequence[tuple[str, str, int]]) -> str:
    return "\n".join(["person,item,score", *(f"{person},{item},{score}" for person, item, score in rows), ""])


def taken(people: int) -> str:
    """Answers of people around step 2 to all questions."""
    asked = questions()
    curves: Curves = stack([curve(question, 0.0) for question in asked])
    draw = np.random.default_rng(1)
    rows: list[tuple[str, str, int]] = []
    for person, level in enumerate(draw.normal(2, 1.2, people)):
        chance = probabilities(curves, np.full((len(asked), 1), level))[:, :, 0].cumsum(axis=0)
        scores = (chance < draw.random(len(asked))).sum(axis=0)
        rows.extend((f"p{person}", q.id, int(score)) for q, score in zip(asked, scores, strict=True))
    return long_table(rows)


def test_a_matrix_without_prior_gives_the_published_estimates_as_json() -> None:
    result = run("--responses", GOLDEN / "lsat6.csv", "--no-prior", "--json")
    found = json.loads(result.stdout)
    assert set(found) == {
        *("items", "loglik", "iterations", "seconds", "population", "slope", "standard_errors", "warnings")
    }
    assert set(found["items"][0]) == {"id", "a", "b", "c", "se_a", "se_b", "n"}
    assert [item["id"] for item in found["items"]] == [f"item{place}" for place in range(1, 6)]
    assert found["loglik"] == pytest.approx(-2466.6534, abs=1e-4)
    assert found["population"] == {"mean": 0.0, "sd": 1.0}


def test_a_long_table_and_a_matrix_with_blanks_say_the_same(tmp_path: Path) -> None:
    rows = (GOLDEN / "lsat7.csv").read_text(encoding="utf-8").splitlines()
    names = rows[0].split(",")
    cells = [
        [cell if (line + place) % 7 else "" for place, cell in enumerate(row.split(","))]
        for line, row in enumerate(rows[1:])
    ]
    matrix = "\n".join([rows[0], *(",".join(row) for row in cells)])
    long = long_table(
        [
            (f"p{line}", name, int(cell))
            for line, row in enumerate(cells)
            for name, cell in zip(names, row, strict=True)
            if cell
        ]
    )
    one, other = (json.loads(of_text(tmp_path, text, "--no-prior", "--json").stdout) for text in (matrix, long))
    assert one["loglik"] == pytest.approx(other["loglik"], abs=1e-8)
    assert {item["id"]: item["n"] for item in one["items"]} == {item["id"]: item["n"] for item in other["items"]}
    assert sum(item["n"] for item in one["items"]) < 5000


def test_the_text_shows_each_item_the_log_likelihood_and_the_time() -> None:
    text = run("--responses", GOLDEN / "lsat6.csv", "--no-prior").stdout
    assert "item1   0.8257  -3.3588  0.000" in text
    assert "log-likelihood -2466.6534" in text
    assert "times what they were assumed" not in text


def test_levels_types_and_luck_come_from_the_question_files(folder: Path, tmp_path: Path) -> None:
    result = of_text(tmp_path, taken(400), "--folder", folder, "--json")
    found = json.loads(result.stdout)
    by_id = {item["id"]: item for item in found["items"]}
    assert set(by_id) == {question.id for question in questions()}
    assert by_id["guided-single"]["c"] == pytest.approx(0.8 / 4)
    assert by_id["guided-number"]["c"] == 0
    assert by_id["guided-number"]["b"] + 1.5 < by_id["leading-number"]["b"]
    assert found["population"]["mean"] == pytest.approx(2, abs=0.35)
    assert found["slope"] == pytest.approx(1, abs=0.25)


def test_a_slope_with_few_answers_is_shown_as_fixed(folder: Path, tmp_path: Path) -> None:
    result = of_text(tmp_path, taken(60), "--folder", folder)
    assert result.stdout.count(" fixed ") == len(questions())
    assert "times what they were assumed" in result.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_the_prior_has_its_place_where_the_author_s_curve_has_it(kind: object) -> None:
    question = next(question for question in questions() if question.id.endswith(kind.__name__))  # type: ignore[attr-defined]
    item, assumed = item_of(question, 0.6), curve(question, 0.0)
    assert item.prior is not None
    assert item.prior.level - item.prior.drop / item.prior.slope == pytest.approx(assumed.b)
    assert item.weights == assumed.weights


def test_unknown_questions_are_named_with_their_lines(folder: Path, tmp_path: Path) -> None:
    text = long_table([("a", "guided-single", 1), ("a", "gone", 1), ("b", "gone", 0), ("b", "lost", 0)])
    result = of_text(tmp_path, text, "--folder", folder)
    assert result.exit_code == 1
    assert "answers.csv:3: no question has the id gone (answers: 2)" in result.stderr
    assert "answers.csv:5: no question has the id lost (answers: 1)" in result.stderr


def test_a_score_that_a_question_does_not_have_is_named_with_its_line(folder: Path, tmp_path: Path) -> None:
    text = long_table([("a", "guided-single", 1), ("b", "guided-single", 2), ("b", "guided-judgement", 4)])
    result = of_text(tmp_path, text, "--folder", folder)
    assert "answers.csv:3: item guided-single has no score of 2" in result.stderr
    assert "answers.csv:4: item guided-judgement has no score of 4" in result.stderr


def test_a_broken_question_file_stops_with_its_own_line(tmp_path: Path) -> None:
    make.write_framework(tmp_path)
    path = make.write_question(tmp_path, make.single(id="broken"))
    path.write_text(path.read_text(encoding="utf-8").replace("level: independent", "level: hard"), encoding="utf-8")
    result = of_text(tmp_path, long_table([("a", "broken", 1)]), "--folder", tmp_path)
    assert result.exit_code == 1
    assert "broken.yaml:" in result.stderr


def test_what_is_left_out_is_said_on_standard_error_and_in_the_json(tmp_path: Path) -> None:
    rows = (GOLDEN / "lsat7.csv").read_text(encoding="utf-8").splitlines()
    text = "\n".join([f"{rows[0]},easy,never", *(f"{row},1," for row in rows[1:]), ",,,,,,", ""])
    result = of_text(tmp_path, text, "--no-prior", "--json")
    said = [
        "item easy: all 1000 answers are right; left out",
        "item never: no answers; left out",
        "1 person without answers; left out",
    ]
    assert json.loads(result.stdout)["warnings"] == said
    assert result.stderr.splitlines() == [f"warning: {sentence}" for sentence in said]
    assert json.loads(result.stdout)["loglik"] == pytest.approx(-2658.8051, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, "there are no answers")]),
        ("a,b,c\n", [(1, "there are no answers")]),
        ("person,item,score,when\np,q,1,2\n", [(1, 'unknown column "when"; a long table has person, item and score')]),
        ("person,item\np,q\n", [(1, "the column score must be there once; it is there 0 times")]),
        ("person,item,score\np,q,2.5\np,r,\np,s,5\n,q,1\np,,1\np,q\n",
         [(2, 'the score "2.5" is no whole number from 0 to 4'), (3, 'the score "" is no whole number from 0 to 4'),
          (4, 'the score "5" is no whole number from 0 to 4'), (5, "the person is missing"),
          (6, "the item is missing"), (7, "2 fields instead of 3")]),
        ("score,item,person\n1,q,p\n0,r,p\n1,q,p\n", [(4, "person p has answered item q before, in line 2")]),
        ("a,,a\n1,1,1\n", [(1, "column 2 has no name; the header names the items"),
                            (1, 'the item "a" has two columns')]),
        ("a,b\n1,2\n1\n0,yes\n", [(2, 'item b: "2" is neither 0, 1 nor blank'), (3, "1 fields instead of 2"),
                                  (4, 'item b: "yes" is neither 0, 1 nor blank')]),
        ('a,b\n1,"0\n', [(2, "not CSV: unexpected end of data")]),
    ],
)  # fmt: skip
def test_all_faults_of_a_table_are_told_at_once_with_their_lines(text: str, faults: list[tuple[int, str]]) -> None:
    found = read_table(text.splitlines(keepends=True)).faults
    assert [(fault.line, fault.message) for fault in found] == faults


def test_faults_of_the_table_and_of_its_items_are_told_together(folder: Path, tmp_path: Path) -> None:
    text = long_table([("a", "gone", 1), ("a", "guided-single", 2), ("b", "guided-single", 7), ("a", "gone", 0)])
    result = of_text(tmp_path, text, "--folder", folder)
    said = [line.removeprefix("Error: ") for line in result.stderr.splitlines()]
    assert [line.split(": ")[0] for line in said] == [f"answers.csv:{line}" for line in (2, 3, 4, 5)]


def test_a_faulty_file_stops_the_command_and_a_long_list_of_faults_is_cut(tmp_path: Path) -> None:
    result = of_text(tmp_path, "a,b\n" + "1,x\n" * 150, "--no-prior")
    assert result.exit_code == 1
    assert "answers.csv:2: item b" in result.stderr
    assert result.stderr.rstrip().endswith("and 50 more")


def test_too_little_to_calibrate_stops_with_a_sentence(tmp_path: Path) -> None:
    result = of_text(tmp_path, "a,b\n1,0\n0,1\n", "--no-prior")
    assert result.exit_code == 1
    assert "answers.csv: too few items are left" in result.stderr


def test_a_person_without_answers_in_a_table_of_one_item_is_no_fault() -> None:
    assert read_table(["a\n", "1\n", "\n", "0\n"]).responses.people == 3


def test_reading_ends_at_the_limits() -> None:
    wide = 4000
    named = ",".join(f"q{number}" for number in range(wide))
    many = read_table([named, *([",".join("1" * wide)] * (MAX_ANSWERS // wide + 1))])
    assert [fault.message for fault in many.faults] == ["more than 2,000,000 answers; calibrate a part of them"]
    items = read_table([",".join(f"q{number}" for number in range(MAX_ITEMS + 1))])
    assert [fault.message for fault in items.faults] == ["more than 5,000 items; calibrate a part of them"]
    assert len(read_table(["a,b\n", *(["x,1\n"] * 2 * MAX_FAULTS)]).faults) == MAX_FAULTS


def test_a_file_that_is_too_large_or_no_text_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(b"a,b\n1,\xff\n")
    assert "answers.csv: not UTF-8" in run("--responses", path, "--no-prior").stderr
    os.truncate(path, MAX_BYTES + 1)
    assert "larger than 64 MB" in run("--responses", path, "--no-prior").stderr


def test_the_benchmark_measures_something() -> None:
    assert 0 < bench_calibration(runs=1) < 60


@pytest.mark.parametrize("words", [("--no-prior",), ("--apply", "--responses", str(GOLDEN / "lsat6.csv"))])
def test_what_belongs_to_a_file_or_to_the_database_is_refused_elsewhere(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "goes with" in result.stderr


def test_stored_answers_are_calibrated_and_applied_as_a_version(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUIZ_DATABASE_URL", sqlite.write.url.render_as_string(hide_password=False))
    bank = newest(sqlite)
    answered(sqlite, bank, asked(bank), range(PEOPLE), reply)

    dry = run("--takers", "0")
    assert dry.exit_code == 0, dry.output
    assert "40 attempts; nothing was changed" in dry.stdout
    assert newest(sqlite).number == bank.number

    made = json.loads(run("--takers", "4", "--apply", "--json").stdout)
    assert made["version"] == bank.number + 1 == newest(sqlite).number
    assert {item["id"] for item in made["items"]} == {live.question.id for live in asked(bank)}
    assert set(made["simulated"]) == {"before", "after"}
