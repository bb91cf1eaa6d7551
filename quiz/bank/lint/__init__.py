"""Writing rules that a program can check. Errors keep a question from going live; warnings are shown.

Each rule is one function from a question to (place in the file, sentence), next to its reason and source in the
module on its subject. `docs/questions.md` has a bad and a good example of each and the publications in full.
An author may answer a warning in `notes` (`lint echo: the term has no other name`); errors are mended.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from quiz.bank import question as q
from quiz.bank.lint import options, reasons, showing, task, unfinished
from quiz.bank.lint.answers import answers
from quiz.bank.lint.rule import BankRule, Breach, Rule, bodies
from quiz.bank.lint.wording import words
from quiz.bank.text import filled

__all__ = ["BY_ID", "RULES", "BankRule", "Breach", "Rule", "answers", "bodies", "lint", "words"]

RULES: tuple[Rule, ...] = (*task.RULES, *options.RULES, *reasons.RULES, *showing.RULES, *unfinished.RULES)
BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}


def lint(question: q.Question) -> list[Breach]:
    """All breaches of one question; a warning that its notes answer carries the answer."""
    try:
        filled(question)
    except ValidationError as error:
        told = "; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors())
        return [Breach("given", "error", ("given",), f"filled in, the question is no longer whole: {told}")]
    said = answers(question.notes)
    return [
        Breach(rule.id, rule.grave, path, message, said.get(rule.id, "") if rule.grave == "warning" else "")
        for rule in RULES
        for path, message in rule.check(question)
    ]
