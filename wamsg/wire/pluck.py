"""Taking values of unknown type out of a provider's JSON: what is not as expected is None, and never raises."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

EMPTY: Mapping[str, object] = MappingProxyType({})
_LONGEST_ID = 512
_LONGEST_TEXT = 65_536
#: The year 10000, in seconds since 1970; and the time of 1973 in milliseconds, which as seconds is the year 5138.
_LATEST, _MILLISECONDS = 253_402_300_800.0, 1e11


def table(value: object) -> Mapping[str, object]:
    """``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else EMPTY


def text(value: object) -> str | None:
    """``value`` if it is text that is not blank, of at most 65,536 characters: WhatsApp has none that are longer."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.strip() else None


def identifier(value: object) -> str | None:
    """An id: a whole number, or one line of 1 to 512 characters without control characters."""
    if isinstance(value, str):
        good = 0 < len(value) <= _LONGEST_ID and value.isprintable() and not value.isspace()
        return value if good else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def number(value: object) -> float | None:
    """A finite number, given as such or as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment(value: object) -> float | None:
    """Seconds since 1970 from seconds or milliseconds (as a number or text), or from an ISO 8601 date and time.

    A date and time without a zone is taken as UTC. What lies before 1970 or after the year 9999 is None.
    """
    seconds = number(value)
    if seconds is None and isinstance(value, str) and len(value) <= 64:
        seconds = _iso(value.strip())
    if seconds is not None and seconds > _MILLISECONDS:
        seconds /= 1000
    return seconds if seconds is not None and 0 <= seconds < _LATEST else None


def _iso(written: str) -> float | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except OverflowError:
        return None
