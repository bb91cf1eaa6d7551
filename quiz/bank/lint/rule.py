"""What a writing rule is, and the pieces of a question that rules look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from quiz.bank import question as q
from quiz.bank.text import shown_text, texts

Path = tuple[str | int, ...]
Hit = tuple[Path, str]
Grave = Literal["error", "warning"]

UNREAD = frozenset({"sql", "code", "expr", "fix", "accept", "normalise", "key", "shown_as", "basis", "unit"})
"""Fields that hold code, forms or names: no prose that people read as sentences."""


@dataclass(frozen=True)
class Rule:
    """A rule about one question.

    `why` is its reason in one line, `source` where it was published, or "house rule". `check` gives for each
    breach its place in the file and a sentence.
    """

    id: str
    grave: Grave
    why: str
    source: str
    check: Callable[[q.Question], Iterator[Hit]]


@dataclass(frozen=True)
class BankRule:
    """A rule about what questions are to each other.

    `check` is given the questions and each skill's area; it also gives the id of the question to be mended.
    """

    id: str
    grave: Grave
    why: str
    source: str
    check: Callable[[Sequence[q.Question], Mapping[str, str]], Iterator[tuple[str, Path, str]]]


@dataclass(frozen=True)
class Breach:
    """A rule that a question breaks, and where. `answer`: what the author says to a warning in `notes`."""

    rule: str
    grave: Grave
    path: Path
    message: str
    answer: str = ""


@dataclass(frozen=True)
class Choices:
    """The options of a single, multiple or judgement as they are shown, in the file's order.

    `keyed` says for each whether it is right (of a judgement: the best); `stem` is what is read before them.
    """

    path: Path
    body: q.Body
    stem: str
    texts: tuple[str, ...]
    keyed: tuple[bool, ...]

    @property
    def key(self) -> list[str]:
        """The texts of the right options."""
        return [text for text, keyed in zip(self.texts, self.keyed, strict=True) if keyed]

    @property
    def others(self) -> list[str]:
        """The texts of the distractors."""
        return [text for text, keyed in zip(self.texts, self.keyed, strict=True) if not keyed]


def bodies(question: q.Question) -> Iterator[tuple[Path, q.Body]]:
    """The question, or each part of a case, with its place in the file."""
    if isinstance(question, q.Case):
        yield from ((("parts", i), part) for i, part in enumerate(question.parts))
    else:
        yield (), question


def stem_of(question: q.Question, body: q.Body) -> str:
    """What is read before the body is answered: of a part, the scenario and its own stem."""
    own: str = body.stem  # type: ignore[union-attr]
    return f"{question.stem}\n\n{own}" if isinstance(question, q.Case) else own


def choices(question: q.Question) -> Iterator[Choices]:
    """Every set of options in the question."""
    for path, body in bodies(question):
        found = choices_of(body, path, stem_of(question, body))
        if found is not None:
            yield found


def choices_of(body: q.Body, path: Path, stem: str) -> Choices | None:
    """The options of one body, if it has options."""
    match body:
        case q.SingleBody():
            shown, key = [shown_text(o, body.shown_as) for o in body.options], {body.key}
        case q.MultipleBody():
            shown, key = [shown_text(o, body.shown_as) for o in body.options], set(body.key)
        case q.JudgementBody():
            shown, key = [o.text for o in body.options], {o for o, credit in body.key.items() if credit == 3}
        case _:
            return None
    keyed = tuple(o.id in key for o in body.options)
    return Choices(path, body, stem, tuple(shown), keyed)


def prose_texts(question: q.Question) -> Iterator[tuple[Path, str]]:
    """Every text in Markdown, with its place in the file: no code, no typed forms, no ids."""
    ordered = isinstance(question, q.OrderBody) and question.language != "text"
    for path, text in texts(question):
        if UNREAD & set(path) or path[-1] == "value":
            continue
        if path[-1] == "text" and (path[0] == "reject" or (ordered and path[0] in {"lines", "unused"})):
            continue
        if path[-1] == "text" and path[0] == "parts" and "reject" in path:
            continue
        yield path, text
