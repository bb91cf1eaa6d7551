"""Rules about the task: what is asked, and whether it can be answered as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quiz.bank import question as q
from quiz.bank.items import curve
from quiz.bank.lint.rule import Hit, Rule, bodies, choices, choices_of, stem_of
from quiz.bank.lint.wording import COMMON, everything, stemmed, words
from quiz.bank.proofs import proofs_of
from quiz.bank.text import names_used, prose, texts

MAX_PROSE = 120
WORDS_PER_SECOND = 4
SMALLEST_TELLING = 10
"""Whole numbers below this stand in many stems by chance."""

_TASK = re.compile(
    r"\?|\b(match|arrange|order|choose|find|compute|calculate|type|give|complete|fill|put|select)\b", re.IGNORECASE
)
_NEGATIVE = re.compile(
    r"\b(?:which|what)\b"
    r"(?! (?:is |are )?(?:the )?(?:share|part|fraction|proportion|percentage|number|chance|probability)\b)"
    r"(?:(?!\b(?:when|if)\b)[^.?!]){0,80}?\b(?:not|never|except|(?<!at )least)\b[^.?!]*\?",
    re.IGNORECASE,
)
_WHICH_IS_TRUE = re.compile(
    r"\bwhich (?:of (?:these|the following) )?(?:(?:statements?|options?|claims?) )?(?:is|are) (?:true|correct)\b"
    r"|\bwhich (?:one )?(?:of (?:these|them|the following)(?: \w+)?|statement|option|claim|sentence)"
    r" (?:is right|holds?(?: true)?|applies)\b",
    re.IGNORECASE,
)
_POINTING = COMMON | {
    stemmed(word)
    for word in (
        *("statement", "option", "answer", "claim", "sentence", "assertion", "following", "listed", "reply"),
        *("true", "right", "correct", "best", "valid", "hold", "apply", "applies", "follow", "follows"),
        *("choose", "select", "pick", "question", "think", "know", "tell", "happen", "happens", "happening"),
    )
}
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?")
_AFTERWARDS = {"why", "traps", "reject", "accept", "key", "normalise"}
"""Fields that nobody reads before answering."""
_NAMES = (
    r"(?:TensorFlow|Keras|PyTorch|JAX|scikit-learn|pandas|NumPy|SciPy|XGBoost|LightGBM|Spark|Polars|"
    r"PostgreSQL|MySQL|SQLite|BigQuery|Airflow|Kubernetes|Docker|MLflow)"
)
_LIBRARY = re.compile(rf"\b{_NAMES}\b")
_VERSION = re.compile(rf"\b(?:{_NAMES}|[Vv]ersion|Python|Java) v?\d")


def _task(question: q.Question) -> Iterator[Hit]:
    for path, body in bodies(question):
        if not _TASK.search(prose(_own_stem(body))):
            yield (*path, "stem"), "holds neither a question nor an instruction"


def _own_stem(body: q.Body) -> str:
    return str(body.stem)  # type: ignore[union-attr]


def _unfocused(question: q.Question) -> Iterator[Hit]:
    for found in choices(question):
        if len(everything(found.stem) - _POINTING) < 2:
            yield (
                (*found.path, "stem"),
                "says nothing without the options; ask what can be answered before reading them",
            )
        elif isinstance(found.body, q.SingleBody) and _WHICH_IS_TRUE.search(_own_stem(found.body)):
            yield (
                (*found.path, "stem"),
                "“which is true” is no question that can be answered before reading the options",
            )


def _negative(question: q.Question) -> Iterator[Hit]:
    for path, body in bodies(question):
        if not isinstance(body, q.NumberBody) and _NEGATIVE.search(prose(_own_stem(body))):
            yield (*path, "stem"), "asks what is not so; ask what is"


def _parts(question: q.Question) -> Iterator[Hit]:
    """A part whose answer another part's stem tells, though the scenario does not."""
    if not isinstance(question, q.Case):
        return
    for i, asked in enumerate(question.parts):
        for other in question.parts:
            if other.id != asked.id and _tells(asked.stem, other, question.stem):
                yield ("parts", i, "stem"), f"gives away the answer of part {other.id}"


def _tells(stem: str, part: q.Part, scenario: str) -> bool:
    if isinstance(part, q.NumberBody):
        key = float(part.key.value)
        telling = abs(key) >= SMALLEST_TELLING or key != int(key)
        return telling and key in _numbers(stem) - _numbers(scenario) - _numbers(part.stem)
    if isinstance(part, q.FillBody):
        return any(_quotes(stem, form) and not _quotes(scenario + part.stem, form) for form in part.accept)
    found = choices_of(part, (), part.stem)
    if found is None:
        return False
    return any(_repeats(stem, text) for text in found.key) and not any(_repeats(stem, text) for text in found.others)


