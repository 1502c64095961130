"""One message to many: an outcome for everyone, bounded, stoppable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wamsg import Outcome, PhoneNumber, SendResult, Status, Text, collect, fan_out
from wamsg.errors import (
    ConfigError,
    DuplicateRecipient,
    InvalidRecipient,
    NotSent,
    OptedOut,
    Unanswered,
    Unsupported,
    WamsgError,
)
from wamsg.model import Content, Recipients

HELLO = Text(body="hello")


def number(index: int) -> str:
    return f"+91981234{index:04d}"


class Double:
    """A messenger that holds sends at a gate and fails those it is told to."""

    def __init__(self, *, gated: bool = False, failures: Mapping[str, BaseException] | None = None) -> None:
        self.failures = failures or {}
        self.gate = asyncio.Event()
        if not gated:
            self.gate.set()
        self.started: list[str] = []
        self.in_flight = 0
        self.most_in_flight = 0

    async def send(
        self,
        content: Content,
        *,
        to: Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
    ) -> SendResult:
        assert isinstance(to, PhoneNumber)
        self.started.append(to.e164)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self.gate.wait()
            await asyncio.sleep(0)
        finally:
            self.in_flight -= 1
        if to.e164 in self.failures:
            raise self.failures[to.e164]
        return SendResult(provider="double", to=(to,), message_id=to.digits)

    async def aclose(self) -> None:
        """Nothing is held."""


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_every_recipient_of_the_input_gets_one_outcome() -> None:
    """Accepted, rejected, unknown, invalid and duplicate ones alike, each with its place in the input."""
    double = Double(failures={number(2): OptedOut("no"), number(3): Unanswered("cut"), number(4): NotSent("refused")})

    outcomes = await collect(fan_out(double, HELLO, to=[number(1), number(2), "x", number(3), number(1), number(4)]))

    assert list(range(6)) == [outcome.position for outcome in outcomes]
    assert ["accepted", "rejected", "rejected", "unknown", "rejected", "rejected"] == [o.status for o in outcomes]
    assert [type(None), OptedOut, InvalidRecipient, Unanswered, DuplicateRecipient, NotSent] == [
        type(outcome.error) for outcome in outcomes
    ]
    assert 4 == len(double.started)


async def test_one_string_names_many() -> None:
    """Commas separate; spaces and a trailing comma do no harm."""
    outcomes = await collect(fan_out(Double(), HELLO, to=f"{number(1)}, {number(2)} ,{number(3)},"))

    assert [number(1), number(2), number(3)] == [o.recipient.e164 for o in outcomes if o.recipient]


@pytest.mark.parametrize("empty", ["", " , ,", 5, None])
def test_no_recipient_at_all_is_told_at_once(empty: object) -> None:
    """Before anything is started."""
    with pytest.raises(InvalidRecipient):
        fan_out(Double(), HELLO, to=empty)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True])
def test_a_concurrency_that_makes_no_sense_is_told(wrong: object) -> None:
    """As a setting."""
    with pytest.raises(ConfigError, match="concurrency"):
        fan_out(Double(), HELLO, to=number(1), concurrency=wrong)  # type: ignore[arg-type]  # wrong on purpose


async def test_an_empty_iterable_ends_at_once() -> None:
    """Nobody to send to is no error when it was computed."""
    assert [] == await collect(fan_out(Double(), HELLO, to=[]))


async def test_no_more_are_under_way_than_asked() -> None:
    """gather over thousands ends in pool timeouts (python-telegram-bot #3950)."""
    double = Double()

    await collect(fan_out(double, HELLO, to=map(number, range(500)), concurrency=7))

    assert 7 == double.most_in_flight


async def test_an_async_source_is_read_by_one_at_a_time() -> None:
    """An async generator that is asked twice at once raises."""

    async def source() -> AsyncIterator[str]:
        for index in range(100):
            await asyncio.sleep(0)
            yield number(index)

    outcomes = await collect(fan_out(Double(), HELLO, to=source(), concurrency=10))

    assert [number(index) for index in range(100)] == [o.recipient.e164 for o in outcomes if o.recipient]


async def test_a_slow_consumer_slows_the_sending() -> None:
    """The source is read no further than what is under way and untold."""
    read = 0

    def source() -> Iterator[str]:
        nonlocal read
        for index in range(10_000):
            read += 1
            yield number(index)

    run = fan_out(Double(), HELLO, to=source(), concurrency=5)
    for _ in range(3):
        await anext(run)
        await settle()

    assert read <= 3 + 5 + 5 + 1
    await run.aclose()


async def test_leaving_the_loop_starts_nothing_new_and_finishes_what_was_started() -> None:
    """``break`` is enough; nobody has to remember to close."""
    double = Double()
    async for _ in fan_out(double, HELLO, to=map(number, range(1000)), concurrency=4):
        break
    await settle()
    started = len(double.started)
    await settle()

    assert started == len(double.started) <= 12
    assert 0 == double.in_flight
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "wamsg fan-out"]


