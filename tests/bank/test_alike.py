from __future__ import annotations

from typing import Any

import pytest

from quiz.bank import question as q
from quiz.bank.alike import Pair, alike, content_words, settled, unsettled
from tests import factories as make
from tests.work import CALLS_A_SECOND, counted

AREA_OF = {"loops": "coding", "queues": "coding", "explaining": "talking", "listening": "talking"}
KEY = "A nightly job copies the warehouse table before training begins"


def betrayed(**changes: Any) -> q.Single:
    """A single whose key is `KEY`; one of its wrong options begins like it."""
    given = make.options(
        KEY, "Each request reads the newest rows", "A nightly job copies nothing", "Nobody copies the rows"
    )
    return make.single(id="betrayed", stem="Which plan keeps the features steady?\n", options=given, key="a", **changes)


def telling(stem: str, **changes: Any) -> q.Number:
    """Another question, which says something in its stem."""
    return make.number(**{"id": "telling", "stem": stem, "given": {}, **changes})


def cues(*questions: q.Question) -> list[tuple[str, str]]:
    return [(pair.a, pair.b) for pair in alike(questions, AREA_OF) if pair.kind == "cue"]


def duplicates(*questions: q.Question) -> list[tuple[str, str]]:
    return [(pair.a, pair.b) for pair in alike(questions, AREA_OF) if pair.kind == "duplicate"]


def test_content_words_are_lower_case_and_stemmed_without_code_and_small_words() -> None:
    assert content_words("The queues of `popleft` are growing\n\n```python\nx = 1\n```\n") == ["queu", "grow"]


def test_a_copy_with_other_numbers_is_a_near_duplicate() -> None:
    copy = make.single(
        id="copy", stem="A service answers 90 requests a second and 95 arrive. What happens to its queue?\n"
    )
    assert duplicates(make.single(), copy) == [("a-single", "copy")]


def test_two_questions_of_the_same_type_on_other_things_are_no_duplicates() -> None:
    other = make.single(
        id="other", stem="Which plan holds?\n", options=make.options("Copy it", "Read it", "Drop it"), key="a"
    )
    assert duplicates(make.single(), other) == []


def test_the_share_is_the_jaccard_index_of_runs_of_three_words() -> None:
    first = make.number(id="first", title="one two three four", stem="Give the sum\n", given={})
    second = make.number(id="second", title="one two three five", stem="Give the sum\n", given={})
    third = make.number(id="third", title="one two three four", stem="Give the sum\n", given={})
    found = {(pair.a, pair.b): pair.share for pair in alike([first, second, third])}
    assert found == {("first", "third"): 1.0}
    near = second.model_copy(update={"title": "one two three four five"})
    assert alike([first, near])[0].share == pytest.approx(3 / 4)


def test_code_counts_and_reasons_do_not() -> None:
    one = make.line()
    other_code = make.line(id="other", code="def half(q):\n    z = 9\n\n    return q - z * 7 / 3 + q ** 2\n")
    other_reason = make.line(id="same", why="A wholly different text about why this is so.")
    assert duplicates(one, other_reason) == [("a-line", "same")]
    assert duplicates(one, other_code) == []


def test_given_is_filled_in_before_texts_are_compared() -> None:
    stem = "At {rate} requests each second how many arrive in {span} seconds?\n"
    written_out = make.number(id="out", stem="At 12 requests each second how many arrive in 5 seconds?\n", given={})
    assert alike([make.number(id="in", stem=stem), written_out])[0].share == 1.0


def test_a_key_in_the_stem_of_another_question_is_a_cue_with_its_words() -> None:
    stem = "In a shop, a nightly job copies the warehouse table before training begins. How many rows are copied?\n"
    (pair,) = alike([betrayed(), telling(stem)], AREA_OF)
    assert (pair.a, pair.b, pair.kind, pair.share) == ("betrayed", "telling", "cue", 1.0)
    assert pair.what == "nightly job copies warehouse table training begins"


def test_a_part_of_a_case_can_betray_and_be_betrayed() -> None:
    stem = "A nightly job copies the warehouse table before training begins. How many rows are copied?\n"
    part = make.part("single", options=[o.model_dump(exclude_none=True) for o in betrayed().options], key="a")
    case = make.case(parts=[part, make.part("number", id="last")])
    asking = make.case(id="asking", parts=[make.part("number", stem=stem), make.part("number", id="last")])
    assert cues(case, telling(stem)) == [("a-case", "telling")]
    assert cues(betrayed(), asking) == [("betrayed", "asking")]


@pytest.mark.parametrize(
    "stem",
    [
        "The nightly job copies rows. How many are copied?\n",
        "A nightly job copies something. The warehouse is full, a table is locked, and training begins. How many?\n",
        "There is a nightly job. Copies of the warehouse table exist before training. It begins soon. How many?\n",
        "No nightly job without copies of the warehouse table without training begins. How many?\n",
    ],
    ids=["three words", "not in a row", "across a full stop", "across a negation"],
)
def test_fewer_than_four_content_words_in_a_row_are_no_cue(stem: str) -> None:
    assert cues(betrayed(), telling(stem)) == []


def test_what_stands_in_a_wrong_option_or_in_the_own_stem_too_is_no_cue() -> None:
    stem = "A nightly job copies the warehouse table before training begins. How many?\n"
    twin = make.options(KEY, f"{KEY}, and nobody looks", "Each request reads the newest rows")
    assert cues(betrayed(), telling(stem)) == [("betrayed", "telling")]
    assert cues(make.single(id="betrayed", options=twin, key="a"), telling(stem)) == []
    assert cues(betrayed(notes=None).model_copy(update={"stem": stem}), telling(stem)) == []


