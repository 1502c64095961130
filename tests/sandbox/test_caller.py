"""Calls are made when they are due, in batches, proven, and again while they are not taken."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar

import pytest
from attrs import evolve

from wamsg.driver import Accepted, Callback, Told, Webhook
from wamsg.errors import ConfigError, NotVerified, Unanswered
from wamsg.model import PhoneNumber, Text
from wamsg.model.event import DeliveryStatus, IncomingMessage, StatusUpdate
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.sandbox import KaleyraSandbox
from wamsg.providers.kaleyra.webhook_config import CallbackSettings
from wamsg.sandbox import Callbacks, Note, Outbox
from wamsg.sandbox.caller import Caller, Calls
from wamsg.settings import Secret
from wamsg.testing.clock import ManualClock
from wamsg.wire import Request, Response

URL = "http://127.0.0.1:8080/callbacks"


class Receiver:
    """Notes when each call came and what it says; answers with 200 or as ``says`` tells."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._start = clock.monotonic()
        self.says: Callable[[Request], int | None] = lambda _request: 200
        self.came: list[tuple[float, Request]] = []
        self.closed = False

    async def send(self, request: Request) -> Response:
        self.came.append((round(self._clock.monotonic() - self._start, 6), request))
        status = self.says(request)
        if status is None:
            raise Unanswered("nobody answers")
        return Response(status=status)

    async def aclose(self) -> None:
        self.closed = True

    @property
    def times(self) -> list[float]:
        return [at for at, _ in self.came]

    def read(self, hook: Webhook) -> list[list[DeliveryStatus]]:
        """What each call that proves itself says."""
        found = []
        for _, request in self.came:
            try:
                hook.verify(request.headers, bytes(request.body), now=0.0)  # type: ignore[arg-type]  # it is bytes
            except NotVerified:
                continue
            events = hook.parse(bytes(request.body))  # type: ignore[arg-type]  # it is bytes
            found.append([event.status for event in events if isinstance(event, StatusUpdate)])
        return found


@pytest.fixture
def hook() -> Webhook:
    assert provider.inbound is not None
    secret = Secret(provider.inbound.example["callback_secret"])
    return provider.inbound.webhook(CallbackSettings(callback_secret=secret))


@pytest.fixture
def receiver(clock: ManualClock) -> Receiver:
    return Receiver(clock)


@pytest.fixture
def caller() -> Caller:
    found = Caller.of(provider)
    assert found is not None
    return found


@pytest.fixture
async def calls(clock: ManualClock, receiver: Receiver) -> AsyncIterator[Callable[..., Calls]]:
    made: list[Calls] = []

    def make(**settings: Any) -> Calls:
        made.append(Calls(script=Callbacks(url=URL, **settings), clock=clock, transport=receiver))
        return made[-1]

    yield make
    for one in made:
        await one.stop()


def message(number: int = 1) -> Accepted:
    return Accepted(recipient=f"9198123{number:05}", kind="text", message_id=f"m{number}", reference=f"r{number}")


async def test_calls_come_when_they_are_due(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock, hook: Webhook
) -> None:
    """Each at its own time, to the address, with the proof that the webhook asks for."""
    made = calls(sent=1, delivered=5, read=60)
    made.accepted(caller, message())

    await clock.advance(10)
    assert [1, 5] == receiver.times
    assert {"read": 1} == made.tally.pending
    await clock.advance(50)
    await made.done()

    assert [[DeliveryStatus.SENT], [DeliveryStatus.DELIVERED], [DeliveryStatus.READ]] == receiver.read(hook)
    assert {URL} == {request.url for _, request in receiver.came}
    assert DeliveryStatus.READ is made.tally.of("kaleyra", message())


async def test_what_is_not_taken_comes_again_later_and_later(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock
) -> None:
    """After 5xx, 429, 408 or no answer at all: the same body, twice the wait each time, and then it is lost."""
    answers = iter([503, None, 429, 408, 500, 502])
    receiver.says = lambda _request: next(answers)
    made = calls(sent=0, drop=0, retries=5, backoff=2)
    made.accepted(caller, message(42103))

    await clock.advance(100)
    await made.done()

    assert [0.2, 2.2, 6.2, 14.2, 30.2, 62.2] == receiver.times
    assert 1 == len({request.body for _, request in receiver.came})
    assert ({"failed": 1}, {}) == (dict(made.tally.lost), made.tally.pending)
    assert {"again": 5, "lost": 1} == dict(made.tally.calls)
    assert {"nothing": 1} == made.tally.standing


