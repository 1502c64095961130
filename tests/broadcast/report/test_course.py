"""The course of a broadcast over time."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.broadcast.report.double import NINE
from wamsg.broadcast.report.course import MOST, Course, CourseTaker
from wamsg.ledger import State

times = st.one_of(st.floats(NINE, NINE + 600), st.floats(NINE, NINE + 4 * 86_400), st.floats(0, 2e11))


@given(st.lists(st.tuples(st.sampled_from(list(State)), times), min_size=1, max_size=200))
def test_no_request_is_lost_however_long_the_run_and_in_whatever_order(told: list[tuple[State, float]]) -> None:
    """The stretches are few, in order, of one width, and hold every request in the stretch of its time."""
    taker = CourseTaker()
    for state, at in told:
        taker.add(state, at, None)

    course = taker.course()

    first, last = course.stretches[0].start, course.stretches[-1].start
    expected: dict[float, Counter[State]] = {}
    for state, at in told:
        expected.setdefault(float(at // course.width * course.width), Counter())[state] += 1
    assert sorted(expected.items()) == [(stretch.start, stretch.states) for stretch in course.stretches]
    assert (last - first) / course.width < MOST
    assert (min(at for _, at in told), max(at for _, at in told)) == (
        course.stretches[0].first,
        course.stretches[-1].last,
    )


@given(st.lists(times, min_size=1, max_size=60))
def test_the_order_of_the_lines_does_not_matter(told: list[float]) -> None:
    """A resumed or retried broadcast has its times out of order; the course is the same."""
    one, other = CourseTaker(), CourseTaker()
    for at in told:
        one.add(State.ACCEPTED, at, at + 1)
    for at in reversed(told):
        other.add(State.ACCEPTED, at, at + 1)

    assert one.course() == other.course()


def test_rates_leave_out_the_silence() -> None:
    """Ten a second with an hour's pause is ten a second."""
    taker = CourseTaker()
    for place in range(100):
        taker.add(State.ACCEPTED, NINE + place / 10, NINE + place / 10 + 0.2)
        taker.add(State.ACCEPTED, NINE + 3600 + place / 10, NINE + 3600 + place / 10 + 0.2)

    course = taker.course()

    assert 200 == course.sent
    assert pytest.approx(10, rel=0.01) == course.average
    # Of each stretch of 30 s, only the first ten were used.
    assert pytest.approx(100 / 30) == course.peak
    assert pytest.approx(0.2, rel=0.03) == course.latency.p50


@pytest.mark.parametrize("at", [math.nan, math.inf, -5.0, 1e18])
def test_a_time_that_is_none_is_left_out(at: float) -> None:
    """It would stretch the axis to nothing."""
    taker = CourseTaker()
    taker.add(State.ACCEPTED, at, None)

    assert Course() == taker.course()


@pytest.mark.parametrize(
    ("state", "done_at"),
    [
        pytest.param(State.UNKNOWN, NINE + 30, id="we gave up waiting"),
        pytest.param(State.ACCEPTED, None, id="no end on record"),
        pytest.param(State.ACCEPTED, NINE - 1, id="the clock went back"),
        pytest.param(State.ACCEPTED, math.nan, id="no time"),
    ],
)
def test_only_answers_have_a_waiting_time(state: State, done_at: float | None) -> None:
    """What was not answered, or before it was asked, is sent but not measured."""
    taker = CourseTaker()
    taker.add(state, NINE, done_at)

    assert (1, 0) == (taker.course().sent, taker.course().latency.measured)
