"""The question list: filters that count, search, order, pages. Two statements, however many questions there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from quiz.bank.question import LEVELS, TYPES
from quiz.competency.catalogue import Catalogue
from quiz.store.listing import ORDERS, ListedQuestion, Wanted, grouped, listed_page

PAGE = 50
MOST_NAMED = 1000
"""Questions that a statement names one by one; for more of them it is quicker to search again."""
STATUSES = {
    "live": "live",
    "live-draft": "live, change drafted",
    "live-review": "live, change in review",
    "live-approved": "live, change approved",
    "draft": "draft",
    "review": "in review",
    "approved": "approved",
    "retired": "retired",
    "withdrawn": "withdrawn",
}
PROOFS = {
    "passed": "passed",
    "reworded": "passed; wording changed since",
    "refuted": "refuted",
    "needed": "needs proof",
    "none": "editorial, no program",
}
ATTENTION = {
    "refuted": "its proof says no",
    "reported": "a taker reported a problem",
    "answers": "answers say: look at it",
    "needed": "needs proof",
    "review": "waits for a reviewer",
    "approved": "waits to be published",
    "nothing": "nothing",
}
SORTS = tuple(ORDERS)


@dataclass(frozen=True)
class Row:
    """A question in the list, said in words."""

    listed: ListedQuestion
    area: str
    skill: str
    status: str
    proof: str


@dataclass(frozen=True)
class Value:
    """One value of a filter, with how many questions choosing it would show."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with its values; `total` is what choosing none of them shows."""

    name: str
    label: str
    values: tuple[Value, ...]
    total: int

    @property
    def chosen(self) -> Value | None:
        """The value that is chosen."""
        return next((value for value in self.values if value.chosen), None)


@dataclass(frozen=True)
class Asked:
    """What the list is asked for, as it stands in the address."""

    words: str = ""
    sort: str = "changed"
    page: int = 1
    chosen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """One page of the list."""

    rows: tuple[Row, ...]
    facets: tuple[Facet, ...]
    total: int
    found: int
    first: int
    pages: int


@dataclass(frozen=True)
class Counts:
    """How many questions hold `words`, by the value each has of every filter, in the order of `NAMES`.

    `names`: which ones they are, where there are words; the texts, which are long, are read through once.
    """

    catalogue: Catalogue
    words: str
    groups: Mapping[tuple[str, ...], int]
    names: Mapping[tuple[str, ...], Sequence[str]]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.groups.values())

    def found(self, chosen: Mapping[str, str]) -> int:
        """How many have all of these values."""
        wanted = _places(chosen)
        return sum(n for values, n in self.groups.items() if all(values[at] == value for at, value in wanted))

    def wanted(self, chosen: Mapping[str, str]) -> Wanted:
        """Those that have all of these values: by name where few were found by their words."""
        places = _places(chosen)
        found = [of for values, of in self.names.items() if all(values[at] == value for at, value in places)]
        if self.words.split() and sum(map(len, found)) <= MOST_NAMED:
            return Wanted(names=[name for names in found for name in names])
        return Wanted(self.words, [_as_listed(self.catalogue, *one) for one in chosen.items()])


def counts(session: Session, catalogue: Catalogue, words: str = "") -> Counts:
    """Count the questions, for as many lists and filters of the same words as are wanted. One statement."""
    area_of = {skill: area.id for skill, area in catalogue.area_of.items()}
    found = [((area_of.get(values[0], ""), *values), n, names) for values, n, names in grouped(session, words)]
    groups, named = {values: n for values, n, _ in found}, {values: names for values, _, names in found}
    return Counts(catalogue, words, groups, named)


def listing(session: Session, catalogue: Catalogue, asked: Asked) -> Listing:
    """The page of the list that is asked for. Two statements: what there is, and the page itself."""
    return page_of(session, counts(session, catalogue, asked.words), asked)


def page_of(session: Session, counted: Counts, asked: Asked) -> Listing:
    """The same where the questions were counted before; the words are those that were counted.

    Unknown filters, values and orders are taken as not given.
    """
    labels = _labels(counted.catalogue)
    chosen = {name: value for name, value in asked.chosen.items() if value in labels.get(name, {})}
    found = counted.found(chosen)
    pages = max((found + PAGE - 1) // PAGE, 1)
    first = (min(max(asked.page, 1), pages) - 1) * PAGE
    order = asked.sort if asked.sort in SORTS else SORTS[0]
    return Listing(
        rows=tuple(
            _row(row, counted.catalogue) for row in listed_page(session, counted.wanted(chosen), order, first, PAGE)
        ),
        facets=facets(counted, chosen),
        total=counted.total,
        found=found,
        first=first,
        pages=pages,
    )


def facets(counted: Counts, chosen: Mapping[str, str]) -> tuple[Facet, ...]:
    """Each filter counted over the questions that all other filters leave."""
    labels, wanted = _labels(counted.catalogue), _places(chosen)
    every: list[Counter[str]] = [Counter() for _ in NAMES]
    for values, n in counted.groups.items():
        failed = [place for place, value in wanted if values[place] != value]
        for place in range(len(NAMES)) if not failed else failed if len(failed) == 1 else ():
            every[place][values[place]] += n
    return tuple(_facet(name, labels[name], found, chosen.get(name)) for name, found in zip(NAMES, every, strict=True))


def _as_listed(catalogue: Catalogue, name: str, value: str) -> tuple[str, Collection[str]]:
    """A chosen value as the list's rows hold it: an area is known by its skills."""
    if name == "area":
        return "skill", [skill for skill, area in catalogue.area_of.items() if area.id == value]
    return ("level" if name == "step" else name), [value]


def _row(row: ListedQuestion, catalogue: Catalogue) -> Row:
    area, skill = catalogue.area_of.get(row.skill), catalogue.skills.get(row.skill)
    return Row(
        listed=row,
        area=area.name if area else "an area that is gone",
        skill=skill.name if skill else row.skill,
        status=STATUSES[row.status],
        proof=PROOFS[row.proof],
    )


def _labels(catalogue: Catalogue) -> dict[str, Mapping[str, str]]:
    return {
        "area": {area.id: area.name for area in catalogue.areas},
        "skill": {skill.id: skill.name for skill in catalogue.skills.values()},
        "type": {kind: kind for kind in TYPES},
        "step": {level: level for level in LEVELS},
        "status": STATUSES,
        "proof": PROOFS,
        "attention": ATTENTION,
    }


NAMES = {
    **{"area": "Area", "skill": "Skill", "type": "Type", "step": "Step", "status": "Status", "proof": "Proof"},
    "attention": "Needs attention",
}


def _places(chosen: Mapping[str, str]) -> list[tuple[int, str]]:
    """Chosen values with their places in a group."""
    return [(place, chosen[name]) for place, name in enumerate(NAMES) if name in chosen]


def _facet(name: str, labels: Mapping[str, str], counts: Counter[str], chosen: str | None) -> Facet:
    values = [Value(v, label, counts[v], chosen == v) for v, label in labels.items() if counts[v] or chosen == v]
    return Facet(name, NAMES[name], tuple(values), counts.total())
