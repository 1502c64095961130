"""The control law: down at once, up slowly, the ceiling remembered, the cap never passed."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wamsg.pipeline.pace import Pace


def test_a_refusal_drops_the_rate_below_the_ceiling_it_remembers() -> None:
    """Ceiling 0.90 of the rate, rate 0.75 of the ceiling."""
    pace = Pace(100)

    assert pace.throttled(10)
    assert (90, 67.5) == (pace.ceiling, pace.rate)


def test_a_volley_counts_once() -> None:
    """Refusals of requests that were in flight together say one thing, not five."""
    pace = Pace(100)

    assert [True, False, False, True] == [pace.throttled(now) for now in (10, 10.1, 10.9, 11)]


def test_it_comes_back_to_the_ceiling_quickly_and_goes_beyond_it_slowly() -> None:
    """A tenth of the ceiling a second below it, three thousandths above."""
    pace = Pace(100)
    pace.throttled(0)
    rates = []
    for second in range(1, 60):
        pace.granted(second)
        rates.append(pace.rate)

    assert [76.5, 85.5, 90] == rates[:3]
    assert all(0 < later - earlier < 0.3 for earlier, later in pairwise(rates[2:30]))
    for second in range(60, 600):
        pace.granted(second)
    assert 100 == pace.rate


def test_seconds_in_which_nothing_goes_out_prove_nothing() -> None:
    """An hour of silence is one step, not three thousand."""
    pace = Pace(100)
    pace.throttled(0)
    pace.granted(3600)

    assert 76.5 == pace.rate


@given(st.floats(0.01, 5000), st.lists(st.tuples(st.booleans(), st.floats(0, 5)), max_size=80))
def test_it_stays_between_its_floor_and_its_cap(cap: float, history: list[tuple[bool, float]]) -> None:
    """Whatever happens, some still goes out, and never more than is configured."""
    pace, now = Pace(cap), 0.0
    for refused, seconds in history:
        now += seconds
        if refused:
            pace.throttled(now)
        else:
            pace.granted(now)

        assert 0.02 * cap * 0.999 <= pace.rate <= cap
