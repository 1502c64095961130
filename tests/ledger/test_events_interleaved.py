"""Any interleaving of outcomes and statuses, with duplicates, ends in the same truth: that of a simple model."""

from __future__ import annotations

import random
from collections import Counter
from typing import Literal, cast

from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.stores import LATER, NOW, all_lines, settled, taken
from tests.ledger.stores import frozen as planned
from tests.support.told import told
from wamsg.ledger import EventLedger, Ledger, Settled, State
from wamsg.model.event import DeliveryStatus, StatusUpdate

Way = Literal["reference", "id", "both"]
FAILED = DeliveryStatus.FAILED
OUTCOMES = st.sampled_from([State.ACCEPTED, State.REJECTED, State.UNKNOWN, State.DEFERRED])


@frozen
class Story:
    """What happens to one delivery, in any order."""

    outcome: State
    #: What is told of it, and by what it is to be found.
    told: list[tuple[DeliveryStatus, Way]]

    @property
    def linked(self) -> bool:
        """Whether the id becomes known."""
        return self.outcome == State.ACCEPTED or any(way == "both" for _, way in self.told)

    @property
    def heard(self) -> set[DeliveryStatus]:
        return {status for status, way in self.told if way != "id" or self.linked}

    @property
    def state(self) -> State:
        if self.heard - {FAILED} or (self.heard and self.outcome == State.UNKNOWN):
            return State.ACCEPTED
        return self.outcome

    @property
    def status(self) -> str | None:
        furthest = max(self.heard, key=lambda status: status.rank, default=None)
        return None if furthest in {None, DeliveryStatus.ACCEPTED} else str(furthest)


STORIES = st.lists(
    st.builds(
        Story,
        OUTCOMES,
        st.lists(
            st.tuples(st.sampled_from(list(DeliveryStatus)), st.sampled_from(["reference", "id", "both"])), max_size=5
        ),
    ),
    min_size=1,
    max_size=5,
)


def _update(ledger: EventLedger, broadcast: int, seq: int, status: DeliveryStatus, way: Way) -> StatusUpdate:
    name = f"wamid.{seq}" if way == "reference" else f"{broadcast}-{seq}"
    return told(
        status,
        secret=ledger.secret,
        broadcast=broadcast,
        seq=None if way == "id" else seq,
        message_id=None if way == "reference" else name,
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories=STORIES, order=st.randoms(use_true_random=False), repeats=st.integers(0, 3), done=st.booleans())
async def test_any_interleaving_ends_in_the_same_truth(
    ledger: Ledger,
    stories: list[Story],
    order: random.Random,
    repeats: int,
    done: bool,  # noqa: FBT001 -- hypothesis passes it by name
) -> None:
    """States, statuses and ids equal the model's; the counts equal the lines, however the chunk was tallied."""
    book = cast("EventLedger", ledger)
    broadcast = await planned(book, len(stories))
    lease = await taken(book, broadcast)
    steps: list[Settled | StatusUpdate | None] = [None] * done
    for seq, story in enumerate(stories):
        assert await book.claim(lease, seq, now=NOW)
        steps.append(settled(seq, story.outcome, not_before=LATER)._replace(message_id=_id(broadcast, seq, story)))
        steps += [_update(book, broadcast, seq, status, way) for status, way in story.told]
    steps += order.choices([step for step in steps if isinstance(step, StatusUpdate)] or [None], k=repeats)
    order.shuffle(steps)

    before = (await book.arrivals()).parked
    batch: list[StatusUpdate] = []
    for step in [*steps, None]:
        if isinstance(step, StatusUpdate) and order.random() < 0.6:
            batch.append(step)
            continue
        await book.add(batch, now=NOW + 5)
        batch = []
        if isinstance(step, Settled):
            book.settle(lease, step)
        elif step is None:
            await book.flush()
            await book.release(lease)
        else:
            await book.add([step], now=NOW + 5)
    await book.flush()

    lines = await all_lines(book, broadcast)
    assert [(story.state, story.status) for story in stories] == [(line.state, line.status) for line in lines]
    for seq, (story, line) in enumerate(zip(stories, lines, strict=True)):
        named = story.linked or (story.outcome == State.ACCEPTED)
        assert line.message_id == (f"{broadcast}-{seq}" if named else None)
        assert (line.not_before is not None) == (line.state == State.DEFERRED)
        if line.state == State.ACCEPTED and story.outcome in {State.ACCEPTED, State.UNKNOWN}:
            assert line.kind == ("SendFailed" if line.status == "failed" else None)
    counts = await book.counts(broadcast)
    assert {state: count for state, count in counts.states.items() if count} == Counter(line.state for line in lines)
    taken_ones = [line.status for line in lines if line.status and line.state == State.ACCEPTED]
    assert counts.statuses == Counter(taken_ones)
    lost = sum(len({status for status, way in story.told if way == "id"}) for story in stories if not story.linked)
    assert lost == (await book.arrivals()).parked - before


def _id(broadcast: int, seq: int, story: Story) -> str | None:
    return f"{broadcast}-{seq}" if story.outcome == State.ACCEPTED else None
