"""One delivery on its way: what each end makes of it, and that its intent is on disk first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.broadcast_desk import Desk, number, numbers
from tests.support.broadcast_provider import ACCEPT, Double, End, always, by_number, early, lost, refuse
from tests.support.broadcast_truth import check_truth
from wamsg import errors
from wamsg.ledger import Lease, Phase, State
from wamsg.ledger.reference import parse_reference
from wamsg.model import File, Image, Text

ASHA, RAVI = number(0), number(1)


@pytest.mark.parametrize(
    ("end", "state", "kind"),
    [
        (ACCEPT, State.ACCEPTED, None),
        (lost(accepted=True), State.UNKNOWN, "Unanswered"),
        (lost(accepted=False), State.UNKNOWN, "Unanswered"),
        (refuse(errors.RecipientRefused("no", code="131026", http_status=400)), State.REJECTED, "RecipientRefused"),
        (refuse(errors.OptedOut("no")), State.REJECTED, "OptedOut"),
        (refuse(errors.WindowClosed("no")), State.REJECTED, "WindowClosed"),
        (refuse(errors.SendFailed("no")), State.REJECTED, "SendFailed"),
        (refuse(errors.Rejected("a code that nobody knows")), State.REJECTED, "Rejected"),
        (early(errors.MediaRefused("too large")), State.REJECTED, "MediaRefused"),
        (early(errors.Unsupported("no stickers here")), State.REJECTED, "Unsupported"),
        (early(errors.InvalidMessage("too long")), State.REJECTED, "InvalidMessage"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
async def test_each_final_end_is_what_design_says(desk: Desk, end: End, state: State, kind: str | None) -> None:
    """One recipient's end concerns nobody else, and is tried once."""
    broadcast = await desk.plan(numbers(3))
    desk.provider.script = by_number({RAVI: end})

    ended = await desk.run(broadcast)

    line = (await desk.deliveries(broadcast))[RAVI]
    assert (line.state, line.kind, line.attempts) == (state, kind, 1)
    assert desk.provider.asked[RAVI] == 1
    assert ended.counts.states[State.ACCEPTED] == (3 if state is State.ACCEPTED else 2)
    assert ended.phase is (Phase.HELD if state is State.UNKNOWN else Phase.FINISHED)
    if state is State.REJECTED and kind == "RecipientRefused":
        assert (line.code, line.http_status) == ("131026", 400)
    await check_truth(desk, broadcast)


@pytest.mark.parametrize(
    "error",
    [errors.NotSent("no connection"), errors.Unavailable("later"), errors.Throttled("slow down", retry_after=3.0)],
    ids=lambda error: type(error).__name__,
)
async def test_what_was_surely_not_accepted_is_tried_again(desk: Desk, error: Exception) -> None:
    """It waits for its time, and the second try carries a reference of its own."""
    broadcast = await desk.plan(numbers(3))
    desk.provider.script = by_number({RAVI: [refuse(error)]})

    ended = await desk.run(broadcast)

    assert ended.phase is Phase.FINISHED
    assert ended.counts.states[State.ACCEPTED] == 3
    assert desk.provider.asked[RAVI] == 2
    attempts = [
        found.attempt
        for reference in desk.provider.references
        if (found := parse_reference(desk.ledger.secret, reference)) is not None and found.seq == 1
    ]
    assert attempts == [1, 2]
    assert (await desk.deliveries(broadcast))[RAVI].attempts == 2
    await check_truth(desk, broadcast)


async def test_who_waits_for_a_lane_is_not_claimed(desk: Desk) -> None:
    """A kill in that moment leaves it pending, because nothing of it can have gone out."""
    broadcast = await desk.plan(numbers(40), concurrency=16)
    lane = asyncio.Event()
    double = Double(desk.provider, lane=lambda to: lane if to >= number(10) else _open())
    task = asyncio.create_task((await desk.runner(broadcast, double)).run())

    await desk.until(lambda: len(double.waiting) == 8)

    states = await desk.states(broadcast)
    assert {states[to] for to in double.waiting} == {State.PENDING}
    assert sorted(desk.provider.left) == numbers(10)
    assert (await desk.ledger.counts(broadcast.id)).states[State.SENDING] == 0
    lane.set()
    assert (await desk.drive(task)).phase is Phase.FINISHED
    await check_truth(desk, broadcast)


async def test_a_short_pause_is_kept_without_a_delivery_in_hand(desk: Desk) -> None:
    """A limiter that says "not for 90 seconds" costs no try, and after it all is sent."""
    broadcast = await desk.plan(numbers(30))
    started = desk.clock.time()
    resumes = started + 90

    def script(_to: str, _nth: int) -> End:
        left = resumes - desk.clock.time()
        return early(errors.Throttled("paused", retry_after=left)) if left > 0 else ACCEPT

    desk.provider.script = script
    runner = await desk.runner(broadcast)
    ended = await desk.drive(runner.run())

    assert ended.phase is Phase.FINISHED
    # Tasks that gave way to the pause are not kept for ever.
    assert runner._halt._waiting == set()
    assert min(taken.at for taken in desk.provider.accepted) == resumes
    assert {line.attempts for line in (await desk.deliveries(broadcast)).values()} == {1}
    # Nobody asks again and again while the pause lasts.
    assert sum(desk.provider.asked.values()) <= 30 + 10
    assert "the provider asked for a pause" in {progress.waiting for progress in desk.shown}
    await check_truth(desk, broadcast)


