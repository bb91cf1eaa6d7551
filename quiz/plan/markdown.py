"""The plan as a Markdown checklist, to keep where one keeps one's tasks."""

from __future__ import annotations

from collections.abc import Iterator

from quiz.plan.document import Document, ResourcePart, StepPart
from quiz.report.words import plural

SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>#|"})


def checklist(of: Document) -> str:
    """The document's plan as text."""
    return "\n".join(_lines(of)) + "\n"


def _lines(of: Document) -> Iterator[str]:
    yield f"# Plan: {_plain(of.job)}, {of.seniority}"
    yield ""
    yield f"{of.date}. {of.headline} {of.coverage.words}"
    if of.hours_a_week and of.weeks:
        yield f"At {plural(of.hours_a_week, 'hour')} a week: {plural(of.weeks, 'week')}."
    if of.cut:
        yield of.cut
    yield ""
    if not of.plan:
        yield "The answers show no gap to this job."
    for step in of.plan or []:
        yield from _step(step)
    yield ""
    yield "From an unsupervised self-test: not for hiring, pay or dismissal."


def _step(step: StepPart) -> Iterator[str]:
    weeks = f", {weeks_words(step.weeks)}" if step.weeks else ""
    yield f"- [{'x' if step.done else ' '}] **{_plain(step.title)}** ({step.effort}{weeks})"
    gain = f"Once done, about {step.coverage_after} % would be covered." if step.coverage_after else ""
    for text in (step.rests_on, step.why, step.builds, gain, step.material):
        if text:
            yield f"  {_plain(text)}"
    if step.done_when:
        yield f"  You have it when this describes you: {_plain(step.done_when)}"
    for resource in step.resources:
        yield f"  - [ ] {_resource(resource)}"
    if step.instead:
        yield f"  To study all the same: {_plain(step.instead.title)} ({step.instead.effort})"
        yield from (f"  - [ ] {_resource(resource)}" for resource in step.instead.resources)


def _resource(resource: ResourcePart) -> str:
    title = f"[{_plain(resource.title)}](<{resource.url}>)" if resource.url else _plain(resource.title)
    paid = "free" if resource.free else "paid"
    return f"{title} ({resource.kind}, {paid}, about {plural(resource.hours, 'hour')})"


def weeks_words(weeks: tuple[int, int]) -> str:
    """`week 3` or `weeks 3 to 8`."""
    first, last = weeks
    return f"week {first}" if first == last else f"weeks {first} to {last}"


def _plain(text: str) -> str:
    return text.translate(SPECIAL)
