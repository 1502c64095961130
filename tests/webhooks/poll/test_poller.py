"""Statuses are read where nobody is called back: against WA.cr's fake server, and against lists that misbehave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import wamsg
from wamsg import registry
from wamsg.errors import BadCredentials, ConfigError, LedgerBusy, OptedOut, SendFailed, Unavailable
from wamsg.ledger import open_ledger
from wamsg.ledger.protocol import EventLedger
from wamsg.model import Text
from wamsg.model.event import DeliveryStatus, Event, StatusUpdate, UnknownEvent
from wamsg.testing import ManualClock
from wamsg.transport.memory import MemoryTransport, SandboxTransport
from wamsg.webhooks import EventFlow, Poller, Round
from wamsg.wire import Request, Response

PERSON, UNDELIVERABLE = "+919812345001", "+919812331026"


class Heard:
    """Remembers the events that it is given."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def wants(self, _event: Event) -> bool:
        return True

    async def handle(self, event: Event) -> None:
        self.events.append(event)

    @property
    def statuses(self) -> list[tuple[str | None, str]]:
        return [(event.message_id, event.status) for event in self.events if isinstance(event, StatusUpdate)]


class Server(SandboxTransport):
    """WA.cr's fake server, which outlives the clients that speak to it."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(registry.load("wacr").sandbox, clock=clock)

    async def aclose(self) -> None:
        """It stays."""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[EventLedger]:
    opened = await open_ledger(tmp_path / "some.ledger", create=True)
    yield opened
    await opened.aclose()


@asynccontextmanager
async def polled(
    ledger: EventLedger, transport: MemoryTransport, clock: ManualClock, **more: Any
) -> AsyncIterator[tuple[Poller, Heard, wamsg.Client]]:
    """A poller of WA.cr, whoever hears its events, and the client that it reads through."""
    heard = Heard()
    client = wamsg.connect(
        "wacr",
        environ={},
        token=registry.load("wacr").example["token"],
        transport=transport,
        limits=None,
        clock=clock,
        retry=wamsg.RetryPolicy(attempts=1, deadline=0),
    )
    async with client, EventFlow(ledger, handler=heard) as flow:
        yield Poller(client, flow, bookmarks=ledger, clock=clock, **more), heard, client
        await flow.idle()


async def rounds(poller: Poller, most: int = 50) -> list[Round]:
    """Until it has caught up."""
    done = [await poller.round()]
    while not done[-1].caught_up and len(done) < most:
        done.append(await poller.round())
    return done


async def test_each_status_comes_once_and_in_its_order(ledger: EventLedger, clock: ManualClock) -> None:
    """Read every few seconds while the message comes further."""
    transport = Server(clock)
    async with polled(ledger, transport, clock) as (poller, heard, client):
        name = (await client.send(Text(body="hello"), to=PERSON)).message_id
        for _ in range(40):
            await poller.round()
            await clock.advance(2)

    assert [(name, "sent"), (name, "delivered"), (name, "read")] == heard.statuses


async def test_a_quiet_account_costs_two_calls_a_round(ledger: EventLedger, clock: ManualClock) -> None:
    """However much was sent: the last page of changes, and one of the slow reading."""
    transport = Server(clock)
    async with polled(ledger, transport, clock) as (poller, _, client):
        for number in range(250):
            await client.send(Text(body="hello"), to=f"+9198123{number:05}")
        await clock.advance(100)
        await rounds(poller)
        transport.requests.clear()

        done = await poller.round()

    assert Round(calls=2, fresh=0, caught_up=True) == done
    assert 2 == len(transport.requests)


async def test_no_round_makes_more_calls_than_it_may_and_the_next_goes_on(
    ledger: EventLedger, clock: ManualClock
) -> None:
    """Also in a new process, which knows the place by the ledger."""
    transport = Server(clock)
    done: list[Round] = []
    async with polled(ledger, transport, clock) as (_, _, client):
        for number in range(650):
            await client.send(Text(body="hello"), to=f"+9198123{number:05}")
    await clock.advance(100)

    heard = 0
    while len(done) < 20 and not (done and done[-1].caught_up):
        async with polled(ledger, transport, clock, calls=3) as (poller, listener, _):
            done.append(await poller.round())
        heard += len(listener.statuses)

    assert all(one.calls <= 3 for one in done)
    assert 650 == heard == sum(one.fresh for one in done)
    assert len(done) <= 8


async def test_a_failure_comes_with_its_reason(ledger: EventLedger, clock: ManualClock) -> None:
    """Which the list does not show; the message itself is asked once."""
    transport = Server(clock)
    async with polled(ledger, transport, clock) as (poller, heard, client):
        await client.send(Text(body="hello"), to=UNDELIVERABLE)
        await clock.advance(10)
        await poller.round()
        await poller.round()

    (event,) = heard.events
    assert isinstance(event, StatusUpdate)
    assert event.failure is not None
    assert ("131026", "RecipientRefused") == (event.failure.code, event.failure.error.__name__)
    assert "Message undeliverable." == event.failure.detail
    asked = [request for request in transport.requests if request.method == "GET" and "/messages/" in request.url]
    assert 1 == len(asked)


def listing(*items: dict[str, Any], more: bool = False) -> Response:
    body = {"success": True, "data": list(items), "meta": {"pagination": {"has_more": more}}}
    return Response(status=200, headers={"Content-Type": "application/json"}, body=json.dumps(body).encode())


def row(number: int, status: object, **more: Any) -> dict[str, Any]:
    return {"id": number, "status": status, "message_id": f"wamid.{number}", "sent_at": "2023-11-14T22:13:00Z", **more}


async def test_a_change_that_the_order_of_changes_hides_is_found_in_the_order_of_sending(
    ledger: EventLedger, clock: ManualClock
) -> None:
    """The documentation does not say that a status moves a message up."""
    statuses = dict.fromkeys(range(1, 601), "sent")

    def server(request: Request) -> Response:
        page = int(request.url.split("page=")[1].split("&")[0]) if "page=" in request.url else 1
        # Whatever it is asked for, the newest comes first.
        found = sorted(statuses, reverse=True)[(page - 1) * 100 : page * 100]
        return listing(*(row(number, statuses[number]) for number in found), more=page * 100 < len(statuses))

    async with polled(ledger, MemoryTransport(server), clock) as (poller, heard, _):
        await rounds(poller)
        statuses[7] = "delivered"
        for _ in range(6):
            await poller.round()

    assert ("wamid.7", "delivered") in heard.statuses


@pytest.mark.parametrize("quiet", [3, 7, 12])
async def test_what_the_slow_reading_finds_is_not_taken_for_the_end_of_what_is_new(
    ledger: EventLedger, clock: ManualClock, quiet: int
) -> None:
    """Its place is somewhere down the list when all of that changes at once."""
    changed = dict.fromkeys(range(1, 1501), 0)
    status = dict.fromkeys(changed, "sent")

    def server(request: Request) -> Response:
        page = int(request.url.split("&page=")[1].split("&")[0])
        by_change = "updated_at" in request.url
        order = sorted(changed, key=lambda number: (by_change and changed[number], number), reverse=True)
        found = order[(page - 1) * 100 : page * 100]
        return listing(*(row(number, status[number]) for number in found), more=page * 100 < len(order))

    async with polled(ledger, MemoryTransport(server), clock) as (poller, heard, _):
        await rounds(poller)
        for _ in range(quiet):
            await poller.round()
        for place, number in enumerate(changed, 1):
            changed[number], status[number] = place, "delivered"
        await rounds(poller)

    assert 1500 == sum(told == "delivered" for _, told in heard.statuses)


@pytest.mark.parametrize(
    ("said", "code", "error"),
    [
        ("131050: User has stopped marketing messages", "131050", OptedOut),
        ("(#131050) stopped", "131050", OptedOut),
        ("Something went wrong", None, SendFailed),
        ("4 of 5", None, SendFailed),
        (None, None, SendFailed),
        ("x" * 5000, None, SendFailed),
        ("<script>\n\u202e", None, SendFailed),
    ],
)
async def test_reasons_of_any_form_are_read(
    ledger: EventLedger, clock: ManualClock, said: str | None, code: str | None, error: type[Exception]
) -> None:
    """A number of Meta's in front is a code; all else is words."""

    def server(request: Request) -> Response:
        if "/messages/9" in request.url:
            body = json.dumps({"success": True, "data": row(9, "failed", status_message=said)})
            return Response(status=200, headers={"Content-Type": "application/json"}, body=body.encode())
        return listing(row(9, "failed"))

    async with polled(ledger, MemoryTransport(server), clock) as (poller, heard, _):
        await poller.round()

    (event,) = heard.events
    assert isinstance(event, StatusUpdate)
    assert event.failure is not None
    assert (code, error) == (event.failure.code, event.failure.error)
    assert len(event.failure.detail) <= 200
    assert event.failure.detail.isprintable()


