"""A daily quota over a moving day, counted in whole hours, so that it can be kept in a ledger at no cost."""

from __future__ import annotations

from wamsg.ledger import Ledger

_DAY, _HOUR = 86_400, 3600


class Quota:
    """At most ``limit`` intents in any 24 hours of this ledger; None for no limit."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._left = 0
        self._counted_at = float("-inf")

    async def open_at(self, ledger: Ledger, now: float) -> float | None:
        """None if there is room now; else when to look again: the ledger counts by the hour."""
        if self._limit is None:
            return None
        hour = now // _HOUR
        if self._counted_at != hour:
            self._left = self._limit - await ledger.used(since=now - _DAY)
            self._counted_at = hour
        return None if self._left > 0 else (hour + 1) * _HOUR

    def spend(self) -> bool:
        """Take one; False if none is left."""
        if self._limit is None:
            return True
        self._left -= 1
        return self._left >= 0

    def give_back(self) -> None:
        """One that was taken was not used."""
        self._left += 1
