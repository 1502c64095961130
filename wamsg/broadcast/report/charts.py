"""The charts as inline SVG: shapes only, stretched to the width there is; their words are HTML and keep their size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from attrs import frozen

from wamsg.broadcast.report import axes
from wamsg.broadcast.report.axes import Axis
from wamsg.broadcast.report.course import Course, Stretch, runs_of
from wamsg.broadcast.report.figures import clock_time, counted, date_time, rate, share, span
from wamsg.broadcast.report.happenings import Halt
from wamsg.broadcast.report.latency import Percentiles
from wamsg.broadcast.report.markup import Markup, fill, joined
from wamsg.ledger import State

#: The drawing's own units; the page stretches them.
_WIDE, _HIGH = 1000, 300
#: A part that is there is never too thin to see, in shares of the whole.
_SLIVER = 0.012

#: From the bottom up: the states in which a delivery that left can be, and the class that colours them.
_LAYERS = (
    ("accepted", frozenset({State.ACCEPTED})),
    ("rejected", frozenset({State.REJECTED})),
    ("waiting", frozenset({State.DEFERRED, State.EXPIRED, State.SKIPPED, State.PENDING})),
    ("unknown", frozenset({State.UNKNOWN, State.SENDING})),
)

_SVG = (
    '<svg class="$kind" viewBox="0 0 $wide $high" preserveAspectRatio="none" role="img" aria-label="$told">'
    "$shapes</svg>"
)
_PLOT = (
    '<div class="plot"><div class="ys" aria-hidden="true">$ys</div>$drawing'
    '<div class="xs" aria-hidden="true">$xs</div></div>'
)


@frozen
class Part:
    """One part of a whole."""

    #: The class that colours it.
    colour: str
    label: str
    number: int


def breakdown(parts: Sequence[Part], whole: int) -> Markup:
    """One bar, as wide as the page, of the parts that are not empty."""
    found = [part for part in parts if part.number]
    widths = [max(part.number / whole, _SLIVER) for part in found]
    shapes, left = [], 0.0
    for part, width in zip(found, widths, strict=True):
        right = left + width / sum(widths)
        shapes.append(fill('<path class="fill $colour" d="$d"/>', colour=part.colour, d=_box(left, right)))
        left = right
    told = ", ".join(f"{counted(part.number, 'line')} {part.label} ({share(part.number, whole)})" for part in found)
    return _svg("bar", f"Outcome of all lines: {told}", shapes)


def throughput(course: Course, halts: Sequence[Halt]) -> Markup:
    """Messages a second over time, stacked by what became of them. ``course`` is not empty."""
    across, up = _time_axis(course), axes.linear(course.peak)
    shapes = [_grid(up), *_halts(halts, across)]
    runs = list(course.runs())
    below: Callable[[Stretch], float] = _level(course.width, frozenset())
    reached: frozenset[State] = frozenset()
    for colour, states in _LAYERS:
        reached |= states
        above = _level(course.width, reached)
        d = "".join(_steps(run, course.width, across, up, below, above) for run in runs)
        shapes.append(fill('<path class="fill $colour" d="$d"/>', colour=colour, d=d))
        below = above
    busiest = max(course.stretches, key=lambda stretch: stretch.sent)
    begin, end = date_time(course.stretches[0].first), date_time(course.stretches[-1].last)
    told = (
        f"Messages a second from {begin} to {end} UTC: {rate(course.average)} on average while sending; "
        f"the busiest stretch began at {clock_time(busiest.start)} with {rate(course.peak)}"
    )
    return _plot(across, up, _svg("area", told, shapes))


def waiting(course: Course, halts: Sequence[Halt]) -> Markup:
    """How long answers took over time: the median, and what 95 and 99 of 100 stayed below. Something was measured."""
    measured = [stretch for stretch in course.stretches if stretch.latency.measured]
    across = _time_axis(course)
    up = axes.logarithmic(
        min(stretch.latency.p50 for stretch in measured), max(stretch.latency.p99 for stretch in measured)
    )
    runs = list(runs_of(measured, course.width))
    shapes = [_grid(up), *_halts(halts, across)]
    band = "".join(_band(run, course.width, across, up) for run in runs)
    shapes.append(fill('<path class="band" d="$d"/>', d=band))
    for name, pick in _PERCENTILES:
        d = "".join(_line(run, course.width, across, up, pick) for run in runs)
        shapes.append(fill('<path class="line $name" d="$d"/>', name=name, d=d))
    whole = course.latency
    told = (
        f"Time to an answer: half within {span(whole.p50)}, 95 of 100 within {span(whole.p95)}, "
        f"99 of 100 within {span(whole.p99)}"
    )
    return _plot(across, up, _svg("lines", told, shapes))


_PERCENTILES: tuple[tuple[str, Callable[[Percentiles], float]], ...] = (
    ("p99", lambda latency: latency.p99),
    ("p95", lambda latency: latency.p95),
    ("p50", lambda latency: latency.p50),
)


def _time_axis(course: Course) -> Axis:
    return axes.time(course.stretches[0].start, course.stretches[-1].start + course.width, course.width)


def _level(width: int, states: frozenset[State]) -> Callable[[Stretch], float]:
    return lambda stretch: sum(stretch.states[state] for state in states) / width


def _steps(
    run: list[Stretch],
    width: int,
    across: Axis,
    up: Axis,
    below: Callable[[Stretch], float],
    above: Callable[[Stretch], float],
) -> str:
    """The outline of one run between two levels: along the top, and back along the bottom."""
    top, bottom = [], []
    for stretch in run:
        left, right = _x(across, stretch.start), _x(across, stretch.start + width)
        top += [(left, _y(up, above(stretch))), (right, _y(up, above(stretch)))]
        bottom += [(left, _y(up, below(stretch))), (right, _y(up, below(stretch)))]
    return _outline([*top, *reversed(bottom)]) + "Z"


def _band(run: list[Stretch], width: int, across: Axis, up: Axis) -> str:
    top = _points(run, width, across, up, lambda latency: latency.p95)
    bottom = _points(run, width, across, up, lambda latency: latency.p50)
    return _outline([*top, *reversed(bottom)]) + "Z"


def _line(run: list[Stretch], width: int, across: Axis, up: Axis, pick: Callable[[Percentiles], float]) -> str:
    return _outline(_points(run, width, across, up, pick))


def _points(
    run: list[Stretch], width: int, across: Axis, up: Axis, pick: Callable[[Percentiles], float]
) -> list[tuple[float, float]]:
    """The middle of each stretch, and the run's two ends, so that a single stretch is a dash and not nothing."""
    heights = [_y(up, pick(stretch.latency)) for stretch in run]
    middles = [_x(across, stretch.start + width / 2) for stretch in run]
    ends = _x(across, run[0].start), _x(across, run[-1].start + width)
    return [(ends[0], heights[0]), *zip(middles, heights, strict=True), (ends[1], heights[-1])]


