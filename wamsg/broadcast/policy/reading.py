"""Reads what people write for times, shares and counts; each wrong one is a sentence that says what to write."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wamsg.broadcast.policy.zones import zone_named
from wamsg.errors import ConfigError

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PIECE = r"([0-9]{1,9})\s*(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)"
_DURATION = re.compile(rf"(?:{_PIECE}\s*)+", re.IGNORECASE)
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*%")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})\s+(\S{1,64})")
_LONGEST = 366 * 86400
_WHOLE = re.compile(r"[0-9]{1,12}")


def read_count(name: str, value: object, *, most: int) -> int:
    """A whole number from 1 to ``most``, as a number or as text."""
    number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value.strip()) else value
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= most:
        raise _wrong(name, value, f"a whole number from 1 to {most:,}")
    return number


def read_share(name: str, value: object) -> float:
    """``20%`` as 0.2; a number is taken as it is, from 0 to 1."""
    found = _SHARE.fullmatch(value.strip()) if isinstance(value, str) else None
    share = float(found[1]) / 100 if found else value
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise _wrong(name, value, "a share from 0% to 100%, such as 20%")
    return float(share)


def read_duration(name: str, value: object) -> float:
    """``90 min``, ``6h`` or ``1h 30m`` in seconds; a number is seconds. Above zero, at most a year."""
    seconds: object = value
    if isinstance(value, str) and len(value) <= 64 and _DURATION.fullmatch(value.strip()):
        pieces = re.findall(_PIECE, value, re.IGNORECASE)
        seconds = sum(int(count) * _SECONDS[unit[0].lower()] for count, unit in pieces)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= _LONGEST:
        raise _wrong(name, value, "a length of time such as 90 min, 6h or 2d")
    return float(seconds)


def read_moment(name: str, value: object, *, now: float | None, also: str = "") -> float:
    """Seconds since 1970 of ``2026-03-01T09:00+05:30`` or of the next ``09:00 Asia/Kolkata`` from ``now`` on.

    Without ``now`` only full dates are taken, because a stored "09:00" would mean another day at every reading.
    ``also`` is what the sentence of the error names besides.
    """
    clock = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if clock and now is not None and int(clock[1]) < 24 and int(clock[2]) < 60:
        return _next_time(int(clock[1]), int(clock[2]), zone_named(clock[3], setting=name), now)
    moment = value if isinstance(value, datetime) else _iso(value)
    if moment is None or moment.tzinfo is None or not 2000 <= moment.year < 2100:
        wanted = "a date and time with its zone, such as 2026-03-01T09:00+05:30 or 09:00 Asia/Kolkata"
        raise _wrong(name, value, wanted + also)
    return moment.timestamp()


def is_duration(value: object) -> bool:
    """Whether ``value`` is meant as a length of time rather than as a date."""
    if not isinstance(value, str):
        return isinstance(value, int | float)
    return len(value) <= 64 and _DURATION.fullmatch(value.strip()) is not None


def write_duration(seconds: float) -> str | float:
    """The shortest text that `read_duration` reads as the same; a number where there is no such text."""
    if not float(seconds).is_integer():
        return seconds
    unit = next(unit for unit in "dhms" if seconds % _SECONDS[unit] == 0)
    return f"{int(seconds) // _SECONDS[unit]}{unit}"


def write_moment(seconds: float) -> str:
    """ISO 8601 in UTC, as `read_moment` reads it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _next_time(hour: int, minute: int, zone: ZoneInfo, now: float) -> float:
    today = datetime.fromtimestamp(now, zone)
    wanted = today.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    later = (wanted + timedelta(days=days) for days in range(3))
    return next(moment.timestamp() for moment in later if moment.timestamp() >= now)


def _iso(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        return None


def _wrong(name: str, value: object, wanted: str) -> ConfigError:
    # A wrong value of a wrong type may be anything; only short text is worth showing.
    odd = isinstance(value, float) and not math.isfinite(value)
    plain = odd or isinstance(value, str | int | float | bool)
    shown = repr(value)[:60] if plain else f"a {type(value).__name__}"
    return ConfigError(f"{name} must be {wanted}, not {shown}", setting=name)
