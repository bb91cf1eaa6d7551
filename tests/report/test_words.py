from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from quiz.report import words
from quiz.report.result import AreaResult, Result, Share, result
from quiz.report.rounding import Chance, Level, Verdict
from tests.domain_factories import ROLE, everywhere, full, nothing, tiny_bank


def area(
    verdict: Verdict, *, level: float = 2.0, target: float = 3.0, asked: int = 4, right: int = 2, partly: int = 0
) -> AreaResult:
    return AreaResult(
        id="baking",
        weight=30,
        target=target,
        level=Level(level, level - 1, level + 1),
        chance=Chance(5),
        verdict=verdict,
        asked=asked,
        right=right,
        partly=partly,
        dots=(),
    )


def found(coverage: tuple[int, int, int] = (70, 55, 85), met: tuple[int, int, int] = (3, 2, 4)) -> Result:
    """A result as of the tiny bank, with this headline: about, low, high."""
    whole = result(tiny_bank(), everywhere(tiny_bank(), 2, full), ROLE, "mid")
    return replace(whole, coverage=Share(*coverage), met=Share(*met), all_met=Chance(3))


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (-1.2, "before the first step"),
        (0.7, "before the first step"),
        (0.75, "guided"),
        (1.2, "guided"),
        (1.25, "guided"),
        (1.3, "between guided and independent"),
        (1.7, "between guided and independent"),
        (1.8, "independent"),
        (2.0, "independent"),
        (2.5, "between independent and advanced"),
        (3.2, "advanced"),
        (3.7, "between advanced and leading"),
        (3.75, "leading"),
        (4.2, "leading"),
        (4.3, "beyond leading"),
        (6.0, "beyond leading"),
    ],
)
def test_a_level_in_the_names_of_the_steps(level: float, said: str) -> None:
    assert words.level_words(level) == said


def test_a_level_as_a_number_has_one_decimal_and_a_real_minus() -> None:
    assert [words.decimal(level) for level in (-0.3, 0.0, 1.25, 4)] == ["−0.3", "0.0", "1.2", "4.0"]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [([], ""), ([1], "about 1 minute"), ([9, 9], "about 9 minutes"), ([8, 14, 9], "about 8 to 14 minutes, depending")],
)
def test_how_long_more_questions_take_is_said_of_the_open_areas(minutes: list[int], said: str) -> None:
    assert words.round_words(minutes).startswith(said)


def test_every_verdict_has_a_sign_and_words_of_its_own() -> None:
    assert set(words.VERDICTS) == set(get_args(Verdict))
    assert len({verdict.text for verdict in words.VERDICTS.values()}) == len(words.VERDICTS)


def test_what_is_open_looks_different_from_a_gap_and_from_a_met_target() -> None:
    tones = {name: verdict.tone for name, verdict in words.VERDICTS.items()}
    assert tones["met"] == tones["probably-met"] == "good"
    assert tones["gap"] == tones["probably-gap"] == "bad"
    assert {tones["either"], tones["not-shown"], tones["not-asked"]} == {"open", "quiet"}


@pytest.mark.parametrize("verdict", ["met", "probably-met", "either", "probably-gap", "gap"])
def test_a_measured_area_says_what_the_answers_look_like_and_what_the_job_asks(verdict: Verdict) -> None:
    assert words.area_sentence(area(verdict)) == (
        "Your answers look like: independent. The job asks: advanced. 4 asked, 2 right."
    )


def test_an_area_at_its_target_says_so_once() -> None:
    assert words.area_sentence(area("either", level=2.9)) == (
        "Your answers look like: advanced; so is what the job asks. 4 asked, 2 right."
    )


def test_an_area_with_too_few_answers_says_no_level() -> None:
    assert words.area_sentence(area("not-asked", asked=1, right=1)) == (
        "1 asked, right. That is too few to say more. The job asks: advanced."
    )


def test_an_area_that_is_not_shown_yet_says_that_evidence_is_missing_not_skill() -> None:
    assert words.area_sentence(area("not-shown", asked=3, right=3)) == (
        "Your answers raised the chance, but too few were asked to show this level. "
        "The job asks: advanced. 3 asked, all right."
    )


