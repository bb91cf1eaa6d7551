from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from quiz.bank.svg import safe_svg
from quiz.report.accuracy import Accuracy, Printed, Published, Summary, replace_section, told, with_section
from quiz.report.accuracy_svg import drawing
from quiz.report.files import NAME, read_published, write_published

ONE = Accuracy(0.8, 0.78, -0.02, 0.893, 0.946, 0.13, 0.816, 0.14, 0.497, 0.064)
SUMMARY = Summary(
    takers=4000,
    questions=19.02,
    minutes=22.8,
    areas={"coding": ONE},
    overall=ONE,
    unasked=ONE,
    chances=(Printed(0, 500, 0.02), Printed(8, 300, 0.79), Printed(10, 0, 0.0)),
    profile={"in_range": 0.91, "rmse": 9.0, "bias": 0.1},
    seniorities={"mid": {"mean_chance": 0.36, "met": 0.36}},
    exposure={"max": 0.33, "never": 12.0},
    verdicts={"coding": {"met": 1.0}},
)
PUBLISHED = Published(date(2026, 11, 29), "quiz simulate --takers 4000", "Tester, mid", 398, "0f" * 8, SUMMARY)


def test_what_was_published_is_read_back_the_same(tmp_path: Path) -> None:
    assert read_published(tmp_path) is None
    write_published(tmp_path, PUBLISHED)
    assert read_published(tmp_path) == PUBLISHED


def test_a_file_of_another_shape_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"on": "2026-11-29", "accuracy": 1}', encoding="utf-8")
    assert read_published(tmp_path) is None


def test_the_figures_are_told_with_their_date_and_command() -> None:
    said = told(PUBLISHED, {"coding": "Coding"}, "reliability.svg")
    assert "On 29 November 2026, 4,000 invented people answered the 398 questions" in said
    assert "`quiz simulate --takers 4000`" in said
    assert "| Coding | 0.80 | 0.78 | 94.6 % | 81.6 % | 14.0 % | 49.7 % | 6.4 % |" in said
    assert "| about 8 in 10 | 300 | 79.0 % |" in said
    assert "asked of 33 % of these people; 12 of 398 were asked of none" in said


def test_a_section_is_put_between_its_marks_again_and_again() -> None:
    page = with_section("before\n", "old")
    assert "old" in page
    assert with_section(page, "new") == with_section("before\n", "new")
    assert replace_section(page, "new").split() == ["before", "new"]


@pytest.mark.parametrize("paper", [False, True])
def test_the_drawing_has_a_point_for_each_chance_that_was_printed_and_is_safe(paper: bool) -> None:
    made = drawing(SUMMARY, paper=paper)
    root = ET.fromstring(safe_svg(made))
    points = [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in root.iter("circle")]
    assert len(points) == 2
    assert points[0][0] < points[1][0]
    assert points[0][1] > points[1][1], "what comes true more often stands higher"
    assert ("currentColor" in made) != paper