def _numbers(text: str) -> set[float]:
    return {float(n.replace("−", "-").replace(",", "")) for n in _NUMBER.findall(text)}


def _quotes(text: str, form: str) -> bool:
    """Whether the form, unless it is so short that chance would do, stands in the text as a word."""
    return len(form.strip()) > 2 and re.search(rf"(?<!\w){re.escape(form.strip())}(?!\w)", text) is not None


def _repeats(stem: str, option: str) -> bool:
    """Whether one sentence of the stem says what the option says, in nearly the same words."""
    wanted = everything(option)
    return len(wanted) >= 3 and any(wanted <= everything(sentence) for sentence in re.split(r"(?<=[.?!])\s", stem))


def _given(question: q.Question) -> Iterator[Hit]:
    used = set().union(*(names_used(text) for _, text in texts(question)))
    scripts = " ".join(str(p.model_dump()) + question.stem * (p.kind == "output") for p in proofs_of(question))
    slips = " ".join(trap.slip or "" for _, b in bodies(question) if isinstance(b, q.NumberBody) for trap in b.traps)
    for name in question.given:
        if name not in used:
            yield ("given", name), "is not used in any text"
        elif scripts and not re.search(rf"\b{name}\b", scripts + slips):
            yield ("given", name), "is not used in the proof"


def _luck(question: q.Question) -> Iterator[Hit]:
    try:
        curve(question, doubt=0.0)
    except ValueError as error:
        yield ("key",), str(error)


def _long_prose(question: q.Question) -> Iterator[Hit]:
    scenario = [(("stem",), question.stem)] if isinstance(question, q.Case) else []
    for path, stem in [*scenario, *(((*path, "stem"), _own_stem(body)) for path, body in bodies(question))]:
        length = len(words(stem))
        if length > MAX_PROSE:
            yield path, f"has {length} words; {MAX_PROSE} is the most"


def _seconds(question: q.Question) -> Iterator[Hit]:
    read = [text for path, text in texts(question) if not _AFTERWARDS & set(path)]
    total = sum(len(words(text)) for text in read)
    if question.seconds < total / WORDS_PER_SECOND:
        yield ("seconds",), f"{total} words can't be read in {question.seconds} seconds"


def _library(question: q.Question) -> Iterator[Hit]:
    for path, body in bodies(question):
        stem = stem_of(question, body)
        named = _LIBRARY.search(stem)
        proof = body.proof  # type: ignore[union-attr]
        if named and proof.kind == "none" and not _VERSION.search(stem):
            yield (*path, "stem"), f"names {named[0]}, with neither a proof nor a version"


RULES = (
    Rule(
        "task",
        "error",
        "Without a question or an instruction a person has to guess what is asked.",
        "Haladyna et al. 2002: clear directions in the stem",
        _task,
    ),
    Rule(
        "unfocused",
        "error",
        "A stem that only points at the options makes each of them a true-or-false question of its own.",
        "Haladyna et al. 2002: the central idea in the stem",
        _unfocused,
    ),
    Rule(
        "negative",
        "error",
        "“Not” is overlooked, and to know what is wrong is not to know what is right.",
        "Haladyna et al. 2002: stems worded positively",
        _negative,
    ),
    Rule(
        "parts",
        "error",
        "A part that tells another part's answer turns two questions into one.",
        "Haladyna et al. 2002: items independent of each other",
        _parts,
    ),
    Rule(
        "given",
        "error",
        "A given that text or proof does not use lets the two drift apart unnoticed.",
        "house rule: text and proof have one source",
        _given,
    ),
    Rule(
        "luck",
        "error",
        "What luck alone answers two times in three measures nothing.",
        "house rule: a level is where two in three are right",
        _luck,
    ),
    Rule(
        "long-prose",
        "warning",
        "A long stem measures reading, most of all in a second language.",
        "Haladyna et al. 2002: as little reading as possible",
        _long_prose,
    ),
    Rule(
        "seconds",
        "warning",
        "Time too short to read in makes the choice of the next question wrong.",
        "house rule: four words a second",
        _seconds,
    ),
    Rule(
        "library",
        "warning",
        "Libraries change, so a claim about one needs a program that shows it or a version.",
        "house rule: a question holds next year too, or names its version",
        _library,
    ),
)
