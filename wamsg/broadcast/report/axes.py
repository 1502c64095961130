"""Scales and round ticks for the charts: linear counts, logarithmic waiting times, and hours and days in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from math import ceil, floor, log10

from attrs import frozen

from wamsg.broadcast.report.figures import span

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS = (
    *(1, 2, 5, 10, 15, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY, 28 * _DAY),
)
_FEWEST_WIDTHS = 10
#: Between the curves and the edges of a logarithmic scale.
_ROOM = 1.1


@frozen
class Tick:
    """A mark on an axis."""

    #: From 0 (left or bottom) to 1.
    place: float
    label: str


@frozen(kw_only=True)
class Axis:
    """Where a value stands, and the marks to show."""

    low: float
    high: float
    ticks: tuple[Tick, ...]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """From 0 to 1; what lies outside is moved to the edge."""
        return min(1.0, max(0.0, _place(value, self.low, self.high, logarithmic=self.logarithmic)))


def _place(value: float, low: float, high: float, *, logarithmic: bool) -> float:
    if logarithmic:
        value, low, high = log10(value), log10(low), log10(high)
    return (value - low) / (high - low)


def linear(highest: float, *, most: int = 4) -> Axis:
    """From 0 to at least ``highest``, with steps of 1, 2 or 5 times a power of ten."""
    step = _round_step((highest or 1.0) / most)
    steps = max(1, ceil((highest or 1.0) / step - 1e-9))
    # Not "index * step": 3 * 0.1 is 0.30000000000000004.
    ticks = (Tick(index / steps, f"{float(f'{index * step:.6g}'):,.6g}") for index in range(steps + 1))
    return Axis(low=0.0, high=steps * step, ticks=tuple(ticks))


def logarithmic(lowest: float, highest: float) -> Axis:
    """From a round time well below ``lowest`` to one well above ``highest`` (seconds), with marks at 1, 2 and 5."""
    marks = [
        digit * 10.0**power
        for power in range(floor(log10(lowest)) - 1, ceil(log10(highest)) + 2)
        for digit in (1, 2, 5)
    ]
    low = max(mark for mark in marks if mark * _ROOM <= lowest)
    high = min(mark for mark in marks if mark >= highest * _ROOM)
    inside = [mark for mark in marks if low <= mark <= high]
    shown = inside if len(inside) <= 6 else [mark for mark in inside if f"{mark:e}".startswith("1")]
    ticks = (Tick(_place(mark, low, high, logarithmic=True), span(mark)) for mark in shown)
    return Axis(low=low, high=high, ticks=tuple(ticks), logarithmic=True)


def time(start: float, end: float, width: int, *, most: int = 6) -> Axis:
    """From ``start`` to ``end`` (at least ten stretches of ``width`` seconds), with marks at round times in UTC."""
    end = max(end, start + _FEWEST_WIDTHS * width)
    step = _time_step((end - start) / most)
    marks = range(int(-(-start // step)) * step, int(end) + 1, step)
    across_days = start // _DAY != end // _DAY
    ticks = (Tick((mark - start) / (end - start), _time_label(mark, step, across_days=across_days)) for mark in marks)
    return Axis(low=start, high=end, ticks=tuple(ticks))


def _round_step(least: float) -> float:
    power = 10.0 ** floor(log10(least))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= least * (1 - 1e-9))


def _time_step(least: float) -> int:
    if least <= _STEPS[-1]:
        return next(step for step in _STEPS if step >= least)
    return next(step for doubling in count(1) if (step := _STEPS[-1] << doubling) >= least)


def _time_label(at: int, step: int, *, across_days: bool) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    if step >= 28 * _DAY:
        return f"{moment.day} {moment:%b %Y}"
    if step >= _DAY or (across_days and at % _DAY == 0):
        return f"{moment.day} {moment:%b}"
    return f"{moment:%H:%M:%S}" if step < _MINUTE else f"{moment:%H:%M}"
