"""Rules about the reasons: they are what a person learns from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank import question as q
from quiz.bank.lint.rule import Hit, Path, Rule, bodies, prose_texts
from quiz.bank.lint.wording import content, everything, stemmed, words
from quiz.bank.text import shown_text

SHORTEST_REASON = 4

_LETTER = re.compile(
    r"\b(?:[Oo]ptions?|[Aa]nswers?|[Cc]hoices?) (?:[A-F]|[b-f])\b(?!['’])"
    r"|\b(?:first|second|third|fourth|fifth|sixth|last) option\b"
)
_VERDICT = frozenset(
    stemmed(word)
    for word in (
        *("right", "wrong", "correct", "incorrect", "true", "false", "answer", "option", "choice", "key", "statement"),
        *("hold", "holds", "case", "here", "therefore", "thus", "hence", "really", "indeed", "simply", "actually"),
        *("mistake", "error", "happen", "happens", "fact", "reason", "claim", "exactly", "question", "distractor"),
    )
)


def _letters(question: q.Question) -> Iterator[Hit]:
    for path, text in prose_texts(question):
        if "why" in path and _LETTER.search(text):
            yield path, "names an option by its letter or place; options are shuffled"


def _reasons(question: q.Question) -> Iterator[Hit]:
    for path, text in prose_texts(question):
        if "why" in path and len(words(text)) < SHORTEST_REASON:
            yield path, "is too short to teach"


def _restates(question: q.Question) -> Iterator[Hit]:
    for path, body in bodies(question):
        for place, own, why in _explained(body):
            if _adds_nothing(own, why):
                yield (*path, *place, "why"), "says no more than what it explains"


def _adds_nothing(own: str, why: str) -> bool:
    """Whether at least four in five of a reason's words stand in what it explains.

    A reason may repeat the names of code as it likes, as long as it says anything about them.
    """
    said = everything(why) - _VERDICT
    new = said - everything(own)
    return not new or (bool(content(own)) and "`" not in own and len(new) <= len(said) / 5)


def _explained(body: q.Body) -> Iterator[tuple[Path, str, str]]:
    """What has a reason: its place, its own text, the reason."""
    match body:
        case q.SingleBody() | q.MultipleBody():
            yield from ((("options", i), shown_text(o, body.shown_as), o.why) for i, o in enumerate(body.options))
        case q.JudgementBody():
            yield from ((("options", i), o.text, o.why) for i, o in enumerate(body.options))
        case q.NumberBody():
            yield from ((("traps", i), str(trap.value), trap.why) for i, trap in enumerate(body.traps))
        case q.FillBody():
            yield from ((("reject", i), wrong.text, wrong.why) for i, wrong in enumerate(body.reject))
        case q.LineBody():
            yield from ((("traps", i), body.rows[trap.line - 1], trap.why) for i, trap in enumerate(body.traps))
        case q.OrderBody():
            yield from ((("lines", i), line.text, line.why) for i, line in enumerate(body.lines))
            yield from ((("unused", i), line.text, line.why) for i, line in enumerate(body.unused))


RULES = (
    Rule(
        "letters",
        "error",
        "Options are shuffled for each attempt, so a letter or place names another one.",
        "house rule: options are shuffled",
        _letters,
    ),
    Rule(
        "reasons",
        "error",
        "Three words teach nobody why a wrong answer tempts.",
        "house rule: each reason teaches",
        _reasons,
    ),
    Rule(
        "restates",
        "error",
        "A reason that repeats its option, or only says that it is wrong, explains nothing.",
        "house rule: each reason teaches",
        _restates,
    ),
)
