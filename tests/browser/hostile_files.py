"""Files to import whose every text is a script in some dress: as a ZIP of YAML files, and as CSV."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence

from quiz.bank import question as q
from quiz.bank import render
from quiz.bank.files import canonical
from quiz.bank.lint import lint
from quiz.bank.sheet import sheet
from tests import factories as make
from tests.bank.test_payloads import CASES

AREA, SKILL = "programming", "python-core"
EACH = 10
"""Payloads of one question: stem, four options with their reasons, notes."""
REASON = "A queue serves whatever came before; later senders wait behind it, however long that takes in practice."
"""Words of its own, without which a reason counts as repeating what it explains."""


def _is_taken(text: str) -> bool:
    """Whether a stem and an option may hold the text; what can't be shown, or lacks half a pair, is refused."""
    try:
        found = lint(make.single(stem=f"What is done first?\n\n{text}\n"))
        return bool(render.phrase(text)) and all(one.grave != "error" for one in found)
    except ValueError:
        return False


EVERY = [dress.format(vector) for vector, dress in CASES]
PAYLOADS = [text for text in EVERY if _is_taken(text)]
REFUSED = [text for text in EVERY if text not in PAYLOADS]


def questions(prefix: str) -> Iterator[q.Question]:
    """Questions that hold all payloads, ten in each."""
    for start in range(0, len(PAYLOADS), EACH):
        yield _question(f"{prefix}-{start // EACH}", (PAYLOADS[start:] + PAYLOADS)[:EACH])


def refused() -> Iterator[q.Question]:
    """Questions with what can't be taken: one in each."""
    for number, text in enumerate(REFUSED):
        yield _question(f"refused-{number}", [text, *PAYLOADS[: EACH - 1]])


def _question(name: str, payloads: Sequence[str]) -> q.Question:
    stem, notes, *rest = payloads
    texts, reasons = rest[:4], rest[4:]
    options = [
        {"id": f"o{n}", "text": f"Do {name} {n} {'first' * (n > 0)}\n\n{text}", "why": f"{REASON}\n\n{why}"}
        for n, (text, why) in enumerate(zip(texts, reasons, strict=True))
    ]
    stem = f"What is done first in {name}?\n\n{stem}\n"
    return make.single(
        skill=SKILL,
        id=name,
        status="draft",
        stem=stem,
        notes=notes,
        options=options,
        key="o0",
        title=f"<script>alert({name[-1]})</script>",
        references=[{"title": "<img src=x onerror=alert(1)>"}],
        proof={"kind": "none", "reason": "<svg onload=alert(1)>"},
    )


def as_zip(questions: Sequence[q.Question]) -> bytes:
    """The files of these questions in an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in questions:
            archive.writestr(f"{AREA}/{one.skill}/{one.id}.yaml", canonical(one))
    return stream.getvalue()


def as_csv(questions: Sequence[q.Question]) -> bytes:
    """The rows of these questions, without revisions: they are new."""
    return "".join(sheet((one, 0) for one in questions)).encode()