async def test_odd_items_are_told_and_cost_the_others_nothing(ledger: EventLedger, clock: ManualClock) -> None:
    """A word nobody knows, no status yet, no id, no time."""
    items = [
        row(1, "teleported"),
        row(2, None),
        row(3, "  "),
        row(4, "DELIVERED"),
        row(5, "read", message_id=None),
        row(6, "sent", sent_at=None),
        row(6, "sent", sent_at=None),
    ]
    async with polled(ledger, MemoryTransport(lambda _: listing(*items)), clock) as (poller, heard, _):
        await poller.round()

    assert [("wamid.4", "delivered"), ("record 5", "read"), ("wamid.6", "sent")] == heard.statuses
    (unknown,) = [event for event in heard.events if isinstance(event, UnknownEvent)]
    assert "teleported" == unknown.kind


async def test_a_reason_that_could_not_be_read_is_asked_for_again(ledger: EventLedger, clock: ManualClock) -> None:
    """The round ends, and nothing of the page is stored without it."""
    answers = [503, 200]

    def server(request: Request) -> Response:
        if "/messages/9" not in request.url:
            return listing(row(9, "failed"))
        body = json.dumps({"success": True, "data": row(9, "failed", status_message="131050: stopped")})
        return Response(status=answers.pop(0), headers={"Content-Type": "application/json"}, body=body.encode())

    async with polled(ledger, MemoryTransport(server), clock) as (poller, heard, _):
        with pytest.raises(Unavailable):
            await poller.round()
        assert [] == heard.events
        await poller.round()

    (event,) = heard.events
    assert isinstance(event, StatusUpdate)
    assert event.failure is not None
    assert "131050" == event.failure.code


