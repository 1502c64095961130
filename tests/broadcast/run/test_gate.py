"""What is looked at before a delivery is tried."""

from __future__ import annotations

import math
from typing import cast

import pytest

from wamsg.broadcast.policy import Hours, SendWindow
from wamsg.broadcast.run.gate import Gate
from wamsg.broadcast.run.gauge import Gauge
from wamsg.ledger import Counts, Due, Lease, Ledger, Settled, State

#: 2023-11-14 22:13:20 UTC, 03:43:20 in India.
NOW = 1_700_000_000.0
INDIA, NEW_YORK, NOWHERE = 919812340001, 12125550123, 883510012345678
WINDOW = Hours.parse("03:00-12:00")


class Settling:
    """The part of a ledger that a gate writes to."""

    def __init__(self) -> None:
        self.settled: list[Settled] = []

    def settle(self, _lease: Lease, outcome: Settled) -> None:
        self.settled.append(outcome)


def judged(
    due: Due, *, window: Hours | None = None, zone: str | None = None, deadline: float | None = None, now: float = NOW
) -> tuple[float, list[Settled], dict[State, int]]:
    """What the gate says, what it settles, and how the counts stand after it."""
    ledger = Settling()
    state = State.PENDING if due.attempt == 1 else State.DEFERRED
    gauge = Gauge(1, Counts(rows=1, states={**dict.fromkeys(State, 0), state: 1}))
    gate = Gate(
        cast("Ledger", ledger),
        Lease(broadcast=1, chunk=0, low=0, high=10, epoch=1),
        gauge=gauge,
        window=SendWindow(window, fallback=zone) if window else None,
        deadline=deadline,
    )
    when = gate(due, now)
    return when, ledger.settled, {state: count for state, count in gauge.progress(now).states.items() if count}


def due(address: int = INDIA, *, attempt: int = 1, suppressed: bool = False) -> Due:
    return Due(3, address, (), attempt, suppressed)


def test_without_conditions_everybody_may_go_at_once() -> None:
    """Nothing is settled and nothing is counted."""
    assert judged(due()) == (NOW, [], {State.PENDING: 1})


@pytest.mark.parametrize(("address", "wait"), [(INDIA, 0.0), (NEW_YORK, (3 - 17.2222) % 24 * 3600)])
def test_the_hour_is_the_recipients(address: int, wait: float) -> None:
    """Who is inside the window may go now, the others at its next opening."""
    when, settled, _ = judged(due(address), window=WINDOW)

    assert when - NOW == pytest.approx(wait, abs=1)
    assert settled == []


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_suppressed_one_is_skipped(attempt: int) -> None:
    """Before anything else is looked at, on the first try and on a later one."""
    when, settled, counts = judged(due(NOWHERE, attempt=attempt, suppressed=True), window=WINDOW, deadline=NOW - 1)

    assert when == math.inf
    assert [(one.seq, one.state, one.kind, one.at) for one in settled] == [(3, State.SKIPPED, "Suppressed", NOW)]
    assert counts == {State.SKIPPED: 1}


@pytest.mark.parametrize(
    ("address", "deadline", "expired"),
    [
        (INDIA, NOW + 1, False),
        (INDIA, NOW, True),
        (INDIA, NOW - 1, True),
        # New York's window opens in almost ten hours.
        (NEW_YORK, NOW + 9 * 3600, True),
        (NEW_YORK, NOW + 10 * 3600, False),
    ],
)
def test_who_cannot_be_sent_to_before_the_deadline_expires(address: int, deadline: float, *, expired: bool) -> None:
    """At once, also where only the hour is still to come."""
    when, settled, counts = judged(due(address), window=WINDOW, deadline=deadline)

    assert (when == math.inf) is expired
    assert [one.state for one in settled] == ([State.EXPIRED] if expired else [])
    assert counts == {State.EXPIRED if expired else State.PENDING: 1}


def test_a_number_without_a_zone_is_skipped_with_the_reason() -> None:
    """One number must not end the run for all; with a zone for such numbers it is sent to."""
    when, settled, _ = judged(due(NOWHERE), window=WINDOW)

    assert when == math.inf
    (one,) = settled
    assert (one.state, one.kind) == (State.SKIPPED, "InvalidRecipient")
    assert "window_zone" in (one.detail or "")
    assert judged(due(NOWHERE), window=WINDOW, zone="Asia/Kolkata")[0] == NOW
