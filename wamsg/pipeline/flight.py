"""How many requests may be under way at once: enough for the rate at the latency there is, and no pile-up behind it."""

from __future__ import annotations

from collections import deque

from wamsg.wire import Meaning

_SAMPLES, _EVERY = 256, 64
#: Seconds: what is assumed before anything was measured, and the least that is ever assumed.
_UNKNOWN, _LEAST = 1.0, 0.1
_MOST = 1000


class Flight:
    """In flight <= 2 x rate x p95 latency, at least ``burst`` and at most 1,000.

    Lost answers and 5xx halve it, at most once a second: they mean that the provider is slow, not that we are too
    fast, so the rate is left alone. Every good answer gives a little back.
    """

    __slots__ = ("_halved_at", "_latencies", "_measure_at", "_p95", "_seen", "_share", "under_way")

    def __init__(self) -> None:
        self.under_way = 0
        self._latencies: deque[float] = deque(maxlen=_SAMPLES)
        self._p95 = _UNKNOWN
        self._seen = 0
        self._measure_at = 8
        self._share = 1.0
        self._halved_at = float("-inf")

    def limit(self, rate: float | None, burst: int) -> int:
        """How many may be under way at ``rate`` per second; None stands for no limit but the largest."""
        whole = _MOST if rate is None else min(_MOST, max(burst, 2 * rate * self._p95))
        return max(1, int(whole * self._share))

    def ended(self, meaning: Meaning | None, seconds: float, now: float) -> None:
        """One is no longer under way; ``meaning`` is None if it never left or was given up."""
        if self.under_way:
            self.under_way -= 1
        if meaning is Meaning.UNDECIDED or meaning is Meaning.UNAVAILABLE:
            self._lost(now)
        elif meaning is not None:
            self._landed(seconds)

    def _landed(self, seconds: float) -> None:
        self._latencies.append(seconds)
        self._seen += 1
        if self._seen >= self._measure_at:
            # Soon at first, when little is known; then now and then.
            self._measure_at = min(2 * self._seen, self._seen + _EVERY)
            ordered = sorted(self._latencies)
            self._p95 = max(_LEAST, ordered[int(0.95 * (len(ordered) - 1))])
        if self._share < 1:
            self._share = min(1.0, self._share + 0.02)

    def _lost(self, now: float) -> None:
        if now - self._halved_at >= 1:
            self._halved_at = now
            self._share = max(1 / _MOST, self._share / 2)
