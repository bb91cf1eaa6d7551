"""Rules about what was begun and not finished: words of the scaffold, names without a value, half a pair of signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from quiz.bank import question as q
from quiz.bank.lint.rule import Hit, Rule, bodies, prose_texts
from quiz.bank.mark import fill_right
from quiz.bank.proofs import proofs_of
from quiz.bank.scaffold import BODIES, NO_REASON, scaffold
from quiz.bank.text import names_used, texts

_EXACT = re.compile(r"```.*?(?:```|\Z)|``.*?``|`[^`\n]*`|\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)
_FENCE = re.compile(r"^ {0,3}```", re.MULTILINE)
_INTERVAL = re.compile(r"[\[(]\s*[^\s,()\[\]]+\s*,\s*[^\s,()\[\]]+\s*[\])]")
_COUNTED = re.compile(r"(?:^|\s)(?:\d{1,2}|[A-Za-z])\Z")
_LINK = re.compile(r"!?\[[^\]]*\]\([^)\s]*\)")
_PAIRS = {")": "(", "]": "[", "}": "{"}


@cache
def _words_of_scaffolds() -> frozenset[str]:
    """What the scaffolds say in the place of a text: their sentences, and short ones like `Choice 1`."""
    found = {NO_REASON}
    for kind in BODIES:
        made = scaffold(kind, "a-skill", "a-question")
        found |= {text.strip() for path, text in texts(made) if path[-1] not in {"accept", "code", "language", "unit"}}
        found |= {made.notes.strip() if made.notes else "", *(one.title for one in made.references)}
        found |= {(proof.reason or "").strip() for proof in proofs_of(made) if proof.kind == "none"}
    return frozenset(text for text in found if len(text.split()) > 1)


def _template(question: q.Question) -> Iterator[Hit]:
    """Texts of a scaffold in what is to be asked; a draft may hold them while it is written."""
    if question.status == "draft":
        return
    known = _words_of_scaffolds()
    for path, text in (*texts(question), *_beside(question)):
        if text.strip() in known:
            yield path, f"still says what belongs here: “{text.strip()[:60]}”"


def _beside(question: q.Question) -> Iterator[Hit]:
    """Texts that takers meet only after their answer, or never."""
    yield from ((("references", i, "title"), one.title) for i, one in enumerate(question.references))
    if question.notes:
        yield ("notes",), question.notes
    for path, body in bodies(question):
        proof = body.proof  # type: ignore[union-attr]
        if proof.kind == "none":
            yield (*path, "proof", "reason"), proof.reason


def _placeholder(question: q.Question) -> Iterator[Hit]:
    for path, text in prose_texts(question):
        for name in sorted(names_used(_EXACT.sub(" ", text)) - set(question.given)):
            yield path, f"names {{{name}}}, which is none of the given values"


def _balance(question: q.Question) -> Iterator[Hit]:
    for path, text in prose_texts(question):
        if len(_FENCE.findall(text)) % 2:
            yield path, "opens a block of code with ``` and does not close it"
        elif lonely := _lonely(_LINK.sub(" ", _EXACT.sub(" ", text))):
            yield path, f"has a {lonely} without its other half"


def _lonely(prose: str) -> str:
    """A bracket of prose that has no partner; `a)` that counts, and an interval like `[0, 1)`, have none by right."""
    waiting: list[str] = []
    plain = _INTERVAL.sub(" ", prose)
    for found in re.finditer(r"[()\[\]{}]", plain):
        sign = found[0]
        if sign not in _PAIRS:
            waiting.append(sign)
        elif waiting and waiting[-1] == _PAIRS[sign]:
            waiting.pop()
        elif sign != ")" or waiting or not _COUNTED.search(plain, max(found.start() - 4, 0), found.start()):
            return sign
    return waiting[0] if waiting else ""


def _slips(question: q.Question) -> Iterator[Hit]:
    for path, body in bodies(question):
        if isinstance(body, q.NumberBody):
            for i, trap in enumerate(body.traps):
                if _is_right(body.key, trap.value):
                    yield (*path, "traps", i, "value"), f"{trap.value} counts as right, so it is no wrong answer"
        elif isinstance(body, q.FillBody):
            for i, wrong in enumerate(body.reject):
                if fill_right(body, wrong.text):
                    yield (*path, "reject", i, "text"), f"“{wrong.text}” counts as right, so it is no wrong answer"


def _is_right(key: q.NumberKey, value: float) -> bool:
    return abs(Fraction(str(value)) - Fraction(str(key.value))) <= Fraction(1, 2 * 10**key.decimals)


RULES = (
    Rule(
        "template",
        "error",
        "Words that say what belongs in a field are read by takers as if they were the question.",
        "house rule: what was begun is finished",
        _template,
    ),
    Rule(
        "placeholder",
        "error",
        "A name in braces that has no value is shown as it stands.",
        "house rule: text and proof have one source",
        _placeholder,
    ),
    Rule(
        "balance",
        "error",
        "Half a pair of brackets, or a block of code that never ends, makes the rest unreadable.",
        "house rule: what was begun is finished",
        _balance,
    ),
    Rule(
        "slips",
        "error",
        "A wrong answer to expect that counts as right explains a mistake that nobody made.",
        "house rule: each reason teaches",
        _slips,
    ),
)
