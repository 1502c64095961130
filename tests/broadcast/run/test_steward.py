"""Looking after a run once a second."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from wamsg.broadcast.run.gauge import Gauge, Progress
from wamsg.broadcast.run.halt import Halt
from wamsg.broadcast.run.steward import Steward
from wamsg.engine import LocalEngine
from wamsg.errors import LedgerUnusable
from wamsg.ledger import Counts, Lease, Ledger, Phase, State, Wanted
from wamsg.testing import ManualClock

LEASE = Lease(broadcast=7, chunk=0, low=0, high=10, epoch=3)


class Renewing:
    """The part of a ledger that a steward uses."""

    def __init__(self) -> None:
        self.wanted = Wanted.RUN
        self.renewed: list[tuple[float, list[Lease]]] = []
        self.error: Exception | None = None
        self.counts_read = 0

    async def counts(self, broadcast: int) -> Counts:
        assert broadcast == 7
        self.counts_read += 1
        return Counts(rows=0, states=dict.fromkeys(State, 0), statuses={"failed": self.counts_read})

    async def renew(self, broadcast: int, leases: Any, *, now: float) -> Wanted:
        assert broadcast == 7
        if self.error is not None:
            raise self.error
        self.renewed.append((now, list(leases)))
        return self.wanted


class Scene:
    """A steward at work."""

    def __init__(self) -> None:
        self.clock, self.ledger, self.halt = ManualClock(), Renewing(), Halt()
        self.leases: set[Lease] = set()
        self.shown: list[Progress] = []
        self.steward = Steward(
            cast("Ledger", self.ledger),
            7,
            self.leases,
            engine=LocalEngine(self.clock),
            halt=self.halt,
            gauge=Gauge(7, Counts(rows=0, states=dict.fromkeys(State, 0))),
            show=self.shown.append,
            clock=self.clock,
        )


async def test_leases_are_kept_and_progress_is_shown_once_a_second() -> None:
    """Those leases that are held at that moment."""
    scene = Scene()
    watching = asyncio.create_task(scene.steward.watch())
    await scene.clock.advance(2.5)
    scene.leases.add(LEASE)
    await scene.clock.advance(1)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert [leases for _, leases in scene.ledger.renewed] == [[], [], [], [LEASE]]
    assert len(scene.shown) == 4
    assert not scene.halt


async def test_statuses_that_others_store_are_shown_some_seconds_later() -> None:
    """Reading them at every look would slow a large broadcast down."""
    scene = Scene()
    watching = asyncio.create_task(scene.steward.watch())
    await scene.clock.advance(29.5)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert [progress.statuses.get("failed", 0) for progress in scene.shown] == [0] * 10 + [1] * 10 + [2] * 10
    assert scene.ledger.counts_read == 3


@pytest.mark.parametrize(
    ("wanted", "phase"), [(Wanted.PAUSE, Phase.PAUSED), (Wanted.CANCEL, Phase.CANCELLED)], ids=["pause", "cancel"]
)
async def test_an_order_stops_the_run_and_the_leases_are_still_kept(wanted: Wanted, phase: Phase) -> None:
    """What is under way may take longer than a lease lasts."""
    scene = Scene()
    scene.leases.add(LEASE)
    watching = asyncio.create_task(scene.steward.watch())
    await scene.clock.advance(0.5)
    assert not scene.halt
    scene.ledger.wanted = wanted
    await scene.clock.advance(60)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert scene.halt.order is not None
    assert scene.halt.order.phase is phase
    assert len(scene.ledger.renewed) == 61


async def test_a_ledger_that_fails_stops_the_run() -> None:
    """Without renewals others would take the chunks over; the error is raised to whoever waits."""
    scene = Scene()
    watching = asyncio.create_task(scene.steward.watch())
    await scene.clock.advance(1)
    scene.ledger.error = LedgerUnusable("the disk reports an error")
    await scene.clock.advance(1)

    with pytest.raises(LedgerUnusable):
        await watching
    assert scene.halt.order is not None
    assert scene.halt.order.phase is Phase.STOPPED
    assert "the disk reports an error" in scene.halt.order.reason
