"""Calls that are turned away, as the log tells of them: seldom, since whoever sends one may send thousands."""

from __future__ import annotations

import logging

from wamsg.clock import Clock

_log = logging.getLogger("wamsg.webhooks")
#: Seconds.
_PAUSE = 60.0


class Refusals:
    """Tells of one refusal with a status, and of the next one with the same a minute later at the earliest."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: dict[int, float] = {}

    def tell(self, status: int, why: str) -> None:
        """A call is answered with ``status``. ``why`` holds nothing of the call."""
        now = self._clock.monotonic()
        if now < self._next.get(status, now):
            return
        self._next[status] = now + _PAUSE
        facts = {"action": "turned_away", "status": status}
        _log.warning("a call was turned away: %s (%d; the next minute's are not told)", why, status, extra=facts)
