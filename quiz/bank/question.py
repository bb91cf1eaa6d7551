"""The shape of a question: one strict model per type, as it stands in a file and in a stored revision.

`docs/questions.md` explains every field with one example per type. A *part* of a case has the body of a
question (options and key, say) without its head (skill, level, references).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from quiz.bank.order import cyclic
from quiz.bank.pieces import (
    LEVELS,
    STATUSES,
    Figure,
    Id,
    Language,
    Level,
    Line,
    LineNumber,
    LineTrap,
    NumberKey,
    Option,
    Proof,
    Reference,
    Reply,
    ShortText,
    Statement,
    Status,
    Strict,
    Text,
    Trap,
    Value,
    Wrong,
    known,
    unique,
)

__all__ = [
    "FIELD_ORDER",
    "LEVELS",
    "STATUSES",
    "TYPES",
    "Body",
    "Case",
    "CaseBody",
    "Figure",
    "Fill",
    "FillBody",
    "FillPart",
    "Head",
    "Id",
    "Judgement",
    "JudgementBody",
    "Language",
    "Level",
    "Line",
    "LineBody",
    "LineNumber",
    "LineQuestion",
    "LineTrap",
    "Match",
    "MatchBody",
    "Multiple",
    "MultipleBody",
    "MultiplePart",
    "Number",
    "NumberBody",
    "NumberKey",
    "NumberPart",
    "Option",
    "Order",
    "OrderBody",
    "Part",
    "PartHead",
    "Proof",
    "Question",
    "Reference",
    "Reply",
    "ShortText",
    "Single",
    "SingleBody",
    "SinglePart",
    "Statement",
    "Status",
    "Strict",
    "Text",
    "Trap",
    "Value",
    "Wrong",
]


class SingleBody(Strict):
    """One right option of three to five."""

    type: Literal["single"]
    options: Annotated[list[Option], Field(min_length=3, max_length=5)]
    shown_as: ShortText | None = None
    key: Id

    @model_validator(mode="after")
    def _key_exists(self) -> Self:
        unique([o.id for o in self.options], "the option")
        unique([o.content for o in self.options], "the content of an option")
        known([self.key], [o.id for o in self.options], "options")
        return self


class MultipleBody(Strict):
    """The exact set of true options among four to six."""

    type: Literal["multiple"]
    options: Annotated[list[Option], Field(min_length=4, max_length=6)]
    shown_as: ShortText | None = None
    key: Annotated[list[Id], Field(min_length=1)]

    @model_validator(mode="after")
    def _key_is_some(self) -> Self:
        unique([o.id for o in self.options], "the option")
        unique([o.content for o in self.options], "the content of an option")
        unique(self.key, "in the key the option")
        known(self.key, [o.id for o in self.options], "options")
        if len(self.key) == len(self.options):
            raise ValueError("the key may not be every option")
        return self


class NumberBody(Strict):
    """A number to be worked out and typed."""

    type: Literal["number"]
    key: NumberKey
    traps: list[Trap] = []

    @model_validator(mode="after")
    def _traps_are_wrong(self) -> Self:
        for trap in self.traps:
            if round(trap.value, self.key.decimals) == self.key.value:
                raise ValueError(f"the trap {trap.value} rounds to the key")
        return self


class FillBody(Strict):
    """A closed answer to be typed: an identifier, an operator, or the exact output of a program."""

    type: Literal["fill"]
    accept: Annotated[list[Text], Field(min_length=1)]
    reject: list[Wrong] = []
    normalise: list[Literal["space", "quotes", "case"]] = ["space"]


class LineBody(Strict):
    """A line of code to be pointed at. `fix` replaces a right line so that the proof's test passes."""

    type: Literal["line"]
    language: Language
    code: Text
    key: Annotated[list[int], Field(min_length=1)]
    fix: dict[LineNumber, str]
    traps: list[LineTrap] = []

    @property
    def rows(self) -> list[str]:
        """The code's lines, first one at index 0."""
        return self.code.rstrip("\n").split("\n")

    @model_validator(mode="after")
    def _lines_exist(self) -> Self:
        named = [*self.key, *self.fix, *(t.line for t in self.traps)]
        if len(self.rows) > 20:
            raise ValueError("the code has more than 20 lines")
        if any(not 1 <= n <= len(self.rows) or not self.rows[n - 1].strip() for n in named):
            raise ValueError("the key, `fix` and traps must name lines that exist and are not empty")
        if set(self.fix) != set(self.key):
            raise ValueError("`fix` needs one replacement for each line of the key")
        if set(self.key) & {t.line for t in self.traps}:
            raise ValueError("a trap stands on a right line")
        return self


class OrderBody(Strict):
    """Lines to be put in order. The key says what must come before what; other lines are free."""

    type: Literal["order"]
    language: Language = "text"
    lines: Annotated[list[Line], Field(min_length=3, max_length=7)]
    unused: list[Line] = []
    key: dict[Id, list[Id]]

    @model_validator(mode="after")
    def _partial_order(self) -> Self:
        ids = [line.id for line in (*self.lines, *self.unused)]
        unique(ids, "the line")
        known([*self.key, *(b for before in self.key.values() for b in before)], [x.id for x in self.lines], "lines")
        if len(ids) > 8:
            raise ValueError("at most 8 lines, unused ones included")
        if cyclic(self.key):
            raise ValueError("the key is circular: some line would have to come before itself")
        return self


