"""Checking a whole folder: format, writing rules, and what questions say about each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quiz.bank import question as q
from quiz.bank.alike import unsettled
from quiz.bank.files import QuestionFile, read_folder
from quiz.bank.lint import RULES, BankRule, answers, lint
from quiz.competency.catalogue import Catalogue
from quiz.competency.files import read_catalogue
from quiz.tracking import Track, untracked
from quiz.yamlfile import FileProblems, Problem


@dataclass(frozen=True)
class Row:
    """One question in a list."""

    id: str
    area: str
    skill: str
    type: str
    level: str
    status: str
    proof: str
    seconds: int


@dataclass(frozen=True, order=True)
class Finding(Problem):
    """A problem with the rule that found it. `why`: the rule's reason; `answer`: the author's, from `notes`."""

    rule: str
    grave: str
    why: str = ""
    answer: str = ""

    def __str__(self) -> str:
        """Like a problem, then the rule and, where there is one, the answer."""
        said = f" (answered: {self.answer})" if self.answer else ""
        return f"{super().__str__()} [{self.rule}]{said}"


@dataclass(frozen=True)
class BankCheck:
    """What a check found. `answered`: warnings that the question's notes answer; they are not among `warnings`."""

    files: tuple[QuestionFile, ...]
    questions: tuple[Row, ...]
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    answered: tuple[Finding, ...] = ()


Place = tuple[str, tuple[str | int, ...], str]


def _enemies(questions: Sequence[q.Question], _: Mapping[str, str]) -> Iterator[Place]:
    """Enemies that do not exist. To be named on one side is enough: the other need not name it back."""
    known = {question.id for question in questions}
    for question in questions:
        for i, enemy in enumerate(question.enemies):
            if enemy not in known:
                yield question.id, ("enemies", i), f"there is no question {enemy}"
            elif enemy == question.id:
                yield question.id, ("enemies", i), "a question is no enemy of itself"


def _cues(questions: Sequence[q.Question], area_of: Mapping[str, str]) -> Iterator[Place]:
    for pair in unsettled(questions, area_of, ["cue"]):
        yield pair.b, ("stem",), f"holds the key of {pair.a} (“{pair.what}”); name it among the `enemies`"


def _duplicates(questions: Sequence[q.Question], area_of: Mapping[str, str]) -> Iterator[Place]:
    for pair in unsettled(questions, area_of, ["duplicate"]):
        yield pair.b, ("stem",), f"is nearly that of {pair.a} ({100 * pair.share:.0f} % of its runs of words)"


ACROSS: tuple[BankRule, ...] = (
    BankRule(
        "enemies",
        "error",
        "A misspelt enemy lets two questions meet of which one gives the other away.",
        "house rule: enemies exist; to be named on one side is enough",
        _enemies,
    ),
    BankRule(
        "cue",
        "error",
        "Whoever meets both in one attempt reads the answer to one in the other.",
        "house rule: a cue across questions, too; such questions are named as `enemies`",
        _cues,
    ),
    BankRule(
        "duplicate",
        "warning",
        "Two questions that ask the same count one piece of knowledge twice.",
        "Broder 1997: resemblance, the share of common runs of three words; above a half",
        _duplicates,
    ),
)
"""Rules about what questions are to each other. They run when the whole bank is checked."""


def check_bank(root: Path, paths: Sequence[Path] = (), track: Track = untracked) -> BankCheck:
    """Check the questions under `paths` (default: all) and the framework they refer to."""
    folder = read_folder(root, paths, track)
    found = [_finding(problem, "format") for problem in folder.problems]
    catalogue: Catalogue | None = None
    try:
        catalogue = read_catalogue(root)
    except FileProblems as broken:
        found += [_finding(problem, "framework") for problem in broken.problems]
    for file in folder.files:
        found += [_finding(problem, "place") for problem in _misplaced(file, catalogue)]
    across = () if paths else ACROSS
    within = list(_within(track("Checking", folder.files)))
    unfilled = {one.file for one in within if one.rule == "given"}
    comparable = [file for file in folder.files if file.document.file not in unfilled]
    by_rule = [*within, *_across(comparable, track("Comparing", across), catalogue)]
    found += by_rule
    fired: dict[str, set[str]] = defaultdict(set)
    for one in by_rule:
        fired[one.file].add(one.rule)
    for file in folder.files:
        found += _unfounded(file, fired[file.document.file], across)
    return BankCheck(
        folder.files,
        tuple(_row(file.question, catalogue) for file in folder.files),
        tuple(sorted(f for f in found if f.grave == "error")),
        tuple(sorted(f for f in found if f.grave == "warning" and not f.answer)),
        tuple(sorted(f for f in found if f.answer)),
    )


