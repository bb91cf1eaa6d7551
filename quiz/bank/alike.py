"""Questions that should not meet in one attempt: near-duplicates, and one that gives another's key away.

Only what can still be asked is compared (drafts and live questions). Texts are compared with `given` filled in.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from quiz.bank import question as q
from quiz.bank.text import code_blocks, filled, prose, shown_text, texts

DUPLICATE = 0.5
"""Two questions that share more than this part of their shingles are near-duplicates."""
SHINGLE = 3
RUN = 4
"""So many content words of a key in a row are distinctive enough to be recognised elsewhere."""
LETTERS = 5
DIGITS = 3
EVERYDAY = 4
"""A name or number that stands in so many stems is everyday language and betrays nothing."""

_TOKEN = re.compile(r"\w+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SENTENCE_END = re.compile(r"(?<=[.?!:;])\s+|\n\s*\n|\|")
_INLINE = re.compile(r"`([^`\n]+)`")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_UNIT = re.compile(r"%|[^\W\d_]+")
_NUMBER = re.compile(rf"(?<![\w.,])(\d+(?:,\d{{3}})*(?:\.\d+)?)(?:\s*({_UNIT.pattern}))?")
_ENDINGS = ("ing", "ed", "es", "s", "e")
_STOP_WORDS = frozenset(
    _WORD.findall(
        "a about after all also an and any are as at be because been before both but by can do does each for from "
        "had has have how if in into is it its more most of off on one only or other out over same so some "
        "such than that the their them then there these they this those to too two under until up was were what "
        "when where which while who why will with would you your"
    )
)

Kind = Literal["duplicate", "cue"]
KINDS: tuple[Kind, ...] = ("duplicate", "cue")
Gram = tuple[str, ...]
Sign = tuple[str, ...]
"""A kind (run, name or number) and the words that were looked for."""


@dataclass(frozen=True, order=True)
class Pair:
    """Two questions that should be enemies.

    `duplicate`: `share` is the Jaccard index of their shingles. `cue`: what is keyed in `a` stands in the stem
    of `b`; `share` is the part of that key's content words found there. `what`: the words in question.
    """

    a: str
    b: str
    kind: Kind
    share: float
    what: str


def alike(
    questions: Iterable[q.Question], area_of: Mapping[str, str] | None = None, kinds: Collection[Kind] = KINDS
) -> tuple[Pair, ...]:
    """All pairs (of these kinds) that should not meet in an attempt, whether or not they are enemies already.

    Cues are looked for within an area; `area_of` names each skill's area. Without it the whole set is one area.
    """
    asked = [filled(question) for question in questions if question.status in {"draft", "live"}]
    duplicates = _duplicates(asked) if "duplicate" in kinds else ()
    cues = _cues(asked, area_of or {}) if "cue" in kinds else ()
    return tuple(sorted([*duplicates, *cues]))


def unsettled(
    questions: Sequence[q.Question], area_of: Mapping[str, str] | None = None, kinds: Collection[Kind] = KINDS
) -> tuple[Pair, ...]:
    """The pairs that are not enemies yet; named on one side is enough."""
    enemies = _enemies(questions)
    return tuple(pair for pair in alike(questions, area_of, kinds) if frozenset((pair.a, pair.b)) not in enemies)


def settled(questions: Sequence[q.Question], area_of: Mapping[str, str] | None = None) -> tuple[Pair, ...]:
    """The pairs that are enemies already."""
    enemies = _enemies(questions)
    return tuple(pair for pair in alike(questions, area_of) if frozenset((pair.a, pair.b)) in enemies)


def content_words(text: str) -> list[str]:
    """The words that carry meaning, in their order: lower case, crudely stemmed; code and numbers left out."""
    return [_stem(word) for word in _content(text)]


def _content(text: str) -> list[str]:
    plain = _INLINE.sub(" ", prose(text)).lower()
    return [word for word in _WORD.findall(plain) if word not in _STOP_WORDS and len(word) > 1]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _enemies(questions: Iterable[q.Question]) -> set[frozenset[str]]:
    return {frozenset((question.id, enemy)) for question in questions for enemy in question.enemies}


def _duplicates(questions: Sequence[q.Question]) -> Iterator[Pair]:
    shingles = [_shingles(question) for question in questions]
    holders: dict[Gram, list[int]] = defaultdict(list)
    for place, own in enumerate(shingles):
        for shingle in own:
            holders[shingle].append(place)
    common = Counter(pair for places in holders.values() for pair in combinations(places, 2))
    for (i, j), count in common.items():
        share = count / (len(shingles[i]) + len(shingles[j]) - count)
        if share > DUPLICATE:
            first, second = sorted((questions[i].id, questions[j].id))
            yield Pair(first, second, "duplicate", round(share, 3), f"{count} runs of three words in common")


def _shingles(question: q.Question) -> set[Gram]:
    """Runs of three words within each text that is shown, code included; reasons are not shown."""
    found: set[Gram] = set()
    for path, text in texts(question):
        if "why" not in path and path[0] not in {"traps", "reject"}:
            found |= _grams(_TOKEN.findall(text.lower()), SHINGLE)
    for body in _bodies(question):
        code = body.code if isinstance(body, q.LineBody) else ""
        found |= _grams(_TOKEN.findall(code.lower()), SHINGLE)
    return found


def _runs(text: str) -> dict[Gram, tuple[int, ...]]:
    """Each run of stemmed content words within a sentence, and its places among all content words of the text."""
    found: dict[Gram, tuple[int, ...]] = {}
    start = 0
    for sentence in _SENTENCE_END.split(_INLINE.sub(" ", prose(text))):
        stems = content_words(sentence)
        for i in range(len(stems) - RUN + 1):
            found[tuple(stems[i : i + RUN])] = tuple(range(start + i, start + i + RUN))
        start += len(stems)
    return found


def _grams(words: Sequence[str], length: int) -> set[Gram]:
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def _bodies(question: q.Question) -> Sequence[q.Question | q.Part]:
    return question.parts if isinstance(question, q.Case) else [question]


@dataclass(frozen=True)
class _Key:
    """One right answer: its words, and the signs that would betray it, each with the places of its words."""

    words: tuple[str, ...]
    signs: Mapping[Sign, tuple[int, ...]]

    def found(self, signs: Iterable[Sign]) -> tuple[float, str]:
        """Which part of the words these signs cover, and those words."""
        places = sorted({place for sign in signs for place in self.signs[sign]})
        return round(len(places) / len(self.words), 3), " ".join(self.words[place] for place in places)


def _cues(questions: Sequence[q.Question], area_of: Mapping[str, str]) -> Iterator[Pair]:
    said = {question.id: _signs(_stem_texts(question), _stem_code(question)) for question in questions}
    area = {question.id: area_of.get(question.skill, "") for question in questions}
    holders: dict[Sign, list[str]] = defaultdict(list)
    for holder, signs in said.items():
        for sign in signs:
            holders[sign].append(holder)
    for question in questions:
        best: dict[str, Pair] = {}
        for key in _keys(question):
            betrayed: dict[str, set[Sign]] = defaultdict(set)
            for sign in set(key.signs) - said[question.id]:
                if sign[0] == "run" or len(holders[sign]) < EVERYDAY:
                    for other in holders[sign]:
                        betrayed[other].add(sign)
            for other, signs in betrayed.items():
                if area[other] == area[question.id]:
                    pair = Pair(question.id, other, "cue", *key.found(signs))
                    best[other] = max(pair, best.get(other, pair), key=lambda p: p.share)
        yield from best.values()


def _stem_texts(question: q.Question) -> list[str]:
    """What a question says in words before anything is answered."""
    return [question.stem, *(part.stem for part in _bodies(question) if part is not question)]


def _stem_code(question: q.Question) -> list[str]:
    """The code it shows before anything is answered."""
    texts_ = _stem_texts(question)
    blocks = [code for text in texts_ for _, code in code_blocks(text)]
    inline = [code for text in texts_ for code in _INLINE.findall(prose(text))]
    return [*blocks, *inline, *([question.code] if isinstance(question, q.LineBody) else [])]


def _signs(said: Iterable[str], code: Iterable[str]) -> set[Sign]:
    """Everything in a stem by which a key could be recognised."""
    found: set[Sign] = set()
    for text in said:
        found |= {("run", *run) for run in _runs(text)}
        for number, unit in _NUMBER.findall(prose(text)):
            found |= {("number", _plain(number), unit), ("number", _plain(number), "")}
    for name in (name for piece in code for name in _NAME.findall(piece)):
        found |= {("name", name), ("name", name.rsplit(".", 1)[-1])}
    return found


def _plain(number: str) -> str:
    """The number without commas and without zeros that end its decimals."""
    whole, _, decimals = number.replace(",", "").partition(".")
    return f"{whole}.{decimals.rstrip('0')}".rstrip(".")


def _keys(question: q.Question) -> Iterator[_Key]:
    """Every right answer that is distinctive enough to be recognised."""
    for body in _bodies(question):
        match body:
            case q.SingleBody() | q.MultipleBody():
                right = {body.key} if isinstance(body, q.SingleBody) else set(body.key)
                shown = {o.id: shown_text(o, body.shown_as) for o in body.options}
                yield from _choice_keys(shown, right)
            case q.JudgementBody():
                yield from _choice_keys(
                    {o.id: o.text for o in body.options}, {i for i, c in body.key.items() if c == 3}
                )
            case q.FillBody():
                for form in body.accept:
                    yield from _name_key(form)
                    yield from _run_key(form, set())
            case q.NumberBody():
                yield from _number_key(body.key)


def _choice_keys(shown: Mapping[str, str], right: set[str]) -> Iterator[_Key]:
    """Right options, by the runs of words that stand in no wrong one."""
    wrong = {run for name, text in shown.items() if name not in right for run in _runs(text)}
    for name in right:
        yield from _run_key(shown[name], wrong)


def _run_key(text: str, elsewhere: set[Gram]) -> Iterator[_Key]:
    signs = {("run", *run): places for run, places in _runs(text).items() if run not in elsewhere}
    if signs:
        yield _Key(tuple(_content(text)), signs)


def _name_key(form: str) -> Iterator[_Key]:
    """An identifier; a language's own words and short ones stand everywhere."""
    name = form.strip().rstrip("()")
    if _NAME.fullmatch(name) and sum(map(str.isalpha, name)) >= LETTERS and not keyword.iskeyword(name):
        yield _Key((name,), {("name", name): (0,)})


def _number_key(key: q.NumberKey) -> Iterator[_Key]:
    """A number with three digits that carry something (1,440 or 15.3, not 3, 0.5 or 1,000), or four and no unit."""
    number = _plain(f"{abs(key.value):.{key.decimals}f}")
    unit = _UNIT.match("%" if key.scale == "percent" else key.unit or "")
    name = unit[0] if unit else ""
    if len(number.replace(".", "").strip("0")) >= DIGITS + (not name):
        yield _Key((f"{number} {name}".strip(),), {("number", number, name): (0,)})
