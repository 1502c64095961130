"""Runs as a whole, held against what the provider accepted."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from tests.support.broadcast_desk import Desk, number, numbers
from tests.support.broadcast_provider import ACCEPT, Double, End, always, by_number, lost, refuse
from tests.support.broadcast_truth import check_truth
from wamsg import errors
from wamsg.broadcast import OnUnknown, Options, Runner
from wamsg.broadcast.plan import message_from_dict
from wamsg.engine import LocalEngine
from wamsg.ledger import Phase, State, Wanted
from wamsg.ledger.sqlite import open_sqlite


async def test_everyone_is_sent_to_once(desk: Desk) -> None:
    """A run without faults ends finished, with each intent on disk before its request left."""
    broadcast = await desk.plan(numbers(450), rate=1.0)

    ended = await desk.run(broadcast)

    assert (ended.phase, ended.reason) == (Phase.FINISHED, "")
    assert sorted(desk.provider.left) == numbers(450)
    assert len(desk.provider.on_disk) == 450
    await check_truth(desk, broadcast)
    assert await desk.kinds(broadcast) == ["planned", "started", "finished"]


async def test_refused_lines_are_counted_and_never_sent(desk: Desk) -> None:
    """Invalid and duplicate lines stay what they are, and the counts add up."""
    broadcast = await desk.plan([*numbers(5), "no number", number(2), number(3)])

    ended = await desk.run(broadcast)

    assert (ended.counts.rows, ended.counts.invalid, ended.counts.duplicate) == (8, 1, 2)
    assert ended.counts.states[State.ACCEPTED] == 5
    await check_truth(desk, broadcast)


async def test_a_second_run_of_a_finished_broadcast_sends_nothing(desk: Desk) -> None:
    """Resuming what is over is harmless."""
    broadcast = await desk.plan(numbers(20))
    await desk.run(broadcast)

    ended = await desk.run(broadcast)

    assert ended.phase is Phase.FINISHED
    assert len(desk.provider.left) == 20
    await check_truth(desk, broadcast)


@pytest.mark.parametrize("places", ["departed", "in a lane", "being claimed"])
async def test_stopping_keeps_what_has_left_and_calls_back_the_rest(desk: Desk, places: str) -> None:
    """Nothing new leaves after the stop, what is under way is answered, and a resume sends to exactly the others."""
    broadcast = await desk.plan(numbers(60), concurrency=20)
    gate, lane = asyncio.Event(), asyncio.Event()
    desk.provider.script = lambda to, _: End(gate=gate) if to >= number(10) else ACCEPT
    double = Double(desk.provider, lane=lambda to: lane if places == "in a lane" and to >= number(18) else _open())
    runner, claiming = await desk.runner(broadcast, double), asyncio.Event()
    task = asyncio.create_task(runner.run())
    if places == "being claimed":

        def stop() -> None:
            claiming.set()
            runner.stop("enough")

        _on_call(desk, "claim", 16, stop)
    await desk.until(lambda: claiming.is_set() or len(desk.provider.left) >= 18)
    runner.stop("enough")
    await desk.watched.quiet()
    left = len(desk.provider.left)
    assert not double.waiting
    gate.set()
    lane.set()

    ended = await desk.drive(task)

    assert (ended.phase, ended.reason) == (Phase.PAUSED, "enough")
    assert len(desk.provider.left) == left == ended.counts.states[State.ACCEPTED]
    assert 0 < left < 60
    await check_truth(desk, broadcast)
    assert (await desk.run(broadcast)).phase is Phase.FINISHED
    assert sorted(desk.provider.left) == numbers(60)
    await check_truth(desk, broadcast)
    assert await desk.kinds(broadcast) == ["planned", "started", "paused", "resumed", "finished"]


async def test_a_stop_between_reading_and_waiting_is_heard(desk: Desk) -> None:
    """A delivery that was handed out in the moment of the stop does not wait for a lane all the same."""
    broadcast = await desk.plan(numbers(3), concurrency=1)
    double = Double(desk.provider, lane=lambda _: asyncio.Event())
    runner = await desk.runner(broadcast, double)
    _on_call(desk, "due", 1, lambda: runner.stop("enough"))

    ended = await desk.drive(runner.run(), most=10)

    assert ended.phase is Phase.PAUSED
    assert ended.counts.states[State.PENDING] == 3


@pytest.mark.parametrize(
    ("wanted", "phase", "rest"),
    [(Wanted.PAUSE, Phase.PAUSED, State.PENDING), (Wanted.CANCEL, Phase.CANCELLED, State.SKIPPED)],
)
async def test_an_order_from_another_terminal_is_heard_within_a_second(
    desk: Desk, wanted: Wanted, phase: Phase, rest: State
) -> None:
    """Through a handle of its own on the same file, while deliveries wait in the limiter."""
    broadcast = await desk.plan(numbers(500), rate=1.0, concurrency=8)
    lane = asyncio.Event()
    double = Double(desk.provider, lane=lambda to: lane if to > number(100) else _open())
    task = asyncio.create_task((await desk.runner(broadcast, double)).run())
    await desk.until(lambda: len(double.waiting) == 8)
    other = await open_sqlite(desk.path, create=False)
    try:
        await other.order(broadcast.id, wanted)
        await desk.until(task.done, most=2)
    finally:
        await other.aclose()

    ended = await desk.drive(task)

    assert ended.phase is phase
    assert ended.reason
    assert ended.counts.states[rest] == 500 - len(desk.provider.left)
    await check_truth(desk, broadcast)


async def test_a_cancelled_broadcast_stays_cancelled(desk: Desk) -> None:
    """It cannot be run again, and what a retry might want is refused."""
    broadcast = await desk.plan(numbers(40), concurrency=4)
    gate = asyncio.Event()
    desk.provider.script = always(End(gate=gate))
    task = asyncio.create_task((await desk.runner(broadcast)).run())
    await desk.until(lambda: len(desk.provider.left) == 2)
    await desk.ledger.order(broadcast.id, Wanted.CANCEL)
    await desk.clock.leap(1.0)
    await desk.watched.quiet()
    gate.set()
    ended = await desk.drive(task)

    assert (ended.counts.states[State.ACCEPTED], ended.counts.states[State.SKIPPED]) == (2, 38)
    with pytest.raises(errors.LedgerError, match="cancelled"):
        await desk.runner(broadcast)
    await check_truth(desk, broadcast)


@pytest.mark.parametrize("instant", ["departed", "in a lane", "taking", "claiming", "settling"])
async def test_being_torn_off_loses_nobody(desk: Desk, instant: str) -> None:
    """A run whose task is cancelled notes what it can; the next one, on the same handle, sends to the others."""
    broadcast = await desk.plan(numbers(60), concurrency=8)
    gate, lane = asyncio.Event(), asyncio.Event()
    desk.provider.script = lambda to, _: End(gate=gate) if to >= number(20) else ACCEPT
    double = Double(desk.provider, lane=lambda to: lane if instant == "in a lane" and to > number(9) else _open())
    task = asyncio.create_task((await desk.runner(broadcast, double)).run())
    call = {"taking": ("take", 1), "claiming": ("claim", 15), "settling": ("settle", 12)}.get(instant)
    if call:
        _on_call(desk, *call, task.cancel)
    await desk.until(lambda: task.done() or len(desk.provider.left) >= 23 or len(double.waiting) == 4)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    found = await desk.ledger.broadcast(broadcast.id)
    assert found.phase in {Phase.STOPPED, Phase.RUNNING}
    gate.set()
    lane.set()

    # Where a lease was lost on its way, the next run cannot know, and says so instead of "finished".
    ended = await desk.run(broadcast)
    if ended.phase is Phase.STOPPED:
        assert instant == "taking"
        await desk.clock.leap(31.0)
        ended = await desk.run(broadcast)

    assert ended.phase in {Phase.FINISHED, Phase.HELD}
    assert not ended.counts.open
    unknown = [to for to, state in (await desk.states(broadcast)).items() if state is State.UNKNOWN]
    assert len(unknown) <= 8
    await check_truth(desk, broadcast)


async def test_a_full_disk_stops_everything_and_loses_nothing(desk: Desk) -> None:
    """Nothing leaves whose intent could not be stored; what left before is accepted or unknown, never pending."""
    broadcast = await desk.plan([{"phone": to, "name": "x" * 500} for to in numbers(400)], rate=1.0, concurrency=8)
    await desk.fill_disk(pages=2)

    with pytest.raises(errors.LedgerUnusable, match="disk is full"):
        await desk.run(broadcast)

    left = len(desk.provider.left)
    assert 0 < left < 400
    await desk.reopen()
    states = await desk.states(broadcast)
    assert {states[to] for to in desk.provider.left} <= {State.ACCEPTED, State.UNKNOWN}
    assert (await desk.run(broadcast)).phase in {Phase.FINISHED, Phase.HELD}
    assert sorted(desk.provider.left) == numbers(400)
    await check_truth(desk, broadcast)


@pytest.mark.parametrize("call", ["take", "due", "claim", "renew", "release", "flush", "settle"])
async def test_a_ledger_that_fails_anywhere_ends_the_run_with_its_error(desk: Desk, call: str) -> None:
    """Whatever fails and whenever: it is raised, nothing hangs, and the next run completes what is left."""
    broadcast = await desk.plan(numbers(620), rate=1.0, concurrency=8)
    desk.provider.script = always(End(slow=1.0))
    calls = {"take": 2, "due": 2, "renew": 3, "claim": 30, "settle": 30}.get(call, 1)

    def fail() -> None:
        raise errors.LedgerUnusable("the disk reports an error")

    _on_call(desk, call, calls, fail)
    with pytest.raises(errors.LedgerUnusable):
        await desk.run(broadcast)

    assert len(desk.provider.left) < 620
    await desk.reopen()
    assert (await desk.run(broadcast)).phase in {Phase.FINISHED, Phase.HELD}
    assert sorted(desk.provider.left) == numbers(620)
    await check_truth(desk, broadcast)


async def test_a_ledger_that_is_closed_in_the_middle_ends_the_run(desk: Desk) -> None:
    """Nothing hangs and nothing more leaves; what was under way is unknown to the next process at worst."""
    broadcast = await desk.plan(numbers(200), concurrency=8)
    desk.provider.script = always(End(slow=1.0))
    task = asyncio.create_task((await desk.runner(broadcast)).run())
    await desk.until(lambda: len(desk.provider.left) > 20)
    await desk.watched.real.aclose()

    with pytest.raises(errors.LedgerError, match="closed"):
        await desk.drive(task, most=20)

    left = len(desk.provider.left)
    assert left < 40
    await desk.reopen()
    assert (await desk.run(broadcast)).phase in {Phase.FINISHED, Phase.HELD}
    assert sorted(desk.provider.left) == numbers(200)
    await check_truth(desk, broadcast)


async def test_a_broken_progress_bar_is_an_error_and_not_a_run_without_a_steward(desk: Desk) -> None:
    """What ``show`` raises stops the run in good order and is raised."""
    broadcast = await desk.plan(numbers(100), concurrency=2)
    desk.provider.script = always(End(slow=2.0))
    shown = list[object]()

    def show(progress: object) -> None:
        shown.append(progress)
        if len(shown) == 3:
            raise RuntimeError("the terminal is gone")

    with pytest.raises(RuntimeError, match="the terminal is gone"):
        await desk.run(broadcast, show=show)

    assert 0 < len(desk.provider.left) < 100
    assert State.UNKNOWN not in (await desk.states(broadcast)).values()
    assert (await desk.ledger.broadcast(broadcast.id)).phase is Phase.STOPPED
    await check_truth(desk, broadcast)


@pytest.mark.parametrize(
    ("policy", "phase", "tries"),
    [
        (OnUnknown.HOLD, Phase.HELD, 1),
        (OnUnknown.SKIP, Phase.FINISHED, 1),
        (OnUnknown.RESEND, Phase.HELD, 3),
    ],
)
async def test_the_policy_for_unknown_deliveries_is_kept(
    desk: Desk, policy: OnUnknown, phase: Phase, tries: int
) -> None:
    """Only ``resend`` repeats, a bounded number of times, and what stays unknown is never called anything else."""
    broadcast = await desk.plan(numbers(5), on_unknown=policy)
    desk.provider.script = by_number({number(2): lost(accepted=True)})

    ended = await desk.run(broadcast)

    assert desk.provider.asked[number(2)] == tries
    assert ended.phase is phase
    assert ended.counts.states[State.UNKNOWN] == 1
    await check_truth(desk, broadcast, twice=policy is OnUnknown.RESEND)


async def test_resend_stops_at_the_first_answer(desk: Desk) -> None:
    """A lost answer costs one repetition, for that recipient alone."""
    broadcast = await desk.plan(numbers(30), on_unknown=OnUnknown.RESEND)
    desk.provider.script = by_number({number(2): [lost(accepted=False)], number(3): [lost(accepted=False)] * 2})

    ended = await desk.run(broadcast)

    assert ended.phase is Phase.FINISHED
    assert {to: count for to, count in desk.provider.asked.items() if count > 1} == {number(2): 2, number(3): 3}
    await check_truth(desk, broadcast)


async def test_ask_sends_again_what_surely_did_not_go_out(desk: Desk) -> None:
    """The look-up settles some, makes others due, and leaves the rest to a person."""
    from wamsg.ledger import Settled

    broadcast = await desk.plan(numbers(4), on_unknown=OnUnknown.ASK)
    desk.provider.script = by_number(
        {number(0): lost(accepted=True), number(1): [lost(accepted=False)], number(2): lost(accepted=True)}
    )

    async def ask() -> int:
        now = desk.clock.time()
        found = [
            Settled(0, State.ACCEPTED, now, message_id=desk.provider.accepted[0].message_id),
            Settled(1, State.DEFERRED, now, not_before=now),
        ]
        await desk.ledger.resolve(broadcast.id, found)
        return 1

    options = Options.from_dict(broadcast.plan.options)
    runner = Runner(
        desk.ledger,
        broadcast,
        [Double(desk.provider)],
        template=message_from_dict(broadcast.plan.message),
        options=options,
        engine=LocalEngine(desk.clock),
        clock=desk.clock,
        show=desk.shown.append,
        ask=ask,
    )
    ended = await desk.drive(runner.run())

    states = await desk.states(broadcast)
    assert [states[to] for to in numbers(4)] == [State.ACCEPTED, State.ACCEPTED, State.UNKNOWN, State.ACCEPTED]
    assert ended.phase is Phase.HELD
    assert desk.provider.asked[number(2)] == 1
    await check_truth(desk, broadcast)


async def test_one_accident_that_cuts_all_connections_is_forgiven(desk: Desk) -> None:
    """As many lost answers as were under way at once do not convict a provider that goes on afterwards."""
    broadcast = await desk.plan(numbers(200), concurrency=64)
    hit = set(numbers(110)[60:])
    desk.provider.script = lambda to, _: End(error=errors.Unanswered("cut"), slow=1.0) if to in hit else End(slow=1.0)

    ended = await desk.run(broadcast)

    assert ended.phase is Phase.HELD
    assert ended.counts.states[State.UNKNOWN] == 50
    await check_truth(desk, broadcast)


async def test_a_provider_that_answers_nobody_stops_the_run(desk: Desk) -> None:
    """Otherwise everybody would end unknown."""
    broadcast = await desk.plan(numbers(2000), concurrency=8)
    desk.provider.script = always(lost(accepted=True))

    ended = await desk.run(broadcast)

    assert ended.phase is Phase.STOPPED
    assert "got no answer" in ended.reason
    assert len(desk.provider.left) < 50
    await check_truth(desk, broadcast)


async def test_a_sender_that_is_convicted_leaves_the_work_to_the_others(desk: Desk) -> None:
    """It burns a handful, those who wait for its lane go through the others, and the timeline says why."""
    broadcast = await desk.plan(numbers(600), rate=1.0, concurrency=64)
    good = Double(desk.provider, script=always(End(slow=0.5)))
    lanes = dict[str, asyncio.Event]()
    bad = Double(
        desk.provider,
        late=lambda _to, _nth: ACCEPT if len(bad.sent) < 12 else refuse(errors.LowBalance("empty")),
        lane=lambda to: lanes.setdefault(to, asyncio.Event()),
    )
    task = asyncio.create_task((await desk.runner(broadcast, bad, good)).run())

    async def let_one_go() -> None:
        if bad.waiting:
            lanes[min(bad.waiting)].set()
        await desk.watched.quiet()
        await desk.clock.leap(0.25)

    for _ in range(400):
        if task.done():
            break
        await let_one_go()

    ended = await desk.drive(task)
    assert ended.phase is Phase.FINISHED
    assert len(bad.sent) == 12 + 5 == 12 + ended.counts.states[State.REJECTED]
    assert ended.counts.states[State.ACCEPTED] == 595
    assert "sender dropped" in await desk.kinds(broadcast)
    await check_truth(desk, broadcast)


async def test_a_message_that_is_wrong_stops_all_senders(desk: Desk) -> None:
    """A refused template is not the fault of one of them."""
    broadcast = await desk.plan(numbers(600), rate=1.0, concurrency=64)
    script = always(End(error=errors.TemplateRefused("paused"), accepted=False, slow=1.0))

    ended = await desk.run(broadcast, Double(desk.provider, script), Double(desk.provider, script))

    assert ended.phase is Phase.STOPPED
    assert len(desk.provider.left) < 20
    await check_truth(desk, broadcast)


async def test_several_senders_share_the_work(desk: Desk) -> None:
    """Each does its part, and nobody is sent to through two of them."""
    broadcast = await desk.plan(numbers(1600), rate=1.0, concurrency=60)
    doubles = [Double(desk.provider, script=always(End(slow=1.0))) for _ in range(3)]

    ended = await desk.run(broadcast, *doubles)

    assert ended.phase is Phase.FINISHED
    assert sum(len(double.sent) for double in doubles) == 1600
    assert min(len(double.sent) for double in doubles) >= 200
    assert max(double.most_in_flight for double in doubles) <= 20
    await check_truth(desk, broadcast)


async def test_a_sender_that_must_pause_does_not_keep_the_others_from_going_on(desk: Desk) -> None:
    """Its chunks go through those that may send."""
    from tests.support.broadcast_provider import early

    broadcast = await desk.plan(numbers(1000), rate=1.0, concurrency=64)
    started = desk.clock.time()
    paused = Double(
        desk.provider,
        script=lambda _to, _nth: (
            early(errors.Throttled("paused", retry_after=7200.0)) if desk.clock.time() < started + 7200 else ACCEPT
        ),
    )
    good = Double(desk.provider, script=always(End(slow=1.0)))

    ended = await desk.run(broadcast, paused, good)

    assert ended.phase is Phase.FINISHED
    assert desk.clock.time() - started < 600
    assert len(good.sent) == 1000
    await check_truth(desk, broadcast)


async def test_progress_only_goes_forward(desk: Desk) -> None:
    """In every snapshot the states are no less than zero and add up, and what is done is never undone."""
    broadcast = await desk.plan(numbers(300), rate=1.0, concurrency=16, on_unknown=OnUnknown.RESEND)
    desk.provider.script = lambda to, nth: (
        {
            1: lost(accepted=False),
            2: refuse(errors.Unavailable("later", retry_after=20.0)),
            3: refuse(errors.RecipientRefused("no")),
        }.get(int(to[-1]), ACCEPT)
        if nth == 1
        else ACCEPT
    )

    ended = await desk.run(broadcast)

    assert len(desk.shown) > 5
    for progress in desk.shown:
        assert min(progress.states.values()) >= 0
        assert (progress.deliveries, progress.rows, progress.broadcast) == (300, 300, broadcast.id)
        assert progress.in_flight <= 16
    finals = [progress.states[State.ACCEPTED] + progress.states[State.REJECTED] for progress in desk.shown]
    assert finals == sorted(finals)
    assert [progress.at for progress in desk.shown] == sorted(progress.at for progress in desk.shown)
    assert dict(desk.shown[-1].states) == dict(ended.counts.states)
    await check_truth(desk, broadcast)


async def test_the_log_tells_no_number(desk: Desk, caplog: Any) -> None:
    """Not even where an error's sentence holds one."""
    broadcast = await desk.plan(numbers(3))
    desk.provider.script = by_number(
        {number(1): refuse(errors.RecipientRefused(f"{number(1)} is not on WhatsApp")), number(2): lost(accepted=True)}
    )
    with caplog.at_level(logging.DEBUG, logger="wamsg.broadcast"):
        await desk.run(broadcast)

    written = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert {"settled", "phase"} <= {record.action for record in caplog.records}
    assert not [to for to in numbers(3) if to[1:] in written]


def _open() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


def _on_call(desk: Desk, name: str, nth: int, act: Any) -> None:
    """Do something right before the ``nth`` call of one of the ledger's methods."""
    left = [nth]

    def before(called: str) -> None:
        if called == name:
            left[0] -= 1
            if left[0] == 0:
                act()

    desk.watched.before = before
