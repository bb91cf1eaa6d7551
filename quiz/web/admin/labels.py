"""What the fields of a question's form are called, and a hint where one helps."""

from __future__ import annotations

from collections.abc import Mapping

from quiz.competency.catalogue import Catalogue

LABELS: Mapping[str, tuple[str, str]] = {
    "skill": ("Skill", "What the question asks for; one skill alone."),
    "level": ("Step", "Someone whose skill is exactly at this step answers rightly two times in three."),
    "seconds": ("Expected time in seconds", "10 to 600."),
    "title": ("Title", "The page's heading, 8 to 80 characters; it must not give the answer away."),
    "stem": ("Stem", "Markdown, $LaTeX$, and fenced code. {name} stands for a given value."),
    "given": ("Given values", "Numbers or texts that both the stem and the proof use."),
    "language": ("Language of the code", ""),
    "code": ("Code", "Up to 20 lines."),
    "options": ("Options", "Order does not matter: each person sees another one."),
    "shown_as": ("How a value is shown", "For options that are values: {} is the value, as in “{} GB”."),
    "lines": ("Lines", "Each person sees them in another order."),
    "unused": ("Lines that are not needed", "Lines that tempt and belong nowhere."),
    "premises": ("Rows to be matched", ""),
    "responses": ("Responses", "At least two more than rows."),
    "parts": ("Parts", "Two to four; no part may answer another."),
    "accept": ("Accepted answers", "Every form that is right."),
    "reject": ("Wrong answers to expect", "What many type, with what it shows."),
    "normalise": ("What is forgiven", "Differences that do not count."),
    "key": ("Right answer", ""),
    "fix": ("Right lines", "The number of each right line, and what must stand there instead."),
    "traps": ("Wrong answers to expect", "Each with the slip that leads to it."),
    "why": ("Reason", "What someone who missed it needs to read."),
    "references": ("References", "Where a reader can check the answer."),
    "figures": ("Figures", "Placed in the stem as ![](figure:name)."),
    "enemies": ("Never in one attempt with", "Names of questions, one a line."),
    "notes": ("Notes for colleagues", "Never shown to takers. “lint rule: reason” answers a warning."),
    "id": ("Name", "A short name for the key and the proof; leave it empty and one is made."),
    "in": ("Holds", ""),
    "content": ("Content", ""),
    "text": ("Text", ""),
    "value": ("Value", ""),
    "decimals": ("Decimals", "How exactly it is asked for."),
    "unit": ("Unit", ""),
    "scale": ("Scale", "percent: a share; value and decimals in percent."),
    "url": ("Web address", ""),
    "doi": ("DOI", ""),
    "slip": ("The slip as a formula", "Recomputed by the proof."),
    "line": ("Line number", ""),
    "svg": ("Drawing (SVG)", ""),
    "status": ("Status", ""),
    "proof": ("Proof", ""),
    "type": ("Type", ""),
    "basis": ("Basis", ""),
    "role": ("Role", ""),
    "revision": ("Text", ""),
    "comment": ("Comment", ""),
    "bank version": ("Bank version", ""),
    "reason": ("Why no program can decide this", ""),
}
ROWS: Mapping[str, str] = {
    **{"options": "option", "lines": "line", "unused": "line", "premises": "row", "responses": "response"},
    **{"parts": "part", "accept": "answer", "reject": "answer", "traps": "answer", "references": "reference"},
    **{"figures": "figure", "given": "value", "fix": "line"},
}
OWN: Mapping[tuple[str, str], tuple[str, str]] = {
    ("reject", "text"): ("What they type", ""),
    ("references", "title"): ("Title", ""),
    ("figures", "id"): ("Name", ""),
    ("figures", "text"): ("The same in words", "For those who don't see the drawing."),
    ("traps", "fix"): ("A change that looks helpful and is not", ""),
    ("judgement", "options"): ("Replies", "Exactly one earns 3."),
}


def label(name: str, within: str = "") -> str:
    """What a field is called."""
    return OWN.get((within, name), LABELS.get(name, (name, "")))[0]


def hint(name: str, within: str = "") -> str:
    """What helps to fill it in; empty where nothing is needed."""
    return OWN.get((within, name), LABELS.get(name, (name, "")))[1]


def place(path: str) -> str:
    """A place in the form as people say it: `options.2.why` as `Options 3: Reason`."""
    said: list[str] = []
    within = ""
    for part in path.split("."):
        if part.isdecimal() and said:
            said[-1] = f"{said[-1]} {int(part) + 1}"
        elif part:
            said.append(f"“{part}”" if within == "given" else label(part))
        within = part
    return ": ".join(said)


FRAMEWORK: Mapping[str, str] = {
    **{"areas": "", "skills": "", "importance": "weight among skills", "weight": "weight", "targets": "target"},
    **{"basis": "why this weight", "targets_basis": "why these targets", "hours": "hours", "title": "title"},
    **{"by": "by whom", "kind": "kind", "step": "step", "free": "free", "url": "address", "checked": "last looked at"},
}


def framework_place(catalogue: Catalogue, path: str) -> str:
    """A place in profiles, resources and hours as people say it: `skills.sql.2.url` as `SQL, 2, address`."""
    names = {area.id: area.name for area in catalogue.areas} | {s.id: s.name for s in catalogue.skills.values()}
    said = [names.get(part, FRAMEWORK.get(part, part)) for part in path.split(".")]
    return ", ".join(part for part in said if part)
