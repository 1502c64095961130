"""What each fault looks like on the wire, byte by byte, and what the outbox says of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from wamsg.driver import Provider
from wamsg.sandbox import Fault, FaultKind, Sandbox
from wamsg.testing.clock import ManualClock

Strike = Callable[..., Awaitable[tuple[Any, Sandbox]]]


@pytest.fixture
def strike(provider: Provider, raw: Callable[[Sandbox, bytes], Awaitable[Any]], post: Callable[..., bytes]) -> Strike:
    """One request to a sandbox with one fault: what was heard, and the sandbox that was stopped afterwards."""

    async def exchange(kind: str, **fields: Any) -> tuple[Any, Sandbox]:
        async with Sandbox(providers=[provider], faults=[Fault(kind=FaultKind(kind), **fields)], serial=1) as sandbox:
            return await raw(sandbox, post()), sandbox

    return exchange


def length(heard: Any) -> int:
    head = heard.data.partition(b"\r\n\r\n")[0].decode()
    (value,) = [line.partition(": ")[2] for line in head.splitlines() if line.startswith("Content-Length")]
    return int(value)


def header(heard: Any, name: str) -> str | None:
    lines = heard.data.partition(b"\r\n\r\n")[0].decode().splitlines()[1:]
    return next((line.partition(": ")[2] for line in lines if line.lower().startswith(f"{name.lower()}:")), None)


@pytest.mark.parametrize("ending", ["reset", "close"])
@pytest.mark.parametrize(("kind", "accepted"), [("cut_before", 0), ("accepted_then_cut", 1)])
async def test_a_silent_cut_sends_no_byte(strike: Strike, kind: str, accepted: int, ending: str) -> None:
    """Nobody can tell from outside whether the message was accepted; the outbox can."""
    heard, sandbox = await strike(kind, ending=ending)

    assert (b"", ending) == (heard.data, heard.ending)
    assert accepted == sandbox.outbox.count()


@pytest.mark.parametrize("ending", ["reset", "close"])
async def test_a_cut_after_the_headers_promises_a_body_that_never_comes(strike: Strike, ending: str) -> None:
    """The status says accepted, and it is."""
    heard, sandbox = await strike("cut_after_headers", ending=ending)

    assert (200, b"", ending) == (heard.status, heard.body, heard.ending)
    assert length(heard) > 0
    assert 1 == sandbox.outbox.count()


@pytest.mark.parametrize("ending", ["reset", "close"])
async def test_a_cut_during_the_body_leaves_half_of_the_true_answer(strike: Strike, ending: str) -> None:
    """Half of what was promised."""
    heard, sandbox = await strike("cut_during", ending=ending)

    assert (200, ending, length(heard) // 2) == (heard.status, heard.ending, len(heard.body))
    assert heard.body.startswith(b'{"serial": 1')
    assert 1 == sandbox.outbox.count()


@pytest.mark.parametrize("kind", ["cut_after_headers", "cut_during"])
async def test_even_an_empty_answer_can_be_cut(sandbox: Sandbox, http: aiohttp.ClientSession, kind: str) -> None:
    """A byte is promised that never comes."""
    sandbox.faults.add(Fault(kind=FaultKind(kind)))
    async with http.post(f"{sandbox.url}/parrot", json={"silent": "yes"}) as response:
        assert (200, 1) == (response.status, response.content_length)
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


@pytest.mark.parametrize("size", [60_000, 8_000_000])
async def test_what_is_said_before_a_cut_arrives(
    sandbox: Sandbox, raw: Callable[[Sandbox, bytes], Awaitable[Any]], size: int
) -> None:
    """The reset does not swallow it; of a large answer it is 32 KiB rather than half."""
    sandbox.faults.add(Fault(kind=FaultKind.CUT_DURING))
    body = json.dumps({"to": "+919812340001", "text": "x" * size}).encode()
    heard = await raw(sandbox, b"POST /parrot HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    assert (min(length(heard) // 2, 32_768), "reset") == (len(heard.body), heard.ending)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"Retry-After": "1"}),
        ({"retry_after": 2.5}, {"Retry-After": "3"}),
        ({"retry_after": 0}, {"Retry-After": "0"}),
        ({"retry_after": 2.5, "form": "milliseconds"}, {"retry-after-ms": "2500", "Retry-After": None}),
        ({"form": "absent"}, {"Retry-After": None, "retry-after-ms": None}),
        ({"retry_after": 3, "form": "negative"}, {"Retry-After": "-3"}),
        ({"form": "absurd"}, {"Retry-After": "315360000"}),
    ],
)
async def test_a_throttle_says_429_in_the_providers_words(
    strike: Strike, fields: dict[str, Any], expected: dict[str, str | None]
) -> None:
    """Not accepted, and told to wait in the form that was asked for."""
    heard, sandbox = await strike("throttle", **fields)

    assert (429, {"squawk": 429}) == (heard.status, json.loads(heard.body))
    assert expected == {name: header(heard, name) for name in expected}
    assert 0 == sandbox.outbox.count()


async def test_a_throttle_until_a_date_counts_from_its_own_date(strike: Strike) -> None:
    """One Date header only, the one that the wait was reckoned from."""
    heard, _ = await strike("throttle", retry_after=90, form="http-date")

    assert 1 == heard.data.lower().count(b"\r\ndate: ")
    assert str(header(heard, "Retry-After")).endswith(" GMT")


@pytest.mark.parametrize("status", [400, 404, 418, 500, 502, 503, 504, 599])
async def test_a_status_comes_in_the_providers_words(strike: Strike, status: int) -> None:
    """Not accepted, unless the fault says so; no wait is told unless the fault gives one."""
    heard, sandbox = await strike("status", status=status)

    assert (status, {"squawk": status}, None) == (heard.status, json.loads(heard.body), header(heard, "Retry-After"))
    assert 0 == sandbox.outbox.count()


async def test_a_status_may_tell_a_wait_and_hide_an_acceptance(strike: Strike) -> None:
    """503, come back later; and yet it went out."""
    heard, sandbox = await strike("status", retry_after=7, accept=True)

    assert (503, "7") == (heard.status, header(heard, "Retry-After"))
    assert 1 == sandbox.outbox.count()


@pytest.mark.parametrize(
    ("body", "kind", "begins"),
    [
        ("dialect", "application/json", b'{"squawk": 502}'),
        ("html", "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("empty", None, b""),
        ("wrong_type", "text/html; charset=utf-8", b'{"squawk": 502}'),
    ],
)
async def test_a_status_comes_in_four_bodies(strike: Strike, body: str, kind: str | None, begins: bytes) -> None:
    """As gateways, proxies and broken servers send them."""
    heard, _ = await strike("status", status=502, body=body)

    assert (502, kind) == (heard.status, header(heard, "Content-Type"))
    assert heard.body.startswith(begins)
    assert bool(begins) == bool(heard.body)


async def test_a_page_with_status_200_is_no_acceptance(strike: Strike) -> None:
    """Some portal on the way answered."""
    heard, sandbox = await strike("html_200")

    assert (200, "text/html; charset=utf-8") == (heard.status, header(heard, "Content-Type"))
    assert heard.body.startswith(b"<!DOCTYPE html>")
    assert 0 == sandbox.outbox.count()


@pytest.mark.parametrize("kind", ["truncated_json", "garbled_json"])
async def test_a_spoiled_document_is_complete_http_and_no_json(strike: Strike, kind: str) -> None:
    """Accepted, with an answer that cannot be read."""
    heard, sandbox = await strike(kind)

    assert (200, "close", length(heard)) == (heard.status, heard.ending, len(heard.body))
    assert "application/json" == header(heard, "Content-Type")
    with pytest.raises(ValueError, match=r"."):
        json.loads(heard.body)
    assert 1 == sandbox.outbox.count()


@pytest.mark.parametrize("size", [3_000_000, 1])
async def test_a_huge_body_is_the_true_answer_and_blanks(strike: Strike, size: int) -> None:
    """Complete, readable, and of the size that was asked for (at least the answer's own)."""
    heard, sandbox = await strike("huge_body", size=size)

    assert length(heard) == len(heard.body) == max(size, len(heard.body.strip()))
    assert 1 == json.loads(heard.body)["serial"]
    assert 1 == sandbox.outbox.count()


async def test_a_client_that_leaves_a_huge_body_harms_nobody(
    provider: Provider, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    """It reads the beginning and hangs up; the next request is served."""
    fault = Fault(kind=FaultKind.HUGE_BODY, size=200_000_000, times=1)
    async with Sandbox(providers=[provider], faults=[fault], serial=1) as sandbox:
        async with http.post(f"{sandbox.url}/parrot", json={"to": "+919812340001"}) as response:
            await response.content.readexactly(1000)
            response.close()
        async with http.post(f"{sandbox.url}/parrot", json={"to": "+919812340001"}) as response:
            assert 200 == response.status

    assert [] == caplog.records


async def test_slow_headers_come_when_their_time_has_come(
    provider: Provider, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """Accepted at once, answered truly after the wait and not before."""
    fault = Fault(kind=FaultKind.SLOW_HEADERS, seconds=30)
    async with Sandbox(providers=[provider], faults=[fault], serial=1, clock=clock) as sandbox:
        pending = _send(http, sandbox)
        await _until(clock, lambda: clock.next_timer is not None)

        assert (1, False) == (sandbox.outbox.count(), pending.done())
        assert clock.monotonic() + 30 == clock.next_timer
        await clock.advance(30)
        status, body = await pending
        assert (200, 1) == (status, json.loads(body)["serial"])


async def test_a_slow_body_drips_and_ends_whole(
    provider: Provider, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """Headers at once, the body in drops, all of it in the seconds that were asked for."""
    fault = Fault(kind=FaultKind.SLOW_BODY, seconds=20)
    async with Sandbox(providers=[provider], faults=[fault], serial=1, clock=clock) as sandbox:
        start, drops = clock.monotonic(), 0
        async with http.post(f"{sandbox.url}/parrot", json={"to": "+919812340001"}) as response:
            assert (200, 1) == (response.status, sandbox.outbox.count())
            body = b""
            while not response.content.at_eof():
                if clock.next_timer is not None:
                    await clock.advance(clock.next_timer - clock.monotonic())
                    drops += 1
                body += await response.content.readany()

    assert 1 == json.loads(body)["serial"]
    assert 10 == drops
    assert 20 == pytest.approx(clock.monotonic() - start)


@pytest.mark.parametrize("kind", FaultKind)
async def test_the_server_goes_on_after_every_kind(
    provider: Provider, http: aiohttp.ClientSession, kind: FaultKind, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault concerns one request; nothing is logged as an error."""
    clock = ManualClock()
    extra: dict[str, Any] = {"size": 100_000} if kind is FaultKind.HUGE_BODY else {}
    if kind in {FaultKind.SLOW_HEADERS, FaultKind.SLOW_BODY}:
        extra = {"seconds": 0}
    fault = Fault(kind=kind, times=1, **extra)
    async with Sandbox(providers=[provider], faults=[fault], serial=1, clock=clock) as sandbox:
        for _ in range(2):
            try:
                async with http.post(f"{sandbox.url}/parrot", json={"to": "+919812340001"}) as response:
                    await response.read()
                    last = response.status
            except aiohttp.ClientError:
                last = 0
        assert 200 == last
        assert {"answered": 1, "faulted": 1}.items() <= sandbox.counts["parrot"].items()

    assert [] == caplog.records


def _send(http: aiohttp.ClientSession, sandbox: Sandbox) -> asyncio.Task[tuple[int, bytes]]:

    async def send() -> tuple[int, bytes]:
        async with http.post(f"{sandbox.url}/parrot", json={"to": "+919812340001"}) as response:
            return response.status, await response.read()

    return asyncio.create_task(send())


async def _until(clock: ManualClock, condition: Callable[[], bool]) -> None:
    while not condition():
        await clock.settle(1)