async def test_a_message_that_cannot_be_read_comes_without_its_reason(ledger: EventLedger, clock: ManualClock) -> None:
    """One odd record must not end the reading of all others."""

    def server(request: Request) -> Response:
        if "/messages/9" in request.url:
            return Response(status=422, headers={}, body=b'{"success": false, "error": {"code": "VALIDATION_ERROR"}}')
        return listing(row(9, "failed"), row(10, "read"))

    async with polled(ledger, MemoryTransport(server), clock) as (poller, heard, _):
        await poller.round()

    assert [("wamid.9", "failed"), ("wamid.10", "read")] == heard.statuses


async def test_failures_take_half_of_the_calls_and_none_is_lost(ledger: EventLedger, clock: ManualClock) -> None:
    """Those that no call is left for come without their reason."""
    items = [row(number, "failed") for number in range(1, 21)]

    def server(request: Request) -> Response:
        if "/messages/" in request.url:
            return Response(status=404, headers={}, body=b'{"success": false, "error": {"code": "NOT_FOUND"}}')
        return listing(*items)

    transport = MemoryTransport(server)
    async with polled(ledger, transport, clock, calls=6) as (poller, heard, _):
        done = await poller.round()

    assert 20 == len([status for _, status in heard.statuses if status == DeliveryStatus.FAILED])
    assert done.calls == len(transport.requests) <= 6


