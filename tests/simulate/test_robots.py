from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given as law
from hypothesis import settings
from hypothesis import strategies as st

from quiz.bank import question as q
from quiz.simulate.robots import ROBOTS, SURFACE, Report, _holm, items_of, judge, run
from quiz.simulate.surface import Item
from tests import factories as make
from tests.simulate.invented import Tell, bank, item

AREA_OF = {"loops": "coding", "queues": "coding", "explaining": "talking", "listening": "talking"}
LAW = settings(deadline=None, derandomize=True, max_examples=40)
FAST = 19


def judged(*items: Item) -> Report:
    return judge(items, len(items), 1, FAST)


def chosen(robot: str, *texts: str, stem: str = "What happens?", fixed: bool = False) -> list[int]:
    """The places of the options that a robot likes best."""
    ranks = ROBOTS[robot](Item("one", "coding", stem, texts, (1.0,) + (0.0,) * (len(texts) - 1), fixed))
    return [place for place, rank in enumerate(ranks) if rank == max(ranks)]


def test_the_longest_option_is_chosen_by_its_characters() -> None:
    assert chosen("longest", "It grows", "It grows slowly", "It stays") == [1]


def test_echo_chooses_what_shares_most_content_words_with_the_stem() -> None:
    stem = "The waiting requests fill the queue of a server. What happens?"
    assert chosen("echo", "Nothing at all of this", "A server drops requests", "The queue stays", stem=stem) == [1]


def test_convergence_chooses_the_option_that_has_most_in_common_with_the_others() -> None:
    options = ("red small engine", "red large engine", "blue large engine", "red large wheel")
    assert chosen("convergence", *options) == [1]


def test_without_absolutes_every_option_that_has_none_is_as_good() -> None:
    assert chosen("no-absolutes", "It always grows", "It grows", "It can grow", "It never stays") == [1, 2]


def test_the_first_place_is_chosen_where_options_are_shuffled_and_the_middle_where_numbers_stand_in_order() -> None:
    assert chosen("first", "red", "blue", "green") == [0]
    assert chosen("first", "1", "2", "3", fixed=True) == [0, 1, 2]
    assert chosen("middle", "1", "2", "3", fixed=True) == [1]
    assert chosen("middle", "1", "2", "3", "4", fixed=True) == [1, 2]
    assert chosen("middle", "red", "blue", "green") == [0, 1, 2]


@pytest.mark.parametrize(
    ("items", "score", "chance", "p"),
    [
        ([item("longer", "a", "b", "c")], 1, 0.25, 0.25),
        ([item("longer", "a", "b", "c")] * 2, 1, 0.25, 1 / 16),
        ([item("longer", "a", "b", "c"), item("a", "longer", "b", "c")], 0.5, 0.25, 7 / 16),
        ([item("equal", "other", "b", "c")], 0.5, 0.25, 0.5),
        ([item("longer", "a", "b", "c", key=(0, 1))], 1, 0.5, 0.5),
        ([item("a", "longer", "b", "c")], 0, 0.25, 1),
    ],
    ids=["right", "right twice", "right once of two", "a tie", "one of two keys", "wrong"],
)
def test_score_chance_and_p_of_the_longest_option_are_exact(
    items: list[Item], score: float, chance: float, p: float
) -> None:
    gain = judged(*items).robots["longest"]
    assert (gain.score, gain.chance, gain.p) == pytest.approx((score, chance, p))


def test_the_interval_is_as_wide_as_chance_makes_it() -> None:
    gain = judged(item("longer", "a", "b", "c"), item("longer", "a", "b", "c")).robots["longest"]
    sd = (0.25 * 0.75 / 2) ** 0.5
    assert (gain.low, gain.high) == pytest.approx((0.75 - 1.96 * sd, 0.75 + 1.96 * sd))


@LAW
@law(
    st.lists(
        st.tuples(st.lists(st.integers(0, 3), min_size=3, max_size=4), st.lists(st.integers(1, 3), min_size=4)),
        min_size=1,
        max_size=3,
    )
)
def test_the_exact_p_is_the_share_of_all_ways_to_deal_the_credits_that_earn_as_much(
    drawn: list[tuple[list[int], list[int]]],
) -> None:
    items = [
        Item(
            "one",
            "coding",
            "",
            tuple("x" * n for n in lengths[: len(credit)]),
            tuple(c / 3 for c in credit),
            fixed=False,
        )
        for credit, lengths in drawn
    ]
    best = [[place for place, text in enumerate(i.texts) if len(text) == max(map(len, i.texts))] for i in items]

    def total(dealt: tuple[tuple[float, ...], ...]) -> float:
        return sum(
            sum(credit[place] for place in places) / len(places) for credit, places in zip(dealt, best, strict=True)
        )

    own = total(tuple(i.credit for i in items))
    every = [total(dealt) for dealt in product(*(list(permutations(i.credit)) for i in items))]
    share = sum(one >= own - 1e-9 for one in every) / len(every)
    assert judged(*items).robots["longest"].p == pytest.approx(share)


