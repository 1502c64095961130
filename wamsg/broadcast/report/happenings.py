"""What happened to a broadcast as a whole: its timeline made short, and the spans in which nothing was sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from attrs import frozen

from wamsg.broadcast.report.causes import clip
from wamsg.ledger import Moment

#: Rows of a timeline that are told; the middle of a longer one is left out.
MOST = 200

_HALTS = frozenset({"paused", "stopped"})
_STARTS = frozenset({"started", "resumed"})
_ENDS = frozenset({"finished", "cancelled", "held"})


@frozen(kw_only=True)
class Happening:
    """One or more moments of one kind in a row."""

    kind: str
    first: float
    last: float
    times: int
    #: What the last of them said.
    detail: str


@frozen(kw_only=True)
class Halt:
    """A span in which the broadcast was paused or stopped; ``until`` is None if it still is."""

    start: float
    until: float | None


@frozen(kw_only=True)
class Timeline:
    """The first and the last happenings, and how many stand between them."""

    early: tuple[Happening, ...] = ()
    late: tuple[Happening, ...] = ()
    left_out: int = 0
    halts: tuple[Halt, ...] = ()


def timeline_of(moments: Sequence[Moment]) -> Timeline:
    """What ``moments`` (oldest first) tell."""
    happenings = tuple(_merged(list(group)) for _, group in groupby(moments, key=lambda moment: moment.kind))
    early, late = happenings[: MOST // 2], happenings[MOST // 2 :][-MOST // 2 :]
    return Timeline(
        early=early,
        late=late,
        left_out=len(happenings) - len(early) - len(late),
        halts=tuple(_halts(moments)),
    )


def _merged(moments: list[Moment]) -> Happening:
    first, last = moments[0], moments[-1]
    return Happening(kind=clip(first.kind), first=first.at, last=last.at, times=len(moments), detail=clip(last.detail))


def _halts(moments: Iterable[Moment]) -> list[Halt]:
    halts: list[Halt] = []
    since: float | None = None
    for moment in moments:
        if moment.kind in _HALTS and since is None:
            since = moment.at
        elif moment.kind in _STARTS | _ENDS and since is not None:
            halts.append(Halt(start=since, until=moment.at))
            since = None
    return [*halts, Halt(start=since, until=None)] if since is not None else halts
