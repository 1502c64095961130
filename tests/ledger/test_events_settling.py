"""What callbacks make of deliveries, held to every ledger that stores events."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.ledger.stores import FIRST, LATER, NOW, all_due, all_lines, bring, frozen, settled, taken
from tests.ledger.stores import Store as Place
from tests.support.inbound_events import message
from tests.support.told import told
from wamsg.errors import OptedOut
from wamsg.ledger import Delivery, EventLedger, Ledger, Phase, Settled, State, Suppression
from wamsg.model import PhoneNumber
from wamsg.model.event import DeliveryStatus, TemplateReply

PERSON = PhoneNumber(f"+{FIRST}")
STATUSES = ["sent", "failed", "delivered", "read"]


class Desk:
    """A broadcast of three under way, and what comes back of it."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = cast("EventLedger", ledger)

    async def start(self, rows: int = 3) -> None:
        self.broadcast = await frozen(self.ledger, rows)
        self.lease = await taken(self.ledger, self.broadcast)

    def told(self, status: str, seq: int | None = 0, **more: Any) -> Any:
        return told(status, secret=self.ledger.secret, broadcast=self.broadcast, seq=seq, **more)

    async def add(self, *events: Any, now: float = NOW + 10) -> None:
        await self.ledger.add(events, now=now, unwanted={event.key for event in events})

    async def bring(self, seq: int, state: State) -> None:
        await bring(self.ledger, self.lease, seq, state)

    async def settle(self, outcome: Settled) -> None:
        self.ledger.settle(self.lease, outcome)
        await self.ledger.flush()

    async def line(self, seq: int = 0) -> Delivery:
        return (await all_lines(self.ledger, self.broadcast))[seq]

    async def suppressed(self) -> list[Suppression]:
        return [entry async for entry in self.ledger.suppressions()]


@pytest.fixture
async def desk(ledger: Ledger) -> Desk:
    desk = Desk(ledger)
    await desk.start()
    return desk


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("origin", list(State))
async def test_a_status_makes_of_a_delivery_what_it_was(desk: Desk, origin: State, status: str) -> None:
    """A proof that it is out makes it accepted; a failure settles the unknown only, and refuses nobody again."""
    await desk.bring(0, origin)
    attempt = max(1, (await desk.line()).attempts)

    await desk.add(desk.told(status, attempt=attempt, message_id="wamid.a", at=NOW + 5))

    proof = status != "failed"
    line = await desk.line()
    if origin == State.SENDING or (not proof and origin != State.UNKNOWN):
        assert origin == line.state
    else:
        assert State.ACCEPTED == line.state
    if origin != State.PENDING or proof:
        assert (status, NOW + 5) == (line.status, line.status_at)
        assert line.message_id == ("wamid.0" if origin == State.ACCEPTED else "wamid.a")
    counts = await desk.ledger.counts(desk.broadcast)
    assert counts.deliveries == 3
    assert counts.states[State(cast("int", line.state))] >= 1


@pytest.mark.parametrize("outcome", [State.ACCEPTED, State.REJECTED, State.UNKNOWN, State.DEFERRED])
@pytest.mark.parametrize("status", STATUSES)
async def test_a_status_before_the_answer_is_not_lost_by_it(desk: Desk, status: str, outcome: State) -> None:
    """The request is under way; its outcome meets the status, and ends where it would have the other way round."""
    await desk.bring(0, State.SENDING)
    await desk.bring(1, State.SENDING)

    await desk.add(desk.told(status, 0, message_id="wamid.0"))
    await desk.settle(settled(0, outcome, not_before=LATER))
    await desk.settle(settled(1, outcome, not_before=LATER))
    await desk.add(desk.told(status, 1, message_id="wamid.1"))

    early, late = await desk.line(0), await desk.line(1)
    for name in ("state", "status", "kind", "code", "not_before"):
        assert getattr(early, name) == getattr(late, name), name
    assert ("wamid.0", "wamid.1") == (early.message_id, late.message_id)
    assert (early.state == State.ACCEPTED) == (status != "failed" or outcome in {State.ACCEPTED, State.UNKNOWN})


async def test_a_late_answer_still_brings_the_id(desk: Desk) -> None:
    """A status without any id made the delivery accepted; the answer comes after all."""
    await desk.bring(0, State.UNKNOWN)
    await desk.add(desk.told("failed", code="131049"))
    assert (State.ACCEPTED, None) == ((line := await desk.line()).state, line.message_id)

    await desk.settle(settled(0, State.ACCEPTED))
    await desk.settle(settled(0, State.REJECTED))

    line = await desk.line()
    assert (State.ACCEPTED, "wamid.0", "failed", "131049") == (line.state, line.message_id, line.status, line.code)


