"""Numbers, spans and times as people read them, and times as programs read them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

#: The end of the year 9999, which is as far as a date can be written.
_LAST = 253_402_300_799.0
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def real(at: float | None) -> bool:
    """Whether ``at`` is a time that can be written down: not missing, not NaN, from 1970 to 9999."""
    return at is not None and 0 <= at <= _LAST


def count(number: int) -> str:
    """Such as ``1,234,567``."""
    return f"{number:,}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Such as ``1 line`` and ``2,000 lines``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def share(part: int, whole: int) -> str:
    """Such as ``98.9 %``; never ``100 %`` for less than all and never ``0 %`` for more than none."""
    if not whole or not part:
        return "0 %"
    if part == whole:
        return "100 %"
    percent = part * 100 / whole
    if percent < 0.1:
        return "< 0.1 %"
    return "> 99.9 %" if percent > 99.9 else f"{percent:.1f} %"


def rate(per_second: float) -> str:
    """Messages a second, such as ``79.8/s`` and ``1,000/s``."""
    if per_second >= 100 or per_second == 0:
        return f"{per_second:,.0f}/s"
    return f"{per_second:.3g}/s"


def span(seconds: float) -> str:
    """A length of time in its two largest units, such as ``340 ms``, ``1.5 s``, ``2 h 24 min``."""
    if seconds < 0.9995:
        return f"{float(f'{seconds * 1000:.2g}'):g} ms"
    if seconds < 9.95:
        return f"{seconds:.2g} s"
    left, words = round(seconds), []
    for size, unit in _UNITS:
        whole, left = divmod(left, size)
        words.append(f"{whole} {unit}" if whole else "")
    first = next(place for place, word in enumerate(words) if word)
    return " ".join(word for word in words[first : first + 2] if word)


def iso(at: float | None) -> str:
    """ISO 8601 in UTC with milliseconds; empty for none, the bare number for one that is no date."""
    if at is None:
        return ""
    if not real(at):
        return str(at)
    # Milliseconds are cut, not rounded, after the float's own error is gone.
    second, micros = divmod(round(at * 1_000_000), 1_000_000)
    return f"{_second(second)}.{micros // 1000:03d}Z"


@lru_cache(maxsize=1024)
def _second(at: int) -> str:
    """Most lines of an export share their second with a line close by."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}"


def date_time(at: float | None) -> str:
    """Such as ``1 Oct 2026, 09:30:05``; a dash for what is no time."""
    if at is None or not real(at):
        return "\u2013"
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.day} {moment:%b %Y, %H:%M:%S}"


def clock_time(at: float | None) -> str:
    """Such as ``09:30:05``, where the day is said elsewhere."""
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S}" if at is not None and real(at) else "\u2013"