def _halts(halts: Sequence[Halt], across: Axis) -> Iterable[Markup]:
    for halt in halts:
        left = across.place(halt.start)
        right = across.place(halt.until) if halt.until is not None else 1.0
        if right > left:
            yield fill('<path class="halt" d="$d"/>', d=_box(left, right))


def _grid(up: Axis) -> Markup:
    heights = (_HIGH * (1 - tick.place) for tick in up.ticks)
    return fill('<path class="grid" d="$d"/>', d="".join(f"M0 {height:.1f}H{_WIDE}" for height in heights))


def _box(left: float, right: float) -> str:
    return f"M{left * _WIDE:.1f} 0H{right * _WIDE:.1f}V{_HIGH}H{left * _WIDE:.1f}Z"


def _outline(points: Sequence[tuple[float, float]]) -> str:
    begin = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    return begin + "".join(f"L{x:.1f} {y:.1f}" for (x, y), before in _with_former(points) if (x, y) != before)


def _with_former(
    points: Sequence[tuple[float, float]],
) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
    return ((point, former) for former, point in pairwise(points))


def _x(across: Axis, at: float) -> float:
    return across.place(at) * _WIDE


def _y(up: Axis, value: float) -> float:
    return (1 - up.place(value)) * _HIGH


def _svg(kind: str, told: str, shapes: Iterable[Markup]) -> Markup:
    return fill(_SVG, kind=kind, wide=_WIDE, high=_HIGH, told=told, shapes=joined(shapes))


def _plot(across: Axis, up: Axis, drawing: Markup) -> Markup:
    ys = (fill('<span style="bottom:$at%">$label</span>', at=f"{t.place * 100:.2f}", label=t.label) for t in up.ticks)
    xs = (
        fill(
            '<span class="$side" style="left:$at%">$label</span>',
            side=_side(t.place),
            at=f"{t.place * 100:.2f}",
            label=t.label,
        )
        for t in across.ticks
    )
    return fill(_PLOT, ys=joined(ys), drawing=drawing, xs=joined(xs))


def _side(place: float) -> str:
    """Labels at the ends of the axis stand inside it."""
    return "first" if place < 0.04 else "last" if place > 0.96 else "inner"
