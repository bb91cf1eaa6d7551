"""Partial orders: `key[x]` lists what must stand before `x`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter


def cyclic(key: Mapping[str, Sequence[str]]) -> bool:
    """Whether something would have to stand before itself."""
    try:
        TopologicalSorter(key).prepare()
    except CycleError:
        return True
    return False


def respects(sequence: Sequence[str], lines: Sequence[str], key: Mapping[str, Sequence[str]]) -> bool:
    """Whether `sequence` holds exactly `lines`, each after all that must stand before it."""
    if sorted(sequence) != sorted(lines):
        return False
    place = {line: i for i, line in enumerate(sequence)}
    return all(place[before] < place[line] for line, befores in key.items() for before in befores)


def right_orders(lines: Sequence[str], key: Mapping[str, Sequence[str]]) -> int:
    """How many sequences of all `lines` respect the key (linear extensions, counted over subsets)."""
    befores = {line: frozenset(key.get(line, ())) for line in lines}

    @cache
    def count(placed: frozenset[str]) -> int:
        if len(placed) == len(befores):
            return 1
        return sum(count(placed | {x}) for x in befores if x not in placed and befores[x] <= placed)

    return count(frozenset())


def before_of(lines: Sequence[str], key: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """For each line everything that must stand before it, directly or by way of others. The key is not cyclic."""
    found: dict[str, set[str]] = {}
    for line in TopologicalSorter({line: key.get(line, ()) for line in lines}).static_order():
        found[line] = set().union(*({before} | found[before] for before in key.get(line, ())))
    return found
