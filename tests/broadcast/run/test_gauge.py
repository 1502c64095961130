"""What a run looks like from outside."""

from __future__ import annotations

import pytest

from wamsg.broadcast.run.gauge import Gauge, Progress
from wamsg.ledger import Counts, State


def gauge(**states: int) -> Gauge:
    found = {state: states.get(state.name.lower(), 0) for state in State}
    return Gauge(7, Counts(rows=sum(states.values()) + 3, invalid=3, states=found))


def shown(progress: Progress) -> dict[str, int]:
    return {state.name.lower(): number for state, number in progress.states.items() if number}


def test_a_delivery_moves_from_pending_to_its_end() -> None:
    """At each step it is counted once."""
    counts = gauge(pending=2)
    counts.claimed(1)
    assert shown(counts.progress(0.0)) == {"pending": 1, "sending": 1}
    assert counts.progress(0.0).in_flight == 1
    counts.settled(State.ACCEPTED)

    progress = counts.progress(1.0)
    assert shown(progress) == {"pending": 1, "accepted": 1}
    assert (progress.rows, progress.deliveries, progress.done, progress.in_flight) == (5, 2, 1, 0)


def test_a_second_try_comes_from_the_deferred_ones() -> None:
    """So does one that is ended without being tried again."""
    counts = gauge(deferred=2)
    counts.claimed(2)
    assert shown(counts.progress(0.0)) == {"deferred": 1, "sending": 1}
    counts.closed(2, State.EXPIRED)
    assert shown(counts.progress(0.0)) == {"sending": 1, "expired": 1}


def test_a_snapshot_stays_what_it_was() -> None:
    """What was handed out does not change under whoever shows it."""
    counts = gauge(pending=1)
    before = counts.progress(0.0)
    counts.claimed(1)

    assert shown(before) == {"pending": 1}


def test_the_rate_is_that_of_the_last_ten_seconds() -> None:
    """An hour of standing still does not weigh on what goes well now."""
    counts = gauge(pending=100)
    for second in range(3600):
        counts.progress(float(second))
    for second in range(3600, 3621):
        progress = counts.progress(float(second))
        counts.claimed(1)
        counts.settled(State.ACCEPTED)

    assert progress.rate == pytest.approx(1.0)
    assert progress.eta == pytest.approx(progress.at + 80)


def test_without_a_rate_there_is_no_estimate() -> None:
    """The first snapshot and one of a run that stands still promise nothing."""
    counts = gauge(pending=5)

    assert counts.progress(10.0).eta is None
    assert counts.progress(10.0).rate == 0
    assert counts.progress(20.0).eta is None


def test_why_nothing_is_sent_is_forgotten_with_the_next_intent() -> None:
    """What was waited for is shown only while it is waited for."""
    counts = gauge(pending=1)
    counts.waiting = "the daily quota is used up"
    assert counts.progress(0.0).waiting == "the daily quota is used up"
    counts.claimed(1)

    assert counts.progress(0.0).waiting == ""


def test_counting_again_takes_what_the_ledger_says() -> None:
    """Whatever was guessed before."""
    counts = gauge(pending=5)
    counts.claimed(1)
    counts.came_back({"sent": 1})
    states = {**dict.fromkeys(State, 0), State.ACCEPTED: 1, State.UNKNOWN: 4}
    counts.count(Counts(rows=5, states=states, statuses={"failed": 1}))

    assert shown(counts.progress(0.0)) == {"accepted": 1, "unknown": 4}
    assert counts.progress(0.0).statuses == {"failed": 1}
