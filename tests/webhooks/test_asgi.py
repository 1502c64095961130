"""The ASGI rim, spoken to as a server does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.support.event_stores import FileEventStore
from tests.support.inbound_events import NOW, message, payload, signed, webhook
from wamsg.webhooks import Receiver
from wamsg.webhooks.asgi import AsgiApplication
from wamsg.wire.payload import LARGEST

BODY = payload(message("a"))


@pytest.fixture
async def app(opened: Any) -> AsgiApplication:
    return AsgiApplication(await opened())


def _scope(body: bytes = BODY, **more: Any) -> dict[str, Any]:
    headers = [(name.lower().encode(), value.encode()) for name, value in signed(body).items()]
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": headers,
        **more,
    }


async def _call(app: AsgiApplication, scope: dict[str, Any], *messages: dict[str, Any]) -> dict[str, Any]:
    """The answer: status, headers by name, and body."""
    given = iter(messages)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        found = next(given, None)
        if found is None:
            await asyncio.Event().wait()
        assert found is not None
        return found

    async def send(event: Any) -> None:
        sent.append(event)

    await app(scope, receive, send)
    start, body = sent
    assert ("http.response.start", "http.response.body") == (start["type"], body["type"])
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert int(headers["content-length"]) == len(body["body"])
    return {"status": start["status"], "body": body["body"], **headers}


def _piece(data: bytes = BODY, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": data, "more_body": more}


async def test_a_call_is_answered(app: AsgiApplication, listener: Any) -> None:
    """In one piece, in many, with empty ones between."""
    whole = await _call(app, _scope(), _piece())
    pieces = [_piece(BODY[at : at + 9], more=True) for at in range(0, len(BODY), 9)]
    parts = await _call(app, _scope(), *pieces, {"type": "http.request", "more_body": True}, {"type": "http.request"})

    assert [200, 200] == [whole["status"], parts["status"]]
    await app._receiver.idle()
    assert [message("a").key] == listener.tries


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        pytest.param("/", "", 200, id="alone"),
        pytest.param("/callbacks/", "/callbacks", 200, id="prefix left in"),
        pytest.param("/callbacks", "/callbacks", 200, id="no slash"),
        pytest.param("/callbacks/", "/callbacks/", 200, id="slash at the root"),
        pytest.param("/", "/callbacks", 200, id="prefix taken off"),
        pytest.param("/callbacksx", "/callbacks", 404, id="another path"),
        pytest.param("/callbacks/x", "/callbacks", 404, id="below"),
        pytest.param("/callbacks/callbacks", "/callbacks", 404, id="only once"),
    ],
)
async def test_it_is_found_where_it_is_mounted(app: AsgiApplication, path: str, root: str, expected: int) -> None:
    """Frameworks differ in what they leave in the path."""
    answer = await _call(app, _scope(path=path, root_path=root), _piece())

    assert expected == answer["status"]


async def test_a_body_too_large_is_refused_while_it_comes(app: AsgiApplication) -> None:
    """And the line is given up, which HTTP/2 has no header for."""
    pieces = [_piece(bytes(LARGEST), more=True), _piece(b"x", more=True)]

    first = await _call(app, _scope(), *pieces)
    second = await _call(app, _scope(http_version="2"), *pieces)

    assert [(413, "close"), (413, None)] == [(each["status"], each.get("connection")) for each in (first, second)]


async def test_a_caller_who_hangs_up_brings_nothing(app: AsgiApplication, store: FileEventStore) -> None:
    """Half a body is none."""
    answer = await _call(app, _scope(), _piece(BODY[:9], more=True), {"type": "http.disconnect"})

    assert (400, 0) == (answer["status"], store._last)


async def test_a_query_of_any_bytes_is_read(opened: Any) -> None:
    """The first of a name counts; what is no text matches nothing."""
    app = AsgiApplication(await opened(verify_token="fake-token"))
    asked = b"hub.mode=subscribe&hub.challenge=7&hub.verify_token=fake-token&hub.verify_token=x"

    right = await _call(app, _scope(method="GET", query_string=asked), _piece(b""))
    wrong = await _call(app, _scope(method="GET", query_string=b"hub.mode=\xff&hub.verify_token=%ff"), _piece(b""))

    assert [(200, b"7"), (401, b"not verified")] == [(each["status"], each["body"]) for each in (right, wrong)]


async def test_header_bytes_of_any_kind_are_no_failure(app: AsgiApplication) -> None:
    """They are refused like any other wrong secret."""
    scope = _scope(headers=[(b"x-hub-signature-256", b"sha256=\xff\xfe"), (b"content-length", b"\xb2")])

    assert 401 == (await _call(app, scope, _piece()))["status"]


async def _lifespan(app: AsgiApplication, *kinds: str) -> list[dict[str, Any]]:
    given = iter(kinds)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": next(given)}

    async def send(event: Any) -> None:
        sent.append(event)

    await app({"type": "lifespan"}, receive, send)
    return sent


async def test_the_lifespan_opens_and_closes(store: FileEventStore, listener: Any) -> None:
    """What was left is handled in between."""
    await store.add([message("old")], now=NOW)
    receiver = Receiver(webhook(), store=store, handler=listener)
    given: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    sent: asyncio.Queue[Any] = asyncio.Queue()
    running = asyncio.create_task(AsgiApplication(receiver)({"type": "lifespan"}, given.get, sent.put))

    given.put_nowait({"type": "lifespan.startup"})
    assert {"type": "lifespan.startup.complete"} == await sent.get()
    await receiver.idle()
    given.put_nowait({"type": "lifespan.shutdown"})
    assert {"type": "lifespan.shutdown.complete"} == await sent.get()
    await running

    assert [message("old").key] == listener.tries
    assert "closed" in repr(receiver)


async def test_a_start_that_fails_is_told_to_the_server(store: FileEventStore) -> None:
    """With the reason."""
    receiver = Receiver(webhook(), store=store)
    await receiver.open()
    await receiver.aclose()

    failed, complete = await _lifespan(AsgiApplication(receiver), "lifespan.startup", "lifespan.shutdown")

    assert "lifespan.startup.failed" == failed["type"]
    assert "closed" in failed["message"]
    assert "lifespan.shutdown.complete" == complete["type"]


async def test_resources_last_longer_than_the_receiver(store: FileEventStore) -> None:
    """Handlers that end while it closes still have them; if one cannot be had, the others are given back."""
    steps: list[str] = []

    @asynccontextmanager
    async def resource() -> AsyncIterator[None]:
        steps.append("entered")
        yield
        steps.append(repr(receiver))

    receiver = Receiver(webhook(), store=store)
    await _lifespan(AsgiApplication(receiver, resource()), "lifespan.startup", "lifespan.shutdown")
    await _lifespan(AsgiApplication(receiver, resource()), "lifespan.startup", "lifespan.shutdown")

    assert ["entered", "<Receiver /, closed>"] == steps[:2]
    assert ["entered"] == steps[2:3]


async def test_a_web_socket_is_turned_away(app: AsgiApplication) -> None:
    """Before it is accepted."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(event: Any) -> None:
        sent.append(event)

    await app({"type": "websocket", "path": "/"}, receive, send)

    assert [{"type": "websocket.close"}] == sent
