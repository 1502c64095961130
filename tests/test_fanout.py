"""One message to many: an outcome for everyone, bounded, stoppable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wamsg import Outcome, PhoneNumber, SendResult, Status, Text, collect, fan_out
from wamsg.errors import (
    BadCredentials,
    ConfigError,
    DuplicateRecipient,
    InvalidRecipient,
    InvalidRequest,
    NotSent,
    OptedOut,
    Unanswered,
    Unsupported,
    WamsgError,
)
from wamsg.model import Content, Recipients
from wamsg.wire import Priority

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
        priority: Priority = Priority.INTERACTIVE,
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


class Batches(Double):
    """Takes several recipients in one request; refuses a request that holds someone it cannot reach."""

    def __init__(self, guilty: str = "", error: BaseException | None = None, *, ids: bool = True) -> None:
        super().__init__()
        self.guilty = guilty
        self.error = error
        self.ids = ids
        self.requests: list[list[str]] = []
        self.accepted: list[str] = []

    async def send(
        self,
        content: Content,
        *,
        to: Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
        priority: Priority = Priority.INTERACTIVE,
    ) -> SendResult:
        people = (to,) if isinstance(to, PhoneNumber) else to
        assert isinstance(people, tuple)
        numbers = [person.e164 for person in people]
        self.requests.append(numbers)
        if self.guilty in numbers and self.error is not None:
            raise self.error
        self.accepted += numbers
        ids = tuple(number[-4:] for number in numbers) if self.ids else ()
        return SendResult(
            provider="double", to=people, message_ids=ids if len(ids) > 1 else (), message_id=numbers[0][-4:]
        )


def refusal(*, whole: bool) -> InvalidRequest:
    error = InvalidRequest("payload")
    error.whole_request = whole
    return error


async def test_a_batch_goes_out_in_one_request_and_is_told_apart() -> None:
    """Each recipient has an outcome and its own id."""
    double = Batches()

    outcomes = await collect(fan_out(double, HELLO, to=map(number, range(10)), batch=4, concurrency=1))

    assert [4, 4, 2] == [len(request) for request in double.requests]
    assert [f"{index:04d}" for index in range(10)] == [o.result.message_id for o in outcomes if o.result]


async def test_ids_that_cannot_be_told_apart_are_not_invented() -> None:
    """The provider named fewer ids than there were recipients."""
    outcomes = await collect(fan_out(Batches(ids=False), HELLO, to=map(number, range(4)), batch=4))

    assert [None] * 4 == [outcome.result and outcome.result.message_id for outcome in outcomes]


async def test_a_batch_refused_as_a_whole_is_halved_until_the_guilty_one_is_found() -> None:
    """Retrying a whole batch re-sent the successes elsewhere (apprise #1739); here nobody is sent to twice."""
    double = Batches(number(5), refusal(whole=True))

    outcomes = await collect(fan_out(double, HELLO, to=map(number, range(16)), batch=16, concurrency=1))

    assert [5] == [outcome.position for outcome in outcomes if outcome.error]
    assert sorted(number(index) for index in range(16) if index != 5) == sorted(double.accepted)
    assert 9 == len(double.requests)


@pytest.mark.parametrize(
    ("error", "status"),
    [(refusal(whole=False), "rejected"), (NotSent("refused"), "rejected"), (Unanswered("cut"), "unknown")],
    ids=["refused, perhaps in part", "never left", "unanswered"],
)
async def test_a_batch_that_may_have_been_taken_in_part_is_not_repeated(error: BaseException, status: str) -> None:
    """One request, and the same word for all of its recipients."""
    double = Batches(number(1), error)

    outcomes = await collect(fan_out(double, HELLO, to=map(number, range(4)), batch=4))

    assert 1 == len(double.requests)
    assert {status} == {outcome.status.value for outcome in outcomes}


async def test_each_recipient_can_have_its_own_message() -> None:
    """From a function, or as pairs in the input; zipping two lists loses people (kairon #2410), pairs cannot."""
    sent: list[str] = []

    class Listener(Double):
        async def send(self, content: Content, **more: Any) -> SendResult:
            assert isinstance(content, Text)
            sent.append(content.body)
            return await super().send(content, **more)

    await collect(fan_out(Listener(), lambda to: Text(body=to.e164[-1]), to=[number(1), number(2)], concurrency=1))
    await collect(fan_out(Listener(), to=[(number(3), Text(body="three")), (number(4), HELLO)], concurrency=1))

    assert ["1", "2", "three", "hello"] == sent


async def test_a_message_that_cannot_be_made_is_that_recipients_outcome() -> None:
    """An empty name in one row stops nobody else."""
    names = {number(1): "Ann", number(2): ""}

    outcomes = await collect(fan_out(Double(), lambda to: Text(body=names[to.e164]), to=names))

    assert [Status.ACCEPTED, Status.REJECTED] == [outcome.status for outcome in outcomes]


async def test_a_function_that_fails_leaves_nobody_untold() -> None:
    """The bug is raised, after an outcome for the recipient it hit."""
    run = fan_out(Double(), lambda to: {number(1): HELLO}[to.e164], to=[number(1), number(2)], concurrency=1)

    told = [await anext(run), await anext(run)]

    assert [Status.ACCEPTED, Status.REJECTED] == [outcome.status for outcome in told]
    with pytest.raises(KeyError):
        await anext(run)


async def test_recipients_without_a_message_are_told() -> None:
    """Neither a content nor pairs: wrong for everyone, so it is raised."""
    with pytest.raises(ConfigError, match="pairs"):
        await collect(fan_out(Double(), to=[number(1)]))


def test_a_batch_of_personal_messages_is_told() -> None:
    """One request carries one content."""
    with pytest.raises(ConfigError, match="batch"):
        fan_out(Double(), lambda _: HELLO, to=number(1), batch=2)


async def test_several_messengers_share_the_work_as_fast_as_each_goes() -> None:
    """Whoever has capacity takes the next one; nobody is sent to twice."""
    quick, slow = Double(), Double(gated=True)
    run = fan_out([quick, slow], HELLO, to=map(number, range(100)), concurrency=4)

    first = [await anext(run) for _ in range(98)]
    slow.gate.set()
    rest = [outcome async for outcome in run]

    assert (98, 2) == (len(quick.started), len(slow.started))
    assert list(range(100)) == sorted(outcome.position for outcome in first + rest)


async def test_a_messenger_at_fault_is_let_go_before_it_eats_the_audience() -> None:
    """Wrong credentials refuse everything at once, which looks like being fast."""
    wrong = Double(failures={number(index): BadCredentials("key") for index in range(1000)})
    right = Double()

    outcomes = await collect(fan_out([wrong, right], HELLO, to=map(number, range(1000)), concurrency=8))

    refused = [outcome for outcome in outcomes if outcome.error]
    assert 5 <= len(refused) <= 10
    assert len(right.started) == 1000 - len(refused)


async def test_repeated_recipients_pass_when_that_is_wanted() -> None:
    """Nothing is remembered then."""
    outcomes = await collect(fan_out(Double(), HELLO, to=[number(1)] * 3, dedupe=False))

    assert [Status.ACCEPTED] * 3 == [outcome.status for outcome in outcomes]


async def test_stopping_does_not_wait_for_a_source_that_has_nothing_to_give() -> None:
    """A cancelled consumer of a queue or a cursor ends at once; what the source gives later is not sent."""
    double, idle = Double(), asyncio.Event()

    async def source() -> AsyncIterator[str]:
        yield number(1)
        await idle.wait()
        yield number(2)

    run = fan_out(double, HELLO, to=source(), concurrency=3)

    async def consume() -> None:
        async for _ in run:
            pass

    task = asyncio.create_task(consume())
    await settle()
    task.cancel()
    await settle()

    assert task.cancelled()
    idle.set()
    await settle()
    assert [number(1)] == double.started


async def test_a_batch_that_was_read_but_not_sent_is_told() -> None:
    """The source failed while it was being filled."""

    def source() -> Iterator[str]:
        yield number(1)
        yield number(2)
        raise OSError("disk gone")

    run = fan_out(Batches(), HELLO, to=source(), batch=5, concurrency=1)

    told = [await anext(run), await anext(run)]

    assert [NotSent, NotSent] == [type(outcome.error) for outcome in told]
    with pytest.raises(OSError, match="disk gone"):
        await anext(run)


async def test_halves_that_had_no_turn_are_told() -> None:
    """The client was closed between the first half and the second."""

    class Closing(Batches):
        async def send(self, content: Content, **more: Any) -> SendResult:
            if self.requests:
                raise WamsgError("this client is closed")
            return await super().send(content, **more)

    run = fan_out(Closing(number(1), refusal(whole=True)), HELLO, to=map(number, range(8)), batch=8, concurrency=1)
    told = [await anext(run) for _ in range(8)]

    with pytest.raises(WamsgError, match="closed"):
        await anext(run)
    assert list(range(8)) == sorted(outcome.position for outcome in told)


def test_repeated_recipients_cannot_share_a_request() -> None:
    """Providers refuse that, and everyone else in the request with it."""
    with pytest.raises(ConfigError, match="share a request"):
        fan_out(Double(), HELLO, to=number(1), batch=2, dedupe=False)
