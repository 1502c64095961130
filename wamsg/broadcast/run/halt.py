"""How a run is brought to a stop: nothing new leaves, what has left is waited for."""

from __future__ import annotations

import asyncio

from attrs import frozen

from wamsg.ledger import Phase


class Halted(Exception):
    """Raised before a delivery leaves when the run, or its sender, is stopping; nothing of it left."""


@frozen(kw_only=True)
class Order:
    """Which phase the run ends in, and why, for people."""

    phase: Phase
    reason: str


class Halt:
    """One per run; the first order stands, except that a cancellation outranks a pause."""

    def __init__(self) -> None:
        self.order: Order | None = None
        #: Set with the first order.
        self.ordered = asyncio.Event()
        self._waiting: set[asyncio.Task[None]] = set()

    def __bool__(self) -> bool:
        return self.order is not None

    def now(self, phase: Phase, reason: str) -> None:
        """Stop. Deliveries that wait for their turn are called back; those under way go on."""
        if self.order is None or (phase is Phase.CANCELLED and self.order.phase is not Phase.CANCELLED):
            self.order = Order(phase=phase, reason=reason)
        self.ordered.set()
        for task in self._waiting:
            task.cancel()
        self._waiting.clear()

    def waits(self, task: asyncio.Task[None]) -> None:
        """``task`` may be called back until it `departs`. Raises `Halted` if the run is stopping."""
        if self.order is not None:
            raise Halted
        self._waiting.add(task)

    def forget(self, task: asyncio.Task[None]) -> None:
        """``task`` ends, whether it departed or not."""
        self._waiting.discard(task)

    def departs(self, task: asyncio.Task[None]) -> None:
        """``task`` must not be called back any more. Raises `Halted` if the run is stopping."""
        self._waiting.discard(task)
        if self.order is not None:
            raise Halted
