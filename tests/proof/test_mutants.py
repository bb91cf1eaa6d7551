from __future__ import annotations

from typing import Any

import pytest

from quiz.bank import question as q
from quiz.proof.mutants import mutants, stated
from quiz.proof.verdict import mutation, verdict
from tests import factories as make


def names(question: q.Question) -> set[str]:
    return {mutant.name for mutant in mutants(question)}


def by(kind: str, script: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "script": script, **more}


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_every_mutant_of_a_well_proved_question_is_noticed(question: q.Question) -> None:
    found = mutation(question)

    assert found.caught == found.tried == len(mutants(question))


@pytest.mark.parametrize("question", make.one_of_each(), ids=lambda question: question.type)
def test_every_mutant_differs_from_the_question_and_keeps_its_name_and_type(question: q.Question) -> None:
    for mutant in mutants(question):
        assert all(form != question for form in mutant.forms)
        assert {(form.id, form.type) for form in mutant.forms} == {(question.id, question.type)}


def test_what_has_no_program_has_no_mutants() -> None:
    assert names(make.judgement()) == set()
    unproved = {"kind": "none", "reason": "No program can check this."}
    assert names(make.single(proof=unproved)) == set()


def test_a_single_is_tried_with_every_other_key_and_every_exchange_of_its_text() -> None:
    others = {o.id for o in make.single().options} - {make.single().key}

    assert names(make.single()) == {f"key {o}" for o in others} | {
        f"texts of {make.single().key} and {o}" for o in others
    }


def test_a_proof_that_ignores_what_the_options_say_is_found_out() -> None:
    first = make.single().options[0].content
    blind = f"seen = []\n\ndef holds(content):\n    seen.append(content)\n    return len(seen) == 1  # {first}\n"
    question = make.single(proof=by("truth", blind))

    assert verdict(question).ok
    assert any("texts of" in name for name in mutation(question).missed)


def test_a_given_number_that_moves_nothing_is_named() -> None:
    question = make.number(proof=by("number", "answer = 60 + 0 * rate * span\n"))

    assert question.traps
    assert set(mutation(question).missed) == {"given rate", "given span"}


def test_a_given_number_counts_as_noticed_when_one_of_its_changes_is() -> None:
    script = "answer = 60 if rate >= 12 and span == 5 else 0\n"
    question = make.number(traps=[], proof=by("number", script))

    assert mutation(question).missed == ()


def test_an_author_may_excuse_a_mutant_with_a_reason() -> None:
    script = "answer = 60 + 0 * rate * span\n"
    reason = "The limit does not depend on it."
    excused = make.number(traps=[], proof=by("number", script, unmoved={"given rate": reason, "given span": reason}))

    assert mutation(excused).missed == ()
    assert mutation(excused).caught == mutation(excused).tried - 2


def test_an_excuse_for_what_is_noticed_is_itself_named() -> None:
    proof = by("number", "answer = rate * span\n", unmoved={"given rate": "It does not matter."})

    assert mutation(make.number(traps=[], proof=proof)).missed == ("given rate (excused, but noticed)",)


def test_a_number_is_tried_with_its_neighbours_at_the_precision_asked() -> None:
    script = "answer = rate * span / 180\n"
    third = make.number(key={"value": 0.33, "decimals": 2}, traps=[], proof=by("number", script))

    assert {"value 0.32", "value 0.34"} <= names(third)
    assert {"value 59", "value 61"} <= names(make.number())


def test_a_generous_fill_is_found_out() -> None:
    wrong = [{"text": "02", "why": "A number has no leading zero."}]
    question = make.fill(reject=wrong, proof=by("fill", "def accepts(text):\n    return text != '02'\n"))

    assert mutation(question).missed == ("accept '7'",)


def test_an_order_is_not_changed_by_lines_that_may_be_exchanged() -> None:
    lines = [{"id": n, "text": f"Do {n}", "why": "It is one of the steps."} for n in ("a", "b", "c")]
    free = make.order(
        lines=lines, key={"c": ["a", "b"]}, proof=by("order", "def accepts(s):\n    return s[-1] == 'Do c'\n")
    )

    assert names(free) == {"texts of a and c", "texts of b and c", "without a before c", "without b before c"}
    assert mutation(free).missed == ()


def test_a_constraint_that_follows_from_others_is_no_mutant() -> None:
    lines = [{"id": n, "text": f"Do {n}", "why": "It is one of the steps."} for n in ("a", "b", "c")]
    script = "def accepts(s):\n    return s == ['Do a', 'Do b', 'Do c']\n"
    chain = make.order(lines=lines, key={"b": ["a"], "c": ["b", "a"]}, proof=by("order", script))

    assert "without a before c" not in names(chain)
    assert "without b before c" in names(chain)


def test_the_mutants_of_a_case_name_their_part() -> None:
    parts = {part.id for part in make.case().parts}
    named = {name.partition(": ")[0] for name in names(make.case()) if not name.startswith("given ")}

    assert named == parts


def test_a_script_that_writes_its_verdicts_down_is_told_apart_from_one_that_works_them_out() -> None:
    texts = [option.content for option in make.single().options]
    bare = f"V = {dict.fromkeys(texts[1:], False) | {texts[0]: True}!r}\n\ndef holds(content):\n    return V[content]\n"
    worked = f"V = {dict(zip(texts, range(3), strict=False))!r}\n\ndef holds(content):\n    return V[content] == 0\n"

    listed = f"RIGHT = {texts[:1]!r}\n\ndef holds(content):\n    return content in RIGHT\n"
    assert stated(make.single(proof=by("truth", bare))) == ["verdicts"]
    assert stated(make.single(proof=by("truth", listed))) == ["verdicts"]
    assert stated(make.single(proof=by("truth", worked))) == []
    assert "verdicts" in mutation(make.single(key=make.single().options[0].id, proof=by("truth", bare))).missed


def test_a_program_that_only_fails_at_extreme_values_has_not_noticed_the_change() -> None:
    script = "rows = [0] * span\nrows[0] += rate\nrows[4] += rate\nanswer = 60\n"
    question = make.number(traps=[], proof=by("number", script))

    assert set(mutation(question).missed) == {"given rate", "given span"}