async def test_a_new_try_begins_without_a_status(desk: Desk) -> None:
    """What was told of the one before says nothing of it."""
    await desk.bring(0, State.REJECTED)
    await desk.add(desk.told("failed"))
    assert "failed" == (await desk.line()).status

    await desk.ledger.rearm(desk.broadcast, {State.REJECTED}, now=NOW)
    assert await desk.ledger.claim(desk.lease, 0, now=NOW + 1)
    await desk.settle(settled(0, State.ACCEPTED))

    assert (None, None) == ((line := await desk.line()).status, line.kind)
    assert {} == (await desk.ledger.counts(desk.broadcast)).statuses


async def test_a_late_failure_keeps_its_reason_until_a_receipt_proves_it_wrong(desk: Desk) -> None:
    """Kind, code and words are in the report; a late `sent` changes nothing, `delivered` does."""
    await desk.bring(0, State.ACCEPTED)

    await desk.add(desk.told("failed", code="131049"))
    await desk.add(desk.told("sent"))
    line = await desk.line()
    assert (State.ACCEPTED, "failed", "SendFailed", "131049", "it could not be sent") == (
        line.state,
        line.status,
        line.kind,
        line.code,
        line.detail,
    )
    assert {"failed": 1} == (await desk.ledger.counts(desk.broadcast)).statuses

    await desk.add(desk.told("delivered"))
    line = await desk.line()
    assert ("delivered", None, None) == (line.status, line.kind, line.code)


async def test_a_message_is_found_by_its_id_and_by_others_of_it(desk: Desk) -> None:
    """Without our reference: the provider's id, or any id that came beside a reference before."""
    await desk.bring(0, State.ACCEPTED)
    await desk.bring(1, State.UNKNOWN)

    await desk.add(told("sent", message_id="wamid.0"), desk.told("sent", 1, message_id="x", other_ids=("y",)))
    await desk.add(told("delivered", message_id="foreign", other_ids=("wamid.0",)), told("read", message_id="y"))

    assert ["delivered", "read", None] == [line.status for line in await all_lines(desk.ledger, desk.broadcast)]


async def test_a_status_of_a_message_that_is_not_known_yet_waits_for_it(desk: Desk) -> None:
    """It comes before the answer that tells the id; duplicates are harmless, and another's id brings it to nobody."""
    await desk.bring(0, State.SENDING)
    await desk.add(told("delivered", message_id="wamid.0", at=NOW + 2), told("sent", message_id="wamid.0"))
    await desk.add(told("failed", message_id="wamid.0"), told("read", message_id="nobody's"))
    assert 4 == (await desk.ledger.arrivals()).parked

    await desk.settle(settled(0, State.ACCEPTED))

    line = await desk.line()
    assert (State.ACCEPTED, "delivered", NOW + 2) == (line.state, line.status, line.status_at)
    assert 1 == (await desk.ledger.arrivals()).parked


async def test_what_was_parked_is_brought_by_a_look_up_too(desk: Desk) -> None:
    """The id of an unknown delivery becomes known later."""
    await desk.bring(0, State.UNKNOWN)
    await desk.add(told("read", message_id="wamid.0"))

    await desk.ledger.resolve(desk.broadcast, [settled(0, State.ACCEPTED)])

    assert "read" == (await desk.line()).status


async def test_what_nobody_asks_for_is_given_up_and_counted(desk: Desk) -> None:
    """After two days; at once where there is nothing that it could be found by."""
    await desk.add(told("sent", message_id="a"), told("sent"), now=NOW)
    assert (1, 1) == ((found := await desk.ledger.arrivals()).parked, found.unknown)

    await desk.add(told("sent", message_id="b"), now=NOW + 3 * 86_400)

    assert (1, 2) == ((found := await desk.ledger.arrivals()).parked, found.unknown)


async def test_an_earlier_try_counts_only_if_it_reached_the_person(desk: Desk) -> None:
    """Its failure says nothing of the try that followed; its receipt says that no further one is needed."""
    await desk.bring(0, State.UNKNOWN)
    await desk.ledger.rearm(desk.broadcast, {State.UNKNOWN}, now=NOW)
    assert await desk.ledger.claim(desk.lease, 0, now=NOW + 1)
    await desk.settle(settled(0, State.UNKNOWN))

    await desk.add(desk.told("sent", attempt=1), desk.told("failed", attempt=1))
    assert (State.UNKNOWN, None) == ((line := await desk.line()).state, line.status)

    await desk.add(desk.told("delivered", attempt=1))
    assert (State.ACCEPTED, "delivered") == ((line := await desk.line()).state, line.status)


async def test_who_is_due_again_is_not_sent_to_once_a_status_proves_the_first_try(desk: Desk) -> None:
    """A person asked for a retry of the unknown; the callback comes before it."""
    await desk.bring(0, State.UNKNOWN)
    await desk.ledger.rearm(desk.broadcast, {State.UNKNOWN}, now=NOW)

    await desk.add(desk.told("sent"))

    assert not await desk.ledger.claim(desk.lease, 0, now=NOW + 1)
    assert [1, 2] == [due.seq for due in await all_due(desk.ledger, desk.lease)]


