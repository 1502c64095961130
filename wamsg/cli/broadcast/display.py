"""A run as it goes: a bar on a terminal, now and then a line elsewhere, an event a second for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from wamsg.broadcast import Progress
from wamsg.broadcast.policy import duration_text
from wamsg.broadcast.report import came_back
from wamsg.broadcast.report.figures import rate as rate_text
from wamsg.cli.broadcast.counting import emit, states_to_dict
from wamsg.cli.output import printable, tell
from wamsg.ledger import State
from wamsg.pipeline import LaneState
from wamsg.pipeline.lanes import kind_of

Show = Callable[[Progress], None]
#: What holds the senders up.
Lanes = Callable[[], Sequence[LaneState]]

#: Seconds until the first line, how much longer each wait is than the one before, and the longest.
_FIRST, _GROWTH, _LONGEST = 2.0, 1.5, 60.0
#: What is told beside the number of those who are done, where there is any.
_TOLD = (State.ACCEPTED, State.REJECTED, State.UNKNOWN, State.DEFERRED, State.EXPIRED, State.SKIPPED)


@contextmanager
def watching(lanes: Lanes, *, as_json: bool, plain: bool) -> Iterator[Show]:
    """Gives the function that is told how it goes, about once a second."""
    if as_json:
        yield lambda progress: emit("progress", to_dict(progress, lanes()))
    elif plain or not sys.stderr.isatty():
        yield _Lines(lanes).show
    else:
        with _bar(lanes) as show:
            yield show


def sentence(progress: Progress, lanes: Sequence[LaneState]) -> str:
    """Such as ``9 accepted, 1 rejected; 79.8/s, 3 in flight, 24 s left``."""
    states = ", ".join(f"{progress.states[state]:,} {state.name.lower()}" for state in _TOLD if progress.states[state])
    pace = [rate_text(progress.rate)]
    if progress.in_flight:
        pace.append(f"{progress.in_flight:,} in flight")
    if progress.eta is not None:
        pace.append(f"{duration_text(progress.eta - progress.at)} left")
    later = came_back(progress.statuses)
    why = [f"waiting: {printable(progress.waiting)}"] if progress.waiting else []
    return "; ".join([states or "none yet", *([later] if later else []), ", ".join(pace), *why, *_held_up(lanes)])


def to_dict(progress: Progress, lanes: Sequence[LaneState]) -> dict[str, object]:
    """The fields of the event ``progress``."""
    return {
        "at": progress.at,
        "broadcast": progress.broadcast,
        "rows": progress.rows,
        "deliveries": progress.deliveries,
        "done": progress.done,
        "states": states_to_dict(progress.states),
        "statuses": dict(progress.statuses),
        "rate": round(progress.rate, 3),
        "in_flight": progress.in_flight,
        "eta": progress.eta,
        "waiting": progress.waiting,
        "lanes": [
            # Their keys hold phone numbers.
            {"kind": kind_of(lane.key), "rate": lane.rate, "paused_for": lane.paused_for, "waiting": lane.waiting}
            for lane in lanes
        ],
    }


def _held_up(lanes: Sequence[LaneState]) -> Iterator[str]:
    for lane in lanes:
        if lane.paused_for > 0:
            yield f"the provider pauses the {kind_of(lane.key)} for {duration_text(lane.paused_for)}"
        elif lane.rate is not None and lane.ceiling is not None and lane.rate < lane.ceiling:
            yield f"the {kind_of(lane.key)} was throttled and is slowed to {rate_text(lane.rate)}"


class _Lines:
    """A line after two seconds, then ever more rarely; at once where it begins to wait for something else."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._wait = _FIRST
        self._next: float | None = None
        self._said = ""

    def show(self, progress: Progress) -> None:
        if self._next is None:
            self._next = progress.at + self._wait
        news = progress.waiting and progress.waiting != self._said
        if progress.at < self._next and not news:
            return
        self._wait = min(self._wait * _GROWTH, _LONGEST)
        self._next, self._said = progress.at + self._wait, progress.waiting or self._said
        tell(f"{progress.done:,} of {progress.deliveries:,} done: {sentence(progress, self._lanes())}")


@contextmanager
def _bar(lanes: Lanes) -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    # Wrapped where it is long: a column that keeps to one line would cut it, and push the bar off the screen.
    told = TextColumn("{task.fields[told]}", markup=False, table_column=Column())
    bar = Bar(BarColumn(bar_width=20), MofNCompleteColumn(), told, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None, told="")
    with bar:
        yield lambda progress: bar.update(
            task, total=progress.deliveries, completed=progress.done, told=sentence(progress, lanes())
        )
