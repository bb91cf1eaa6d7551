"""Rules about showing: texts, code and figures as they will stand on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank import question as q
from quiz.bank import render
from quiz.bank.lint.rule import Hit, Path, Rule, choices, prose_texts
from quiz.bank.lint.wording import sentences, words
from quiz.bank.svg import UnsafeSvgError
from quiz.bank.text import code_blocks, filled

MAX_SENTENCE = 25
_MARKUP = re.compile(r"\$[^$]+\$|\*\*|!?\[[^\]]*\]\(|```")


def _renders(question: q.Question) -> Iterator[Hit]:
    whole = filled(question)
    for path, text in prose_texts(whole):
        try:
            render.block(text, question.figures if path == ("stem",) else ())
        except (render.RenderError, UnsafeSvgError) as error:
            yield path, str(error)
    yield from _options_that_cannot_be_shown(whole)
    if isinstance(whole, q.MatchBody):
        for i, response in enumerate(whole.responses):
            if _MARKUP.search(response.text):
                yield ("responses", i, "text"), "stands in a menu, which shows no formulas or markup"


def _options_that_cannot_be_shown(question: q.Question) -> Iterator[Hit]:
    """Options whose text is made from `shown_as` and `value`; others were looked at as they stand."""
    for found in choices(question):
        if getattr(found.body, "shown_as", None) is None:
            continue
        for i, text in enumerate(found.texts):
            try:
                render.block(text)
            except render.RenderError as error:
                yield (*found.path, "options", i), str(error)


def _parses(question: q.Question) -> Iterator[Hit]:
    stems: list[tuple[Path, str]] = [(("stem",), question.stem)]
    if isinstance(question, q.Case):
        stems += [(("parts", i, "stem"), part.stem) for i, part in enumerate(question.parts)]
    for path, stem in stems:
        for language, code in code_blocks(stem):
            wrong = _unparsable(code) if language == "python" else None
            if wrong:
                yield path, wrong
            if not language:
                yield path, "a code block needs its language after the three backticks"


def _unparsable(code: str) -> str | None:
    try:
        compile(code.replace("____", "blank"), "<stem>", "exec")
    except SyntaxError as error:
        return f"the Python code does not parse (its line {error.lineno}: {error.msg})"
    except (RecursionError, MemoryError, ValueError) as error:
        return f"the Python code can't be read ({type(error).__name__})"
    return None


def _figures(question: q.Question) -> Iterator[Hit]:
    for i, figure in enumerate(question.figures):
        if f"figure:{figure.id}" not in question.stem:
            yield ("figures", i), "is not placed in the stem: ![](figure:" + figure.id + ")"
        if not words(figure.text):
            yield ("figures", i, "text"), "says nothing to a person who can't see the figure"


def _long_sentence(question: q.Question) -> Iterator[Hit]:
    for path, text in prose_texts(question):
        longest = max((len(words(sentence)) for sentence in sentences(text)), default=0)
        if longest > MAX_SENTENCE:
            yield path, f"has a sentence of {longest} words; {MAX_SENTENCE} is the most"


RULES = (
    Rule(
        "renders",
        "error",
        "What can't be shown can't be answered.",
        "house rule: formulas, code and figures are checked before anybody sees them",
        _renders,
    ),
    Rule(
        "parses",
        "error",
        "Code that does not parse, or has no language, makes a question about a slip of the author.",
        "house rule: code is shown in its own language",
        _parses,
    ),
    Rule(
        "figures",
        "error",
        "A figure that is not placed is lost, and one without words is lost to those who can't see it.",
        "house rule: each figure has its place and its words",
        _figures,
    ),
    Rule(
        "long-sentence",
        "warning",
        "Many readers think in another language, and lose the thread of a long sentence.",
        "house rule: short sentences, plain words",
        _long_sentence,
    ),
)
