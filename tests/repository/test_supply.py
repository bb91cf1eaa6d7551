"""What the app is installed with: pinned, hashed, and its licences listed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)((?: ; [^\\]*)?) \\$", re.MULTILINE)


def pins() -> dict[str, str]:
    """Each pinned library with the lines of its hashes."""
    pieces = PINNED.split((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    return dict(zip(pieces[1::4], pieces[4::4], strict=True))


def named(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def wanted() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    return {named(line) for line in [*project["dependencies"], *extras]} - {"mle-quiz"}


def test_every_dependency_is_pinned_with_hashes() -> None:
    assert wanted() <= set(pins()), "run: make pins"
    assert all("--hash=sha256:" in hashes for hashes in pins().values())


def test_every_library_of_the_app_has_its_licence_listed_and_none_that_binds_ours() -> None:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", page, re.MULTILINE))
    del listed["library"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {named(line) for line in project["dependencies"]} <= set(listed), "run: tools/licences > docs/licences.md"
    assert "not stated" not in listed.values()
    free = re.compile(
        r"MIT|BSD|Apache|PSF|Python Software|ISC|Mozilla|MPL|Unlicense|Zlib|0BSD|Lesser|LGPL", re.IGNORECASE
    )
    assert [name for name, said in listed.items() if not free.search(said)] == []
