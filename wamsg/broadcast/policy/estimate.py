"""How long a plan takes, and how long is left."""

from __future__ import annotations

import math
from collections.abc import Iterable

from attrs import frozen

from wamsg.broadcast.policy.hours import Hours
from wamsg.ledger import Counts, State
from wamsg.pipeline import Rate

_DAY = 86_400.0


@frozen(kw_only=True)
class Estimate:
    """How long it takes to send to everyone, if all goes well. ``str`` says it to people."""

    #: Seconds of sending at the full rate; None where no limit is known.
    sending: float | None
    #: Days that a quota or a window spreads it over; None where neither makes it longer.
    days: int | None
    #: What spreads it, for people.
    because: str = ""

    def __str__(self) -> str:
        if self.days is not None:
            return f"{self.days:,} days {self.because}"
        return "as fast as the provider takes them" if self.sending is None else duration_text(self.sending)


def estimate(
    deliveries: int,
    rates: Iterable[Rate | str | None],
    *,
    daily_quota: int | None = None,
    window: Hours | None = None,
) -> Estimate:
    """``rates`` are the limits of the senders, one each, as `Rate` or text such as ``80/s``; they add up.

    One None among them means that no limit is known. Raises `wamsg.errors.ConfigError` for text that is no limit.
    """
    speed = total_rate(rates)
    sending = None if speed is None else deliveries / speed
    spread: list[tuple[int, str]] = []
    if daily_quota is not None:
        spread.append((math.ceil(deliveries / daily_quota), f"at {daily_quota:,} a day"))
    if window is not None and sending is not None:
        a_day = window.length * 60 * len(window.days) / 7
        spread.append((math.ceil(sending / a_day), f"of {window}"))
    days, because = max(spread, default=(0, ""))
    if days <= max(1, math.ceil((sending or 0.0) / _DAY)):
        return Estimate(sending=sending, days=None)
    return Estimate(sending=sending, days=days, because=because)


def total_rate(rates: Iterable[Rate | str | None]) -> float | None:
    """Messages a second of all senders together; None if one of them has no known limit, or there are none."""
    read = [Rate.parse(rate) if isinstance(rate, str) else rate for rate in rates]
    known = [rate.count / rate.seconds for rate in read if rate is not None]
    return sum(known) if known and len(known) == len(read) else None


def remaining(counts: Counts, rate: float) -> float | None:
    """Seconds until nothing is open at the recent ``rate`` (messages a second); None while nothing moves."""
    left = counts.open + counts.states.get(State.SENDING, 0)
    if not left:
        return 0.0
    return left / rate if math.isfinite(rate) and rate > 0 else None


def duration_text(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3 h 28 min``, ``4 days 2 h``: the two largest units, rounded up."""
    if seconds <= 59:
        return f"{math.ceil(max(0.0, seconds))} s"
    minutes = math.ceil(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(math.ceil(seconds / 3600), 24)
    word = "day" if days == 1 else "days"
    return f"{days:,} {word} {hours} h" if hours else f"{days:,} {word}"
