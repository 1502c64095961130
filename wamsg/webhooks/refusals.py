"""Calls that are turned away, as the log tells of them: seldom, since whoever sends one may send thousands."""

from __future__ import annotations

import logging
import re

from wamsg.clock import Clock
from wamsg.wire import Response

_log = logging.getLogger("wamsg.webhooks")
#: Seconds.
_PAUSE = 60.0
#: What is told of; a 400 and a 401 have reasons of their own, which their webhook tells.
_TOLD = frozenset({404, 405, 408, 413, 415, 503})
#: In a path: what may be a secret or a number of a person, and what a terminal had better not be given.
_HIDDEN, _ODD = re.compile(r"[^/]{25,}|[0-9]{5,}"), re.compile(r"[^!-~]")
_LONGEST = 80


class Refusals:
    """Tells of a call that was answered with a status, and of another with the same a minute later at the earliest."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: dict[int, float] = {}

    def note(self, path: str, answer: Response) -> None:
        """A call to ``path`` is answered like this."""
        status, now = answer.status, self._clock.monotonic()
        if status not in _TOLD or now < self._next.get(status, now):
            return
        self._next[status] = now + _PAUSE
        facts = {"action": "turned_away", "status": status}
        sentence = "a call to %s was turned away: %d, %s (others are not told for a minute)"
        _log.warning(sentence, _masked(path), status, answer.body.decode(), extra=facts)


def _masked(path: str) -> str:
    return _HIDDEN.sub("***", _ODD.sub("?", path[:_LONGEST]))
