"""The arithmetic of one lane: when may the next one go? Time is passed in; nothing here waits."""

from __future__ import annotations

from collections import deque

from wamsg.pipeline.rate import Rate

_FIRST_BACKOFF, _LONGEST_BACKOFF = 1.0, 60.0
#: How a lane without a rate is released after a pause: this long, this far apart (seconds).
_UNRATED_RAMP, _UNRATED_SPACING = 1.0, 0.05


class Lane:
    """One lane's past and its pause.

    Two rules hold together. The log of the last ``count`` grants keeps *every* window of the provider's length at or
    under its rate; a leaky bucket alone lets nearly twice the rate through in its first window. The spacing rule
    (GCRA) shapes what is within the window: ``burst`` at once, the rest evenly. After a pause the burst is one until
    a whole window has passed, so that a released crowd goes out as a ramp.
    """

    __slots__ = ("_due", "_gentle_until", "_grants", "_strikes", "blocked_until", "key", "rate")

    def __init__(self, key: str, rate: Rate | None) -> None:
        self.key = key
        self.rate = rate
        #: On the monotonic clock; it only ever grows.
        self.blocked_until = float("-inf")
        self._grants: deque[float] = deque(maxlen=rate.count if rate else 0)
        #: GCRA's theoretical arrival time of the next one.
        self._due = float("-inf")
        self._gentle_until = float("-inf")
        self._strikes = 0

    def ready_at(self, now: float) -> float:
        """The earliest time from ``now`` on at which one more may go."""
        ready = max(now, self.blocked_until)
        rate = self.rate
        if rate is None:
            return max(ready, self._due) if ready < self._gentle_until else ready
        if len(self._grants) == rate.count:
            ready = max(ready, self._grants[0] + rate.seconds)
        burst = 1 if ready < self._gentle_until else rate.burst
        return max(ready, self._due - (burst - 1) * rate.spacing)

    def take(self, now: float) -> None:
        """Note that one goes at ``now``."""
        if self.rate is not None:
            self._grants.append(now)
        self._due = max(self._due, now) + self._spacing

    def give_back(self, taken_at: float) -> None:
        """Undo a `take` whose request never started."""
        if self.rate is not None and taken_at in self._grants:
            self._grants.remove(taken_at)
            self._due -= self._spacing

    def block(self, now: float, retry_after: float | None, jitter: float) -> float:
        """Pause for ``retry_after`` seconds, or, where the provider does not say, for 1, 2, 4 .. 60; the new deadline.

        ``jitter`` (0 to 1) adds up to a tenth. A volley of refusals that was in flight together counts as one strike.
        """
        if retry_after is None:
            if now >= self.blocked_until:
                self._strikes += 1
            retry_after = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2 ** max(0, self._strikes - 1))
        self.blocked_until = max(self.blocked_until, now + retry_after * (1 + jitter / 10))
        self._gentle_until = self.blocked_until + (self.rate.seconds if self.rate else _UNRATED_RAMP)
        self._due = max(self._due, self.blocked_until)
        return self.blocked_until

    def clear_strikes(self) -> None:
        """An answer that was no refusal: the next pause without a stated length starts small again."""
        self._strikes = 0

    @property
    def _spacing(self) -> float:
        return self.rate.spacing if self.rate else _UNRATED_SPACING

    def is_idle(self, now: float) -> bool:
        """Whether forgetting this lane would change nothing."""
        quiet = self.blocked_until <= now and self._gentle_until <= now and self._due <= now
        return quiet and (not self._grants or self.rate is None or self._grants[-1] + self.rate.seconds <= now)
