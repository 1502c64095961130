"""Percentiles from bins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast.report import latency
from wamsg.broadcast.report.latency import Percentiles, percentiles, place


@given(st.lists(st.floats(0.001, 3599), min_size=1, max_size=300))
def test_percentiles_are_within_a_few_percent_of_the_truth(times: list[float]) -> None:
    """Bins lose 2.5 % of accuracy and nothing else: each percentile is the right measurement of the sorted list."""
    bins = latency.empty()
    for time in times:
        bins[place(time)] += 1

    found = percentiles(bins)

    ordered = sorted(times)
    for value, percent in ((found.p50, 50), (found.p95, 95), (found.p99, 99)):
        truth = ordered[-(-len(times) * percent // 100) - 1]
        assert abs(value / truth - 1) < 0.026
    assert len(times) == found.measured


@given(st.floats(allow_nan=False, min_value=0))
def test_every_waiting_time_has_a_bin(seconds: float) -> None:
    """Nothing, an eternity and all between them."""
    assert 0 <= place(seconds) < latency.BINS


def test_nothing_measured_is_no_percentile() -> None:
    """And no error either."""
    assert Percentiles() == percentiles(latency.empty())
