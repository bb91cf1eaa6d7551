"""Two nodes behind a balancer: when they were one, and that they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quiz.bench.balancer import haproxy
from quiz.bench.nodes import Nodes, disagree, two_nodes
from tests.databases import find_binaries

AS_ONE = Nodes(
    one_node=90.5,
    two_nodes=120.5,
    hops=43,
    stayed=0,
    compared=20,
    disagreements=0,
    late=0,
    killed=1,
    after_kill=30,
    errors=0,
    lost=0,
)


def page(question: str) -> str:
    return f'<input type="hidden" name="question" value="{question}">'


def test_nodes_that_were_tried_and_did_nothing_wrong_were_one() -> None:
    assert AS_ONE.ok


@pytest.mark.parametrize("field", ["one_node", "two_nodes", "hops", "compared", "killed", "after_kill"])
def test_nodes_of_which_something_was_not_tried_were_not_shown_to_be_one(field: str) -> None:
    assert not replace(AS_ONE, **{field: 0}).ok


@pytest.mark.parametrize("field", ["stayed", "disagreements", "late", "errors", "lost"])
def test_nodes_with_a_single_fault_were_not_one(field: str) -> None:
    assert not replace(AS_ONE, **{field: 1}).ok


def test_nodes_of_which_more_died_than_were_killed_were_not_one() -> None:
    assert not replace(AS_ONE, killed=2).ok


@pytest.mark.parametrize(
    ("pages", "differ"),
    [
        ([page("7"), page("7"), page("7")], False),
        ([page("7"), page("7"), page("8")], True),
        ([page("7"), page("7"), "<p>Not here"], True),
        (["<p>Not here"] * 3, True),
    ],
)
def test_pages_agree_where_each_asks_a_question_and_all_the_same(pages: list[str], differ: bool) -> None:
    assert disagree(pages) is differ


@pytest.mark.sweep
@pytest.mark.postgres
def test_two_nodes_behind_a_balancer_are_one_and_one_of_them_may_die() -> None:
    if haproxy() is None or find_binaries() is None:
        pytest.skip("HAProxy or PostgreSQL is not installed: sudo apt-get install haproxy postgresql")

    found = two_nodes(attempts=2)

    assert found.ok, found