async def test_what_comes_back_up_hears_everything(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock
) -> None:
    """A receiver that was down for a while misses nothing."""
    receiver.says = lambda _request: 200 if clock.monotonic() > 1005 else None
    made = calls(batch=10)
    for number in range(30):
        made.accepted(caller, message(number))

    await clock.advance(60)
    await made.done()

    assert {"sent": 30, "delivered": 30, "read": 30} == dict(made.tally.told)
    assert {"read": 30} == made.tally.standing


@pytest.mark.parametrize("status", [301, 400, 401, 404, 413])
async def test_a_refusal_is_final(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock, status: int
) -> None:
    """What would be refused again is not repeated, and is counted."""
    receiver.says = lambda _request: status
    made = calls()
    made.accepted(caller, message())

    await clock.advance(100)

    assert 3 == len(receiver.came)
    assert {"sent": 1, "delivered": 1, "read": 1} == dict(made.tally.refused)
    assert ({"refused": 3}, {}) == (dict(made.tally.calls), made.tally.pending)


async def test_statuses_of_several_messages_share_a_body(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock, hook: Webhook
) -> None:
    """Up to ``batch`` of those that are due at about the same time, in their order."""
    made = calls(batch=10, read=3600)
    for number in range(25):
        made.accepted(caller, message(number))

    await clock.advance(5)

    assert [10, 10, 5, 10, 10, 5] == [len(words) for words in receiver.read(hook)]
    assert {"sent": 25, "delivered": 25} == dict(made.tally.told)


async def test_no_more_calls_than_allowed_are_under_way(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock
) -> None:
    """The rest waits for its turn and is made."""
    under_way, most = 0, 0
    plain = receiver.send

    async def slow(request: Request) -> Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await clock.sleep(1)
        under_way -= 1
        return await plain(request)

    receiver.send = slow  # type: ignore[method-assign]  # it takes its time here
    made = calls(concurrency=3)
    for number in range(10):
        made.accepted(caller, message(number))

    await clock.advance(60)
    await made.done()

    assert (3, 30) == (most, len(receiver.came))


async def test_a_forgery_is_refused_and_changes_nothing(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock, hook: Webhook
) -> None:
    """It says what is not so, cannot prove it, is made once, and counts apart; one that is taken is told."""
    made = calls(forge=1)

    def says(request: Request) -> int:
        try:
            hook.verify(request.headers, bytes(request.body), now=0.0)  # type: ignore[arg-type]  # it is bytes
        except NotVerified:
            return 401 if len(receiver.came) < 4 else 200
        return 200

    receiver.says = says
    made.accepted(caller, message())
    await clock.advance(10)

    assert (6, 3) == (len(receiver.came), len(receiver.read(hook)))
    assert {"sent": 1, "delivered": 1, "read": 1} == dict(made.tally.told)
    assert {"forged": 3, "taken": 3, "forged_taken": 1} == dict(made.tally.calls)
    assert {"read": 1} == made.tally.standing


async def test_the_counts_add_up(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock
) -> None:
    """At every moment what is due is told, refused, lost or pending, and every call ends in one way."""
    rounds = iter(range(10**6))
    receiver.says = lambda _request: (200, 503, 200, 401, 200, None)[next(rounds) % 6]
    made = calls(duplicate=0.3, drop=0.2, shuffle=0.5, spread=2, batch=4, retries=1)
    for number in range(200):
        made.accepted(caller, message(number))
    tally = made.tally

    while tally.pending:
        assert tally.due == tally.told + tally.refused + tally.lost + Counter(tally.pending)
        await clock.advance(0.1)
    await made.done()

    assert tally.due == tally.told + tally.refused + tally.lost
    assert all((tally.told, tally.refused, tally.lost, tally.dropped))
    assert 200 == sum(tally.standing.values())
    assert len(receiver.came) == tally.calls.total()


