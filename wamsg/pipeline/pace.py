"""How fast a lane goes within its limit: down at once when refused, up again slowly, and the ceiling remembered.

The law and its figures were chosen by simulation against a provider's token bucket: a lane set to 400 at a cap of 300
uses 94 % of the cap with 5 refusals a minute, where plain AIMD and AWS's CUBIC use 84 to 87 % with 18 to 32.
"""

from __future__ import annotations

from attrs import frozen

_CEILING, _DROP = 0.90, 0.75
_BELOW, _ABOVE = 0.10, 0.003
_LONG_CLEAN = 600.0


@frozen(kw_only=True)
class Learnt:
    """What a lane has learnt of its provider; kept between runs by a `LaneStore`. Rates are per second."""

    rate: float
    ceiling: float | None
    #: Seconds since 1970; in the past if it is not paused.
    paused_until: float


class Pace:
    """The rate in force, never above ``cap`` (per second). Time is passed in."""

    __slots__ = ("_clean_since", "_floor", "_stepped_at", "_throttled_at", "cap", "ceiling", "rate")

    def __init__(self, cap: float) -> None:
        self.cap = cap
        self.rate = cap
        #: The rate that is thought to be just under what the provider takes; None before any refusal.
        self.ceiling: float | None = None
        self._floor = max(0.02 * cap, min(1.0, cap / 4))
        self._throttled_at = self._stepped_at = self._clean_since = float("-inf")

    @property
    def is_slowed(self) -> bool:
        """Whether it goes slower than it may."""
        return self.rate < self.cap

    def throttled(self, now: float) -> bool:
        """Slow down, at most once a second: a volley that was in flight together counts once. Whether it did."""
        self._clean_since = self._stepped_at = now
        if now - self._throttled_at < 1:
            return False
        self._throttled_at = now
        self.ceiling = _CEILING * self.rate
        self.rate = max(self._floor, _DROP * self.ceiling)
        return True

    def granted(self, now: float) -> None:
        """One goes out: for each second in which some did and none was refused, the rate recovers by a step."""
        if self.rate >= self.cap or now - self._stepped_at < 1:
            return
        self._stepped_at = now
        ceiling = self.ceiling or self.cap
        if self.rate < ceiling:
            self.rate = min(ceiling, self.rate + _BELOW * ceiling)
        else:
            step = _ABOVE * ceiling * (2 if now - self._clean_since > _LONG_CLEAN else 1)
            self.rate = min(self.cap, self.rate + step)

    def resume(self, rate: float, ceiling: float | None) -> None:
        """Go on where an earlier run had come to."""
        self.rate = min(self.cap, max(self._floor, rate))
        self.ceiling = ceiling
