"""The question list: filters that count, search, order, pages. Two statements, however many questions there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from quiz.bank.question import LEVELS, TYPES
from quiz.competency.catalogue import Catalogue
from quiz.store.listing import ListedQuestion, listed_questions

PAGE = 50
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
SORTS: Mapping[str, Callable[[ListedQuestion], tuple[object, ...]]] = {
    "changed": lambda row: (-row.changed_at, row.id),
    "title": lambda row: (row.title.casefold(), row.id),
    "skill": lambda row: (row.skill, LEVELS.index(row.level), row.id),
    "type": lambda row: (row.type, row.id),
    "step": lambda row: (LEVELS.index(row.level), row.id),
}


@dataclass(frozen=True)
class Row:
    """A question in the list, said in words. `values`: to which value of each filter it belongs."""

    listed: ListedQuestion
    area: str
    skill: str
    status: str
    proof: str
    values: Mapping[str, str]


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


def status_of(row: ListedQuestion) -> str:
    """Where a question stands: its newest text, and whether an older one is asked meanwhile."""
    return f"live-{row.state}" if row.live is not None and row.state in {"draft", "review", "approved"} else row.state


def proof_of(row: ListedQuestion) -> str:
    """What its programs say about the newest text."""
    if row.proved_how == "none":
        return "none"
    if row.proof_ok is None:
        return "needed"
    if not row.proof_ok:
        return "refuted"
    reworded = row.worded_at is not None and (row.proof_at or 0) < row.worded_at
    return "reworded" if reworded else "passed"


def attention_of(row: ListedQuestion, proof: str, reported: frozenset[str]) -> str:
    """The most pressing thing about a question whose proof says this."""
    if row.state in {"retired", "withdrawn"}:
        return "nothing"
    if proof == "refuted":
        return "refuted"
    if row.id in reported:
        return "reported"
    if row.told and row.live is not None:
        return "answers"
    if proof == "needed":
        return "needed"
    return row.state if row.state in ATTENTION else "nothing"


@dataclass(frozen=True)
class Everything:
    """Every question that was searched for, each with its values: what pages of the list are made of."""

    rows: Sequence[tuple[ListedQuestion, tuple[str, ...]]]
    catalogue: Catalogue


def everything(
    session: Session, catalogue: Catalogue, words: str = "", reported: frozenset[str] = frozenset()
) -> Everything:
    """Read the list once, for as many of its pages as are wanted. One statement."""
    area_of = {skill: area.id for skill, area in catalogue.area_of.items()}
    rows = [(row, _values(row, area_of, reported)) for row in listed_questions(session, words)]
    return Everything(rows, catalogue)


def listing(session: Session, catalogue: Catalogue, asked: Asked, reported: frozenset[str] = frozenset()) -> Listing:
    """The page of the list that is asked for."""
    return page_of(everything(session, catalogue, asked.words, reported), asked)


def page_of(every: Everything, asked: Asked) -> Listing:
    """The same from what was read. Unknown filters, values and orders are taken as not given."""
    rows = every.rows
    labels = _labels(every.catalogue)
    chosen = {name: value for name, value in asked.chosen.items() if value in labels.get(name, {})}
    wanted = [(place, chosen[name]) for place, name in enumerate(NAMES) if name in chosen]
    found = [(row, values) for row, values in rows if all(values[place] == value for place, value in wanted)]
    order = SORTS.get(asked.sort, SORTS["changed"])
    found.sort(key=lambda pair: order(pair[0]))
    pages = max((len(found) + PAGE - 1) // PAGE, 1)
    first = (min(max(asked.page, 1), pages) - 1) * PAGE
    return Listing(
        rows=tuple(_row(row, values, labels) for row, values in found[first : first + PAGE]),
        facets=_facets([values for _, values in rows], labels, chosen),
        total=len(rows),
        found=len(found),
        first=first,
        pages=pages,
    )


def _values(row: ListedQuestion, area_of: Mapping[str, str], reported: frozenset[str]) -> tuple[str, ...]:
    """To which value of each filter a question belongs, in the order of `NAMES`."""
    proof = proof_of(row)
    attention = attention_of(row, proof, reported)
    return area_of.get(row.skill, ""), row.skill, row.type, row.level, status_of(row), proof, attention


def _row(row: ListedQuestion, values: tuple[str, ...], labels: Mapping[str, Mapping[str, str]]) -> Row:
    named = dict(zip(NAMES, values, strict=True))
    return Row(
        listed=row,
        area=labels["area"].get(named["area"], "an area that is gone"),
        skill=labels["skill"].get(row.skill, row.skill),
        status=STATUSES[named["status"]],
        proof=PROOFS[named["proof"]],
        values=named,
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


def _facets(
    rows: Sequence[tuple[str, ...]], labels: Mapping[str, Mapping[str, str]], chosen: Mapping[str, str]
) -> tuple[Facet, ...]:
    """Each filter counted over the questions that all other filters leave."""
    wanted = [(place, chosen[name]) for place, name in enumerate(NAMES) if name in chosen]
    whole: list[tuple[str, ...]] = []
    but_for: list[list[tuple[str, ...]]] = [[] for _ in NAMES]
    for values in rows:
        failed = [place for place, value in wanted if values[place] != value]
        if not failed:
            whole.append(values)
        elif len(failed) == 1:
            but_for[failed[0]].append(values)
    return tuple(
        _facet(name, labels[name], Counter(v[place] for v in (*whole, *but_for[place])), chosen.get(name))
        for place, name in enumerate(NAMES)
    )


def _facet(name: str, labels: Mapping[str, str], counts: Counter[str], chosen: str | None) -> Facet:
    values = [Value(v, label, counts[v], chosen == v) for v, label in labels.items() if counts[v] or chosen == v]
    return Facet(name, NAMES[name], tuple(values), counts.total())
