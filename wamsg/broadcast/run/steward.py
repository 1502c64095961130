"""Looks after a run once a second: keeps its leases, hears what is wanted, shows how it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import count

from wamsg.broadcast.policy import without_numbers
from wamsg.broadcast.run.gauge import Gauge, Progress
from wamsg.broadcast.run.halt import Halt
from wamsg.clock import Clock
from wamsg.engine import Engine
from wamsg.ledger import Lease, Ledger, Phase, Wanted

_EVERY = 1.0
#: Looks from one reading of the statuses to the next: it costs more the more chunks there are.
_LOOKS = 10


class Steward:
    """One per run; `watch` ends when it is cancelled; what goes wrong in it stops the run and is raised."""

    def __init__(
        self,
        ledger: Ledger,
        broadcast: int,
        leases: Collection[Lease],
        *,
        engine: Engine,
        halt: Halt,
        gauge: Gauge,
        show: Callable[[Progress], None],
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._broadcast = broadcast
        self._leases = leases
        self._engine = engine
        self._halt = halt
        self._gauge = gauge
        self._show = show
        self._clock = clock

    async def watch(self) -> None:
        """Once a second, for as long as the run goes."""
        for look in count(1):
            try:
                self._show(self._gauge.progress(self._clock.time()))
                await self._engine.reap()
                wanted = await self._ledger.renew(self._broadcast, tuple(self._leases), now=self._clock.time())
                if look % _LOOKS == 0:
                    self._gauge.came_back((await self._ledger.counts(self._broadcast)).statuses)
            except Exception as error:
                # Without a steward nobody would keep the leases or hear an order.
                self._halt.now(Phase.STOPPED, without_numbers(f"{type(error).__name__}: {error}"))
                raise
            if wanted is Wanted.PAUSE:
                self._halt.now(Phase.PAUSED, "paused by a person")
            elif wanted is Wanted.CANCEL:
                self._halt.now(Phase.CANCELLED, "cancelled by a person")
            await self._clock.sleep(_EVERY)
