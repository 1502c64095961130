"""One pass over the lines of a broadcast, in flat memory, into what a report says."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection
from typing import Protocol

from attrs import frozen

from wamsg.broadcast.report.causes import Cause, Grouping, Groups, cause_of, clip
from wamsg.broadcast.report.course import Course, CourseTaker
from wamsg.broadcast.report.happenings import Timeline, timeline_of
from wamsg.errors import LedgerUnusable
from wamsg.ledger import Broadcast, Counts, Delivery, Fate, Moment, State

#: Unknown deliveries that are listed one by one; the exports hold all of them.
MOST_LISTED = 1_000

#: Whose status says more than their state; that a refused one failed as well is nothing new.
_TAKEN = frozenset({State.SENDING, State.ACCEPTED})
_TROUBLED = frozenset({State.REJECTED, State.UNKNOWN, State.DEFERRED, State.EXPIRED, State.SKIPPED})


class Source(Protocol):
    """The part of `wamsg.ledger.Ledger` that a report reads."""

    async def broadcast(self, broadcast: int) -> Broadcast: ...

    def deliveries(self, broadcast: int, states: Collection[State] | None = None) -> AsyncIterator[Delivery]: ...

    async def timeline(self, broadcast: int) -> list[Moment]: ...


@frozen(kw_only=True)
class Unknown:
    """Someone who may or may not have been messaged."""

    line: int
    #: E.164 without the plus sign.
    address: int | None
    sent_at: float | None
    attempts: int
    kind: str
    detail: str


@frozen(kw_only=True)
class Summary:
    """What a report says. Its counts come from the pass itself, so that they add up even while the broadcast runs."""

    broadcast: Broadcast
    #: When the pass began, in seconds since 1970-01-01 UTC.
    taken_at: float
    counts: Counts
    course: Course
    #: Requests in all, repeated tries included.
    attempts: int
    #: The earliest not-before time of a deferred delivery.
    next_try: float | None
    causes: Groups[Cause]
    #: Why lines of the input are invalid.
    invalid: Groups[str]
    #: The first unknown deliveries in the order of the input; ``counts`` knows how many there are.
    unknown: tuple[Unknown, ...]
    timeline: Timeline

    @property
    def complete(self) -> bool:
        """Whether as many lines were read as the frozen input has."""
        return self.counts.rows == self.broadcast.rows


class SummaryTaker:
    """Takes the lines of one broadcast in any order; `summary` says what it saw."""

    def __init__(self, broadcast: Broadcast, moments: list[Moment], *, now: float) -> None:
        self._broadcast = broadcast
        self._moments = moments
        self._now = now
        self._fates: Counter[Fate] = Counter()
        self._states: Counter[State] = Counter()
        self._statuses: Counter[str] = Counter()
        self._course = CourseTaker()
        self._attempts = 0
        self._next_try: float | None = None
        self._causes: Grouping[Cause] = Grouping()
        self._invalid: Grouping[str] = Grouping()
        self._unknown: list[Unknown] = []

    def add(self, line: Delivery) -> None:
        """Count one line. Raises `wamsg.errors.LedgerUnusable` if it has neither fate nor state."""
        if line.fate is not None:
            self._refused(line, line.fate)
        elif line.state is not None:
            self._delivery(line, line.state)
        else:
            raise LedgerUnusable(f"line {line.line} of the ledger has neither a fate nor a state")

    def summary(self) -> Summary:
        """Everything seen so far."""
        return Summary(
            broadcast=self._broadcast,
            taken_at=self._now,
            counts=self._counts(),
            course=self._course.course(),
            attempts=self._attempts,
            next_try=self._next_try,
            causes=self._causes.groups(),
            invalid=self._invalid.groups(),
            unknown=tuple(self._unknown),
            timeline=timeline_of(self._moments),
        )

    def _counts(self) -> Counts:
        return Counts(
            rows=self._fates.total() + self._states.total(),
            invalid=self._fates[Fate.INVALID],
            duplicate=self._fates[Fate.DUPLICATE],
            suppressed=self._fates[Fate.SUPPRESSED],
            states={state: self._states[state] for state in State},
            statuses=dict(self._statuses),
        )

    def _refused(self, line: Delivery, fate: Fate) -> None:
        self._fates[fate] += 1
        if fate is Fate.INVALID:
            why = clip(line.detail or "no reason was stored")
            self._invalid.add(why, line.given, line.line)

    def _delivery(self, line: Delivery, state: State) -> None:
        self._states[state] += 1
        self._attempts += line.attempts
        if line.sent_at is not None:
            self._course.add(state, line.sent_at, line.done_at)
        if line.status is not None and state in _TAKEN:
            self._statuses[line.status] += 1
        if state in _TROUBLED or line.status == "failed":
            self._trouble(line, state)

    def _trouble(self, line: Delivery, state: State) -> None:
        self._causes.add(cause_of(line, state), line.detail, line.line)
        if state is State.UNKNOWN and len(self._unknown) < MOST_LISTED:
            self._unknown.append(_unknown(line))
        if state is State.DEFERRED and line.not_before is not None:
            self._next_try = line.not_before if self._next_try is None else min(self._next_try, line.not_before)


def _unknown(line: Delivery) -> Unknown:
    return Unknown(
        line=line.line,
        address=line.address,
        sent_at=line.sent_at,
        attempts=line.attempts,
        kind=clip(line.kind or ""),
        detail=clip(line.detail or ""),
    )


async def summarize(source: Source, broadcast: int, *, now: float) -> Summary:
    """Read every line of ``broadcast`` once. Raises `wamsg.errors.LedgerError` if the ledger cannot be read."""
    taker = SummaryTaker(await source.broadcast(broadcast), await source.timeline(broadcast), now=now)
    async for line in source.deliveries(broadcast):
        taker.add(line)
    return taker.summary()
