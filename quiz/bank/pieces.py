"""The pieces that questions are made of: options, replies, lines, traps, references, figures, proofs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

LEVELS = ("guided", "independent", "advanced", "leading")
STATUSES = ("draft", "live", "retired", "withdrawn")

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=6000)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Level = Literal["guided", "independent", "advanced", "leading"]
Status = Literal["draft", "live", "retired", "withdrawn"]
Language = Literal["python", "sql", "java", "r", "bash", "yaml", "json", "text", "cpp", "dockerfile"]
Value = bool | int | float | str
LineNumber = Annotated[int, Field(strict=False)]  # YAML and JSON write the keys of a mapping as text


class Strict(BaseModel):
    """No unknown field, no silent conversion, no change after it was read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Reference(Strict):
    """Where a reader can check the answer."""

    title: ShortText
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\S+/\S+$")] | None = None

    @property
    def address(self) -> str | None:
        """A link that a browser can follow, if there is one."""
        return self.url or (f"https://doi.org/{self.doi}" if self.doi else None)


class Figure(Strict):
    """A drawing and the words that replace it; placed in the stem as `![](figure:id)`."""

    id: Id
    svg: Text
    text: Text


class Proof(Strict):
    """How the key is checked by a program. `model`: of a system that is only modelled; `none`: with a reason.

    `unmoved`: changes of the question that the program rightly does not notice, each with the reason.
    """

    kind: Literal["output", "truth", "sql", "number", "order", "fill", "line", "model", "none"]
    reason: Text | None = None
    needs: list[Literal["numpy", "scipy", "sympy", "scikit-learn", "pandas"]] = []
    script: Text | None = None
    setup: Text | None = None
    expect: list[list[int | float | str | None]] | None = None
    ordered: bool = True
    unmoved: dict[ShortText, Text] = {}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"none": "reason", "model": "reason", "sql": "setup", "output": None}.get(self.kind, "script")
        if needed and getattr(self, needed) is None:
            raise ValueError(f"a proof of kind {self.kind} needs `{needed}`")
        if self.kind == "model" and self.script is None:
            raise ValueError("a proof of kind model needs `script`; `reason` cites what the model follows")
        if self.kind == "sql" and self.expect is None:
            raise ValueError("a proof of kind sql needs `expect`, the rows that the right query returns")
        return self


class Option(Strict):
    """One choice. Its content stands in exactly one field, from which both its text and its proof are made."""

    id: Id
    text: Text | None = None
    value: Value | None = None
    sql: Text | None = None
    code: Text | None = None
    expr: Text | None = None
    why: Text

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        if sum(part is not None for part in (self.text, self.value, self.sql, self.code, self.expr)) != 1:
            raise ValueError("needs exactly one of `text`, `value`, `sql`, `code`, `expr`")
        return self

    @property
    def content(self) -> Value:
        """What the proof is given."""
        return next(c for c in (self.text, self.value, self.sql, self.code, self.expr) if c is not None)


class Reply(Strict):
    """One reply to a situation; its credit stands in the key."""

    id: Id
    text: Text
    why: Text


class Trap(Strict):
    """A wrong number with the slip that leads to it; `slip` recomputes it in the proof."""

    value: int | float
    why: Text
    slip: Text | None = None


class Wrong(Strict):
    """A form that a fill must refuse, with the reason."""

    text: Text
    why: Text


class Line(Strict):
    """A line to be put in order."""

    id: Id
    text: Text
    why: Text


class LineTrap(Strict):
    """A line that tempts; `fix` is a change of it that looks helpful and is not."""

    line: int
    why: Text
    fix: Text


class Statement(Strict):
    """A premise or response of a match."""

    id: Id
    text: Text


class NumberKey(Strict):
    """The right number. `scale: percent`: a share, `value` and `decimals` in percent."""

    value: int | float
    decimals: Annotated[int, Field(ge=0, le=9)] = 0
    unit: ShortText | None = None
    scale: Literal["percent"] | None = None

    @model_validator(mode="after")
    def _rounded(self) -> Self:
        if not math.isfinite(self.value) or round(self.value, self.decimals) != self.value:
            raise ValueError(f"the value {self.value} has more than {self.decimals} decimals")
        return self


def unique(things: Iterable[Any], what: str) -> None:
    """Raise ValueError where a thing stands twice."""
    twice = [str(k) for k, n in Counter(things).items() if n > 1]
    if twice:
        raise ValueError(f"{what} stands here twice: {', '.join(twice)}")


def known(named: Iterable[str], existing: Iterable[str], what: str) -> None:
    """Raise ValueError where a key names something that does not exist."""
    unknown = sorted(set(named) - set(existing))
    if unknown:
        raise ValueError(f"the key names {what} that do not exist: {', '.join(unknown)}")
