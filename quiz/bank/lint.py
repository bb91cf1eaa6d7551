"""Writing rules that a program can check. Errors keep a question from going live; warnings are shown.

Each rule is one function from a question to (place in the file, sentence); `RULES` names it and says how grave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from quiz.bank import question as q
from quiz.bank import render
from quiz.bank.items import curve
from quiz.bank.svg import UnsafeSvgError
from quiz.bank.text import code_blocks, filled, names_used, prose, shown_text, texts

Path = tuple[str | int, ...]
Finding = tuple[Path, str]

LONGEST_KEY = 1.3
MAX_SENTENCE = 25
MAX_PROSE = 120
WORDS_PER_SECOND = 4
_WORD = re.compile(r"[A-Za-z0-9][\w'’%.,-]*")
_SENTENCE_END = re.compile(r"(?<=[.?!:])\s+|\n\s*\n|\n\s*[-*|]")
_NEGATIVE = re.compile(
    r"\b(which|what)\b(?:(?!\b(?:when|if)\b)[^.?!]){0,80}?\b(not|never|except|(?<!at )least)\b[^.?!]*\?", re.IGNORECASE
)
_WHICH_IS_TRUE = re.compile(
    r"which (of (these|the following) )?(statements?|options?)? ?(is|are) (true|correct)", re.IGNORECASE
)
_ALL_NONE = re.compile(r"\b(all|none|both) of (the above|these)\b", re.IGNORECASE)
_LETTER = re.compile(r"\b(?:[Oo]ption|[Aa]nswer|[Cc]hoice) [A-E]\b")
_ABSOLUTE = re.compile(r"\b(always|never|all|none|only|every|must|impossible|cannot|guarantees?)\b", re.IGNORECASE)
_TASK = re.compile(
    r"\?|\b(match|arrange|order|choose|find|compute|calculate|type|give|complete|fill|put|select)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Rule:
    """A writing rule: its name, how grave a breach is, and the check."""

    id: str
    grave: Literal["error", "warning"]
    check: Callable[[q.Question], Iterator[Finding]]


@dataclass(frozen=True)
class Breach:
    """A rule that a question breaks, and where."""

    rule: str
    grave: str
    path: Path
    message: str


def lint(question: q.Question) -> list[Breach]:
    """All breaches of one question."""
    try:
        filled(question)
    except ValidationError as error:
        told = "; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors())
        return [Breach("given", "error", ("given",), f"filled in, the question is no longer whole: {told}")]
    return [Breach(r.id, r.grave, path, message) for r in RULES for path, message in r.check(question)]


def bodies(question: q.Question) -> Iterator[tuple[Path, q.Question | q.Part]]:
    """The question, or each part of a case, with its place in the file."""
    if isinstance(question, q.Case):
        yield from ((("parts", i), part) for i, part in enumerate(question.parts))
    else:
        yield (), question


def _options(question: q.Question) -> Iterator[tuple[Path, q.Question | q.Part, list[str], set[str]]]:
    """Every body with options: its place, itself, their texts, and the ids of the best ones."""
    for path, body in bodies(question):
        match body:
            case q.SingleBody():
                yield path, body, [shown_text(o, body.shown_as) for o in body.options], {body.key}
            case q.MultipleBody():
                yield path, body, [shown_text(o, body.shown_as) for o in body.options], set(body.key)
            case q.JudgementBody():
                yield path, body, [o.text for o in body.options], {k for k, c in body.key.items() if c == 3}


def words(text: str) -> list[str]:
    """The words of a text, code left out."""
    return _WORD.findall(re.sub(r"`[^`]*`|\$[^$]*\$", " x ", prose(text)))


def _renders(question: q.Question) -> Iterator[Finding]:
    for path, text in texts(filled(question)):
        try:
            render.block(text, question.figures if path == ("stem",) else ())
        except (render.RenderError, UnsafeSvgError) as error:
            yield path, str(error)


def _parses(question: q.Question) -> Iterator[Finding]:
    for language, code in code_blocks(question.stem):
        if language == "python":
            try:
                compile(code.replace("____", "blank"), "<stem>", "exec")
            except SyntaxError as error:
                yield ("stem",), f"the Python code does not parse (its line {error.lineno}: {error.msg})"
            except (RecursionError, MemoryError, ValueError) as error:
                yield ("stem",), f"the Python code can't be read ({type(error).__name__})"
        if not language:
            yield ("stem",), "a code block needs its language after the three backticks"


def _key_length(question: q.Question) -> Iterator[Finding]:
    for path, body, shown, key in _options(question):
        if isinstance(body, q.MultipleBody):
            continue
        lengths = {o.id: len(text) for o, text in zip(body.options, shown, strict=True)}  # type: ignore[union-attr]
        longest_other = max(n for o, n in lengths.items() if o not in key)
        longest_key = max(lengths[o] for o in key)
        if longest_key > LONGEST_KEY * longest_other and longest_key - longest_other > 8:
            yield (*path, "options"), f"the key has {longest_key} characters, the longest other option {longest_other}"


def _negative(question: q.Question) -> Iterator[Finding]:
    for path, body in bodies(question):
        if _NEGATIVE.search(prose(body.stem)):
            yield (*path, "stem"), "asks what is not so; ask what is"
        if isinstance(body, q.SingleBody) and _WHICH_IS_TRUE.search(body.stem):
            yield (*path, "stem"), "“which is true” is no question that can be answered before the options are read"


def _task(question: q.Question) -> Iterator[Finding]:
    for path, body in bodies(question):
        if not _TASK.search(prose(body.stem)):
            yield (*path, "stem"), "holds neither a question nor an instruction"


def _above(question: q.Question) -> Iterator[Finding]:
    for path, _body, shown, _key in _options(question):
        for i, text in enumerate(shown):
            if _ALL_NONE.search(text):
                yield (*path, "options", i), "all or none of the above is no option"


def _letters(question: q.Question) -> Iterator[Finding]:
    for path, text in texts(question):
        if "why" in path and _LETTER.search(text):
            yield path, "names an option by a letter; options are shuffled"


def _given(question: q.Question) -> Iterator[Finding]:
    used = set().union(*(names_used(text) for _, text in texts(question)))
    proofs = [p.proof for p in question.parts] if isinstance(question, q.Case) else [question.proof]
    scripts = " ".join(str(p.model_dump()) + question.stem * (p.kind == "output") for p in proofs if p)
    slips = " ".join(trap.slip or "" for _, b in bodies(question) if isinstance(b, q.NumberBody) for trap in b.traps)
    for name in question.given:
        if name not in used:
            yield ("given", name), "is not used in any text"
        elif scripts and not re.search(rf"\b{name}\b", scripts + slips):
            yield ("given", name), "is not used in the proof"


def _figures(question: q.Question) -> Iterator[Finding]:
    for i, figure in enumerate(question.figures):
        if f"figure:{figure.id}" not in question.stem:
            yield ("figures", i), "is not placed in the stem: ![](figure:" + figure.id + ")"


def _numbers_sorted(question: q.Question) -> Iterator[Finding]:
    for path, body in bodies(question):
        if isinstance(body, q.SingleBody | q.MultipleBody):
            values = [o.value for o in body.options if isinstance(o.value, int | float)]
            if len(values) == len(body.options) and values != sorted(values):
                yield (*path, "options"), "options that are numbers stand in rising order"


def _reasons(question: q.Question) -> Iterator[Finding]:
    for path, text in texts(question):
        if "why" in path and len(words(text)) < 4:
            yield path, "is too short to teach"


def _long_sentence(question: q.Question) -> Iterator[Finding]:
    for path, text in texts(question):
        longest = max((len(words(s)) for s in _SENTENCE_END.split(prose(text))), default=0)
        if longest > MAX_SENTENCE:
            yield path, f"has a sentence of {longest} words; {MAX_SENTENCE} is the most"


def _long_prose(question: q.Question) -> Iterator[Finding]:
    for path, body in bodies(question):
        if len(words(body.stem)) > MAX_PROSE:
            yield (*path, "stem"), f"has {len(words(body.stem))} words; {MAX_PROSE} is the most"


def _seconds(question: q.Question) -> Iterator[Finding]:
    read = [t for p, t in texts(question) if p[-1] != "why" and p[0] not in {"why", "traps", "reject"}]
    total = sum(len(words(text)) for text in read)
    if question.seconds < total / WORDS_PER_SECOND:
        yield ("seconds",), f"{total} words can't be read in {question.seconds} seconds"


def _absolutes(question: q.Question) -> Iterator[Finding]:
    for path, body, shown, key in _options(question):
        absolute = {o.id for o, text in zip(body.options, shown, strict=True) if _ABSOLUTE.search(text)}  # type: ignore[union-attr]
        if len(absolute) >= 2 and not absolute & key:
            yield (*path, "options"), "absolute words stand in wrong options only"


def _luck(question: q.Question) -> Iterator[Finding]:
    try:
        curve(question, doubt=0.0)
    except ValueError as error:
        yield ("key",), str(error)


RULES = (
    Rule("luck", "error", _luck),
    Rule("renders", "error", _renders),
    Rule("parses", "error", _parses),
    Rule("key-length", "error", _key_length),
    Rule("negative", "error", _negative),
    Rule("task", "error", _task),
    Rule("above", "error", _above),
    Rule("letters", "error", _letters),
    Rule("given", "error", _given),
    Rule("figures", "error", _figures),
    Rule("numbers-sorted", "error", _numbers_sorted),
    Rule("reasons", "error", _reasons),
    Rule("long-sentence", "warning", _long_sentence),
    Rule("long-prose", "warning", _long_prose),
    Rule("seconds", "warning", _seconds),
    Rule("absolutes", "warning", _absolutes),
)
BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}
