"""The drawings."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.broadcast.report.double import NINE
from wamsg.broadcast.report import charts
from wamsg.broadcast.report.charts import Part
from wamsg.broadcast.report.course import Course, CourseTaker
from wamsg.broadcast.report.happenings import Halt
from wamsg.ledger import State


def _course(told: list[tuple[State, float, float]]) -> Course:
    taker = CourseTaker()
    for state, at, took in told:
        taker.add(state, at, at + took)
    return taker.course()


def _numbers(drawing: str) -> list[tuple[float, float]]:
    paths = "".join(re.findall(r' d="([^"]*)"', drawing))
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", paths)]


@given(
    st.lists(
        st.tuples(st.sampled_from(list(State)), st.floats(NINE, NINE + 5e5), st.floats(0, 1e4)), min_size=1, max_size=60
    ),
    st.lists(st.floats(NINE - 1e5, NINE + 1e6), max_size=4),
)
def test_nothing_is_drawn_outside_of_the_frame(told: list[tuple[State, float, float]], edges: list[float]) -> None:
    """Whatever happened and whenever it paused, every point is a number inside of 1000 x 300."""
    course = _course(told)
    halts = [Halt(start=edge, until=edge + 1e5) for edge in edges]

    drawings = [charts.throughput(course, halts)]
    drawings += [charts.waiting(course, halts)] if course.latency.measured else []

    for drawing in drawings:
        points = _numbers(drawing)
        assert points
        assert all(0 <= x <= 1000 and 0 <= y <= 300 for x, y in points)
        assert "nan" not in drawing


def test_the_height_of_a_layer_is_its_share() -> None:
    """Three accepted and one rejected in a second fill the frame three quarters and one quarter."""
    told = [(State.ACCEPTED, NINE, 0.1)] * 3 + [(State.REJECTED, NINE, 0.1)]

    drawing = charts.throughput(_course(told), [])

    assert '<path class="fill accepted" d="M0.0 75.0L100.0 75.0L100.0 300.0L0.0 300.0Z"/>' in drawing
    assert '<path class="fill rejected" d="M0.0 0.0L100.0 0.0L100.0 75.0L0.0 75.0Z"/>' in drawing


def test_a_silence_is_a_gap_and_no_line() -> None:
    """Two runs are two strokes: nothing is made up between them."""
    told = [(State.ACCEPTED, at, 0.1) for at in (NINE, NINE + 1, NINE + 20, NINE + 21)]

    drawing = charts.waiting(_course(told), [])

    (median,) = re.findall(r'class="line p50" d="([^"]*)"', drawing)
    assert 2 == median.count("M")


def test_a_lonely_second_is_visible() -> None:
    """One measurement is a dash as wide as its stretch, not a point without extent."""
    drawing = charts.waiting(_course([(State.ACCEPTED, NINE, 0.1)]), [])

    (median,) = re.findall(r'class="line p50" d="([^"]*)"', drawing)
    xs = [x for x, _ in re.findall(r"([-\d.]+) ([-\d.]+)", median)]
    assert ("0.0", "100.0") == (xs[0], xs[-1])


def test_few_of_a_million_can_be_seen() -> None:
    """One unknown has a sliver of the bar, and its number in the words beside it."""
    drawing = charts.breakdown([Part("accepted", "accepted", 999_999), Part("unknown", "unknown", 1)], 1_000_000)

    (d,) = re.findall(r'class="fill unknown" d="M([\d.]+) 0H([\d.]+)', drawing)
    assert float(d[1]) - float(d[0]) > 10
    assert "999,999 lines accepted (&gt; 99.9 %), 1 line unknown (&lt; 0.1 %)" in drawing


def test_a_drawing_says_in_words_what_it_shows() -> None:
    """Who cannot see it reads the same."""
    told = [(State.ACCEPTED, NINE + place / 10, 0.2) for place in range(101)]

    drawing = charts.throughput(_course(told), [])

    assert 'role="img" aria-label="Messages a second from 1 Oct 2026, 09:00:00 to 1 Oct 2026, 09:00:10 UTC: ' in drawing
    assert "10/s on average while sending" in drawing
