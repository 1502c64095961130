"""Over sockets: what a sandbox accepts it calls back about, and the receiver ends up knowing what the sandbox knows."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

import wamsg
from tests.support.listening import Listener, listening
from wamsg.errors import ConfigError, Unanswered
from wamsg.model import PhoneNumber, Text
from wamsg.model.event import (
    ButtonReply,
    DeliveryStatus,
    IncomingMessage,
    UnknownEvent,
)
from wamsg.sandbox import Callbacks, Fault, Late, Note, Sandbox
from wamsg.webhooks import Receiver

BORIS = "+919812340002"
QUICK: dict[str, Any] = {"sent": 0, "delivered": 0.02, "read": 0.04, "failed": 0.02, "backoff": 0.01}


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """The address of an application on a free port."""
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def receiver(listener: Listener, tmp_path: Path) -> AsyncIterator[tuple[Receiver, str]]:
    """A receiver of callbacks that stores what comes, and its address."""
    async with listening(tmp_path, listener, "kaleyra", Sandbox().callback_settings("kaleyra")) as found:
        yield found


async def send(sandbox: Sandbox, people: range) -> list[str]:
    """A message with a reference to each; the references of those of which nobody said whether they went out."""
    unknown: list[str] = []
    async with wamsg.connect("kaleyra", environ={}, limits=None, **sandbox.settings("kaleyra")) as messenger:

        async def one(number: int) -> None:
            try:
                await messenger.send(Text(body="hello"), to=f"+9198124{number:05}", reference=f"w{number}")
            except Unanswered:
                unknown.append(f"w{number}")

        await asyncio.gather(*map(one, people))
    return unknown


async def test_callbacks_settle_what_no_answer_could(receiver: tuple[Receiver, str], listener: Listener) -> None:
    """Lost answers, duplicates, shuffles, batches, forgeries, late failures: each message ends as the sandbox says."""
    script = Callbacks(
        url=receiver[1],
        **{**QUICK, "seed": 3, "spread": 0.05, "duplicate": 0.2, "shuffle": 0.3, "forge": 0.1, "batch": 20},
        late=(Late(fault="131050", recipient="7"), Late(fault="Number opted out", recipient="8")),
    )
    cut = Fault(kind="accepted_then_cut", chance=0.1, seed=5)
    async with Sandbox(callbacks=script, faults=[cut]) as sandbox:
        unknown = await send(sandbox, range(200))
        await sandbox.called_back()
        await receiver[0].idle()
        tally, records = sandbox.callbacks, sandbox.outbox.accepted

    assert unknown
    assert {record.reference for record in records} == set(listener.standing) >= set(unknown)
    assert {"read": 160, "failed": 40} == tally.standing == Counter(map(str, listener.standing.values()))
    assert {f"w{number}" for number in range(200) if number % 10 in {7, 8}} == {
        reference for reference, status in listener.standing.items() if status is DeliveryStatus.FAILED
    }
    assert tally.due == tally.told
    assert tally.due.total() > len(listener.statuses) == 160 * 3 + 20 * 2 + 20
    assert tally.calls["forged"]
    assert {"forged", "taken"} == set(tally.calls)
    assert not [event for event in listener.heard if isinstance(event, UnknownEvent)]


async def test_what_is_dropped_is_told_to_nobody(receiver: tuple[Receiver, str], listener: Listener) -> None:
    """The receiver knows exactly as much as the sandbox says that it was told."""
    async with Sandbox(callbacks=Callbacks(url=receiver[1], drop=0.4, **QUICK)) as sandbox:
        await send(sandbox, range(100))
        await sandbox.called_back()
        await receiver[0].idle()
        tally = sandbox.callbacks

    told = Counter(str(event.status) for event in listener.statuses)
    assert told == tally.told
    assert {"sent": 100, "delivered": 100, "read": 100} == dict(tally.told + tally.dropped)
    assert tally.standing == {"nothing": 100 - len(listener.standing)} | Counter(map(str, listener.standing.values()))
    assert 0 < len(listener.standing) < 100


async def test_a_receiver_that_stumbles_is_called_again() -> None:
    """After a 500, and after a connection that ended without an answer; the body is the same."""
    bodies: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        if len(bodies) == 1:
            return web.Response(status=500)
        if len(bodies) == 2:
            assert request.transport is not None
            request.transport.abort()
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    async with served(app) as address, Sandbox(callbacks=Callbacks(url=address, unread=1, **QUICK)) as sandbox:
        await send(sandbox, range(42103, 42104))
        await sandbox.called_back()

    assert (3, 1) == (len(bodies), len(set(bodies)))
    assert {"again": 2, "taken": 1} == dict(sandbox.callbacks.calls)


async def test_a_receiver_that_is_gone_is_given_up() -> None:
    """After the last try; nothing hangs."""
    async with served(web.Application()) as address:
        pass
    async with Sandbox(callbacks=Callbacks(url=address, retries=2, **QUICK)) as sandbox:
        await send(sandbox, range(3))
        await sandbox.called_back()

    assert {"sent": 3, "delivered": 3, "read": 3} == dict(sandbox.callbacks.lost)


async def test_a_sandbox_that_stops_calls_nobody_any_more(receiver: tuple[Receiver, str], listener: Listener) -> None:
    """What was not due yet is never told, and leaves no task behind."""
    async with Sandbox(callbacks=Callbacks(url=receiver[1], sent=0, delivered=3600, read=3600)) as sandbox:
        await send(sandbox, range(5))
        waiting = asyncio.ensure_future(sandbox.called_back())
    await waiting

    assert {"delivered": 5, "read": 5} == {word: n for word, n in sandbox.callbacks.pending.items() if word != "sent"}
    assert {DeliveryStatus.SENT} >= {event.status for event in listener.statuses}


async def test_someone_writes_and_taps(
    receiver: tuple[Receiver, str], listener: Listener, http: aiohttp.ClientSession
) -> None:
    """By Python and over HTTP; a tap answers the newest message to that person, with its reference."""
    async with Sandbox(callbacks=Callbacks(url=receiver[1], **QUICK)) as sandbox:
        await send(sandbox, range(1, 2))
        await sandbox.called_back()
        anna = "+919812400001"
        first = sandbox.incoming(Note(sender=PhoneNumber(anna), content=Text(body="hello"), name="Anna"))
        await sandbox.called_back()
        bodies: list[dict[str, Any]] = [
            {"from": anna, "button": {"id": "yes", "title": "Yes"}, "provider": "kaleyra"},
            {"from": anna, "text": "about that", "reply_to": sandbox.outbox.accepted[0].message_id},
            {"from": BORIS, "template_button": {"payload": "STOP"}},
        ]
        for body in bodies:
            async with http.post(f"{sandbox.url}/_sandbox/incoming", json=body) as answer:
                assert 201 == answer.status
                assert (await answer.json())["message_id"].startswith("sandbox-in-")
            await sandbox.called_back()
        await receiver[0].idle()
        sent = sandbox.outbox.accepted[0].message_id

    written = [event for event in listener.heard if isinstance(event, IncomingMessage)]
    assert ["hello", "Yes", "about that", None] == [event.text for event in written]
    assert (first, "Anna") == (written[0].message_id, written[0].sender_name)
    assert [None, sent, sent, None] == [event.reply_to for event in written]
    assert [None, "w1", "w1", None] == [event.reference for event in written]
    assert ButtonReply(id="yes", title="Yes") == written[1].content
    assert 4 == len({event.key for event in written})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"from": "+919812340001"}, "give from, one of text"),
        ({"from": "+919812340001", "text": "a", "button": "b"}, "give from, one of text"),
        ({"from": "+919812340001", "text": "a", "colour": "red"}, "give from, one of text"),
        ({"from": 919812340001, "text": "a"}, "those are texts"),
        ({"from": "+919812340001", "text": ""}, "text is empty; give its body"),
        ({"from": "+919812340001", "text": 3}, "expected text, not int @ content.body"),
        ({"from": "+919812340001", "text": {}}, "text is empty"),
        ({"from": "+919812340001", "button": {"title": "a"}}, "missing @ content.id"),
        ({"from": "+919812340001", "list": {"id": "a", "x": "y"}}, "extra fields found (x)"),
        ({"from": "+919812340001", "image": {"caption": "a"}}, "image needs a link or an id"),
        ({"from": "+919812340001", "image": {"kind": "video", "id": "a"}}, "image takes no type and no kind"),
        ({"from": "+919812340001", "location": {"latitude": 1, "longitude": 181}}, "from -180 to 180"),
        ({"from": "+919812340001", "order": {"items": []}}, "order is empty; give its items"),
        ({"from": "+919812340001", "reaction": "a"}, "missing @ content.emoji"),
        ({"from": "Anna", "text": "a"}, "phone number"),
        ({"text": "a"}, "number"),
        ({"from": "+919812340001", "text": "a", "provider": "wacr"}, "which are: kaleyra"),
        (["text"], "JSON object"),
        (None, "JSON object"),
    ],
)
async def test_what_nobody_can_write_is_refused(body: object, said: str, http: aiohttp.ClientSession) -> None:
    """A sentence says what would be right, and nothing is called back."""
    async with (
        Sandbox(callbacks="http://127.0.0.1:9/") as sandbox,
        http.post(f"{sandbox.url}/_sandbox/incoming", json=body) as answer,
    ):
        assert 400 == answer.status
        assert said in (await answer.json())["error"]
        assert not sandbox.callbacks.calls


async def test_the_control_surface_tells_what_became_of_them(
    receiver: tuple[Receiver, str], http: aiohttp.ClientSession
) -> None:
    """All counts, by status and by message."""
    async with Sandbox(callbacks=Callbacks(url=receiver[1], **QUICK)) as sandbox:
        await send(sandbox, range(4))
        await sandbox.called_back()
        async with http.get(f"{sandbox.url}/_sandbox/callbacks") as answer:
            told = await answer.json()

    each = {"sent": 4, "delivered": 4, "read": 4}
    assert {"due": each, "told": each, "refused": {}, "lost": {}, "dropped": {}, "pending": {}} == {
        name: told[name] for name in ("due", "told", "refused", "lost", "dropped", "pending")
    }
    assert ({"taken": 12}, {"read": 4}) == (told["calls"], told["messages"])


async def test_an_address_may_come_later(receiver: tuple[Receiver, str], listener: Listener) -> None:
    """As for a bot that has to know the sandbox before it has an address of its own; until then nobody is told."""
    async with Sandbox() as sandbox:
        await send(sandbox, range(2))
        sandbox.call_back(Callbacks(url=receiver[1], **QUICK))
        await send(sandbox, range(2, 4))
        await sandbox.called_back()
        await receiver[0].idle()

    assert {"w2", "w3"} == set(listener.standing)


def test_who_cannot_be_called_back_for_is_named() -> None:
    """A provider that tells of records alone brings no message; nobody writes to a sandbox that does not run."""
    sandbox = Sandbox(callbacks="http://127.0.0.1:9/")

    assert ("kaleyra", "wacr") == sandbox.calling
    with pytest.raises(ConfigError, match="which are: kaleyra, wacr"):
        sandbox.callback_settings("acme")
    with pytest.raises(RuntimeError, match="not started"):
        sandbox.incoming(Note(sender=PhoneNumber(BORIS), content=Text(body="a")))


def test_a_provider_without_callbacks_is_served_as_before(providers: Callable[[str], Any]) -> None:
    """Its dialect knows nothing of them."""
    assert () == Sandbox(providers=[providers("parrot")], callbacks="http://127.0.0.1:9/").calling