class MatchBody(Strict):
    """Premises, each with its response; at least two responses are spare."""

    type: Literal["match"]
    premises: Annotated[list[Statement], Field(min_length=2, max_length=6)]
    responses: Annotated[list[Statement], Field(min_length=4, max_length=9)]
    key: dict[Id, Id]
    why: dict[Id, Text]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        premises, responses = [p.id for p in self.premises], [r.id for r in self.responses]
        unique([*premises, *responses], "the premise or response")
        known(self.key, premises, "premises")
        known(self.key.values(), responses, "responses")
        unique(self.key.values(), "in the key the response")
        missing = set(premises) - set(self.key)
        if missing:
            raise ValueError(f"the key lacks the premises {', '.join(sorted(missing))}")
        if len(responses) < len(premises) + 2:
            raise ValueError("needs at least two more responses than premises")
        needed = set(premises) | (set(responses) - set(self.key.values()))
        if set(self.why) != needed:
            raise ValueError("`why` needs a reason for each premise and each spare response, and no other")
        return self


class JudgementBody(Strict):
    """A situation with graded replies: credit 0 to 3, set from published guidance."""

    type: Literal["judgement"]
    options: Annotated[list[Reply], Field(min_length=4, max_length=5)]
    key: dict[Id, Annotated[int, Field(ge=0, le=3)]]
    basis: Literal["editorial"]

    @model_validator(mode="after")
    def _graded(self) -> Self:
        ids = [o.id for o in self.options]
        unique(ids, "the reply")
        known(self.key, ids, "replies")
        if set(self.key) != set(ids):
            raise ValueError("the key needs a credit for every reply")
        given = list(self.key.values())
        if given.count(3) != 1 or max(given) - min(given) < 2:
            raise ValueError("exactly one reply earns 3, and the credits must spread over at least 2")
        return self


class PartHead(Strict):
    """What a part of a case has beside its body."""

    id: Id
    stem: Text
    why: Text | dict[Id, Text] | None = None
    proof: Proof


class SinglePart(PartHead, SingleBody):
    """A single as part of a case."""


class MultiplePart(PartHead, MultipleBody):
    """A multiple as part of a case."""


class NumberPart(PartHead, NumberBody):
    """A number as part of a case."""


class FillPart(PartHead, FillBody):
    """A fill as part of a case."""


Part = Annotated[SinglePart | MultiplePart | NumberPart | FillPart, Field(discriminator="type")]


class CaseBody(Strict):
    """One scenario (the stem) with two to four parts on one page, marked by parts right."""

    type: Literal["case"]
    parts: Annotated[list[Part], Field(min_length=2, max_length=4)]

    @model_validator(mode="after")
    def _unique_parts(self) -> Self:
        unique([p.id for p in self.parts], "the part")
        return self


class Head(Strict):
    """What every question has beside its body."""

    id: Id
    skill: Id
    level: Level
    seconds: Annotated[int, Field(ge=10, le=600)]
    status: Status
    title: Annotated[str, StringConstraints(min_length=8, max_length=80)]
    stem: Text
    given: Annotated[dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]+$")], Value], Field()] = {}
    why: Text | dict[Id, Text] | None = None
    references: Annotated[list[Reference], Field(min_length=1)]
    proof: Proof | None = None
    figures: list[Figure] = []
    enemies: list[Id] = []
    notes: Text | None = None


class Single(Head, SingleBody):
    """A single."""

    proof: Proof


class Multiple(Head, MultipleBody):
    """A multiple."""

    proof: Proof


class Number(Head, NumberBody):
    """A number."""

    why: Text
    proof: Proof


class Fill(Head, FillBody):
    """A fill."""

    why: Text
    proof: Proof


class LineQuestion(Head, LineBody):
    """A line."""

    why: Text
    proof: Proof


class Order(Head, OrderBody):
    """An order."""

    why: Text | None = None
    proof: Proof


class Match(Head, MatchBody):
    """A match."""

    why: dict[Id, Text]
    proof: Proof


class Judgement(Head, JudgementBody):
    """A judgement."""

    proof: Proof


class Case(Head, CaseBody):
    """A case; each part carries its own proof."""

    proof: None = None


Question = Single | Multiple | Number | Fill | LineQuestion | Order | Match | Judgement | Case
Body = SingleBody | MultipleBody | NumberBody | FillBody | LineBody | OrderBody | MatchBody | JudgementBody

TYPES: Mapping[str, type[Question]] = {
    "single": Single,
    "multiple": Multiple,
    "number": Number,
    "fill": Fill,
    "line": LineQuestion,
    "order": Order,
    "match": Match,
    "judgement": Judgement,
    "case": Case,
}
FIELD_ORDER = (
    *("id", "skill", "type", "level", "seconds", "status", "title", "stem", "given"),
    *("language", "code", "options", "shown_as", "lines", "unused", "premises", "responses", "parts"),
    *("accept", "reject", "normalise", "key", "fix", "traps", "basis", "why"),
    *("references", "proof", "figures", "enemies", "notes"),
)