async def test_an_intent_that_was_lost_comes_back_with_its_status(desk: Desk) -> None:
    """The ledger is an older copy: what it would send again was sent."""
    await desk.add(desk.told("delivered", 2, message_id="wamid.2"))

    assert [0, 1] == [due.seq for due in await all_due(desk.ledger, desk.lease)]
    assert not await desk.ledger.claim(desk.lease, 2, now=NOW)
    assert 1 == (await desk.ledger.counts(desk.broadcast)).states[State.ACCEPTED]


async def test_a_dead_senders_delivery_is_what_its_status_says(store: Place, desk: Desk) -> None:
    """Not unknown: the next process finds it accepted, and one without a status unknown."""
    await desk.bring(0, State.SENDING)
    await desk.bring(1, State.SENDING)
    await desk.add(desk.told("sent", 0))
    await store.crash(desk.ledger, cut=False)

    again = await store.open()
    await again.lock()

    states = [line.state for line in await all_lines(again, desk.broadcast)]
    assert [State.ACCEPTED, State.UNKNOWN, State.PENDING] == states


async def test_a_finished_broadcast_counts_what_comes_after(desk: Desk) -> None:
    """The tally of a finished chunk follows, and equals a count of the lines."""
    for seq, state in enumerate((State.ACCEPTED, State.UNKNOWN, State.REJECTED)):
        await desk.bring(seq, state)
    assert await desk.ledger.release(desk.lease)

    for status in ("sent", "read", "failed"):
        await desk.add(desk.told(status, 0), desk.told(status, 1))
    await desk.add(desk.told("failed", 2))

    counts = await desk.ledger.counts(desk.broadcast)
    assert {"read": 2} == counts.statuses
    assert (2, 1, 0) == tuple(counts.states[state] for state in (State.ACCEPTED, State.REJECTED, State.UNKNOWN))


async def test_a_held_broadcast_is_finished_once_nothing_is_unknown(desk: Desk) -> None:
    """By the status that settles the last one, and not before; the timeline says why."""
    for seq in range(3):
        await desk.bring(seq, State.UNKNOWN)
    assert await desk.ledger.release(desk.lease)
    await desk.ledger.enter(desk.broadcast, Phase.HELD, at=NOW)

    await desk.add(desk.told("sent", 0), desk.told("failed", 1))
    assert Phase.HELD == (await desk.ledger.broadcast(desk.broadcast)).phase
    await desk.add(desk.told("sent", 2))

    assert Phase.FINISHED == (await desk.ledger.broadcast(desk.broadcast)).phase
    assert "callbacks settled" in (await desk.ledger.timeline(desk.broadcast))[-1].detail


async def test_forged_and_foreign_references_move_nothing(desk: Desk) -> None:
    """They may name a delivery, but not with this ledger's secret."""
    await desk.bring(0, State.UNKNOWN)

    await desk.add(
        told("read", secret=b"another one", broadcast=desk.broadcast, seq=0),
        desk.told("read", 999),
        told("read", secret=desk.ledger.secret, broadcast=2**40, seq=2**40),
    )

    assert State.UNKNOWN == (await desk.line()).state
    assert 3 == (await desk.ledger.arrivals()).unknown


async def test_odd_events_cost_the_others_nothing(desk: Desk) -> None:
    """Times that are none, ids that are huge or no text, and what is not what it says."""
    await desk.bring(0, State.UNKNOWN)
    odd = [
        desk.told("sent", 1, at=float("nan")),
        desk.told("sent", 1, at=1e300),
        desk.told("sent", 1, at=-5.0),
        told("sent", message_id="x" * 100_000),
        told("sent", message_id="\ud800"),
        told("sent", message_id=7),  # type: ignore[arg-type]  # a foreign parser might
    ]

    found = await desk.ledger.add([*odd, desk.told("read", 0)], now=NOW)

    assert len(found) >= 5
    assert (State.ACCEPTED, "read") == ((line := await desk.line()).state, line.status)


