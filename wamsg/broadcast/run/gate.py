"""What is looked at before a delivery is tried: has its time passed, was its recipient suppressed, is it the hour?"""

from __future__ import annotations

import math

from wamsg.broadcast.policy import SendWindow
from wamsg.broadcast.run.gauge import Gauge
from wamsg.errors import InvalidRecipient
from wamsg.ledger import Due, Lease, Ledger, Settled, State


class Gate:
    """Ends what may never be sent any more and tells from when the others may."""

    def __init__(
        self, ledger: Ledger, lease: Lease, *, gauge: Gauge, window: SendWindow | None, deadline: float | None
    ) -> None:
        self._ledger = ledger
        self._lease = lease
        self._gauge = gauge
        self._window = window
        self._deadline = math.inf if deadline is None else deadline

    def __call__(self, due: Due, now: float) -> float:
        """From when ``due`` may be tried: ``now`` or earlier for at once, infinity where it has been ended here."""
        if due.suppressed:
            return self._end(due, State.SKIPPED, now, "Suppressed", "suppressed after the plan was made")
        try:
            when = now if self._window is None else self._window.next_time(due.address, now)
        except InvalidRecipient as error:
            return self._end(due, State.SKIPPED, now, "InvalidRecipient", str(error))
        if max(now, when) >= self._deadline:
            return self._end(due, State.EXPIRED, now, "Expired", "not sent before the message expired")
        return when

    def _end(self, due: Due, state: State, now: float, kind: str, why: str) -> float:
        self._ledger.settle(self._lease, Settled(due.seq, state, now, kind=kind, detail=why))
        self._gauge.closed(due.attempt, state)
        return math.inf