def check_among(
    files: Sequence[QuestionFile], others: Sequence[q.Question], catalogue: Catalogue
) -> tuple[tuple[str, Problem], ...]:
    """The errors that these questions would bring into a bank that holds `others` beside them, each with its id."""
    by_id = {file.question.id: file for file in files}
    every = [*(file.question for file in files), *others]
    found = [(file.question.id, problem) for file in files for problem in _misplaced(file, catalogue)]
    for file in files:
        document = file.document
        breaches = [breach for breach in lint(file.question) if breach.grave == "error"]
        found += [(file.question.id, document.problem(breach.path, breach.message)) for breach in breaches]
    area_of = {skill: area.id for skill, area in catalogue.area_of.items()}
    unknown = [place for place in _enemies(every, area_of) if place[0] in by_id]
    for name, path, message in (*unknown, *_cues_of(by_id, every, area_of)):
        found.append((name, by_id[name].document.problem(path, message)))
    return tuple(found)


def _cues_of(new: Collection[str], every: Sequence[q.Question], area_of: Mapping[str, str]) -> Iterator[Place]:
    """Where a new question gives another one away, or is given away."""
    for pair in unsettled(every, area_of, ["cue"]):
        if pair.b in new:
            yield pair.b, ("stem",), f"holds the key of {pair.a} (“{pair.what}”); name it among the `enemies`"
        elif pair.a in new:
            yield pair.a, ("key",), f"stands in the stem of {pair.b} (“{pair.what}”); name it among the `enemies`"


def _finding(problem: Problem, rule: str, grave: str = "error", why: str = "", answer: str = "") -> Finding:
    return Finding(problem.file, problem.line, problem.field, problem.message, rule, grave, why, answer)


def _within(files: Iterable[QuestionFile]) -> Iterator[Finding]:
    """What the writing rules find in each question."""
    reasons: Mapping[str, str] = {rule.id: rule.why for rule in RULES}
    for file in files:
        for breach in lint(file.question):
            problem = file.document.problem(breach.path, breach.message)
            yield _finding(problem, breach.rule, breach.grave, reasons[breach.rule], breach.answer)


def _across(files: Sequence[QuestionFile], rules: Iterable[BankRule], catalogue: Catalogue | None) -> Iterator[Finding]:
    """What the rules about the whole bank find."""
    area_of = {skill: area.id for skill, area in catalogue.area_of.items()} if catalogue else {}
    by_id = {file.question.id: file for file in files}
    for rule in rules:
        for name, path, message in rule.check([file.question for file in files], area_of):
            file = by_id[name]
            answer = answers(file.question.notes).get(rule.id, "") if rule.grave == "warning" else ""
            yield _finding(file.document.problem(path, message), rule.id, rule.grave, rule.why, answer)


def _unfounded(file: QuestionFile, fired: set[str], across: Sequence[BankRule]) -> Iterator[Finding]:
    """Answers in the notes that give no reason, or answer what was not found (or can't be answered)."""
    grave: Mapping[str, str] = {rule.id: rule.grave for rule in RULES} | {rule.id: rule.grave for rule in ACROSS}
    judged = {rule.id for rule in RULES} | {rule.id for rule in across}
    for name, reason in answers(file.question.notes).items():
        if name not in grave:
            message = f"answers {name}, which is no rule"
        elif grave[name] == "error":
            message = f"answers {name}, which is an error; errors are mended"
        elif not reason:
            message = f"answers {name} without a reason"
        elif name in judged and name not in fired:
            message = f"answers {name}, which finds nothing here any more"
        else:
            continue
        yield _finding(file.document.problem(("notes",), message), "answers", "warning")


def _misplaced(file: QuestionFile, catalogue: Catalogue | None) -> Iterator[Problem]:
    if catalogue is None:
        return
    area = catalogue.area_of.get(file.question.skill)
    if area is None:
        yield file.document.problem(("skill",), f"there is no skill {file.question.skill}")
    elif file.path.parent.parent.name != area.id:
        yield file.document.problem(
            ("skill",), f"belongs to the area {area.id}, so to {area.id}/{file.question.skill}/"
        )


def _row(question: q.Question, catalogue: Catalogue | None) -> Row:
    area = catalogue.area_of.get(question.skill) if catalogue else None
    kinds = {p.proof.kind for p in question.parts} if isinstance(question, q.Case) else {question.proof.kind}
    return Row(
        id=question.id,
        area=area.id if area else "",
        skill=question.skill,
        type=question.type,
        level=question.level,
        status=question.status,
        proof="+".join(sorted(kinds)),
        seconds=question.seconds,
    )