async def test_who_opts_out_by_an_error_is_suppressed(desk: Desk) -> None:
    """By the delivery's number, and by the payload's where the message is not ours."""
    await desk.bring(1, State.ACCEPTED)

    await desk.add(
        desk.told("failed", 1, error=OptedOut, code="131050"),
        told("failed", message_id="other", recipient=PERSON, error=OptedOut),
        desk.told("failed", 1, code="131026"),
    )

    assert [(FIRST, "opt-out error"), (FIRST + 1, "opt-out error")] == [
        (entry.address, entry.source) for entry in await desk.suppressed()
    ]


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("STOP", True),
        (" stop. ", True),
        ("Stop  Promotions", True),
        ("\uff33TOP", True),
        ("unsubscribe!", True),
        ("STOP,", True),
        ("\u200estop\u200b", True),
        ("please stop", False),
        ("stop it", False),
        ("cancel", False),
        (".", False),
        ("stop" * 100, False),
    ],
)
async def test_who_writes_a_stop_word_and_nothing_else_is_suppressed(desk: Desk, text: str, *, stops: bool) -> None:
    """Whatever its case; a sentence that holds one is for people to read."""
    await desk.add(message("m", text, sender=PERSON))

    assert [(FIRST, "opt-out message")] * stops == [(entry.address, entry.source) for entry in await desk.suppressed()]


async def test_a_tap_on_the_button_of_a_template_counts_and_a_hidden_number_does_not(desk: Desk) -> None:
    """Meta's own button says "Stop promotions"; without a number nobody can be suppressed."""
    tap = TemplateReply(text="Stop promotions")
    await desk.add(message("m", sender=None, content=tap), message("n", sender=PERSON, content=tap))

    assert [FIRST] == [entry.address for entry in await desk.suppressed()]


async def test_times_that_a_status_does_not_change_stay_to_the_last_bit(desk: Desk) -> None:
    """They are not written anew from what was read for the status."""
    when, later = NOW + 0.1234567, LATER + 0.7654321
    assert await desk.ledger.claim(desk.lease, 0, now=NOW)
    await desk.settle(settled(0, State.DEFERRED, not_before=later))
    await desk.bring(1, State.UNKNOWN)
    await desk.add(desk.told("delivered", 1, at=when))

    await desk.add(desk.told("failed", 0), desk.told("sent", 1, message_id="wamid.b"))

    first, second = await desk.line(0), await desk.line(1)
    assert (State.DEFERRED, "failed", later) == (first.state, first.status, first.not_before)
    assert ("delivered", when, "wamid.b") == (second.status, second.status_at, second.message_id)


async def test_a_time_stays_when_a_failed_message_turns_out_to_have_left(desk: Desk) -> None:
    """The status on record changes by that, and not when it was told."""
    when = NOW + 0.4915671
    await desk.bring(0, State.ACCEPTED)
    await desk.add(desk.told("failed", at=when))

    await desk.add(desk.told("sent"))

    assert ("failed", when) == ((line := await desk.line()).status, line.status_at)


async def test_an_id_that_no_text_can_hold_is_no_id(desk: Desk) -> None:
    """Half of it would be another one's."""
    await desk.bring(0, State.UNKNOWN)

    await desk.add(desk.told("sent", message_id="ab\0cd"), told("sent", message_id="ab\0"))

    assert (State.ACCEPTED, None) == ((line := await desk.line()).state, line.message_id)
    assert 1 == (await desk.ledger.arrivals()).unknown


async def test_a_reason_that_another_process_has_noted_meanwhile_is_no_obstacle(store: Place, desk: Desk) -> None:
    """Each process remembers the reasons that it has seen."""
    for seq in range(3):
        await desk.bring(seq, State.ACCEPTED)
    other = Desk(await store.open())
    other.broadcast = desk.broadcast
    await other.add(other.told("failed", 0, code="1"))
    await desk.add(desk.told("failed", 1, code="2"))

    await other.add(other.told("failed", 2, code="2"), other.told("delivered", 0))

    assert [("delivered", None), ("failed", "2"), ("failed", "2")] == [
        (line.status, line.code) for line in await all_lines(desk.ledger, desk.broadcast)
    ]


async def test_events_need_no_lock(store: Place, desk: Desk) -> None:
    """A second handle adds while the first one holds the lock and runs."""
    await desk.bring(0, State.SENDING)
    other = Desk(await store.open())
    other.broadcast = desk.broadcast

    await other.add(other.told("sent"))
    await desk.settle(settled(0, State.UNKNOWN))

    assert State.ACCEPTED == (await desk.line()).state
    assert Phase.RUNNING == (await desk.ledger.broadcast(desk.broadcast)).phase


async def test_a_key_is_forgotten_after_a_week_and_not_before(desk: Desk) -> None:
    """Calls that follow sweep it away, so that the ledger does not grow for ever."""
    event = told(DeliveryStatus.SENT, message_id="a")
    assert [event] == [stored.event for stored in await desk.ledger.add([event], now=NOW)]

    for _ in range(1000):
        await desk.ledger.add([], now=NOW + 7 * 86_400)
    assert [] == await desk.ledger.add([event], now=NOW + 7 * 86_400)
    for _ in range(1000):
        await desk.ledger.add([], now=NOW + 10 * 86_400)
    assert [event] == [stored.event for stored in await desk.ledger.add([event], now=NOW + 10 * 86_400)]
