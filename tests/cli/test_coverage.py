from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from quiz import yamlfile
from quiz.cli.coverage import coverage
from quiz.paths import QUESTIONS
from tests import factories as make

BLUEPRINT: dict[str, Any] = {
    "per_skill": {"guided": 0, "independent": 1, "advanced": 0, "leading": 0},
    "guess_free": {"area": 50, "bank": 60},
    "precision": {"asked": 1, "sd": 1.2},
    "types": {make.AREA: {"single": 50, "number": 50}, "talking": {"judgement": 100}},
    "provable": {make.AREA: 50, "talking": 0},
}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(coverage, [str(word) for word in words])


def write_blueprint(folder: Path, **changes: Any) -> None:
    (folder / "blueprint.yaml").write_text(yamlfile.write(BLUEPRINT | changes), encoding="utf-8")


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """The folder of one area: a single on queues, and nothing on loops."""
    make.write_framework(tmp_path)
    write_blueprint(tmp_path)
    return make.write_question(tmp_path, make.single()).parent.parent


def test_a_table_and_sentences_tell_what_there_is_and_what_lacks(area: Path) -> None:
    lines = run(area).stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert next(line for line in lines if line.startswith("coding ")).split()[1:6] == [
        "1/2",
        "0/0",
        "1/2",
        "0/0",
        "0/0",
    ]
    assert "Types that can't be guessed are 0 % of what is neither judgement nor case (wanted: 60 %)." in lines
    assert "Coding: only 0 % of them (wanted: 50 %)." in lines
    assert "A question takes 1.0 minutes, an attempt of 20 questions 20." in lines
    assert "Coding: 1 more question." in lines
    assert "Coding: 1 more independent." in lines
    assert "Coding: 1 more of type number." in lines
    assert "Talking: 3 more questions near leading." in lines


def test_the_json_holds_counts_shares_information_and_what_is_missing_per_area_and_skill(area: Path) -> None:
    found = json.loads(run(area, "--json").stdout)
    coding = found["areas"]["coding"]
    assert (coding["live"], coding["level"]["independent"], coding["type"]["single"], coding["proof"]["run"]) == (
        1,
    ) * 4
    assert coding["guess_free_share"] == 0
    assert set(coding["information"]) == set(coding["missing"]["information"]) == {"1", "2", "3", "4"}
    assert coding["missing"]["questions"] == 1
    assert coding["skills"]["loops"]["missing"] == {"questions": 1, "level": {**coding["level"]}}
    assert found["attempt_minutes"] == 20


def test_a_met_blueprint_is_said_to_be_met(area: Path) -> None:
    shares = {"coding": {"single": 50, "number": 50}, "talking": {"judgement": 100}}
    nothing = dict.fromkeys(("guided", "independent", "advanced", "leading"), 0)
    write_blueprint(area.parent, per_skill=nothing, types=shares, precision={"asked": 1, "sd": 4.0})
    assert "The blueprint is met." in run(area).stdout


def test_an_empty_area_has_no_shares_and_no_times(area: Path) -> None:
    for path in area.rglob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("status: live", "status: draft"), encoding="utf-8")
    result = run(area)
    assert result.exit_code == 0
    assert "A question takes" not in result.stdout


def test_a_drawing_is_written_where_asked(area: Path, tmp_path: Path) -> None:
    run(area, "--svg", tmp_path / "coverage.svg")
    assert (tmp_path / "coverage.svg").read_text(encoding="utf-8").startswith("<svg ")


def test_a_missing_or_wrong_blueprint_stops_with_its_name_and_line(area: Path) -> None:
    write_blueprint(area.parent, provable={"sewing": 10})
    assert "blueprint.yaml:" in run(area).stderr
    (area.parent / "blueprint.yaml").unlink()
    result = run(area)
    assert result.exit_code == 1
    assert "blueprint.yaml: is missing" in result.stderr


def test_our_blueprint_fits_our_framework() -> None:
    result = run(QUESTIONS, "--json")
    assert result.exit_code == 0, result.stderr
    assert set(json.loads(result.stdout)["areas"]) == {
        *("programming", "frameworks", "mathematics", "system-design", "soft-skills")
    }
