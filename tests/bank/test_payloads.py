"""Script in every dress, through the renderer that every text of a question goes through."""

from __future__ import annotations

from itertools import product

import html5lib
import pytest

from quiz.bank import render

VECTORS = (
    *("<script>alert(1)</script>", "<ScRiPt/src=//evil.example></sCrIpT>", "<script\x0c>alert(1)</script>"),
    *("<img src=x onerror=alert(1)>", "<img/src/onerror=alert(1)>", "<svg onload=alert(1)>", "<svg><script>a</script>"),
    *("<iframe srcdoc='<script>a</script>'>", "<object data=javascript:a>", "<embed src=//evil.example>"),
    *("<a href=javascript:alert(1)>x</a>", "<body onload=alert(1)>", "<details open ontoggle=alert(1)>"),
    *("<style>*{background:url(//evil.example)}</style>", "<p style='x:expression(alert(1))'>x</p>"),
    *("<math><mi xlink:href='javascript:a'>x</mi></math>", "<form action=//evil.example><button>x</button></form>"),
    *(
        "<base href=//evil.example>",
        "<meta http-equiv=refresh content=0;url=//evil.example>",
        "<link rel=stylesheet href=x>",
    ),
    *("[x](javascript:alert(1))", "[x](data:text/html,<script>a</script>)", "[x](vbscript:a)", "![x](javascript:a)"),
    *("<javascript:alert(1)>", "[x]: javascript:alert(1)\n\n[x]", "<!--><img src=x onerror=alert(1)>-->"),
    *("&lt;script&gt;alert(1)&lt;/script&gt;", "$\\href{javascript:alert(1)}{x}$", "$\\text{<script>a</script>}$"),
)
DRESSES = ("{}", "- {}", "> {}", "| a |\n|---|\n| {} |", "`{}`", "```html\n{}\n```", "**{}**", "x\n\n{}\n\ny")
CASES = list(product(VECTORS, DRESSES))
BARRED = {
    "script",
    "img",
    "iframe",
    "object",
    "embed",
    "style",
    "form",
    "base",
    "meta",
    "link",
    "svg",
    "details",
    "button",
}


def dangers(page: str) -> list[str]:
    """What in a piece of HTML could run, load or send anything."""
    found = []
    for element in html5lib.parseFragment(page, namespaceHTMLElements=False).iter():
        tag = str(element.tag).split("}")[-1]
        found += [tag] if tag in BARRED else []
        for name, value in element.attrib.items():
            if str(name).startswith("on") or name in {"style", "src", "srcdoc", "action", "data"}:
                found.append(f"{tag} {name}")
            if "href" in str(name) and not value.startswith(("https://", "http://", "#")):
                found.append(f"{tag} {name}={value}")
    return found


def test_the_look_for_dangers_finds_them() -> None:
    found = [vector for vector in VECTORS if vector.startswith("<") and dangers(vector)]
    assert len(found) >= 15


def test_there_are_more_than_a_hundred_and_none_runs() -> None:
    assert len(CASES) > 100
    wrong = {}
    for vector, dress in CASES:
        text = dress.format(vector)
        for way in (render.block, render.phrase):
            try:
                page = way(text)
            except ValueError:
                continue  # refused outright, which an editor is told
            if dangers(page):
                wrong[f"{way.__name__}: {text}"] = dangers(page)
    assert wrong == {}


@pytest.mark.parametrize("language", ["python", "html", "javascript", "text"])
def test_code_stays_text_in_every_language(language: str) -> None:
    for vector in VECTORS:
        assert [d for row in render.code_rows(vector, language) for d in dangers(row)] == []
