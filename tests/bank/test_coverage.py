from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given as law
from hypothesis import settings
from hypothesis import strategies as st

from quiz import yamlfile
from quiz.bank import question as q
from quiz.bank.blueprint import Blueprint, blueprint_of
from quiz.bank.coverage import Coverage, coverage, lacking, needed_information, typical_information
from quiz.bank.coverage_svg import drawing
from quiz.bank.proofs import proved_how
from quiz.yamlfile import FileProblems
from tests import factories as make

LAW = settings(deadline=None, derandomize=True, max_examples=60)
TARGETS: dict[str, Any] = {
    "per_skill": {"guided": 1, "independent": 2, "advanced": 1, "leading": 0},
    "guess_free": {"area": 50, "bank": 60},
    "precision": {"asked": 2, "sd": 1.0},
    "types": {"coding": {"single": 50, "number": 50}, "talking": {"judgement": 100}},
    "provable": {"coding": 50, "talking": 0},
}
BANK: list[q.Question] = [
    make.single(id="one", seconds=60),
    make.number(id="two", seconds=90, level="guided"),
    make.number(id="three", seconds=30, skill="loops"),
    make.judgement(id="four", seconds=120, skill="explaining"),
    make.case(id="five", seconds=240, skill="explaining", level="leading"),
    make.single(id="draft", status="draft"),
]


def found(*questions: q.Question, **changes: Any) -> Coverage:
    """Coverage of these questions against the small blueprint, some of it changed."""
    return coverage(make.catalogue(), questions, Blueprint.model_validate(TARGETS | changes))


def test_live_questions_are_counted_by_step_type_and_proof_in_every_skill_and_area() -> None:
    coding, talking = found(*BANK).areas
    assert (coding.stock.live, talking.stock.live) == (3, 2)
    assert coding.stock.level == {"guided": 1, "independent": 2, "advanced": 0, "leading": 0}
    assert {kind: n for kind, n in coding.stock.type.items() if n} == {"single": 1, "number": 2}
    assert coding.stock.proof == {"run": 3, "model": 0, "partly": 0, "none": 0}
    assert talking.stock.proof == {"run": 1, "model": 0, "partly": 0, "none": 1}
    assert {skill.id: skill.stock.live for skill in coding.skills} == {"loops": 1, "queues": 2}


def test_shares_leave_judgements_and_cases_out_and_are_unknown_where_nothing_is_left() -> None:
    everything = found(*BANK)
    coding, talking = everything.areas
    assert coding.stock.guess_free_share == everything.stock.guess_free_share == pytest.approx(2 / 3)
    assert talking.stock.guess_free_share is None
    assert talking.stock.provable_share == 0.5


def test_minutes_are_the_mean_of_the_expected_times() -> None:
    everything = found(*BANK)
    assert everything.stock.minutes == pytest.approx((60 + 90 + 30 + 120 + 240) / 5 / 60)
    assert everything.attempt_minutes == pytest.approx(36)
    assert everything.areas[0].stock.minutes == 1


def test_what_is_missing_is_counted_by_skill_so_that_too_many_in_one_do_not_fill_another() -> None:
    coding = found(*BANK).areas[0]
    loops, queues = coding.skills
    assert (loops.questions, queues.questions, coding.missing.questions) == (3, 2, 5)
    assert loops.level == {"guided": 1, "independent": 1, "advanced": 1, "leading": 0}
    assert queues.level == {"guided": 0, "independent": 1, "advanced": 1, "leading": 0}
    many = found(*[make.number(id=f"n{i}", skill="loops") for i in range(9)]).areas[0]
    assert many.missing.questions == 4


def test_types_and_proofs_are_missing_against_their_share_of_the_whole_blueprint() -> None:
    coding, talking = found(*BANK).areas
    assert coding.missing.type == {"single": 3, "number": 2}
    assert coding.missing.provable == 1
    assert (talking.missing.type, talking.missing.provable) == ({"judgement": 7}, 0)


def test_information_of_a_number_at_its_step_is_two_ninths_of_its_squared_slope() -> None:
    doubt_free = make.catalogue().competencies.prior.levels
    squared = 1 / (1 + 0.35 * doubt_free**2)
    only = found(make.number(level="advanced")).areas[0]
    assert only.stock.information[2] == pytest.approx(squared * 2 / 9)
    assert typical_information(doubt_free) == pytest.approx(squared * 2 / 9)
    assert only.skills[1].stock.information == only.stock.information
    assert only.skills[0].stock.information == (0, 0, 0, 0)


def test_luck_lowers_the_information_as_much_as_a_person_of_usual_habits_guesses() -> None:
    squared = 1 / (1 + 0.35 * 0.36)
    c, p = 0.8 / 4, 2 / 3
    knows = (p - c) / (1 - c)
    expected = squared * ((1 - c) * knows * (1 - knows)) ** 2 / (p * (1 - p))
    assert found(make.single()).areas[0].stock.information[1] == pytest.approx(expected)


def test_information_adds_up() -> None:
    once, twice = (found(*[make.number(id=f"n{i}") for i in range(n)]).areas[0].stock.information for n in (1, 2))
    assert twice == pytest.approx([2 * value for value in once])


