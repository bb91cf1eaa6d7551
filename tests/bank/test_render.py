from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank import question as q
from quiz.bank.render import DEEPEST, RenderError, block, code_line, code_rows, mathml, phrase
from quiz.bank.svg import UnsafeSvgError, safe_svg
from quiz.paths import STATIC

HELD = settings(deadline=None, derandomize=True, max_examples=20, database=None)
SVG = '<svg viewBox="0 0 10 10"><g fill="#123"><path d="M0 0 L1,1"/><text x="1">A &amp; B</text></g></svg>'
TABLE = "| left | mid | right |\n|:-----|:---:|------:|\n| a | b | c |\n"


def figure(svg: str = SVG, text: str = "A drawing") -> q.Figure:
    return q.Figure(id="drawing", svg=svg, text=text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One *two* **three**", "<p>One <em>two</em> <strong>three</strong></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("1. a", "<ol>\n<li>a</li>\n</ol>\n"),
        ("`a < b`", '<p><code translate="no">a &lt; b</code></p>\n'),
        ("a\n\nb", "<p>a</p>\n<p>b</p>\n"),
        ("[docs](https://example.org)", '<p><a href="https://example.org">docs</a></p>\n'),
    ],
)
def test_the_markdown_subset_becomes_plain_html(text: str, html: str) -> None:
    assert block(text) == html


@pytest.mark.parametrize(
    "raw", ["<script>alert(1)</script>", "<b onclick=x>a</b>", "<!-- c -->", "<iframe src=x>", "a <br> b"]
)
def test_raw_html_is_shown_as_text(raw: str) -> None:
    html = block(raw)

    assert "&lt;" in html
    assert re.fullmatch(r"<p>[^<]*</p>\n", html)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "file:///x", "//evil.org", "/a"],
)
def test_a_link_goes_to_http_or_nowhere(url: str) -> None:
    assert "<a" not in block(f"[click]({url})")
    assert "<a" not in block(f"<{url}>")
    assert "<a" not in block(f"[click][1]\n\n[1]: {url}\n")


def test_a_known_language_is_named_and_highlighted() -> None:
    html = block("```python\nif a:\n    b = 'c'\n```\n")

    assert 'aria-label="Python code"' in html
    assert html.count('<span class="l') == 2
    assert '<span class="k">if</span>' in html


def test_code_without_a_language_is_a_text_block() -> None:
    assert 'aria-label="Text block"' in block("```\na < b\n```\n")


def test_columns_of_a_text_block_are_kept_together_and_code_is_not_taken_for_them() -> None:
    columns = "calls  time\n    1   2.0\n   50  18.0\n"
    assert '<pre class="code aligned"' in block(f"```text\n{columns}```\n")
    assert '<pre class="code"' in block("```text\none line  with a gap\nand one without\n```\n")
    assert '<pre class="code"' in block("```python\na = 1  # first\nb = 2  # second\n```\n")
    assert phrase(f"```text\n{columns}```\n").startswith('<code class="code" translate="no">')


def test_an_unknown_language_is_named_in_the_error() -> None:
    with pytest.raises(RenderError, match="klingon"):
        block("```klingon\nqapla\n```\n")


def test_markup_in_code_stays_text() -> None:
    assert "<script" not in block("```python\nx = '<script>alert(1)</script>'\n```\n")


@pytest.mark.parametrize("latex", [r"\frac{1}{2}", r"\sum_{i=1}^n x_i", r"\mathbb{E}[X]", r"a \le b", r"\sigma(x)"])
def test_formulas_become_mathml(latex: str) -> None:
    assert block(f"So ${latex}$").startswith("<p>So <math>")
    assert '<span class="formula"><math display="block"' in block(f"$${latex}$$")


@pytest.mark.parametrize("latex", [r"\frac{1}", r"\notacommand", r"{", r"\left( x"])
@pytest.mark.parametrize("fence", ["$", "$$"])
def test_a_formula_that_cannot_be_read_is_an_error_that_quotes_it(latex: str, fence: str) -> None:
    with pytest.raises(RenderError) as refused:
        block(f"{fence}{latex}{fence}")

    assert latex in str(refused.value)


def test_prices_are_no_formulas() -> None:
    assert "<math" not in block("It costs $5 at first and $6 later.")


@pytest.mark.parametrize(
    "text",
    [
        *[
            TABLE,
            "$$\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$$",
            "$$\\begin{aligned} a &= b \\\\ &= c \\end{aligned}$$",
        ],
        *["$$\\begin{cases} 1 & a \\\\ 2 & b \\end{cases}$$", "$\\sqrt{x}$ and $\\text{a b}$"],
    ],
)
def test_no_inline_style_ever_comes_out(text: str) -> None:
    assert " style=" not in block(text)


def test_columns_of_a_table_are_aligned_by_class() -> None:
    html = block(TABLE)

    assert [f'class="{name}"' in html for name in ("left", "centre", "right")] == [True, True, True]


def test_inline_code_that_speaks_of_styles_is_shown_as_it_is_written() -> None:
    assert 'style="text-align:right"' in block('Write `<p style="text-align:right">`.').replace("&quot;", '"')
    assert 'style="width:5px"' in block('Write `<p style="width:5px">`.').replace("&quot;", '"')


