"""Example results of invented people, labelled as such."""

from __future__ import annotations

from functools import cache

from flask import Blueprint, abort

from quiz.bank.version import BankVersion, remembered
from quiz.paths import QUESTIONS
from quiz.plan.document import Document, for_others
from quiz.services.examples import LANDING, Example, example_document, read_examples
from quiz.web.share import snapshot_page
from quiz.web.wiring import wiring

blueprint = Blueprint("example", __name__)


@blueprint.get("/example", defaults={"who": LANDING})
@blueprint.get("/example/<who>")
def example(who: str) -> str:
    """The result of an invented person, computed from the bank as it is now."""
    found = _examples().get(who)
    if found is None:
        abort(404)
    with wiring().database.reading() as session:
        bank = wiring().banks.newest(session)
    people = [(one.id, one.title) for one in _examples().values()]
    return snapshot_page(for_others(_document(bank, found.id)), people=people, who=who)


@cache
def _examples() -> dict[str, Example]:
    return read_examples(QUESTIONS)


@remembered(16)
def _document(bank: BankVersion, who: str) -> Document:
    return example_document(bank, _examples()[who])
