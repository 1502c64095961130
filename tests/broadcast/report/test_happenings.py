"""The timeline made short."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast.report.happenings import MOST, Halt, timeline_of
from wamsg.ledger import Moment

kinds = st.sampled_from(["planned", "started", "paused", "stopped", "throttled", "resumed", "finished", "odd"])


@given(st.lists(kinds, max_size=60))
def test_every_moment_is_told_or_counted(told: list[str]) -> None:
    """Moments of one kind in a row become one; none is dropped, and pauses do not overlap."""
    moments = [Moment(at=float(at), kind=kind, detail=f"{at}") for at, kind in enumerate(told)]

    timeline = timeline_of(moments)

    happenings = timeline.early + timeline.late
    assert told == [happening.kind for happening in happenings for _ in range(happening.times)]
    assert all(happening.last - happening.first == happening.times - 1 for happening in happenings)
    ends = [edge for halt in timeline.halts for edge in (halt.start, halt.until if halt.until is not None else 1e9)]
    assert sorted(ends) == ends


def test_a_long_timeline_keeps_its_ends() -> None:
    """The beginning and the end tell most; what is left out is counted."""
    moments = [Moment(at=float(at), kind=("throttled", "odd")[at % 2]) for at in range(1000)]

    timeline = timeline_of(moments)

    assert (MOST // 2, MOST // 2, 1000 - MOST) == (len(timeline.early), len(timeline.late), timeline.left_out)
    assert (0.0, 999.0) == (timeline.early[0].first, timeline.late[-1].last)


def test_a_pause_ends_where_sending_or_the_broadcast_does() -> None:
    """A second reason to stop does not begin another one; the last may be open."""
    told = ["started", "paused", "stopped", "resumed", "stopped", "cancelled", "paused"]

    timeline = timeline_of([Moment(at=float(at), kind=kind) for at, kind in enumerate(told)])

    assert (Halt(start=1, until=3), Halt(start=4, until=5), Halt(start=6, until=None)) == timeline.halts
