from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from quiz.competency.catalogue import SENIORITIES, STEP_AT, STEPS, Catalogue
from quiz.competency.files import read_catalogue
from quiz.paths import QUESTIONS
from quiz.yamlfile import FileProblems, Problem
from tests import factories as make


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(FileProblems) as refused:
        read_catalogue(folder)
    return refused.value.problems


def sentences(folder: Path, files: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in problems(make.write_framework(folder, files))]


def framework() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The files, and among them the competencies and the profile, ready to be spoilt."""
    files = make.framework()
    return files, files["competencies.yaml"], files["profiles/tester.yaml"]


def test_a_framework_is_read_from_its_folder(tmp_path: Path) -> None:
    assert read_catalogue(make.write_framework(tmp_path)) == make.catalogue()


@cache
def shipped() -> Catalogue:
    return read_catalogue(QUESTIONS)


def test_the_framework_we_ship_is_valid_and_as_large_as_we_say() -> None:
    catalogue = shipped()

    assert (len(catalogue.areas), len(catalogue.skills)) == (5, 30)
    assert "machine-learning-engineer" in catalogue.profiles
    assert set(catalogue.resources) == set(catalogue.skills)


def test_the_weights_of_what_we_ship_add_up_in_every_profile_and_area() -> None:
    catalogue = shipped()

    for profile in catalogue.profiles.values():
        assert sum(asked.weight for asked in profile.areas.values()) == pytest.approx(1)
        for area in catalogue.areas:
            assert sum(catalogue.skill_weights(profile, area).values()) == pytest.approx(1)


def test_skills_are_found_by_id_with_their_area() -> None:
    catalogue = make.catalogue()

    assert list(catalogue.skills) == ["loops", "queues", "explaining", "listening"]
    assert catalogue.area_of["queues"].id == "coding"
    assert catalogue.area("talking") == catalogue.areas[1]
    assert catalogue.area("juggling") is None


def test_an_important_skill_weighs_more_and_an_unnamed_one_counts_two() -> None:
    catalogue = make.catalogue()
    profile = catalogue.profiles["tester"]

    assert catalogue.skill_weights(profile, catalogue.areas[0]) == {"loops": 2 / 5, "queues": 3 / 5}
    assert catalogue.skill_weights(profile, catalogue.areas[1]) == {"explaining": 1 / 2, "listening": 1 / 2}


def test_the_steps_are_the_scale_from_one_to_four() -> None:
    assert [STEP_AT[step] for step in STEPS] == [1, 2, 3, 4]


def test_prerequisites_that_go_round_are_named_in_their_order(tmp_path: Path) -> None:
    files, competencies, _ = framework()
    competencies["areas"][0]["skills"][0]["prerequisites"] = ["listening"]
    competencies["areas"][1]["skills"][0]["prerequisites"] = ["queues"]

    (said,) = sentences(tmp_path, files)
    assert "competencies.yaml:1: prerequisites go round in a circle" in said
    assert all(skill in said for skill in ("loops", "queues", "explaining", "listening"))


def test_a_skill_that_needs_itself_is_a_circle(tmp_path: Path) -> None:
    files, competencies, _ = framework()
    competencies["areas"][0]["skills"][0]["prerequisites"] = ["loops"]

    assert "loops > loops" in sentences(tmp_path, files)[0]


def test_an_unknown_prerequisite_is_named_with_the_skill_that_asks_for_it(tmp_path: Path) -> None:
    files, competencies, _ = framework()
    competencies["areas"][0]["skills"][1]["prerequisites"] = ["juggling"]

    assert "queues: no such prerequisite: juggling" in sentences(tmp_path, files)[0]


@pytest.mark.parametrize("twice", ["loops", "coding"])
def test_an_id_is_used_once_among_areas_and_skills(tmp_path: Path, twice: str) -> None:
    files, competencies, _ = framework()
    competencies["areas"][1]["skills"][1]["id"] = twice

    assert "id stands here twice" in sentences(tmp_path, files)[0]


def test_weights_that_do_not_add_up_are_told_with_their_sum(tmp_path: Path) -> None:
    files, _, profile = framework()
    profile["areas"]["talking"]["weight"] = 0.5

    assert sentences(tmp_path, files) == ["profiles/tester.yaml:1: the areas' weights add up to 1.100, not 1"]


def test_weights_in_hundredths_add_up_although_floats_do_not(tmp_path: Path) -> None:
    files, _, profile = framework()
    profile["areas"]["coding"]["weight"], profile["areas"]["talking"]["weight"] = 0.7 + 0.1, 0.2

    assert read_catalogue(make.write_framework(tmp_path, files)).profiles["tester"].areas["talking"].weight == 0.2


def test_a_target_that_falls_for_a_more_senior_job_is_refused_where_it_stands(tmp_path: Path) -> None:
    files, _, profile = framework()
    profile["areas"]["coding"]["targets"]["senior"] = 1.5

    (problem,) = problems(make.write_framework(tmp_path, files))
    assert (problem.file, problem.field) == ("profiles/tester.yaml", "areas.coding")
    assert problem.line > 1
    assert "must not fall" in problem.message


def test_targets_may_stay_equal(tmp_path: Path) -> None:
    files, _, profile = framework()
    profile["areas"]["coding"]["targets"] = dict.fromkeys(SENIORITIES, 2.0)

    assert read_catalogue(make.write_framework(tmp_path, files)).profiles["tester"]


def test_a_seniority_without_a_target_is_missed(tmp_path: Path) -> None:
    files, _, profile = framework()
    del profile["areas"]["coding"]["targets"]["staff"]

    assert "junior, mid, senior and staff" in sentences(tmp_path, files)[0]


@pytest.mark.parametrize("field", ["steps", "hours"])
def test_every_step_of_a_skill_is_described_in_order(tmp_path: Path, field: str) -> None:
    files, competencies, _ = framework()
    steps = competencies["areas"][0]["skills"][0][field]
    steps["guided"] = steps.pop("guided")

    (problem,) = problems(make.write_framework(tmp_path, files))
    assert problem.field == "areas.1.skills.1"
    assert f"`{field}` needs guided, independent" in problem.message


def test_the_four_steps_themselves_stand_in_order(tmp_path: Path) -> None:
    files, competencies, _ = framework()
    competencies["steps"].reverse()

    assert "`steps` needs guided" in sentences(tmp_path, files)[0]


@pytest.mark.parametrize(
    ("field", "names", "said"),
    [
        ("importance", {"juggling": 3}, "names skills that the framework does not have: juggling"),
        ("sources", ["survey", "rumour"], "names sources that the framework does not have: rumour"),
    ],
)
def test_what_a_profile_names_must_be_in_the_framework(tmp_path: Path, field: str, names: Any, said: str) -> None:
    files, _, profile = framework()
    profile[field] = names

    assert sentences(tmp_path, files) == [f"profiles/tester.yaml: {said}"]


def test_a_profile_asks_for_all_areas_and_no_others(tmp_path: Path) -> None:
    files, _, profile = framework()
    profile["areas"]["juggling"] = profile["areas"].pop("talking")

    assert sentences(tmp_path, files) == [
        "profiles/tester.yaml: lacks the areas talking",
        "profiles/tester.yaml: names areas that the framework does not have: juggling",
    ]


def test_every_skill_has_a_resource_and_every_resource_a_skill(tmp_path: Path) -> None:
    files, _, _ = framework()
    skills = files["resources/coding.yaml"]["skills"]
    skills["juggling"] = skills.pop("loops")

    assert sentences(tmp_path, files) == [
        "resources: names skills that the framework does not have: juggling",
        "resources: no resource for loops",
    ]


def test_errors_of_all_files_are_reported_at_once_with_line_and_field(tmp_path: Path) -> None:
    files, competencies, profile = framework()
    competencies["prior"]["general"] = -1.0
    competencies["areas"][0]["skills"][0]["hours"]["guided"] = "many"
    profile["areas"]["coding"]["targets"]["mid"] = 9.0
    profile["colour"] = "red"
    files["resources/talking.yaml"]["skills"]["listening"] = []
    found = problems(make.write_framework(tmp_path, files))

    assert [(problem.file, problem.field) for problem in found] == [
        ("competencies.yaml", "prior.general"),
        ("competencies.yaml", "areas.1.skills.1.hours.guided"),
        ("profiles/tester.yaml", "areas.coding.targets.mid"),
        ("profiles/tester.yaml", "colour"),
        ("resources/talking.yaml", "skills.listening"),
    ]
    for problem in found:
        row = (tmp_path / problem.file).read_text(encoding="utf-8").splitlines()[problem.line - 1]
        assert problem.field.rpartition(".")[2] in row


@pytest.mark.parametrize("step", ["expert", "Guided", ""])
def test_a_resource_is_for_one_of_the_four_steps(tmp_path: Path, step: str) -> None:
    files, _, _ = framework()
    files["resources/coding.yaml"]["skills"]["loops"][0]["step"] = step

    assert problems(make.write_framework(tmp_path, files))[0].field == "skills.loops.1.step"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "example.org", "https://exa mple.org"])
def test_a_resource_leads_to_a_web_address_or_nowhere(tmp_path: Path, url: str) -> None:
    files, _, _ = framework()
    files["resources/coding.yaml"]["skills"]["loops"][0]["url"] = url

    assert problems(make.write_framework(tmp_path, files))[0].field == "skills.loops.1.url"


def test_a_missing_framework_is_named(tmp_path: Path) -> None:
    assert [str(problem) for problem in problems(tmp_path)] == ["competencies.yaml: is missing"]


def test_a_file_in_another_encoding_is_named_with_the_first_bad_byte(tmp_path: Path) -> None:
    make.write_framework(tmp_path)
    (tmp_path / "profiles" / "tester.yaml").write_bytes(b"id: caf\xe9\n")

    assert [str(p) for p in problems(tmp_path)] == ["profiles/tester.yaml: is not UTF-8 text (byte 7)"]


def test_two_profiles_cannot_share_an_id(tmp_path: Path) -> None:
    files, _, profile = framework()
    files["profiles/other.yaml"] = profile | {"name": "Other"}

    assert any(problem.file.startswith("profiles/") for problem in problems(make.write_framework(tmp_path, files)))


def test_two_files_cannot_give_resources_for_one_skill(tmp_path: Path) -> None:
    files, _, _ = framework()
    files["resources/talking.yaml"]["skills"]["loops"] = files["resources/coding.yaml"]["skills"]["loops"]

    assert any(problem.file.startswith("resources") for problem in problems(make.write_framework(tmp_path, files)))