async def test_a_recipient_whose_own_lane_is_closed_keeps_nobody_else_waiting(desk: Desk) -> None:
    """A pair limit holds up that pair: all others go on, and the one comes back at its time."""
    broadcast = await desk.plan(numbers(60), concurrency=8)
    started = desk.clock.time()

    def script(to: str, _nth: int) -> End:
        left = started + 1000 - desk.clock.time()
        return early(errors.Throttled("the pair's lane", retry_after=left)) if to == number(20) and left > 0 else ACCEPT

    desk.provider.script = script
    ended = await desk.run(broadcast, step=10.0)

    assert ended.counts.states[State.ACCEPTED] == 60
    at = {taken.to: taken.at - started for taken in desk.provider.accepted}
    assert at.pop(number(20)) >= 1000
    assert max(at.values()) < 60
    assert desk.provider.asked[number(20)] < 8
    await check_truth(desk, broadcast)


async def test_a_long_pause_after_a_departure_is_kept_too(desk: Desk) -> None:
    """A 429 with an hour's wait puts its delivery off for an hour."""
    broadcast = await desk.plan(numbers(2), concurrency=1)
    desk.provider.script = by_number({ASHA: [refuse(errors.Throttled("slow down", retry_after=3600.0))]})
    started = desk.clock.time()

    ended = await desk.run(broadcast, step=20.0)

    assert ended.phase is Phase.FINISHED
    at = {taken.to: taken.at - started for taken in desk.provider.accepted}
    assert at[RAVI] < 60
    assert 3600 <= at[ASHA] <= 3660
    assert "throttled" in await desk.kinds(broadcast)
    await check_truth(desk, broadcast)


async def test_kaleyras_three_waits_are_five_ten_and_fifteen_minutes(desk: Desk) -> None:
    """WA500's documented advice, counted in tries; then it is a person's business."""
    broadcast = await desk.plan([ASHA])
    times: list[float] = []

    def script(_to: str, _nth: int) -> End:
        times.append(desk.clock.time())
        return refuse(errors.Unavailable("try later", code="WA500", retry_after=300.0))

    desk.provider.script = script
    ended = await desk.run(broadcast, step=3.0)

    waits = [round(later - sooner) for sooner, later in pairwise(times)]
    assert waits == pytest.approx([300, 600, 900], abs=6)
    line = (await desk.deliveries(broadcast))[ASHA]
    assert (line.state, line.code, line.attempts) == (State.REJECTED, "WA500", 4)
    assert "given up after 4 tries" in (line.detail or "")
    assert ended.phase is Phase.FINISHED
    await check_truth(desk, broadcast)


@pytest.mark.parametrize("attempts", [1, 2, 4])
async def test_patience_is_what_the_options_say(desk: Desk, attempts: int) -> None:
    """So many tries and no more."""
    broadcast = await desk.plan([ASHA], attempts=attempts)
    desk.provider.script = always(refuse(errors.Unavailable("later", retry_after=5.0)))

    ended = await desk.run(broadcast)

    assert desk.provider.asked[ASHA] == attempts
    assert ended.counts.states[State.REJECTED] == 1


async def test_being_throttled_uses_up_no_patience(desk: Desk) -> None:
    """However often its lane was paused before, a delivery that the provider puts off has all its tries."""
    broadcast = await desk.plan([ASHA])
    throttled = refuse(errors.Throttled("slow", retry_after=2.0))
    later = refuse(errors.Unavailable("later", retry_after=10.0))
    desk.provider.script = by_number({ASHA: [throttled] * 6 + [later] * 3})

    ended = await desk.run(broadcast)

    assert ended.counts.states[State.ACCEPTED] == 1
    assert desk.provider.asked[ASHA] == 10
    await check_truth(desk, broadcast)


