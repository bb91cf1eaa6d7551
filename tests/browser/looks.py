"""How a page looks and what it costs: axe-core, widths, schemes, bytes, requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

WIDE, NARROW, NARROWEST = 1280, 390, 320
BIG_TEXT = "36px"
"""Twice the base size."""
AUDITED = {(WIDE, "light"), (NARROW, "dark")}
"""Where axe runs: each width and each scheme once, since contrast depends on the one and layout on the other."""


def problems(page: Page) -> list[str]:
    """What axe-core finds wrong with the page, best practices included."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']}: {n['html'][:150]}" for v in found for n in v["nodes"]]


def check_everywhere(page: Page, name: str, shots: Path | None) -> None:
    """A page must be sound in light and dark, wide and narrow, at 320 px, and with text twice as large."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": 844 if width == NARROW else 800})
            if (width, scheme) in AUDITED:
                found = problems(page)
                assert not found, f"{name}, {scheme}, {width} px: {found}"
            keep_shot(page, f"{name}-{width}-{scheme}", shots)
    page.emulate_media(color_scheme="light")
    check_width(page, name, NARROWEST)
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", BIG_TEXT)
    check_width(page, f"{name} with text twice as large", 2 * NARROWEST)
    page.evaluate("() => { document.documentElement.style.fontSize = ''; }")
    page.set_viewport_size({"width": WIDE, "height": 800})


def keep_shot(page: Page, name: str, shots: Path | None) -> None:
    """Keep a screenshot of the whole page where a folder for them is given."""
    if shots is not None:
        page.screenshot(path=shots / f"{name}.png", full_page=True)


def check_width(page: Page, name: str, width: int) -> None:
    """Nothing may scroll sideways at this width."""
    page.set_viewport_size({"width": width, "height": 700})
    wide = page.evaluate("() => document.documentElement.scrollWidth")
    assert wide == width, f"{name} is {wide} px wide at {width} px: {widest(page)}"


def widest(page: Page) -> str:
    """The element that sticks out, for the message."""
    return str(
        page.evaluate(
            "() => [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth)"
            ".map(e => e.outerHTML.slice(0, 120)).slice(0, 3)"
        )
    )


@dataclass(frozen=True)
class Cost:
    """What a page cost on its first load: requests, bytes on the wire (all, and scripts alone), nodes, shift."""

    requests: int
    size: int
    script: int
    nodes: int
    shift: float


@contextmanager
def listened(page: Page) -> Iterator[list[Response]]:
    """Every response that the page receives while the block runs."""
    responses: list[Response] = []

    def note(response: Response) -> None:
        responses.append(response)

    page.on("response", note)
    yield responses
    page.remove_listener("response", note)


def cost(page: Page, address: str) -> Cost:
    """Load an address with nothing in the cache and measure."""
    cache = page.context.new_cdp_session(page)
    cache.send("Network.setCacheDisabled", {"cacheDisabled": True})
    with listened(page) as responses:
        page.goto(address, wait_until="load")
    cache.detach()
    sizes = [(r.request.resource_type, int(r.headers["content-length"])) for r in responses]
    return Cost(
        requests=len(responses),
        size=sum(size for _, size in sizes),
        script=sum(size for kind, size in sizes if kind == "script"),
        nodes=page.evaluate("() => document.querySelectorAll('*').length"),
        shift=page.evaluate(SHIFT),
    )


SHIFT = """() => new Promise(done => {
  let total = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { total += e.value; }))
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(total)));
})"""
