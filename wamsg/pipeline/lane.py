"""The arithmetic of one lane: when may the next one go? Time is passed in; nothing here waits."""

from __future__ import annotations

from collections import deque

from wamsg.pipeline.flight import Flight
from wamsg.pipeline.pace import Pace
from wamsg.pipeline.rate import Rate
from wamsg.wire import Meaning

NEVER = float("inf")
_LONG_AGO = float("-inf")
_FIRST_BACKOFF, _LONGEST_BACKOFF = 1.0, 60.0
#: How a lane without a rate is released after a pause: this long, this far apart (seconds).
_UNRATED_RAMP, _UNRATED_SPACING = 1.0, 0.05
#: How long the first one after a pause may take to answer before the others stop waiting for its answer (seconds).
_PROBE = 2.0
#: A timer that fires late by up to this (seconds) is made up for, or the steady rate would never be reached.
_CATCH_UP = 0.05
#: The reserve for interactive traffic is kept for so long after some was seen (seconds).
_RESERVE_FOR = 600.0
#: Requests reach the provider a little later than they are granted, and not all equally late: a window is taken as this
#: much longer, or a full burst at its edge would draw a 429 from a provider that counts exactly.
_EDGE = 1.005
_PAST = (
    *("blocked_until", "flight", "_due", "_gentle_until", "_interactive_at"),
    *("_probe_next", "_probe_until", "_strikes"),
)


class Lane:
    """One lane's past, its pause and its pace.

    Two rules hold together. The log of the last ``count`` grants keeps *every* window of the provider's length at or
    under its rate; a leaky bucket alone lets nearly twice the rate through in its first window. The spacing rule
    (GCRA) shapes what is within the window: interactive traffic may go ``burst`` at once, bulk goes evenly, so that
    whoever comes in between never waits long. After a pause one probe goes first; when it is answered the others
    follow evenly spaced.
    """

    __slots__ = (
        "_due",
        "_gentle_until",
        "_grants",
        "_interactive_at",
        "_probe_next",
        "_probe_until",
        "_reserve",
        "_strikes",
        "blocked_until",
        "flight",
        "key",
        "pace",
        "rate",
    )

    def __init__(self, key: str, rate: Rate | None, *, reserve: float = 0.0) -> None:
        self.key = key
        self.rate = rate
        #: On the monotonic clock; it only ever grows.
        self.blocked_until = _LONG_AGO
        self.pace = Pace(rate.count / rate.seconds) if rate else None
        #: What is under way, for lanes that a request names first (the account or the sender).
        self.flight: Flight | None = None
        # Most lanes are a recipient's and see one message: a deque would cost each of them half a kilobyte.
        self._grants: list[float] | deque[float] = [] if not rate or rate.count <= 64 else deque(maxlen=rate.count)
        self._reserve = int(rate.count * reserve) if rate else 0
        self._interactive_at = _LONG_AGO
        #: GCRA's theoretical arrival time of the next one.
        self._due = _LONG_AGO
        self._gentle_until = _LONG_AGO
        self._probe_next = False
        self._probe_until = _LONG_AGO
        self._strikes = 0

    def ready_at(self, now: float, *, bulk: bool = False) -> float:
        """The earliest time from ``now`` on at which one more may go; `NEVER` if that depends on an answer."""
        ready = max(now, self.blocked_until, self._probe_until)
        rate, pace = self.rate, self.pace
        flight = self.flight
        if flight and flight.under_way >= flight.limit(pace.rate if pace else None, rate.burst if rate else 1):
            return NEVER
        if rate is None or pace is None:
            return max(ready, self._due) if ready < self._gentle_until else ready
        allowed = rate.count
        # Bulk makes room for others where there are others: on an account or a sender, not on one recipient's pair.
        bulk = bulk and flight is not None
        if bulk and self._reserve and now - self._interactive_at < _RESERVE_FOR:
            allowed -= self._reserve
        if len(self._grants) >= allowed:
            ready = max(ready, self._grants[len(self._grants) - allowed] + rate.seconds * _EDGE)
        burst = 1 if bulk or pace.is_slowed or ready < self._gentle_until else rate.burst
        return max(ready, self._due - (burst - 1) * rate.spacing)

    def take(self, now: float, *, bulk: bool = False) -> None:
        """Note that one goes at ``now``."""
        if self.flight is not None:
            self.flight.under_way += 1
        if self.rate is not None and self.pace is not None:
            if not isinstance(self._grants, deque) and len(self._grants) >= self.rate.count:
                del self._grants[0]
            self._grants.append(now)
            self.pace.granted(now)
            if not bulk:
                self._interactive_at = now
        if self.pace is not None or now < self._gentle_until:
            self._due = (self._due if self._due >= now - _CATCH_UP else now) + self._spacing
        if self._probe_next:
            self._probe_next, self._probe_until = False, now + _PROBE

    def give_back(self, taken_at: float) -> None:
        """Undo a `take` whose request never started."""
        if self.flight is not None:
            self.flight.under_way -= 1
        if taken_at in self._grants:
            self._grants.remove(taken_at)
            self._due -= self._spacing
        self._probe_until = _LONG_AGO

    def throttle(self, now: float, retry_after: float | None, jitter: float) -> bool:
        """A refusal: pause, and slow down. Whether the pace changed.

        Pauses for ``retry_after`` seconds, or, where the provider does not say, for 1, 2, 4 .. 60. ``jitter`` (0 to 1)
        adds up to a tenth. A volley of refusals that was in flight together counts as one strike.
        """
        if retry_after is None:
            if now >= self.blocked_until:
                self._strikes += 1
            retry_after = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2 ** max(0, self._strikes - 1))
        self.blocked_until = max(self.blocked_until, now + retry_after * (1 + jitter / 10))
        slowed = self.pace.throttled(now) if self.pace else False
        self._gentle_until = self.blocked_until + (self.rate.seconds if self.rate else _UNRATED_RAMP)
        self._due = max(self._due, self.blocked_until)
        self._probe_next, self._probe_until = True, _LONG_AGO
        return slowed

    def ended(self, meaning: Meaning | None, seconds: float, now: float) -> bool:
        """A request that was let through has ended, with no word if ``meaning`` is None.

        Whether that ends a probe for which others wait.
        """
        if self.flight is not None:
            self.flight.ended(meaning, seconds, now)
        if meaning is None or meaning is Meaning.THROTTLED:
            return False
        self._strikes = 0
        probing = self._probe_until > _LONG_AGO
        self._probe_until = _LONG_AGO
        return probing

    def succeed(self, old: Lane) -> None:
        """Take over from the lane that had another limit all that is not the limit itself."""
        for name in _PAST:
            setattr(self, name, getattr(old, name))
        if self.rate is not None and self.pace is not None:
            self._grants.extend(list(old._grants)[-self.rate.count :])
            if old.pace is not None and old.pace.is_slowed:
                self.pace.resume(old.pace.rate, old.pace.ceiling)

    def is_idle(self, now: float) -> bool:
        """Whether forgetting this lane would change nothing."""
        if (self.flight and self.flight.under_way) or (self.pace and self.pace.is_slowed):
            return False
        quiet = self.blocked_until <= now and self._gentle_until <= now and self._due <= now
        return quiet and (not self._grants or self.rate is None or self._grants[-1] + self.rate.seconds <= now)

    @property
    def _spacing(self) -> float:
        return 1 / self.pace.rate if self.pace else _UNRATED_SPACING