def test_the_information_needed_brings_the_prior_to_the_wanted_sd() -> None:
    assert needed_information(4.0, 1.0) == 0.75
    assert needed_information(0.5, 1.0) == 0


@pytest.mark.parametrize(
    ("there", "needed", "lack"),
    [
        ([], 1.0, 4),
        ([], 2.0, 6),
        ([1.5, 0.1], 1.0, 2),
        ([0.2] * 6, 1.0, 4),
        ([3.0, 3.0], 1.0, 0),
        ([], 0.0, 0),
        ([], 2.1, 6),
        ([0.8] * 6, 2.1, 1),
    ],
    ids=[
        "none there",
        "all typical",
        "few there",
        "weak ones",
        "rich ones",
        "none needed",
        "out of reach",
        "better ones",
    ],
)
def test_typical_questions_lack_until_the_best_of_three_draws_tell_enough(
    there: list[float], needed: float, lack: int
) -> None:
    """With two asked, the six best questions must bring three times as much; a typical one tells .75 or 1."""
    typical = 0.75 if needed == 1.0 else 0.7 if needed > 2 else 1.0
    assert lacking(there, needed, typical, asked=2) == lack


@LAW
@law(st.lists(st.floats(0, 1), max_size=30), st.floats(0, 1.4))
def test_one_more_question_never_makes_more_questions_lack(there: list[float], needed: float) -> None:
    assert lacking([*there, 0.3], needed, 0.2, 7) <= lacking(there, needed, 0.2, 7)


def test_an_area_without_questions_lacks_them_near_every_step() -> None:
    empty = found(precision={"asked": 7, "sd": 0.75}).areas[0]
    v = 1.2 + 0.48 + 0.3 / 2
    assert empty.missing.information == (-(-3 * (1 / 0.75**2 - 1 / v) // typical_information(0.6)),) * 4
    assert empty.stock.minutes is None
    assert found().attempt_minutes is None


def test_a_case_is_proved_as_far_as_its_parts_are() -> None:
    model = {"kind": "model", "script": "def holds(c):\n    return True\n", "reason": "As in the book."}
    none = {"kind": "none", "reason": "From the guidance in the references."}

    def case(*proofs: dict[str, Any]) -> q.Case:
        return make.case(parts=[make.part("single", id=f"p{i}", proof=proof) for i, proof in enumerate(proofs)])

    run = make.part("single")["proof"]
    assert [proved_how(c) for c in (case(run, run), case(run, model), case(run, none), case(none, none))] == [
        *("run", "model", "partly", "none")
    ]
    assert proved_how(make.judgement()) == "none"


def parsed(**changes: Any) -> yamlfile.Document:
    return yamlfile.parse(yamlfile.write(TARGETS | changes), "blueprint.yaml")


def test_a_blueprint_that_fits_the_framework_is_read() -> None:
    assert blueprint_of(parsed(), make.catalogue()).questions == 4


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"colour": "red"}, "colour: is not a field"),
        ({"guess_free": {"area": 150, "bank": 60}}, "guess_free.area: must be at most 100"),
        ({"per_skill": {"guided": 1, "leading": 1}}, "needs guided, independent, advanced and leading"),
        ({"types": TARGETS["types"] | {"coding": {"single": 90}}}, "the types of coding add up to 90 %, not 100"),
        ({"types": TARGETS["types"] | {"sewing": {"single": 100}}}, "types.sewing: there is no such area"),
        ({"provable": {"coding": 50}}, "provable: lacks the area talking"),
    ],
    ids=["unknown field", "too much", "a step lacks", "shares", "unknown area", "missing area"],
)
def test_a_blueprint_s_mistake_is_told_with_its_place(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(FileProblems) as error:
        blueprint_of(parsed(**changes), make.catalogue())
    assert told in str(error.value)
    assert str(error.value).startswith("blueprint.yaml:")


def test_the_drawing_shows_every_area_in_words_too_and_takes_its_colour_from_the_page() -> None:
    text = drawing(found(*BANK))
    root = ET.fromstring(text)
    names = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in root.iter()}
    assert names == {"svg", "title", "desc", "g", "rect", "text", "path", "polyline"}
    assert not [element for element in root.iter() if "style" in element.attrib]
    assert {e.attrib[name] for e in root.iter() for name in ("fill", "stroke") if name in e.attrib} == {
        *("currentColor", "none")
    }
    assert min(int(e.attrib["font-size"]) for e in root.iter() if "font-size" in e.attrib) >= 12
    assert "Coding: 1 guided, 2 independent, 0 advanced, 0 leading" in text
    assert text.count("<polyline") == 2


def test_an_empty_bank_is_drawn_flat() -> None:
    heights = {float(e.attrib["height"]) for e in ET.fromstring(drawing(found())).iter() if "height" in e.attrib}
    assert heights == {0}


def test_names_are_escaped_in_the_drawing() -> None:
    everything = found(*BANK)
    odd = Coverage(everything.stock, (type(everything.areas[0])(**{**vars(everything.areas[0]), "name": "<R&D>"}),))
    assert "&lt;R&amp;D&gt;" in drawing(odd)