@pytest.mark.parametrize(
    ("asked", "right", "partly", "said"),
    [
        (0, 0, 0, "None asked."),
        (1, 1, 0, "1 asked, right."),
        (1, 0, 0, "1 asked, missed."),
        (4, 4, 0, "4 asked, all right."),
        (4, 0, 0, "4 asked, none right."),
        (4, 3, 0, "4 asked, 3 right."),
        (4, 2, 1, "4 asked, 2 right, 1 partly."),
        (2, 0, 2, "2 asked, none right, 2 partly."),
        (1, 0, 1, "1 asked, partly right."),
    ],
)
def test_counts_in_words(asked: int, right: int, partly: int, said: str) -> None:
    assert words.counted(asked, right, partly) == said
    assert words.asked_words(area("either", asked=asked, right=right, partly=partly)) == said


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (5, "Your answers cover 5 % or less of what the job asks."),
        (10, "Your answers cover about 10 % of what the job asks."),
        (90, "Your answers cover about 90 % of what the job asks."),
        (95, "Your answers cover 95 % or more of what the job asks."),
    ],
)
def test_the_headline_never_claims_all_or_nothing(about: int, said: str) -> None:
    assert words.coverage_words(found((about, 5, 95))) == said


def test_the_headline_comes_with_its_range_and_the_answers_behind_it() -> None:
    assert words.coverage_range(found()) == "Likely 55 to 85 %: 20 answers leave doubt."


@pytest.mark.parametrize(("end", "said"), [(5, "More is unlikely."), (95, "Less is unlikely.")])
def test_a_range_that_is_the_headline_again_says_what_is_unlikely(end: int, said: str) -> None:
    assert words.coverage_range(found((end, end, end))) == said


@pytest.mark.parametrize(
    ("target", "level", "said"),
    [
        (0.5, 2.0, "Your answers look like: independent. The job asks little here, less than the first step."),
        (
            0.5,
            0.2,
            "Your answers look like: before the first step. The job asks little here, less than the first step.",
        ),
        (0.0, 2.0, "Your answers look like: independent. The job asks nothing here."),
    ],
)
def test_a_target_before_the_first_step_is_called_little_or_nothing(target: float, level: float, said: str) -> None:
    assert words.area_sentence(area("met", target=target, level=level)) == f"{said} 4 asked, 2 right."
    few = words.area_sentence(area("not-asked", target=target, asked=1, right=1))
    assert "before the first step" not in few


@pytest.mark.parametrize(
    ("coverage", "cell"),
    [
        ((80, 65, 90), "about 80 % (65 to 90)"),
        ((90, 80, 95), "about 90 % (80 or more)"),
        ((10, 5, 20), "about 10 % (20 or less)"),
        ((50, 50, 50), "about 50 %"),
        ((95, 95, 95), "95 % or more"),
        ((5, 5, 5), "5 % or less"),
    ],
)
def test_a_cell_says_an_open_end_as_the_headline_does(coverage: tuple[int, int, int], cell: str) -> None:
    whole = found(coverage)
    assert words.coverage_short(whole.coverage) == cell
    told = words.coverage_told(whole)
    assert all(end not in told for end in ("to 95", "5 to 5", "about 95", "about 5 "))
    assert told.startswith(words.coverage_words(whole))


def test_a_list_of_attempts_says_which_seniority_was_chosen_for_the_person() -> None:
    told = words.coverage_told(replace(found(), seniority="junior", chosen_for=True))
    assert told.startswith("Read against junior: your answers cover about 70 %")


@pytest.mark.parametrize(
    ("met", "said"),
    [
        ((3, 2, 4), "Added up, the chances below come to about 3 of the 5 targets met (likely 2 to 4)."),
        ((5, 5, 5), "Added up, the chances below come to about 5 of the 5 targets met (likely 5)."),
        ((0, 0, 1), "Added up, the chances below come to none of the 5 targets met (likely 0 to 1)."),
    ],
)
def test_the_count_of_targets_in_words(met: tuple[int, int, int], said: str) -> None:
    assert words.met_words(found(met=met)) == said


def test_the_chance_of_meeting_all_targets_says_why_it_is_low() -> None:
    said = words.all_met_words(found())
    assert said.startswith("The chance that you meet all 5 targets at once is about 3 in 10.")
    assert "Even someone who meets them all" in said


def test_the_picture_in_words_says_what_the_dots_show() -> None:
    for one in result(tiny_bank(), everywhere(tiny_bank(), 2, nothing), ROLE, "junior").areas:
        reach = sum(place >= one.target for place in one.dots)
        assert words.dots_words(one) == f"{reach} of 20 dots reach the target: {one.chance.words}."