def test_the_best_reply_and_every_true_option_count_as_keys() -> None:
    stem = "I show the new measurement and ask the author politely. How many reviews follow?\n"
    reply = "I show the new measurement and ask the author politely"
    options = [o.model_dump() | ({"text": reply} if o.id == "show" else {}) for o in make.judgement().options]
    judgement = make.judgement(options=options)
    multiple = make.multiple(options=make.options("Nothing", reply, "Something", "Whatever"), key=["a", "b"])
    assert cues(judgement, telling(stem)) == [("a-judgement", "telling")]
    assert cues(multiple, telling(stem)) == [("a-multiple", "telling")]


def test_a_wrong_option_in_another_stem_gives_nothing_away() -> None:
    assert cues(betrayed(), telling("Each request reads the newest rows again. How many are read?\n")) == []


@pytest.mark.parametrize(
    ("form", "stem", "cue"),
    [
        ("popleft", "Someone calls `popleft` twice. How many are left?\n", True),
        ("popleft", "```python\nqueue.popleft()\n```\n\nHow many are left?\n", True),
        ("queue.popleft", "Someone calls `queue.popleft()` twice. How many are left?\n", True),
        ("popleft", "Someone writes popleft in a chat. How many are left?\n", False),
        ("median", "The median latency is low. How many are left?\n", False),
        ("pop", "Someone calls `pop` twice. How many are left?\n", False),
        ("return", "The word `return` stands here. How many are left?\n", False),
        ("[1, 2, 3]", "It prints `[1, 2, 3]` at once. How many are left?\n", False),
        ("2", "It holds 2 entries. How many are left?\n", False),
        ("every waiting request leaves first", "Every waiting request leaves first here. How many?\n", True),
    ],
)
def test_a_typed_answer_is_a_cue_only_where_it_is_distinctive_and_shown_as_code(
    form: str, stem: str, cue: bool
) -> None:
    asked = make.fill(accept=[form], reject=[])
    assert cues(asked, telling(stem)) == ([("a-fill", "telling")] if cue else [])


def test_a_name_in_many_stems_betrays_nothing() -> None:
    stem = "Someone calls `popleft` twice. How many are left?\n"
    few = [telling(stem, id=f"few-{n}") for n in range(3)]
    assert len(cues(make.fill(accept=["popleft"], reject=[]), *few)) == 3
    assert cues(make.fill(accept=["popleft"], reject=[]), *few, telling(stem, id="more")) == []


@pytest.mark.parametrize(
    ("key", "stem", "cue"),
    [
        ({"value": 1440, "unit": "requests"}, "The server takes 1,440 requests. How many?\n", True),
        ({"value": 1440, "unit": "requests per second"}, "The server takes 1440 requests. How many?\n", True),
        ({"value": 15.3, "decimals": 1, "scale": "percent"}, "The recall is 15.3 %. How many?\n", True),
        ({"value": -2.755, "decimals": 3}, "It changes by -2.755 here. How many?\n", True),
        ({"value": -2.75, "decimals": 2}, "It changes by -2.75 here. How many?\n", False),
        ({"value": 1440, "unit": "requests"}, "The server has 1,440 cores. How many?\n", False),
        ({"value": 1440, "unit": "requests"}, "The server takes 11,440 requests. How many?\n", False),
        ({"value": 3, "unit": "days"}, "It takes 3 days. How many?\n", False),
        ({"value": 0.5, "decimals": 1}, "The threshold is 0.5. How many?\n", False),
        ({"value": 1000, "unit": "rows"}, "It has 1,000 rows. How many?\n", False),
        ({"value": 60, "unit": "requests"}, "There are 60 requests. How many?\n", False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_number_is_a_cue_only_with_enough_digits_and_its_unit(key: dict[str, Any], stem: str, cue: bool) -> None:
    asked = make.number(key=key, traps=[], stem="At {rate} and {span}, what comes out?\n")
    assert cues(asked, telling(stem, key={"value": 7}, traps=[])) == ([("a-number", "telling")] if cue else [])


def test_only_questions_of_one_area_give_each_other_away() -> None:
    stem = "A nightly job copies the warehouse table before training begins. How many?\n"
    near, far = telling(stem, skill="loops"), telling(stem, skill="explaining")
    assert cues(betrayed(), near) == [("betrayed", "telling")]
    assert cues(betrayed(), far) == []
    assert [pair.kind for pair in alike([betrayed(), far])] == ["cue"]


def test_what_is_no_longer_asked_is_not_compared() -> None:
    assert duplicates(make.single(), make.single(id="draft", status="draft")) == [("a-single", "draft")]
    assert duplicates(make.single(), make.single(id="retired", status="retired")) == []


@pytest.mark.parametrize("named_in", ["a-single", "copy"])
def test_a_pair_is_settled_once_either_side_names_the_other(named_in: str) -> None:
    pair = [make.single(), make.single(id="copy")]
    other = {"a-single": "copy", "copy": "a-single"}
    named = [one.model_copy(update={"enemies": [other[one.id]]}) if one.id == named_in else one for one in pair]
    found = Pair("a-single", "copy", "duplicate", 1.0, alike(pair)[0].what)
    assert (unsettled(pair), settled(pair)) == ((found,), ())
    assert (unsettled(named), settled(named)) == ((), (found,))


def test_three_hundred_and_sixty_questions_are_compared_in_about_a_second_of_work() -> None:
    kinds = make.one_of_each()
    many = [
        one.model_copy(update={"id": f"{one.id}-{n}", "stem": f"{one.stem} {' '.join(f'w{n}{k}' for k in range(60))}?"})
        for n in range(40)
        for one in kinds
    ]
    with counted() as work:
        alike(many, AREA_OF)
    assert work.calls < CALLS_A_SECOND
