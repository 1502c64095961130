"""How a broadcast went over time: at most a few hundred equal stretches, whatever its length and order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count
from math import inf

from attrs import field, frozen

from wamsg.broadcast.report import latency
from wamsg.broadcast.report.figures import real
from wamsg.broadcast.report.latency import Percentiles
from wamsg.ledger import State

#: No more stretches than this; a wider step of the ladder is taken instead.
MOST = 240
#: Widths in seconds. Each divides the next, so that stretches can be merged; beyond a day they double.
_LADDER = (1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400)
#: Whose answer came, and says how long it took. An unknown's end is when we gave up waiting.
_ANSWERED = frozenset({State.ACCEPTED, State.REJECTED})


@frozen(kw_only=True)
class Stretch:
    """One stretch of time: the deliveries whose last request left in it."""

    start: float
    #: By what became of them.
    states: Counter[State] = field(hash=False)
    #: When the first and the last of them left.
    first: float
    last: float
    latency: Percentiles

    @property
    def sent(self) -> int:
        """Requests that left."""
        return self.states.total()


@frozen(kw_only=True)
class Course:
    """The stretches in which something left, in order; those between them were silent."""

    #: Seconds of one stretch.
    width: int = 1
    stretches: tuple[Stretch, ...] = ()
    #: Over all stretches.
    latency: Percentiles = field(factory=Percentiles)

    @property
    def sent(self) -> int:
        """Deliveries of which a request left."""
        return sum(stretch.sent for stretch in self.stretches)

    @property
    def peak(self) -> float:
        """Messages a second in the busiest stretch."""
        return max((stretch.sent for stretch in self.stretches), default=0) / self.width

    @property
    def average(self) -> float:
        """Messages a second from the first to the last of each run: the silence between runs does not count."""
        runs = list(self.runs())
        lasted = sum(run[-1].last - run[0].first for run in runs)
        return (self.sent - len(runs)) / lasted if lasted > 0 else self.peak

    def runs(self) -> Iterator[list[Stretch]]:
        """The stretches in groups that follow each other without a gap."""
        return runs_of(self.stretches, self.width)


def runs_of(stretches: Iterable[Stretch], width: int) -> Iterator[list[Stretch]]:
    """``stretches`` (in order, each of ``width`` seconds) in groups that follow each other without a gap."""
    run: list[Stretch] = []
    for stretch in stretches:
        if run and stretch.start - run[-1].start > width:
            yield run
            run = []
        run.append(stretch)
    if run:
        yield run


class CourseTaker:
    """Takes deliveries in any order of time and keeps counts only; `course` says what it saw."""

    def __init__(self) -> None:
        self._widths = _widths()
        self._width = next(self._widths)
        self._cells: dict[int, _Cell] = {}
        self._low = self._high = 0

    def add(self, state: State, sent_at: float, done_at: float | None) -> None:
        """Note a request that left at ``sent_at`` and whose outcome was known at ``done_at``."""
        if not real(sent_at):
            return
        cell = self._cell(sent_at)
        cell.states[state] += 1
        cell.first, cell.last = min(cell.first, sent_at), max(cell.last, sent_at)
        if done_at is not None and state in _ANSWERED and done_at >= sent_at:
            cell.bins[latency.place(done_at - sent_at)] += 1

    def course(self) -> Course:
        """Everything seen so far."""
        total = latency.empty()
        for cell in self._cells.values():
            latency.add(total, cell.bins)
        return Course(
            width=self._width,
            stretches=tuple(self._cells[key].stretch(key * self._width) for key in sorted(self._cells)),
            latency=latency.percentiles(total),
        )

    def _cell(self, at: float) -> _Cell:
        key = int(at // self._width)
        found = self._cells.get(key)
        if found is not None:
            return found
        low, high = (min(self._low, key), max(self._high, key)) if self._cells else (key, key)
        if high - low >= MOST:
            self._widen()
            return self._cell(at)
        self._low, self._high = low, high
        return self._cells.setdefault(key, _Cell())

    def _widen(self) -> None:
        wider = next(self._widths)
        factor = wider // self._width
        cells, self._cells, self._width = self._cells, {}, wider
        for key, cell in cells.items():
            self._cells.setdefault(key // factor, _Cell()).take_in(cell)
        self._low, self._high = min(self._cells), max(self._cells)


class _Cell:
    """A stretch that is still being counted."""

    __slots__ = ("bins", "first", "last", "states")

    def __init__(self) -> None:
        self.states: Counter[State] = Counter()
        self.bins = latency.empty()
        self.first, self.last = inf, -inf

    def take_in(self, other: _Cell) -> None:
        """Count what ``other`` counted."""
        self.states.update(other.states)
        latency.add(self.bins, other.bins)
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)

    def stretch(self, start: float) -> Stretch:
        """As a value that does not change any more."""
        return Stretch(
            start=float(start),
            states=Counter(self.states),
            first=self.first,
            last=self.last,
            latency=latency.percentiles(self.bins),
        )


def _widths() -> Iterator[int]:
    yield from _LADDER
    yield from (_LADDER[-1] << doubling for doubling in count(1))