async def test_two_runs_with_one_seed_say_the_same(caller: Caller) -> None:
    """At the same times, whatever happened in between; another seed says something else."""

    async def run(seed: int, order: range) -> set[tuple[float, object]]:
        clock = ManualClock()
        receiver = Receiver(clock)
        script = Callbacks(url=URL, seed=seed, spread=2, duplicate=0.3, drop=0.3, shuffle=0.3, forge=0.1, unread=0.3)
        made = Calls(script=script, clock=clock, transport=receiver)
        for number in order:
            made.accepted(caller, message(number))
        await clock.advance(10)
        await made.stop()
        return {(at, request.body) for at, request in receiver.came}

    first = await run(1, range(50))

    assert first == await run(1, range(49, -1, -1))
    assert first != await run(2, range(50))


async def test_stopping_ends_everything(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock
) -> None:
    """What is under way is cut, what waits is not made, whoever waits for it goes on, and nothing is planned anew."""
    made = calls(sent=0, delivered=1, read=2)

    async def hang(request: Request) -> Response:
        receiver.came.append((0.0, request))
        await clock.sleep(10**6)
        raise AssertionError("it was not cut")

    receiver.send = hang  # type: ignore[method-assign]  # it never answers here
    made.accepted(caller, message())
    await clock.advance(1.5)
    await made.stop()
    await made.done()
    made.accepted(caller, message(2))
    await clock.advance(100)

    assert (2, True) == (len(receiver.came), receiver.closed)
    assert {"sent": 1, "delivered": 1, "read": 1} == made.tally.pending


async def test_a_new_address_hears_what_is_pending(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock
) -> None:
    """As when a receiver comes back on another port."""
    made = calls(sent=0, delivered=10, read=20)
    made.accepted(caller, message())

    await clock.advance(5)
    made.script = Callbacks(url="http://127.0.0.1:9/other")
    await clock.advance(50)

    assert [URL, *["http://127.0.0.1:9/other"] * 2] == [request.url for _, request in receiver.came]


async def test_a_dialect_that_fails_is_told_in_the_log(
    receiver: Receiver, caller: Caller, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A scheme that nobody can satisfy is an error, not silence, and nothing waits for it for ever."""

    class Odd:
        needs_body: ClassVar[bool] = False

        def check(self, *_: object) -> None:
            """Never asked."""

    made = Calls(script=Callbacks(url=URL), clock=clock, transport=receiver)
    made.accepted(evolve(caller, schemes=(Odd(),)), message())
    await clock.advance(10)
    await made.done()

    assert "a callback could not be made" in caplog.text
    assert "Odd" in caplog.text
    assert ({}, {"sent": 1, "delivered": 1, "read": 1}) == (dict(made.tally.told), dict(made.tally.lost))
    await made.stop()


async def test_what_someone_writes_is_brought_at_once(
    calls: Callable[..., Calls], caller: Caller, receiver: Receiver, clock: ManualClock, hook: Webhook
) -> None:
    """Without any delay, and doubled by chance like all else."""
    made = calls(duplicate=1)
    note = Note(sender=PhoneNumber("+919812340001"), content=Text(body="hello"))
    written = note.written("kaleyra", Outbox(), serial=3, at=clock.time())
    made.bring(caller, KaleyraSandbox().incoming(written), "from somebody")

    await clock.advance(2)
    await made.done()

    events = [hook.parse(bytes(request.body)) for _, request in receiver.came]  # type: ignore[arg-type]  # it is bytes
    assert 2 == len(events)
    assert events[0] == events[1]
    assert isinstance(events[0][0], IncomingMessage)
    assert 0 == receiver.times[0] < receiver.times[1] <= 1


async def test_without_an_address_nobody_is_told(receiver: Receiver, clock: ManualClock, caller: Caller) -> None:
    """Messages are not even remembered, and whoever writes is told why it goes nowhere."""
    made = Calls(script=None, clock=clock, transport=receiver)
    made.accepted(caller, message())

    with pytest.raises(ConfigError, match="no address for callbacks"):
        made.bring(caller, Callback(body=b"{}"), "from somebody")
    await made.done()

    assert ({}, []) == (made.tally.standing, receiver.came)


def test_a_status_is_told_of_the_message_that_it_is_about() -> None:
    """A dialect that leaves out what a call tells would make counts that do not add up."""
    told = tuple(Told(accepted=message(number), status=DeliveryStatus.SENT) for number in range(3))

    [call] = KaleyraSandbox().callbacks(told)

    assert told == call.told
    assert 3 == len(json.loads(call.body)["entry"][0]["changes"][0]["value"]["statuses"])
