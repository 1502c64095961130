"""A limit as people write it: ``80/s``, ``60/min``, ``80/s burst 8``."""

from __future__ import annotations

import re

from attrs import field, frozen

from wamsg.errors import ConfigError

_UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
}
_TEXT = re.compile(
    r"([0-9]{1,9})\s*/\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)?\s*([a-z]+?)s?(?:\s+burst\s+([0-9]{1,9}))?", re.IGNORECASE
)


@frozen
class Rate:
    """At most ``count`` in any window of ``seconds``, of which ``burst`` at once and the others evenly spaced."""

    count: int = field()
    seconds: float = field()
    burst: int = field()

    def __attrs_post_init__(self) -> None:
        if self.count < 1 or self.seconds <= 0 or self.burst < 1:
            raise ConfigError("a limit needs a count, a window and a burst above zero", setting="limits")

    @classmethod
    def parse(cls, text: object) -> Rate:
        """Read ``COUNT/[N]UNIT [burst B]``; the unit is s, min, h or d; without a burst all may go at once."""
        found = _TEXT.fullmatch(text.strip()) if isinstance(text, str) else None
        # "s" is unit and plural at once: "80/s" leaves the unit to the lazy group.
        unit = _UNITS.get(found[3].lower()) if found else None
        if not found or unit is None:
            message = f"{text!r} is not a limit; write one such as 80/s, 60/min or '80/s burst 8'"
            raise ConfigError(message, setting="limits")
        count, seconds = int(found[1]), float(found[2] or 1) * unit
        if count < 1 or seconds <= 0:
            raise ConfigError(f"{text!r} allows nothing; use None to switch a limit off", setting="limits")
        burst = int(found[4]) if found[4] else count
        return cls(count, seconds, min(max(burst, 1), count) if found[4] != "0" else 1)

    @property
    def spacing(self) -> float:
        """Seconds between two sends at the steady rate."""
        return self.seconds / self.count

    def __str__(self) -> str:
        return f"{self.count}/{self.seconds:g}s burst {self.burst}"
