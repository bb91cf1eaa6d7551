from __future__ import annotations

import json

from click.testing import CliRunner, Result

from quiz.cli.main import main

AREAS = {"programming", "frameworks", "mathematics", "system-design", "soft-skills"}
ACCURACY = {"rmse", "sd", "coverage90", "coverage95", "settled", "settled_wrong", "decided", "decided_wrong"}


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["simulate", "--takers", "6", "--length", "15", *words])


def test_a_simulation_gives_its_figures_as_data_and_the_same_ones_again() -> None:
    made = json.loads(run("--json").stdout)

    assert set(made["areas"]) == AREAS
    assert all(set(area) >= ACCURACY for area in (*made["areas"].values(), made["overall"]))
    assert sum(one["n"] for one in made["chances"]) == 6 * 5
    assert set(made["exposure"]) == {"max", "never"}
    assert 10 < made["questions"] <= 15
    assert json.loads(run("--json").stdout) == made


def test_a_simulation_prints_a_table_with_every_area_and_the_verdicts() -> None:
    told = run("--persona", "one-step-above", "--seniority", "junior").stdout

    assert "6 people (one-step-above)" in told
    for area in AREAS:
        assert told.count(area) >= 2
    assert "most used question" in told


def test_a_role_that_does_not_exist_is_named_with_those_that_do() -> None:
    result = run("--profile", "astronaut")

    assert result.exit_code == 1
    assert "no profile astronaut; there are: " in result.stderr
