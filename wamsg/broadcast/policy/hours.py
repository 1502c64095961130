"""A daily stretch of wall-clock time, such as ``09:00-20:00 mon-fri``."""

from __future__ import annotations

import re
from datetime import datetime

from attrs import field, frozen

from wamsg.errors import ConfigError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = {
    name: day
    for day, short in enumerate(WEEKDAYS)
    for name in (short, ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[day])
}
_EVERY_DAY = frozenset(range(7))
_DAY = 24 * 60
_TEXT = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})(?:\s+(\S.{0,63}))?")


@frozen
class Hours:
    """From ``start`` up to, not including, ``end``: minutes after midnight by the wall clock.

    ``start`` after ``end`` goes over midnight; then ``days`` are those on which it opens. What the clock shows counts,
    also where it is put forward (the stretch begins when the skipped time is over) or back (the hour counts twice).
    """

    start: int = field()
    end: int = field()
    #: 0 is Monday.
    days: frozenset[int] = field(default=_EVERY_DAY)

    def __attrs_post_init__(self) -> None:
        good = 0 <= self.start < _DAY and 0 < self.end <= _DAY and self.start != self.end
        if not good or not self.days or not self.days <= _EVERY_DAY:
            message = "window must open and close at different times of the day; leave it out to send at any time"
            raise ConfigError(message, setting="window")

    @classmethod
    def parse(cls, text: object) -> Hours:
        """Read ``HH:MM-HH:MM [days]``; days are ``mon-fri``, ``sat,sun`` or any mix of both. Raises `ConfigError`."""
        found = _TEXT.fullmatch(text.strip()) if isinstance(text, str) and len(text) <= 100 else None
        if not found or int(found[2]) > 59 or int(found[4]) > 59:
            shown = repr(text)[:60] if isinstance(text, str) else f"a {type(text).__name__}"
            message = f"window must be such as 09:00-20:00 or '09:00-20:00 mon-fri', not {shown}"
            raise ConfigError(message, setting="window")
        start = int(found[1]) * 60 + int(found[2])
        # Up to 00:00 is up to the end of the day.
        end = int(found[3]) * 60 + int(found[4]) or _DAY
        return cls(start, end, _days(found[5]) if found[5] else _EVERY_DAY)

    def hold(self, wall: datetime) -> bool:
        """Whether a clock that shows ``wall`` is inside."""
        minute, day = wall.hour * 60 + wall.minute, wall.weekday()
        if self.start < self.end:
            return self.start <= minute < self.end and day in self.days
        return (minute >= self.start and day in self.days) or (minute < self.end and (day - 1) % 7 in self.days)

    @property
    def length(self) -> int:
        """Minutes that it is open on a day on which it opens, but for changes of the clock."""
        return (self.end - self.start) % _DAY or _DAY

    def __str__(self) -> str:
        text = f"{_clock(self.start)}-{_clock(self.end)}"
        days = ",".join(WEEKDAYS[day] for day in sorted(self.days))
        return text if self.days == _EVERY_DAY else f"{text} {days}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _days(text: str) -> frozenset[int]:
    days: set[int] = set()
    for piece in text.lower().replace(" ", "").split(","):
        first, _, last = piece.partition("-")
        numbers = [_NAMES[name] for name in (first, last or first) if name in _NAMES]
        if len(numbers) != 2 or piece.endswith("-"):
            message = f"window: {piece[:20]!r} is no weekday; write mon,tue,wed,thu,fri,sat,sun or mon-fri"
            raise ConfigError(message, setting="window")
        # "sat-mon" goes round the end of the week.
        days.update(day % 7 for day in range(numbers[0], numbers[0] + (numbers[1] - numbers[0]) % 7 + 1))
    return frozenset(days)
