"""What a run looks like from outside at any moment: counts, recent rate, what is under way."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from attrs import field, frozen

from wamsg.ledger import Counts, State

#: The recent rate is taken over so many seconds.
_RECENT = 10.0


@frozen(kw_only=True)
class Progress:
    """A snapshot of a run, for bars, lines and events. Times are seconds since 1970-01-01 UTC."""

    at: float
    broadcast: int
    rows: int
    states: Mapping[State, int] = field(hash=False)
    #: Deliveries by the furthest status that came back, as the ledger knew it some seconds ago.
    statuses: Mapping[str, int] = field(factory=dict, hash=False)
    #: Outcomes a second over the last ten seconds.
    rate: float
    #: Requests that have left and are not answered.
    in_flight: int
    #: Why nothing is sent right now, in words; empty while it is sent.
    waiting: str
    #: When all is sent at this rate; None if that cannot be said.
    eta: float | None

    @property
    def deliveries(self) -> int:
        """Lines that are deliveries."""
        return sum(self.states.values())

    @property
    def done(self) -> int:
        """Deliveries that need no more sending."""
        return self.deliveries - self.states[State.PENDING] - self.states[State.DEFERRED] - self.states[State.SENDING]


class Gauge:
    """Keeps the counts of a run as it goes, so that showing them costs no reading."""

    def __init__(self, broadcast: int, counts: Counts) -> None:
        self._broadcast = broadcast
        self._rows = counts.rows
        self._states = dict(counts.states)
        self._statuses = counts.statuses
        self._ends: deque[tuple[float, int]] = deque()
        self._ended = 0
        self.waiting = ""

    def count(self, counts: Counts) -> None:
        """Start again from what the ledger says."""
        self._states = dict(counts.states)
        self._statuses = counts.statuses

    def came_back(self, statuses: Mapping[str, int]) -> None:
        """What others have written into the ledger meanwhile."""
        self._statuses = statuses

    def claimed(self, attempt: int) -> None:
        """A delivery's intent is committed."""
        self._move(State.DEFERRED if attempt > 1 else State.PENDING, State.SENDING)
        self.waiting = ""

    def settled(self, state: State) -> None:
        """A delivery that was under way has its outcome."""
        self._move(State.SENDING, state)
        self._ended += 1

    def closed(self, attempt: int, state: State) -> None:
        """A delivery ended without ever being under way."""
        self._move(State.DEFERRED if attempt > 1 else State.PENDING, state)

    def progress(self, now: float) -> Progress:
        """How it stands; call it about once a second, the recent rate is taken between calls."""
        self._ends.append((now, self._ended))
        while len(self._ends) > 2 and self._ends[1][0] <= now - _RECENT:
            self._ends.popleft()
        since, before = self._ends[0]
        rate = (self._ended - before) / (now - since) if now > since else 0.0
        left = self._states[State.PENDING] + self._states[State.DEFERRED] + self._states[State.SENDING]
        return Progress(
            at=now,
            broadcast=self._broadcast,
            rows=self._rows,
            states=dict(self._states),
            statuses=self._statuses,
            rate=rate,
            in_flight=self._states[State.SENDING],
            waiting=self.waiting,
            eta=now + left / rate if rate > 0 else None,
        )

    def _move(self, before: State, after: State) -> None:
        self._states[before] -= 1
        self._states[after] += 1
