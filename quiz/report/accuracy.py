"""How true the report is, as found with invented people: the figures, and how they are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from quiz.report.rounding import Chance


@dataclass(frozen=True)
class Accuracy:
    """How true the statements on areas are. Shares are of all (taker, area) pairs, wrong ones of those settled.

    `rmse`, `sd`, `bias` in steps; `coverage90`, `coverage95`: how often the range holds the truth; `brier`: mean
    squared error of the chance that the target is met; `settled`: at least "probably", `decided`: "met" or "gap".
    """

    rmse: float
    sd: float
    bias: float
    coverage90: float
    coverage95: float
    brier: float
    settled: float
    settled_wrong: float
    decided: float
    decided_wrong: float


@dataclass(frozen=True)
class Printed:
    """Of the cases in which a chance (in tenths) was printed, the share in which the target is really met."""

    printed: int
    n: int
    true: float

    @property
    def words(self) -> str:
        """The chance as it is printed."""
        return Chance(self.printed).words


@dataclass(frozen=True)
class Summary:
    """What a simulation found.

    `unasked`: the same without any answer; `profile`: how often the printed range of the profile's coverage holds
    the truth, and by how much the printed share errs; `seniorities`: mean chance and share met; `exposure`: the
    share of takers who met the most used question, and the number of questions never used.
    """

    takers: int
    questions: float
    minutes: float
    areas: Mapping[str, Accuracy]
    overall: Accuracy
    unasked: Accuracy
    chances: tuple[Printed, ...]
    profile: Mapping[str, float]
    seniorities: Mapping[str, Mapping[str, float]]
    exposure: Mapping[str, float]
    verdicts: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Published:
    """A simulation as it is shown to everybody: when and how it was made, of which bank.

    `questions`: how many were live; `bank`: the fingerprint of their curves and times (`bank.version.fingerprint`).
    """

    on: date
    command: str
    job: str
    questions: int
    bank: str
    summary: Summary


BEGIN = "<!-- simulated: written by quiz simulate --publish -->"
END = "<!-- simulated: end -->"


def with_section(source: str, section: str) -> str:
    """The text with this between its two marks."""
    before, _, rest = source.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{section}\n\n{END}{after}"


def replace_section(source: str, section: str) -> str:
    """The text with this in place of its marks and what stands between them."""
    return with_section(source, section).replace(BEGIN, "").replace(END, "")


def told(found: Published, names: Mapping[str, str], figure: str) -> str:
    """The figures as Markdown: who was simulated, a row for each area, the printed chances, what was asked.

    `names`: the areas' names by id; `figure`: where the drawing of the chances lies.
    """
    return "\n".join(
        [*_who(found), "", *_areas(found.summary, names), "", *_chances(found.summary, figure), "", *_asked(found)]
    )


def _who(found: Published) -> Iterator[str]:
    made = found.summary
    yield (
        f"On {found.on.day} {found.on:%B %Y}, {made.takers:,} invented people answered the {found.questions} questions "
        f"then live, {made.questions:.1f} questions in {made.minutes:.0f} minutes each, for the job {found.job}. "
        f"The command: `{found.command}`."
    )


AREA_COLUMNS = (
    *("area", "error in steps", "doubt stated", "95 % range holds the truth"),
    *("at least “probably”", "of these wrong", "“met” or “gap”", "of these wrong"),
)


def _areas(made: Summary, names: Mapping[str, str]) -> Iterator[str]:
    rows = {names[name]: accuracy for name, accuracy in made.areas.items()}
    yield from _head(AREA_COLUMNS)
    for name, one in {**rows, "all areas": made.overall, "without any answer": made.unasked}.items():
        shares = (one.coverage95, one.settled, one.settled_wrong, one.decided, one.decided_wrong)
        yield _row(name, f"{one.rmse:.2f}", f"{one.sd:.2f}", *(f"{100 * share:.1f} %" for share in shares))


def _chances(made: Summary, figure: str) -> Iterator[str]:
    yield "When a result says “about 8 in 10”, is the target met in 8 of 10 cases?"
    yield ""
    yield f"![Printed chances against how often the target was met; the table below holds the same figures]({figure})"
    yield ""
    yield from _head(("printed", "cases", "target met"))
    for one in made.chances:
        yield _row(f"{one.words}", f"{one.n:,}", f"{100 * one.true:.1f} %")


def _asked(found: Published) -> Iterator[str]:
    made = found.summary
    yield (
        f"The printed range of the coverage held the truth in {100 * made.profile['in_range']:.0f} % of cases. "
        f"The most used question was asked of {100 * made.exposure['max']:.0f} % of these people; "
        f"{made.exposure['never']:.0f} of {found.questions} were asked of none."
    )


def _head(columns: tuple[str, ...]) -> Iterator[str]:
    yield _row(*columns)
    yield _row("---", *("---:" for _ in columns[1:]))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
