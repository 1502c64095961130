"""When a recipient may be sent to: the send window by the clock on their wall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wamsg.broadcast.policy.hours import Hours
from wamsg.broadcast.policy.zones import Zones, zone_named
from wamsg.errors import InvalidRecipient

#: Seconds looked ahead: a window of one weekday that a change of the clock swallows opens a week later.
_AHEAD = 15 * 86400
#: Seconds after which "never" is looked at again: two zones may come to share time when their clocks change.
_AGAIN = 86400
#: No zone changes its clock twice within these seconds.
_PROBE = 6 * 3600

Interval = tuple[float, float]


class _Span(NamedTuple):
    """What is known for ``since <= now < until``: open from ``opens`` on; None for "never"."""

    since: float
    opens: float | None
    until: float


class SendWindow:
    """Tells when each recipient may be sent to.

    A number that may be in several time zones must be inside the hours in all of them. Where no zone is known, or its
    zones share no time inside the hours, ``fallback`` (an IANA zone) decides; without it the recipient is refused.

    Raises `wamsg.errors.ConfigError` if the phonenumbers library is missing or no zone has the name ``fallback``.
    """

    def __init__(self, hours: Hours, *, fallback: str | None = None) -> None:
        self._hours = hours
        self._zones = Zones()
        self._fallback = fallback and zone_named(fallback).key
        self._spans: dict[tuple[str, ...], _Span] = {}

    def next_time(self, address: int, now: float) -> float:
        """``now`` if ``address`` (E.164 without plus) may be sent to, else the next time (seconds since 1970, UTC).

        Raises `wamsg.errors.InvalidRecipient` for a number that may never be sent to; it is worth asking when planning.
        """
        zones = self._zones.of(address)
        span = self._spans.get(zones)
        if span is None or not span.since <= now < span.until:
            span = self._spans[zones] = self._look(zones, now)
        if span.opens is None:
            raise InvalidRecipient(_never(zones, self._hours), field="to")
        return max(now, span.opens)

    def _look(self, zones: tuple[str, ...], now: float) -> _Span:
        known = [zone_named(name) for name in zones]
        shared = common(self._hours, known, now) if known else []
        if not shared and self._fallback:
            shared = common(self._hours, [zone_named(self._fallback)], now)
        return _Span(now, *shared[0]) if shared else _Span(now, None, now + _AGAIN)


def common(hours: Hours, zones: Sequence[ZoneInfo], now: float) -> list[Interval]:
    """The stretches of the next days, in order, in which the clocks of all ``zones`` are inside ``hours``."""
    shared: list[Interval] = [(now, now + _AHEAD)]
    for zone in zones:
        own = list(_intervals(hours, zone, now, now + _AHEAD))
        shared = [
            (max(first[0], second[0]), min(first[1], second[1]))
            for first in shared
            for second in own
            if max(first[0], second[0]) < min(first[1], second[1])
        ]
    return shared


def _intervals(hours: Hours, zone: ZoneInfo, low: float, high: float) -> Iterator[Interval]:
    """Stretches between ``low`` and ``high`` in which the zone's clock is inside; touching ones are one."""
    edges = {low, high, *_edges(hours, zone, low, high), *_changes(zone, low, high)}
    points = sorted(point for point in edges if low <= point <= high)
    opened: float | None = None
    for point in points[:-1]:
        if hours.hold(datetime.fromtimestamp(point, zone)):
            opened = point if opened is None else opened
        elif opened is not None:
            yield opened, point
            opened = None
    if opened is not None:
        yield opened, high


def _edges(hours: Hours, zone: ZoneInfo, low: float, high: float) -> Iterator[float]:
    """When the zone's clock shows the start or the end, on each day, both times where it shows it twice."""
    midnight = datetime.fromtimestamp(low, zone).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    while midnight.timestamp() <= high + 86400:
        for minute in (hours.start, hours.end):
            wall = midnight + timedelta(minutes=minute)
            yield wall.replace(fold=0).timestamp()
            yield wall.replace(fold=1).timestamp()
        midnight += timedelta(days=1)


def _changes(zone: ZoneInfo, low: float, high: float) -> Iterator[float]:
    """When the zone's clock is put forward or back."""
    before = int(low)
    while before < high:
        after = before + _PROBE
        if _offset(zone, before) != _offset(zone, after):
            yield _change(zone, before, after)
        before = after


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == _offset(zone, before) else (before, middle)
    return after


def _offset(zone: ZoneInfo, moment: int) -> timedelta | None:
    return datetime.fromtimestamp(moment, zone).utcoffset()


def _never(zones: tuple[str, ...], hours: Hours) -> str:
    what = f"the time zones of this number are never all inside {hours}" if zones else "its time zone is not known"
    return f"{what}; name one for such numbers: window_zone, such as Asia/Kolkata"
