from __future__ import annotations

import re

import pytest

from quiz.bank import told
from quiz.bank.curve_svg import BOTTOM, HEIGHT, TOP, drawing
from quiz.measure.curve import authored
from quiz.measure.item_statistics import Correlation, Drift, Fit, Group, Share

CURVE = authored(2.0, 1.0, (1.0, 1.0), (0.75, 0.25), 0.6)
GROUPS = (Group(1.0, 40, 0.5, 0.5), Group(3.0, 40, 1.0, 0.8))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Correlation(0.4, 0.2, 0.6), "Strong people do better"),
        (Correlation(0.1, -0.1, 0.3), "not sure yet"),
        (Correlation(0.0, -0.2, 0.15), "hardly tells"),
        (None, "tells nobody"),
    ],
)
def test_correlations_are_told_with_their_doubt(found: Correlation | None, said: str) -> None:
    assert said in told.told_apart(found)


def test_sentences_carry_range_and_n() -> None:
    assert told.headline(None, 12) == "12 of 30 answers: too few to say anything yet"
    assert told.between(Share(0.5, 0.41, 0.59)) == "41 to 59 %"
    assert "n 40" in told.fit_told(Fit(GROUPS, 1.0, 0.5, 1.0, 0.0, 0.1))
    assert "do not follow" in told.fit_told(Fit(GROUPS, 90.0, 0.0001, 1.0, 0.0, 0.1))
    assert told.exposed(11, 50) == "Asked in 11 of the newest 50 attempts (22 %)."


@pytest.mark.parametrize(
    ("drift", "said"),
    [
        (None, "Nothing can be said"),
        (Drift(40, 50, 0.02, 0.05), "No clear change"),
        (Drift(40, 50, 0.3, 0.05), "easier by about 30"),
        (Drift(40, 50, -0.3, 0.05), "harder"),
    ],
)
def test_a_change_is_told_only_where_it_is_clear(drift: Drift | None, said: str) -> None:
    assert said in told.drift_told(drift)


def test_the_drawing_holds_every_group_with_its_n_inside_the_frame_and_says_what_it_shows() -> None:
    made = drawing(CURVE, GROUPS, 'what "it" shows', guessable=True)
    assert 'aria-label="what &quot;it&quot; shows"' in made
    assert made.count("<circle") == made.count(">n 40<") == len(GROUPS)
    heights = [float(y) for y in re.findall(r'(?:cy|[\d.]+,)"?([\d.]+)', made)]
    assert all(TOP <= y <= HEIGHT - BOTTOM for y in heights if y > 0)
    points = re.search(r'points="([^"]+)"', made)
    assert points is not None
    ys = [float(point.split(",")[1]) for point in points[1].split()]
    assert ys == sorted(ys, reverse=True)
    assert "style" not in made
