from __future__ import annotations

import numpy as np
import pytest

from quiz.simulate.surface import Item, features, padded, trial
from tests.simulate.invented import bank, item


def test_features_say_nothing_about_an_item_as_a_whole() -> None:
    items = bank(20, 1)
    table = features(items)
    assert padded(items).of(table.T, 0.0).sum(axis=-1) == pytest.approx(0, abs=1e-9)


def test_options_with_the_same_wording_have_the_same_features() -> None:
    table = features([item("It `grows`, usually", "It `grows`, usually", "It never stays so if it rains at 10")])
    assert table[0] == pytest.approx(table[1])
    assert np.abs(table[0] - table[2]).max() > 0.1


def test_a_place_is_a_feature_only_where_takers_see_it() -> None:
    seen = features([item("1 ms", "2 ms", "3 ms", fixed=True)])
    hidden = features([item("1 ms", "2 ms", "3 ms", fixed=False)])
    assert seen.shape[1] == 2
    assert hidden.shape[1] == 0


def test_the_model_learns_a_telling_length_and_uses_it_on_questions_it_was_not_trained_on() -> None:
    earned, null = trial(bank(60, 4, "longest"), 20, 1)
    assert earned.mean() > 0.9
    assert null.mean() == pytest.approx(0.25, abs=0.05)


def test_what_is_learnt_in_one_question_is_not_used_in_the_same_question() -> None:
    parts = [Item("one", "coding", "", ("aa", "b", "c"), (1.0, 0.0, 0.0), fixed=False)] * 4
    others = [Item("two", "coding", "", ("aa", "b", "c"), (0.0, 0.5, 0.5), fixed=False)] * 4
    earned, _ = trial([*parts, *others], 1, 1)
    assert earned[:4] == pytest.approx(0)
    assert earned[4:] == pytest.approx(0)


def test_permuted_keys_earn_the_chance_of_each_item_on_average() -> None:
    items = [*bank(10, 1), item("a", "bb", "ccc", key=(0, 2), name="two keys")]
    _, null = trial(items, 400, 1)
    assert null[:, -1].mean() == pytest.approx(2 / 3, abs=0.06)
    assert null[:, :-1].mean() == pytest.approx(1 / 4, abs=0.03)