async def test_a_failed_round_is_tried_again_and_a_refusal_ends_it(ledger: EventLedger, clock: ManualClock) -> None:
    """A broken server passes by; wrong credentials do not."""
    answers = [Response(status=502, headers={}, body=b""), listing(row(1, "sent")), listing(row(1, "sent"))]

    def server(_: Request) -> Response:
        return answers.pop(0) if answers else Response(status=401, headers={}, body=b"{}")

    told: list[Round] = []
    async with polled(ledger, MemoryTransport(server), clock, every=30.0) as (poller, heard, _):
        running = asyncio.create_task(poller.run(show=told.append))
        for _ in range(40):
            if running.done():
                break
            # The store works in threads.
            await asyncio.wait({running}, timeout=0.05)
            await clock.advance(30)

        with pytest.raises(BadCredentials):
            await running

    assert [1] == [one.fresh for one in told]
    assert [("wamid.1", "sent")] == heard.statuses


class Busy:
    """Bookmarks of a ledger that another process keeps busy at first."""

    def __init__(self, ledger: EventLedger) -> None:
        self._ledger = ledger
        self.refused = False

    async def bookmark(self, name: str) -> str | None:
        return await self._ledger.bookmark(name)

    async def set_bookmark(self, name: str, text: str) -> None:
        if not self.refused:
            self.refused = True
            raise LedgerBusy("the ledger is kept busy by another process")
        await self._ledger.set_bookmark(name, text)


async def test_a_busy_ledger_ends_a_round_and_not_the_reading(ledger: EventLedger, clock: ManualClock) -> None:
    """What it could not take is read again."""
    heard, bookmarks = Heard(), Busy(ledger)
    token = registry.load("wacr").example["token"]
    transport = MemoryTransport(lambda _: listing(row(1, "sent")))
    client = wamsg.connect("wacr", environ={}, token=token, transport=transport, limits=None, clock=clock)
    told: list[Round] = []
    async with client, EventFlow(ledger, handler=heard) as flow:
        poller = Poller(client, flow, bookmarks=bookmarks, clock=clock)
        running = asyncio.create_task(poller.run(show=told.append))
        while not told:
            await asyncio.wait({running}, timeout=0.05)
            await clock.advance(60)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await flow.idle()

    assert bookmarks.refused
    assert [("wamid.1", "sent")] == heard.statuses


async def test_what_is_older_than_the_window_is_not_followed(ledger: EventLedger, clock: ManualClock) -> None:
    """The reading ends with the page that holds nothing younger."""
    pages: list[int] = []

    def server(_: Request) -> Response:
        pages.append(1)
        return listing(row(len(pages), "sent", sent_at="2023-11-01T00:00:00Z"), more=True)

    async with polled(ledger, MemoryTransport(server), clock) as (poller, _, _):
        done = await poller.round()

    assert done.caught_up
    assert 2 == len(pages)


async def test_two_accounts_have_two_places(ledger: EventLedger, clock: ManualClock) -> None:
    """Told apart without a token in the ledger."""
    transport = MemoryTransport(lambda _: listing(row(1, "sent")))
    async with polled(ledger, transport, clock) as (poller, _, _):
        await poller.round()
        name = poller._name()

    assert registry.load("wacr").example["token"] not in name
    assert name.startswith("statuses wacr account:")


@pytest.mark.parametrize(
    ("given", "setting"),
    [({"every": 0}, "every"), ({"calls": 1}, "calls"), ({"window": 8 * 86_400.0}, "window"), ({"window": 0}, "window")],
)
async def test_wrong_arguments_are_told(
    ledger: EventLedger, clock: ManualClock, given: dict[str, Any], setting: str
) -> None:
    """Before anything is read."""
    with pytest.raises(ConfigError, match=setting):
        async with polled(ledger, MemoryTransport(lambda _: listing()), clock, **given):
            pass


async def test_a_provider_without_a_list_is_told_what_to_do_instead(ledger: EventLedger) -> None:
    """Kaleyra calls back."""
    settings: dict[str, Any] = dict(registry.load("kaleyra").example)
    async with (
        wamsg.connect("kaleyra", environ={}, transport=MemoryTransport(lambda _: listing()), **settings) as client,
        EventFlow(ledger) as flow,
    ):
        with pytest.raises(ConfigError, match="wamsg webhooks"):
            Poller(client, flow, bookmarks=ledger)
