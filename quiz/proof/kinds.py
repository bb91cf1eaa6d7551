"""What each kind of proof checks. Runs inside the child process: it executes the question's own program."""

from __future__ import annotations

import contextlib
import io
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import permutations
from typing import Any

from quiz.bank import question as q
from quiz.bank.mark import normalised
from quiz.bank.order import respects
from quiz.bank.text import code_blocks

Space = dict[str, Any]


class RefutedError(Exception):
    """The program does not agree with the key; the message says where."""


def check(body: q.Body, proof: q.Proof, stem: str, given: Mapping[str, q.Value]) -> str:
    """Run the proof of one question or part; returns the program's `note`. Raises RefutedError.

    `body` and `stem` have `given` filled in already, so the program sees what the taker reads.
    """
    if proof.kind == "sql":
        _sql(body, proof)
        return ""
    if proof.kind == "output":
        _output(body, stem)
        return ""
    space: Space = dict(given)
    exec(compile(proof.script or "", "<proof>", "exec"), space)
    CHECKS[body.type](body, space)
    return str(space.get("note", ""))


def _need(space: Space, name: str) -> Any:
    if name not in space:
        raise RefutedError(f"the script does not define `{name}`")
    return space[name]


def _refute(wrong: list[str]) -> None:
    if wrong:
        raise RefutedError("; ".join(wrong))


def _options(body: q.SingleBody | q.MultipleBody) -> Iterator[tuple[q.Option, bool]]:
    key = {body.key} if isinstance(body, q.SingleBody) else set(body.key)
    return ((option, option.id in key) for option in body.options)


def _choice(body: q.SingleBody | q.MultipleBody, space: Space) -> None:
    holds: Callable[[q.Value], object] = _need(space, "holds")
    verdicts = [(option, keyed, bool(holds(option.content))) for option, keyed in _options(body)]
    _refute(
        [
            f"option {o.id} is {'not ' * (not found)}right by the program"
            for o, keyed, found in verdicts
            if keyed != found
        ]
    )


def _match(body: q.MatchBody, space: Space) -> None:
    holds = _need(space, "holds")
    responses = {r.id: r.text for r in body.responses}
    wrong = [
        f"{premise.id} with {response} is {'not ' * (not found)}right by the program"
        for premise in body.premises
        for response, text in responses.items()
        if (found := bool(holds(premise.text, text))) != (body.key[premise.id] == response)
    ]
    _refute(wrong)


def _number(body: q.NumberBody, space: Space) -> None:
    answer = Fraction(_need(space, "answer"))
    half = Fraction(1, 2 * 10**body.key.decimals)
    wanted = Fraction(str(body.key.value))
    if abs(answer - wanted) > half:
        raise RefutedError(f"the program's answer is {float(answer):.10g}, the key {body.key.value}")
    wrong = []
    for trap in body.traps:
        if trap.slip is not None:
            slip = Fraction(eval(compile(trap.slip, "<slip>", "eval"), space))
            decimals = len(str(trap.value).partition(".")[2]) if isinstance(trap.value, float) else 0
            if abs(slip - Fraction(str(trap.value))) > Fraction(1, 2 * 10**decimals):
                wrong.append(f"the slip {trap.slip!r} gives {float(slip):.10g}, not {trap.value}")
            elif abs(slip - wanted) <= half:
                wrong.append(f"the slip {trap.slip!r} rounds to the key")
    _refute(wrong)


def _order(body: q.OrderBody, space: Space) -> None:
    accepts = _need(space, "accepts")
    used = [line.id for line in body.lines]
    texts = {line.id: line.text for line in (*body.lines, *body.unused)}
    lengths = range(1, len(texts) + 1) if body.unused else [len(used)]
    for length in lengths:
        for sequence in permutations(texts, length):
            found = bool(accepts([texts[line] for line in sequence]))
            if found != respects(sequence, used, body.key):
                raise RefutedError(f"{' > '.join(sequence)} is {'not ' * (not found)}right by the program")


def _fill(body: q.FillBody, space: Space) -> None:
    accepts = _need(space, "accepts")
    _refute(
        [f"the program refuses the accepted form {form!r}" for form in body.accept if not accepts(form)]
        + [f"the program accepts the rejected form {r.text!r}" for r in body.reject if accepts(r.text)]
    )


def _line(body: q.LineBody, space: Space) -> None:
    test = _need(space, "test")

    def passes(line: int, text: str) -> bool:
        rows = list(body.rows)
        rows[line - 1] = text
        try:
            return bool(test("\n".join(rows) + "\n"))
        except Exception:  # a program that fails in any way has not passed
            return False

    _refute(
        ["the test passes on the code as given"] * passes(1, body.rows[0])
        + [f"the test still fails after the fix of line {n}" for n, fix in body.fix.items() if not passes(n, fix)]
        + [f"the test passes after the trap's fix of line {t.line}" for t in body.traps if passes(t.line, t.fix)]
    )


def _sql(body: q.Body, proof: q.Proof) -> None:
    if not isinstance(body, q.SingleBody | q.MultipleBody):
        raise RefutedError("a proof of kind sql is for single and multiple")
    wrong = []
    for option, keyed in _options(body):
        if option.sql is None:
            raise RefutedError(f"option {option.id} has no `sql`")
        if (_rows(proof, option.sql) == _sorted(proof, proof.expect or [])) != keyed:
            wrong.append(f"option {option.id} {'does not return' if keyed else 'returns'} the expected rows")
    _refute(wrong)


def _rows(proof: q.Proof, query: str) -> list[list[Any]] | str:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript(proof.setup or "")
        try:
            return _sorted(proof, [list(row) for row in database.execute(query)])
        except sqlite3.Error as error:
            return str(error)


def _sorted(proof: q.Proof, rows: list[list[Any]]) -> list[list[Any]]:
    return rows if proof.ordered else sorted(rows, key=repr)


def _output(body: q.Body, stem: str) -> None:
    blocks = [code for language, code in code_blocks(stem) if language == "python"]
    if not blocks:
        raise RefutedError("the stem has no Python block to run")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(blocks[0], "<stem>", "exec"), {"__name__": "__main__"})
    shown = printed.getvalue()
    if isinstance(body, q.FillBody):
        found = normalised(shown, body.normalise)
        if found not in {normalised(form, body.normalise) for form in body.accept}:
            raise RefutedError(f"the program prints {shown.strip()!r}, which is not accepted")
        if found in {normalised(wrong.text, body.normalise) for wrong in body.reject}:
            raise RefutedError(f"the program prints {shown.strip()!r}, which is rejected")
        _refute([f"the program does not print {form!r}" for form in body.accept if _loose(form) != _loose(shown)])
    elif isinstance(body, q.SingleBody | q.MultipleBody):
        wanted = shown.strip()
        _refute(
            [
                f"the program prints {wanted!r}; option {option.id} says {option.content!r}"
                for option, keyed in _options(body)
                if (str(option.content).strip() == wanted) != keyed
            ]
        )
    else:
        raise RefutedError("a proof of kind output is for single and fill")


def _loose(text: str) -> list[str]:
    """What other ways of writing the same output have in common: its words and numbers, in order."""
    return re.findall(r"[\w.+-]+", text)


CHECKS: Mapping[str, Callable[[Any, Space], None]] = {
    **{"single": _choice, "multiple": _choice, "match": _match, "number": _number},
    **{"order": _order, "fill": _fill, "line": _line},
}
