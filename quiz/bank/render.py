"""Markdown to HTML: code highlighted, `$LaTeX$` to MathML, nothing that a strict content policy refuses.

Raw HTML is off, links keep only http(s), images are figures of the question. No inline style comes out:
what the libraries would write as `style=` becomes a class.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from quiz.bank.svg import safe_svg

MAX_BRACES = 200
DEEPEST = 12
"""Columns of indentation that static/text.css has a class for, in steps of two."""
LANGUAGES = {"python": "Python", "sql": "SQL", "java": "Java", "r": "R", "bash": "Shell", "cpp": "C++"}
_COLUMNS = re.compile(r"\S {2,}\S")
_TAG = re.compile(r"<[^>]*>")
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_CLASSES = {
    **{
        "text-align:right": "right",
        "text-align:left": "left",
        "text-align:center": "centre",
        "padding-left:1em": "indent",
    },
    **dict.fromkeys(("justify-items:end", "justify-items:start", "padding-left:0", "padding-right:0"), ""),
}
_NOISE = re.compile(r'<span class="(?:n|w|p|o|nn|bp)">([^<]*)</span>')  # tokens shown like plain text
_PHRASING = ((re.compile(r"<p>"), '<span class="p">'), (re.compile(r"</p>\n?"), "</span>"))
_PRE = (
    (re.compile(r'<pre class="code[^>]*><code>'), '<code class="code" translate="no">'),
    (re.compile(r"</code></pre>\n?"), "</code>"),
)


class RenderError(ValueError):
    """A text can't be shown; the message says which piece of it."""


def block(text: str, figures: Sequence[Any] = ()) -> str:
    """Markdown as HTML blocks. Raises RenderError for LaTeX, code or figures that can't be shown."""
    html = str(_markdown().render(text, {"figures": {f"figure:{f.id}": f for f in figures}}))
    return _without_style(html)


def phrase(text: str) -> str:
    """Markdown as what may stand in a label: one paragraph or one code block, no block elements."""
    html = block(text).strip()
    if html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>"):
        return html[3:-4]
    for pattern, replacement in (*_PRE, *_PHRASING):
        html = pattern.sub(replacement, html)
    return html


def code_rows(code: str, language: str) -> list[str]:
    """Highlighted code, one piece of HTML per line."""
    lexer = get_lexer_by_name({"text": "text", "r": "r", "cpp": "cpp"}.get(language, language), stripnl=False)
    html = highlight(code.rstrip("\n"), lexer, HtmlFormatter(nowrap=True)).rstrip("\n")
    return _NOISE.sub(r"\1", html).split("\n")


def stands_in_columns(text: str) -> bool:
    """Whether lines stand under each other by their spaces: to break such lines takes the columns apart."""
    return sum(bool(_COLUMNS.search(line)) for line in text.splitlines()) > 1


def code_line(row: str, more: str = "") -> str:
    """A row of highlighted code in its element, with the classes in `more`."""
    return f'<span class="{" ".join(["l", *more.split(), *depth(row).split()])}">{row}</span>'


def depth(row: str) -> str:
    """The class that says how deep a row of highlighted code is indented, so that what wraps hangs deeper still."""
    text = _TAG.sub("", row).expandtabs(4)
    columns = min(len(text) - len(text.lstrip()), DEEPEST) // 2 * 2
    return f"in{columns}" if columns else ""


def mathml(latex: str, *, display: bool = False) -> str:
    """LaTeX as MathML. Raises RenderError."""
    if latex.count("{") > MAX_BRACES:  # the converter recurses, and dies of what is nested too deeply
        raise RenderError(f"a formula may hold at most {MAX_BRACES} braces")
    try:
        return _converter().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise RenderError(f"the formula ${latex}$ can't be shown: {error}") from None


def _without_style(html: str) -> str:
    return _STYLE.sub(lambda match: f' class="{_class_of(match[1])}"', html)


def _class_of(style: str) -> str:
    """The class that stands for an inline style of a table or formula; its rules are in static/text.css."""
    declared = {part.replace(" ", "") for part in style.split(";") if part.strip()}
    unknown = {d for d in declared if d not in _CLASSES}
    if unknown:
        raise RenderError(f"a formula or table needs the style “{style}”, which has no class")
    return " ".join(sorted({_CLASSES[d] for d in declared} - {""}))


def _fence(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    language = tokens[index].info.strip() or "text"
    try:
        rows = code_rows(tokens[index].content, language)
    except ValueError:
        raise RenderError(f"code in “{language}”, a language that is not known") from None
    lines = "\n".join(map(code_line, rows))
    label = f"{LANGUAGES[language]} code" if language in LANGUAGES else "Text block"
    kind = "code aligned" if language == "text" and stands_in_columns(tokens[index].content) else "code"
    told = f'tabindex="0" role="group" aria-label="{label}" translate="no"'
    return f'<pre class="{kind}" {told}><code>{lines}</code></pre>\n'


def _inline_code(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    text = escape(tokens[index].content, quote=False).replace('"', "&quot;")
    return f'<code translate="no">{text}</code>'


def _image(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Mapping[str, Any]) -> str:
    source = str(tokens[index].attrs.get("src", ""))
    figure = env.get("figures", {}).get(source)
    if figure is None:
        raise RenderError(f"an image must be a figure of the question, as in ![](figure:id), not “{source}”")
    return f'<span class="figure" role="img" aria-label="{escape(figure.text)}">{safe_svg(figure.svg)}</span>'


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(dollarmath_plugin, allow_labels=False, allow_space=False, double_inline=True)
    markdown.validateLink = lambda url: bool(re.match(r"(https?|figure):", url))  # type: ignore[method-assign]
    for name, rule in (("fence", _fence), ("code_inline", _inline_code), ("image", _image)):
        markdown.add_render_rule(name, rule)
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    for name in ("math_inline", "math_inline_double", "math_block"):
        markdown.add_render_rule(name, _bare_math)
    return markdown


def _table_open(*_: object) -> str:
    """A table may be wider than a phone, so it scrolls in a place that the keyboard reaches."""
    return '<div class="table" tabindex="0" role="group" aria-label="Table">\n<table>\n'


def _table_close(*_: object) -> str:
    return "</table>\n</div>\n"


def _bare_math(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    display = tokens[index].type != "math_inline"
    html = mathml(tokens[index].content.strip(), display=display)
    if display:
        return f'<span class="formula">{html}</span>'
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is None or after.type != "text" or after.content[:1] not in tuple(".,;:!?)"):
        return html
    mark, after.content = after.content[0], after.content[1:]  # a line must not begin with the comma after a formula
    return f'<span class="unbroken">{html}{mark}</span>'