@pytest.mark.parametrize("cause", ["deadline", "window"])
async def test_what_has_become_too_late_in_a_lane_is_not_sent(desk: Desk, cause: str) -> None:
    """The time counts at which it leaves, not that at which it began to wait."""
    from wamsg.broadcast.policy import Hours

    # 22:13 UTC is 03:43 in India.
    options: dict[str, Any] = (
        {"expires_after": 1200.0} if cause == "deadline" else {"window": Hours.parse("03:00-04:00")}
    )
    broadcast = await desk.plan(numbers(12), **options)
    lane = asyncio.Event()
    double = Double(desk.provider, lane=lambda _: lane)
    runner = await desk.runner(broadcast, double)
    task = asyncio.create_task(runner.run())
    await desk.until(lambda: len(double.waiting) == 5)
    await desk.clock.leap(1201)
    lane.set()

    if cause == "deadline":
        assert (await desk.drive(task)).counts.states[State.EXPIRED] == 12
        assert desk.provider.left == []
    else:
        await desk.until(lambda: len(desk.provider.left) == 12, step=600.0)
        assert {(taken.at + 5.5 * 3600) % 86400 // 3600 for taken in desk.provider.accepted} == {3.0}
        assert (await desk.drive(task)).phase is Phase.FINISHED
    await check_truth(desk, broadcast)


ODD = ["Zoë", "रवि", "👩‍👩‍👧", "O'Neil; DROP", "{first_name}", "a\u202eb", "ﷺ", "\U0001d4d0", "x" * 3000, "%s %d"]


async def test_each_person_gets_their_own_text(desk: Desk) -> None:
    """Whatever the values hold, and however many are under way at once."""
    rows = [{"phone": number(place), "first_name": f"{ODD[place % 10]}{place}"} for place in range(220)]
    message = {"type": "text", "body": "Hello {first_name}, {first_name}!"}
    broadcast = await desk.plan(rows, message=message, concurrency=32, rate=1.0)
    desk.provider.script = lambda to, _: End(slow=float(int(to[-2:]) % 7))

    await desk.run(broadcast)

    assert len(desk.provider.accepted) == 220
    for taken in desk.provider.accepted:
        name = rows[int(taken.to[-4:])]["first_name"]
        assert taken.content == Text(body=f"Hello {name}, {name}!")
    await check_truth(desk, broadcast)


async def test_a_file_of_one_row_that_is_gone_rejects_that_row_alone(desk: Desk, tmp_path: Path) -> None:
    """Files named by rows are looked at when they are sent; whoever lacks one is told of, the others get theirs."""
    for place in range(4):
        (tmp_path / f"{place}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([place]) * 16)
    rows = [{"phone": number(place), "photo": f"{place}.png"} for place in range(4)]
    broadcast = await desk.plan(rows, message={"type": "image", "file": "{photo}"}, files=tmp_path)
    (tmp_path / "2.png").unlink()

    ended = await desk.run(broadcast)

    states = await desk.states(broadcast)
    assert [states[number(place)] for place in range(4)] == [
        State.ACCEPTED,
        State.ACCEPTED,
        State.REJECTED,
        State.ACCEPTED,
    ]
    assert ended.phase is Phase.FINISHED
    assert "2.png" in ((await desk.deliveries(broadcast))[number(2)].detail or "")
    contents = {taken.to: taken.content for taken in desk.provider.accepted}
    assert contents[number(3)] == Image(file=File.at(tmp_path / "3.png"))
    await check_truth(desk, broadcast)


async def test_someone_who_was_suppressed_after_the_plan_is_skipped(desk: Desk) -> None:
    """Also on a later run, and without being claimed."""
    from wamsg.ledger import Suppression

    broadcast = await desk.plan(numbers(3))
    entry = Suppression(address=int(RAVI[1:]), reason="asked us to stop", source="person", at=0.0)
    assert await desk.ledger.suppress([entry]) == 1

    ended = await desk.run(broadcast)

    line = (await desk.deliveries(broadcast))[RAVI]
    assert (line.state, line.kind, line.attempts) == (State.SKIPPED, "Suppressed", 0)
    assert ended.phase is Phase.FINISHED
    await check_truth(desk, broadcast)


async def test_an_opt_out_is_remembered_for_the_next_broadcast(desk: Desk) -> None:
    """Whoever the provider says has opted out is on the list, with where that came from."""
    first = await desk.plan(numbers(3))
    desk.provider.script = by_number({RAVI: refuse(errors.OptedOut("the user stopped marketing messages"))})
    await desk.run(first)

    (entry,) = [entry async for entry in desk.ledger.suppressions()]
    assert (entry.address, entry.source) == (int(RAVI[1:]), "opt-out error")
    second = await desk.plan(numbers(3))
    assert (await desk.ledger.counts(second.id)).suppressed == 1


def _open() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


async def test_being_torn_off_in_the_moment_of_the_grant_leaves_no_question(desk: Desk, monkeypatch: Any) -> None:
    """The intent is on disk, but nothing of it left and nothing will: it is sent again, and not called unknown."""
    broadcast = await desk.plan(numbers(3), concurrency=2)
    real, torn = desk.watched.real.claim, list[int]()

    def claim(lease: Lease, seq: int, *, now: float) -> Awaitable[bool]:
        granted = asyncio.ensure_future(real(lease, seq, now=now))
        if seq != 1 or torn:
            return granted
        torn.append(seq)
        worker, told = asyncio.current_task(), asyncio.get_running_loop().create_future()

        def tell(_: object) -> None:
            told.set_result(granted.result())
            assert worker is not None
            worker.cancel()

        granted.add_done_callback(tell)
        return told

    monkeypatch.setattr(desk.watched.real, "claim", claim)
    ended = await desk.run(broadcast)

    assert (torn, ended.phase) == ([1], Phase.FINISHED)
    assert desk.provider.left.count(RAVI) == 1
    assert (await desk.deliveries(broadcast))[RAVI].attempts == 2
    await check_truth(desk, broadcast)
