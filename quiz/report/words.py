"""A result in sentences. Short, plain, second person; no number without its doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from quiz.competency.catalogue import STEPS
from quiz.report.result import AreaResult, Result, Share
from quiz.report.rounding import Verdict

PROPER = frozenset({"Python"})
NEAR = 0.25
"""How far a level may lie from a step and still have its name."""
LOWEST = 1 - NEAR


@dataclass(frozen=True)
class VerdictWords:
    """A verdict's sign and words. `tone`: good, open or bad, for the colour; the words say it too."""

    sign: str
    text: str
    tone: str


VERDICTS: Mapping[Verdict, VerdictWords] = {
    "met": VerdictWords("✓", "Met", "good"),
    "probably-met": VerdictWords("✓", "Probably met", "good"),
    "either": VerdictWords("?", "Could be either", "open"),
    "probably-gap": VerdictWords("▼", "Probably a gap", "bad"),
    "gap": VerdictWords("▼", "Gap", "bad"),
    "not-shown": VerdictWords("–", "Not shown yet", "quiet"),
    "not-asked": VerdictWords("–", "Not asked enough", "quiet"),
}


def plural(count: int, word: str) -> str:
    """`1 hour`, `2 hours`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def round_words(minutes: Sequence[int]) -> str:
    """How long more questions take, by what they take in each area that is open; empty where none is."""
    if not minutes:
        return ""
    low, high = min(minutes), max(minutes)
    if low == high:
        return f"about {plural(low, 'minute')}"
    return f"about {low} to {high} minutes, depending on the area,"


def lower_first(text: str) -> str:
    """A name in the middle of a sentence: `Model serving` as `model serving`, but `ML frameworks` and `Python`."""
    first = text.split(" ", maxsplit=1)[0]
    proper = first in PROPER or not (first + "x")[1:].islower()
    return text if proper else text[0].lower() + text[1:]


def level_words(level: float) -> str:
    """A level in the steps' names: within .25 of a step its name, else between two of them."""
    if level < LOWEST:
        return "before the first step"
    for at, step in enumerate(STEPS, start=1):
        if abs(level - at) <= NEAR:
            return step
    if level > len(STEPS):
        return "beyond leading"
    return f"between {STEPS[int(level) - 1]} and {STEPS[int(level)]}"


def decimal(level: float) -> str:
    """A level as a number, with a real minus: `−0.3`."""
    return f"{level:.1f}".replace("-", "−")


def named_stretch(step: int) -> tuple[float, float]:
    """The levels, from lowest to highest, that go by a step's name (0: before the first); open beyond either end."""
    lowest = step - NEAR if step > 0 else -inf
    highest = step + NEAR if step < len(STEPS) else inf
    return lowest, highest if step > 0 else LOWEST


def area_sentence(area: AreaResult) -> str:
    """One area's row in one or two short sentences."""
    asks = asks_words(area.target)
    if area.verdict == "not-asked":
        return f"{asked_words(area)} That is too few to say more. {asks}"
    if area.verdict == "not-shown":
        return f"Your answers raised the chance, but too few were asked to show this level. {asks} {asked_words(area)}"
    yours, wanted = level_words(area.level.at), level_words(area.target)
    if yours == wanted and area.target >= LOWEST:
        return f"Your answers look like: {yours}; so is what the job asks. {asked_words(area)}"
    return f"Your answers look like: {yours}. {asks} {asked_words(area)}"


def asks_words(target: float) -> str:
    """What a job asks; a target before the first step is no step to name."""
    if target >= LOWEST:
        return f"The job asks: {level_words(target)}."
    return "The job asks little here, less than the first step." if target > 0 else "The job asks nothing here."


def asked_words(area: AreaResult) -> str:
    """How many questions stand behind an area, and how hard: `4 asked, most of them guided questions, 3 right`."""
    return counted(area.asked, area.right, area.partly, area.mostly)


def counted(asked: int, right: int, partly: int, mostly: str = "") -> str:
    """Counts in words, as in `4 asked, 3 right, 1 partly`."""
    if asked == 0:
        return "None asked."
    hard = f", most of them {mostly} questions" if mostly and asked > 1 else ""
    if right == asked:
        return f"{asked} asked{hard}, all right." if asked > 1 else "1 asked, right."
    if asked == 1:
        return "1 asked, partly right." if partly else "1 asked, missed."
    partial = f", {partly} partly" if partly else ""
    return f"{asked} asked{hard}, {right or 'none'} right{partial}."


def coverage_words(found: Result) -> str:
    """The headline: how much of the job's profile the answers cover."""
    about = found.coverage.about
    if about >= 95:
        return "Your answers cover 95 % or more of what the job asks."
    if about <= 5:
        return "Your answers cover 5 % or less of what the job asks."
    return f"Your answers cover about {about} % of what the job asks."


def coverage_range(found: Result) -> str:
    """The headline's range, as in `Likely 65 to 90 %`; where it says no more than the headline, what that means."""
    low, high = found.coverage.low, found.coverage.high
    if low >= 95 or high <= 5:
        return f"{'Less' if low >= 95 else 'More'} is unlikely."
    doubt = f": {found.questions} answers leave doubt." if low != high else "."
    return f"Likely {_spread(low, high, ' %')}{doubt}"


def coverage_told(found: Result) -> str:
    """Headline and range in a list of attempts; where the seniority was chosen for the person, against which one."""
    headline = coverage_words(found)
    if found.chosen_for:
        headline = f"Read against {found.seniority}: {lower_first(headline)}"
    return f"{headline} {coverage_range(found)}"


def coverage_short(share: Share) -> str:
    """Headline and range in a table's cell, as in `about 80 % (65 to 90)`."""
    about, low, high = share.about, share.low, share.high
    if about >= 95:
        return "95 % or more"
    if about <= 5:
        return "5 % or less"
    return f"about {about} % ({_spread(low, high)})" if low != high else f"about {about} %"


def _spread(low: int, high: int, unit: str = "") -> str:
    """A range in percent; an end that stands for all beyond it is said to be open."""
    if high >= 95:
        return f"{low}{unit} or more"
    if low <= 5:
        return f"{high}{unit} or less"
    return f"{low} to {high}{unit}" if low != high else f"{low}{unit}"


def met_words(found: Result) -> str:
    """The count of targets, from the sum of their chances."""
    met, total = found.met, len(found.areas)
    probably = f"about {met.about}" if met.about else "none"
    spread = f"likely {met.low} to {met.high}" if met.low != met.high else f"likely {met.low}"
    return f"Added up, the chances below come to {probably} of the {total} targets met ({spread})."


def all_met_words(found: Result) -> str:
    """The chance of meeting every target at once, and what it means."""
    return (
        f"The chance that you meet all {len(found.areas)} targets at once is {found.all_met.words}. "
        "Even someone who meets them all often reads about 4 in 10 here after 20 questions."
    )


def chosen_words(found: Result) -> str:
    """Why this seniority, for someone who was not sure of theirs; empty where they chose it."""
    if not found.chosen_for:
        return ""
    why = "where to begin" if found.fallback else "the most senior job where you probably meet most targets"
    return f"You were not sure which seniority: {found.seniority} is {why}."


def dots_words(area: AreaResult) -> str:
    """The picture in words, for those who can't see it."""
    return f"{area.chance.filled} of 20 dots reach the target: {area.chance.words}."


def of_another(text: str) -> str:
    """The same sentence for someone who reads another person's result."""
    for own, theirs in (
        ("Your answers", "These answers"),
        ("that you meet all", "that all"),
        ("targets at once is", "targets are met at once is"),
    ):
        text = text.replace(own, theirs)
    return text
