"""docs/questions.md says what the rules are and shows one example of each type; both must stay true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quiz.bank import question as q
from quiz.bank.check import ACROSS
from quiz.bank.files import canonical, validated
from quiz.bank.lint import RULES, BankRule, Rule, lint
from quiz.proof.run import prove_all, provers
from quiz.yamlfile import parse

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
EXAMPLES = PAGE[PAGE.index("### One example of each type") : PAGE.index("## Proof")]
LISTED = PAGE[PAGE.index("## Writing rules that `quiz bank check` holds") :]
EVERY: tuple[Rule | BankRule, ...] = (*RULES, *ACROSS)
ROW = re.compile(r"^\| `([a-z-]+)` \| (\w+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {row[0]: row for row in ROW.findall(LISTED)}
YAML = re.findall(r"^```yaml\n(.*?)^```$", EXAMPLES, re.DOTALL | re.MULTILINE)
GOLDEN = [validated(parse(text, "docs/questions.md")) for text in YAML]


def test_the_page_lists_each_rule_once_and_no_other() -> None:
    assert len(ROW.findall(LISTED)) == len(ROWS) == LISTED.count("\n| `")
    assert set(ROWS) == {rule.id for rule in EVERY}


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.id)
def test_the_page_says_of_each_rule_what_the_program_says(rule: Rule | BankRule) -> None:
    name, grave, why, bad, good, source = ROWS[rule.id]

    assert {"id": name, "grave": grave, "why": why, "source": source}.items() <= vars(rule).items()
    assert len({bad.strip(), good.strip(), ""}) == 3


def test_each_source_is_our_own_or_stands_in_the_list_of_publications() -> None:
    published = LISTED[LISTED.index("Sources:") :]
    for rule in EVERY:
        cited, _, what = rule.source.partition(": ")
        year = cited[-4:]
        assert what, rule.id
        assert cited == "house rule" or f"{cited.split()[0]}, " in published, rule.id
        assert cited == "house rule" or f"({year})" in published, rule.id


def test_the_page_has_one_example_of_each_type_in_canonical_form() -> None:
    assert [example.type for example in GOLDEN] == list(q.TYPES)
    assert [canonical(example) for example in GOLDEN] == YAML


@pytest.mark.parametrize("example", GOLDEN, ids=lambda example: example.type)
def test_an_example_of_the_page_breaks_no_rule_and_names_where_to_check_it(example: q.Question) -> None:
    assert lint(example) == []
    assert example.status == "live"
    assert any(reference.address for reference in example.references) or "20" in example.references[0].title


@pytest.mark.slow
def test_the_examples_of_the_page_are_proved_and_each_change_of_them_is_noticed() -> None:
    with provers() as ready:
        verdicts = list(prove_all(GOLDEN, ready, mutate=True))

    assert {v.id: v.said for v in verdicts if v.state == "refuted"} == {}
    assert {e.type for e, v in zip(GOLDEN, verdicts, strict=True) if v.state == "unproved"} == {"judgement"}
    assert [v.mutation.missed for v in verdicts] == [()] * len(GOLDEN)
    assert all(v.mutation.tried for v in verdicts if v.state == "proved")