def test_holm_multiplies_the_smallest_p_most_and_never_lets_a_larger_p_overtake() -> None:
    gain = judged(item("longer", "a", "b", "c")).robots["longest"]
    raw = {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}
    found = {("", name): type(gain)(0, 0, 0, 0, p, p) for name, p in raw.items()}
    corrected = {name: one.holm for (_, name), one in _holm(found).items()}
    assert corrected == pytest.approx({"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06})


@pytest.mark.parametrize(("tell", "robot"), [("longest", "longest"), ("echo", "echo")])
def test_a_bank_whose_wording_tells_the_key_is_caught_by_its_robot_and_by_the_surface_model(
    tell: Tell, robot: str
) -> None:
    report = judge(bank(200, 1, tell), 200, 1, 499)
    assert {name for name, gain in report.robots.items() if gain.caught} >= {robot, SURFACE}
    assert not report.ok


def test_a_fair_bank_of_two_hundred_is_left_alone() -> None:
    report = judge(bank(200, 5), 200, 5, 499)
    assert report.ok
    assert not [name for name, gain in report.robots.items() if gain.caught]


@pytest.mark.sweep
def test_fair_banks_are_seldom_caught_and_every_robot_s_own_p_is_honest() -> None:
    reports = [judge(bank(50, seed), 50, seed, 99) for seed in range(40)]
    assert sum(not report.ok for report in reports) <= 2
    for name in (*ROBOTS, SURFACE):
        assert sum(report.robots[name].p < 0.05 for report in reports) <= 5, name


def test_the_same_seed_gives_the_same_report() -> None:
    assert judge(bank(30, 3), 30, 7, FAST) == judge(bank(30, 3), 30, 7, FAST)


def test_an_area_is_judged_by_its_own_items() -> None:
    telling, fair = bank(80, 2, "longest"), bank(80, 3)
    mixed = [i for i in telling if i.area == "coding"] + [i for i in fair if i.area == "talking"]
    report = judge(mixed, 80, 2, FAST)
    assert report.sizes == {"coding": 40, "talking": 40}
    assert report.areas["coding"]["longest"].caught
    assert not report.areas["talking"]["longest"].caught


def test_a_question_that_feeds_a_robot_is_named_the_clearest_first() -> None:
    slight, clear = item("longer", "short", "b", "c", name="slight"), item("longer by far", "a", "b", "c", name="clear")
    against = item("a", "longer", "b", "c", name="against")
    report = judged(slight, clear, against)
    assert report.fed_by["longest"] == ("clear", "slight")
    assert "middle" not in report.fed_by


def test_every_choice_of_a_live_question_counts_each_part_of_a_case_too() -> None:
    questions: list[q.Question] = [make.single(), make.multiple(), make.judgement(), make.case(), make.number()]
    drafts: list[q.Question] = [make.single(id="draft", status="draft")]
    found = items_of([*questions, *drafts], AREA_OF)
    assert [i.question for i in found] == ["a-single", "a-multiple", "a-judgement", "a-case"]
    assert [i.credit for i in found][1:3] == [(1, 0, 1, 0), (1, 2 / 3, 1 / 3, 0)]
    assert found[3].stem.startswith("A shop's queue fills up every Monday.")
    assert run([*questions, *drafts], AREA_OF, 1, FAST).questions == 5


def test_items_hold_what_a_taker_reads_and_know_which_options_stay_in_order() -> None:
    numbers = make.single(options=make.options(1, 2, 3, field="value"), key="a", shown_as="{} requests")
    filled_in = make.single(
        stem="At {rate} a second, what happens?\n",
        given={"rate": 1200},
        options=make.options("{rate} wait", "b", "c"),
        key="a",
    )
    ordered, shuffled = items_of([numbers, filled_in], AREA_OF)
    assert ordered.texts == ("1 requests", "2 requests", "3 requests")
    assert shuffled.stem == "At 1,200 a second, what happens?\n"
    assert shuffled.texts[0] == "1,200 wait"
    assert (ordered.fixed, shuffled.fixed) == (True, False)


def test_a_bank_without_options_has_nothing_to_judge() -> None:
    report = run([make.number(), make.fill()], AREA_OF, 1, FAST)
    assert (report.questions, report.items, report.robots, report.ok, report.gate) == (2, 0, {}, True, False)


def test_the_gate_begins_at_one_hundred_and_eighty_live_questions() -> None:
    items = bank(2, 1)
    assert not judge(items, 179, 1, FAST).gate
    assert judge(items, 180, 1, FAST).gate
