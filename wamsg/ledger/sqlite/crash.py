"""Death on cue: ``WAMSG_CRASH_AT=claim.before-commit:17`` kills this process at the 17th passage of that point.

For crash tests alone; unset, a passage costs one comparison. The writer passes ``<commit>.before-commit`` and
``<commit>.after-commit`` for every kind of commit; who sends requests passes ``request.before`` and ``request.after``.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable

from attrs import define

from wamsg.errors import ConfigError

VARIABLE = "WAMSG_CRASH_AT"

#: Every kind of commit that the writer makes.
COMMITS = (
    "claim",
    "settle",
    "begin",
    "load",
    "freeze",
    "discard",
    "lock",
    "enter",
    "order",
    "take",
    "renew",
    "release",
    "note",
    "rearm",
    "resolve",
    "suppress",
    "unsuppress",
    "events",
    "handled",
    "bookmark",
    "lane",
    "flush",
)
POINTS = frozenset(
    ["request.before", "request.after"]
    + [f"{commit}.{edge}" for commit in COMMITS for edge in ("before-commit", "after-commit")]
)


@define
class Cue:
    """The point to die at, and how many passages are left until then."""

    point: str
    left: int

    def passed(self, point: str) -> None:
        """Die if it is the one and this was the last passage."""
        if point != self.point:
            return
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def parse(text: str) -> Cue:
    """``point:number``. Raises `wamsg.errors.ConfigError` for anything else."""
    point, _, number = text.partition(":")
    if point not in POINTS:
        raise ConfigError(f"{VARIABLE} names no crash point: {point!r}; there are {', '.join(sorted(POINTS))}")
    if not (number.isascii() and number.isdigit() and int(number) > 0):
        raise ConfigError(f"{VARIABLE} must end in a passage from 1 on, such as {point}:1, not {number!r}")
    return Cue(point, int(number))


_SET = os.environ.get(VARIABLE)
_cue: Cue | None = parse(_SET) if _SET else None
#: Whether a point is set at all.
armed = _cue is not None


def passing(point: str) -> None:
    """Say that the process is at this point."""
    if _cue is not None:
        _cue.passed(point)


def committing(kinds: Iterable[str], edge: str) -> None:
    """Say that a commit of these kinds is about to be made or was made: ``before-commit`` or ``after-commit``."""
    for kind in kinds:
        passing(f"{kind}.{edge}")