async def test_closing_waits_for_what_was_started_and_its_outcomes_can_still_be_read() -> None:
    """Every started send has an outcome, also when nobody waited for it in the loop."""
    double = Double(gated=True)
    run = fan_out(double, HELLO, to=map(number, range(1000)), concurrency=4)
    reading = asyncio.ensure_future(anext(run))
    await settle()
    closing = asyncio.ensure_future(run.aclose())
    await settle()
    assert not closing.done()
    double.gate.set()
    await closing

    told = [await reading, *[outcome async for outcome in run]]

    assert sorted(double.started) == sorted(o.recipient.e164 for o in told if o.recipient)
    assert 4 == len(told)


async def test_cancelling_the_consumer_settles_every_started_send() -> None:
    """A send that is cut off may have gone out, so it is finished first and told."""
    double = Double(gated=True)
    run = fan_out(double, HELLO, to=map(number, range(1000)), concurrency=4)

    async def consume() -> list[Outcome]:
        try:
            async for _ in run:
                pass
        except asyncio.CancelledError:
            return [outcome async for outcome in run]
        return []

    task = asyncio.create_task(consume())
    await settle()
    task.cancel()
    await settle()
    assert not task.done()
    double.gate.set()

    told = await task
    assert sorted(double.started) == sorted(o.recipient.e164 for o in told if o.recipient)
    assert {Status.ACCEPTED} == {outcome.status for outcome in told}


async def test_a_worker_that_is_cut_off_tells_that_it_may_have_gone_out() -> None:
    """As at the end of asyncio.run, which cancels every task."""
    double = Double(gated=True)
    run = fan_out(double, HELLO, to=[number(1)], concurrency=1)
    reading = asyncio.ensure_future(anext(run))
    await settle()
    (worker,) = (task for task in asyncio.all_tasks() if task.get_name() == "wamsg fan-out")
    worker.cancel()

    outcome = await reading

    assert Status.UNKNOWN is outcome.status
    with pytest.raises(asyncio.CancelledError):
        await anext(run)


async def test_a_source_that_fails_is_raised_after_the_outcomes_of_what_was_started() -> None:
    """Nothing that was sent goes untold because the file ended badly."""

    def source() -> Iterator[str]:
        yield number(1)
        yield number(2)
        raise OSError("disk gone")

    run = fan_out(Double(), HELLO, to=source(), concurrency=1)
    told = [await anext(run), await anext(run)]

    assert 2 == len(told)
    with pytest.raises(OSError, match="disk gone"):
        await anext(run)
    with pytest.raises(StopAsyncIteration):
        await anext(run)


async def test_what_is_wrong_for_everyone_stops_the_run() -> None:
    """A closed client is told for the one it hit, then raised; the other thousands are not tried."""
    double = Double(failures={number(1): WamsgError("this client is closed")})
    run = fan_out(double, HELLO, to=map(number, range(1000)), concurrency=1)

    told = [await anext(run), await anext(run)]

    assert [Status.ACCEPTED, Status.REJECTED] == [outcome.status for outcome in told]
    with pytest.raises(WamsgError, match="closed"):
        await anext(run)
    assert 2 == len(double.started)


async def test_a_bug_in_a_messenger_leaves_its_recipient_unknown() -> None:
    """Nobody can say whether it went out; it is neither lost nor called accepted."""
    double = Double(failures={number(0): ZeroDivisionError()})
    run = fan_out(double, HELLO, to=map(number, range(10)), concurrency=1)

    outcome = await anext(run)

    assert Status.UNKNOWN is outcome.status
    with pytest.raises(ZeroDivisionError):
        await anext(run)


async def test_what_the_provider_cannot_express_is_an_outcome() -> None:
    """Each recipient is told, nothing was sent."""
    double = Double(failures={number(0): Unsupported("no stickers", provider="double", feature="sticker")})

    (outcome,) = await collect(fan_out(double, HELLO, to=number(0)))

    assert (Status.REJECTED, Unsupported) == (outcome.status, type(outcome.error))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from([number(index) for index in range(8)] + ["", "x", "+1", "00919812340001"]), max_size=40),
    st.integers(1, 9),
)
def test_counts_always_add_up(audience: list[str], concurrency: int) -> None:
    """One outcome per entry, and nobody is sent to twice."""
    double = Double(failures={number(2): OptedOut("no"), number(3): Unanswered("cut")})

    outcomes = asyncio.run(_collected(double, audience, concurrency))

    assert list(range(len(audience))) == [outcome.position for outcome in outcomes]
    assert len(set(double.started)) == len(double.started)
    assert len(double.started) == sum(
        not isinstance(outcome.error, InvalidRecipient | DuplicateRecipient) for outcome in outcomes
    )


async def _collected(double: Double, audience: list[str], concurrency: int) -> list[Outcome]:
    return await collect(fan_out(double, HELLO, to=audience, concurrency=concurrency))
