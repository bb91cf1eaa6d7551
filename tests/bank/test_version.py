"""What is found about a bank version is kept with it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from weakref import ref

from quiz.bank.version import BankVersion, remembered
from tests.domain_factories import tiny_bank


def test_what_is_found_about_a_version_is_computed_once_for_each_question_and_goes_with_it() -> None:
    asked = []

    @remembered(2)
    def times(bank: BankVersion, factor: int) -> int:
        asked.append((bank.number, factor))
        return factor * len(bank.live)

    bank, other = replace(tiny_bank()), replace(tiny_bank())
    assert times(bank, 2) == times(bank, 2) == 2 * len(bank.live)
    assert times(other, 2) == times(bank, 2)
    assert times(bank, 3) == 3 * len(bank.live)
    assert asked == [(bank.number, 2), (other.number, 2), (bank.number, 3)]

    gone = ref(bank)
    del bank
    assert gone() is None
    assert times(other, 2) == 2 * len(other.live)
    assert len(asked) == 3


def test_of_the_other_arguments_only_so_many_are_remembered() -> None:
    asked = []

    @remembered(2)
    def same(_bank: BankVersion, number: int) -> int:
        asked.append(number)
        return number

    bank = tiny_bank()
    assert [same(bank, number) for number in (1, 2, 3, 3, 1)] == [1, 2, 3, 3, 1]
    assert asked == [1, 2, 3, 1]


def test_a_version_about_which_something_was_found_can_go_to_another_process() -> None:
    @remembered(2)
    def size(bank: BankVersion) -> int:
        return len(bank.live)

    bank = replace(tiny_bank())
    known = size(bank)
    sent = pickle.loads(pickle.dumps(bank))
    assert sent.known == {}
    assert size(sent) == known == size(bank)
    assert (sent.number, len(sent.live), sent.skill_ids) == (bank.number, len(bank.live), bank.skill_ids)
