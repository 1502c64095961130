"""Scales and their marks."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.broadcast.report.double import NINE
from wamsg.broadcast.report import axes


def _orderly(axis: axes.Axis, most: int) -> None:
    places = [tick.place for tick in axis.ticks]
    assert sorted(places) == places
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in places)
    assert len(places) <= most
    assert all(one.label != next_.label for one, next_ in pairwise(axis.ticks))


@given(st.floats(1e-4, 1e7))
def test_a_linear_scale_holds_its_highest_value(highest: float) -> None:
    """From 0 to the next round number, with few marks, all of them different."""
    axis = axes.linear(highest)

    _orderly(axis, 6)
    assert highest <= axis.high * (1 + 1e-9)
    assert highest >= axis.high / 3
    assert ("0", 0.0) == (axis.ticks[0].label, axis.place(0))


def test_a_linear_scale_of_nothing_is_no_error() -> None:
    """A course without a rate still has an axis."""
    assert 1.0 == axes.linear(0).high


def test_labels_are_round() -> None:
    """80 a second is marked in twenties."""
    assert ["0", "20", "40", "60", "80"] == [tick.label for tick in axes.linear(79.8).ticks]
    assert ["50 ms", "100 ms", "200 ms", "500 ms"] == [tick.label for tick in axes.logarithmic(0.1, 0.2).ticks]


@given(st.floats(0.001, 3600), st.floats(1, 1e6))
def test_a_logarithmic_scale_holds_both_ends(lowest: float, times: float) -> None:
    """With room at both, at least two marks and at most eight."""
    axis = axes.logarithmic(lowest, lowest * times)

    _orderly(axis, 10)
    assert len(axis.ticks) >= 2
    assert 0 < axis.place(lowest) <= axis.place(lowest * times) < 1


@given(st.floats(0, 2e11), st.sampled_from([1, 5, 60, 900, 86_400, 86_400 << 10]), st.integers(1, 240))
def test_a_time_scale_has_marks_at_round_times(start: float, width: int, widths: int) -> None:
    """Whether it lasted a second or centuries."""
    start = start // width * width

    axis = axes.time(start, start + width * widths, width)

    _orderly(axis, 8)
    assert axis.ticks
    assert axis.high >= start + width * max(widths, 10)


def test_midnights_are_marked_with_their_day() -> None:
    """Over several days the hour alone says too little."""
    axis = axes.time(NINE, NINE + 2.5 * 86_400, 900)

    assert ["12:00", "2 Oct", "12:00", "3 Oct", "12:00"] == [tick.label for tick in axis.ticks]
