"""An exact rate limit over a sliding window; time is passed in."""

from __future__ import annotations

import re
from collections import deque

from attrs import frozen

from wamsg.errors import ConfigError

#: Times are compared to the microsecond: a client that spaces its requests evenly must not fail by float rounding.
GRAIN = 1e-6
_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_TEXT = re.compile(r"(\d{1,7})/(\d{1,6})?(s|min|m|h)")
#: Idle accounts are looked for when there are so many, and then when there are twice as many as were found busy.
_ACCOUNTS = 10_000


@frozen
class Rate:
    """At most ``count`` requests in any ``seconds``."""

    count: int
    seconds: float

    @classmethod
    def parse(cls, text: object) -> Rate:
        """Read ``80/s``, ``60/min``, ``1000/h`` or ``10/5s``. Raises `ConfigError` for anything else."""
        found = _TEXT.fullmatch("".join(text.split())) if isinstance(text, str) else None
        count, width = (int(found[1]), int(found[2] or 1)) if found else (0, 0)
        if not found or not count or not width:
            message = f"{text!r} is not a limit; write one such as 80/s, 60/min or 10/5s"
            raise ConfigError(message, setting="limit")
        return cls(count, width * _UNITS[found[3]])


class Gate:
    """Lets at most ``rate.count`` requests of an account through in any window of ``rate.seconds``.

    It remembers when each of the last ``count`` was let through; what it turns away uses up nothing.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._passed: dict[str, deque[float]] = {}
        self._many = _ACCOUNTS

    def wait(self, account: str, now: float) -> float:
        """0.0 and the request is through, or the seconds after which one more would be let through.

        ``now`` is in seconds on a clock that never goes back.
        """
        passed = self._passed.get(account) or self._new(account, now)
        if len(passed) == self._rate.count:
            left = passed[0] + self._rate.seconds - now
            if left > GRAIN:
                return left
        passed.append(now)
        return 0.0

    def _new(self, account: str, now: float) -> deque[float]:
        if len(self._passed) >= self._many:
            horizon = now - self._rate.seconds
            self._passed = {name: times for name, times in self._passed.items() if times[-1] > horizon}
            self._many = max(_ACCOUNTS, 2 * len(self._passed))
        return self._passed.setdefault(account, deque(maxlen=self._rate.count))
