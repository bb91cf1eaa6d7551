"""The blueprint: what the bank should hold, as it stands in `blueprint.yaml`. Shares are in percent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from quiz import yamlfile
from quiz.bank.pieces import LEVELS, Id, Level, Strict
from quiz.competency.catalogue import Catalogue
from quiz.yamlfile import Document, FileProblems, Problem

TypeName = Literal["single", "multiple", "number", "fill", "line", "order", "match", "judgement", "case"]
Percent = Annotated[int, Field(ge=0, le=100)]


class GuessFree(Strict):
    """The least share of types that can't be guessed, among what is neither judgement nor case."""

    area: Percent
    bank: Percent


class Precision(Strict):
    """How well a level is to be known: the belief's sd, in steps, after so many of the best questions."""

    asked: Annotated[int, Field(ge=1, le=100)]
    sd: Annotated[float, Field(gt=0, le=4)]


class Blueprint(Strict):
    """All of `blueprint.yaml`: `per_skill` counts by step; `types` and `provable` by area."""

    per_skill: dict[Level, Annotated[int, Field(ge=0, le=100)]]
    guess_free: GuessFree
    precision: Precision
    types: dict[Id, dict[TypeName, Percent]]
    provable: dict[Id, Percent]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if list(self.per_skill) != list(LEVELS):
            raise ValueError("`per_skill` needs guided, independent, advanced and leading, in this order")
        for area, shares in self.types.items():
            if sum(shares.values()) != 100:
                raise ValueError(f"the types of {area} add up to {sum(shares.values())} %, not 100")
        return self

    @property
    def questions(self) -> int:
        """How many questions a skill needs."""
        return sum(self.per_skill.values())


def blueprint_of(document: Document, catalogue: Catalogue) -> Blueprint:
    """The document as a blueprint for this framework. Raises FileProblems with every error, each on its line."""
    blueprint = yamlfile.validate(Blueprint, document)
    problems = list(_conflicts(blueprint, document, catalogue))
    if problems:
        raise FileProblems(problems)
    return blueprint


def _conflicts(blueprint: Blueprint, document: Document, catalogue: Catalogue) -> Iterator[Problem]:
    areas = {area.id for area in catalogue.areas}
    named: tuple[tuple[str, set[str]], ...] = (
        ("types", set(blueprint.types)),
        ("provable", set(blueprint.provable)),
    )
    for field, given in named:
        for area in sorted(given - areas):
            yield document.problem((field, area), "there is no such area")
        for area in sorted(areas - given):
            yield document.problem((field,), f"lacks the area {area}")