def test_a_figure_is_an_image_with_words() -> None:
    html = block("![](figure:drawing)", [figure(text='A "small" <drawing>')])

    assert 'role="img" aria-label="A &quot;small&quot; &lt;drawing&gt;"' in html
    assert '<path d="M0 0 L1,1" />' in html


@pytest.mark.parametrize("source", ["figure:other", "https://example.org/x.png"])
def test_an_image_from_elsewhere_is_refused(source: str) -> None:
    with pytest.raises(RenderError, match="figure of the question"):
        block(f"![]({source})", [figure()])


def test_a_file_beside_the_question_is_no_image() -> None:
    assert "<img" not in block("![](drawing.png)", [figure()])


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one *two*", "one <em>two</em>"),
        ("a\n\nb", '<span class="p">a</span><span class="p">b</span>'),
    ],
)
def test_a_phrase_may_stand_in_a_label(text: str, html: str) -> None:
    assert phrase(text) == html


def test_a_block_of_code_may_stand_in_a_label() -> None:
    html = phrase("```python\na\nb\n```\n")

    assert html.startswith('<code class="code" translate="no"><span class="l">')
    assert "<pre" not in html


CODE_LINES = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=12)


@HELD
@given(st.lists(CODE_LINES, min_size=1, max_size=5), st.sampled_from(["python", "sql", "text", "bash"]))
def test_code_has_one_row_for_each_of_its_lines(lines: list[str], language: str) -> None:
    code = "\n".join(lines) + "\nlast"

    assert len(code_rows(code, language)) == len(lines) + 1


@HELD
@given(st.text("ab<>&\"'`*_[]()!#|-$\n =/:;", max_size=40))
def test_whatever_is_written_no_foreign_tag_or_attribute_comes_out(text: str) -> None:
    try:
        html = block(f"{text} <script src=x onload=y style='z'>")
    except RenderError:
        html = ""

    assert not re.search(r"<(script|style|iframe|object)", html)
    assert not re.search(r"<[^>]*\s(on\w+|style)=", html)


def test_a_display_formula_is_larger_than_one_in_the_line() -> None:
    assert mathml("x", display=True) != mathml("x")


def test_an_allowed_drawing_is_kept_and_hidden_from_screen_readers() -> None:
    drawn = safe_svg(SVG)

    assert '<g fill="#123">' in drawn
    assert "A &amp; B" in drawn
    assert 'aria-hidden="true"' in drawn


def test_the_namespace_of_a_drawing_is_dropped() -> None:
    assert "ns0" not in safe_svg('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><g/></svg>')


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        *[
            ("<script>alert(1)</script>", "script"),
            ("<foreignObject/>", "foreignObject"),
            ("<style>*{}</style>", "style"),
        ],
        *[("<image href='x'/>", "image"), ("<use href='#a'/>", "use"), ("<a href='x'/>", "<a>"), ("<set/>", "set")],
        *[("<animate/>", "animate"), ("<g onload='x()'/>", "onload"), ("<g style='fill:red'/>", "style")],
        *[("<g xmlns:x='http://www.w3.org/1999/xlink' x:href='x'/>", "href"), ("<g id='a'/>", "id")],
        *[("<g fill='url(javascript:x)'/>", "javascript"), ("<g fill='a;b'/>", "fill"), ("<g class='\"'/>", "class")],
        *[("<script xmlns='http://www.w3.org/1999/xhtml'/>", "script"), ("<Script/>", "Script"), ("&unknown;", "XML")],
        *[("<!-- x -->", "comment"), ("<?php x?>", "instruction"), ("<![CDATA[x]]>", "declaration"), ("<g>", "XML")],
    ],
)
def test_a_drawing_with_anything_active_is_refused_by_name(inside: str, named: str) -> None:
    with pytest.raises(UnsafeSvgError, match=re.escape(named)):
        safe_svg(f'<svg viewBox="0 0 1 1">{inside}</svg>')


@pytest.mark.parametrize(
    "source",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 1 1">&a;</svg>',
        '<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg viewBox="0 0 1 1"/>',
        *['<svg viewBox="0 0 1 1" onload="x()"/>', "<svg/>", '<g viewBox="0 0 1 1"/>', "", "words"],
        '<?xml version="1.0"?><svg viewBox="0 0 1 1"/>',
    ],
)
def test_what_is_not_one_plain_svg_is_refused(source: str) -> None:
    with pytest.raises(UnsafeSvgError):
        safe_svg(source)


def test_a_mark_after_a_formula_never_begins_the_next_line() -> None:
    html = block("It grows by $x$, then by $y$ and $z$.")

    assert html.count('<span class="unbroken">') == 2
    assert "</math>,</span> then by" in html
    assert "</math> and" in html
    assert "</math>.</span>" in html


def test_a_row_of_code_says_how_deep_it_stands_so_that_what_wraps_hangs_deeper() -> None:
    rows = code_rows('def f(a):\n    if a:\n        """One\n   two"""\n\treturn a', "python")
    classes = [re.match(r'<span class="([^"]*)">', code_line(row)) for row in rows]
    assert [found and found[1] for found in classes] == ["l", "l in4", "l in8", "l in2", "l in4"]
    assert code_line(" " * 40 + "x", "mine") == f'<span class="l mine in12">{" " * 40}x</span>'
    styles = (STATIC / "text.css").read_text(encoding="utf-8")
    assert all(f".in{columns} {{ --in: {columns}ch; }}" in styles for columns in range(2, DEEPEST + 1, 2))
