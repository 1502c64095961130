"""The server's life, its mounts and its ways of saying no."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Coroutine
from ipaddress import ip_address
from typing import Any

import aiohttp
import pytest

from wamsg.driver import Provider
from wamsg.errors import ConfigError
from wamsg.sandbox import Fault, FaultKind, Sandbox
from wamsg.testing.clock import ManualClock

Raw = Callable[[Sandbox, bytes], Coroutine[None, None, Any]]
Post = Callable[..., bytes]


async def test_a_message_is_answered_and_remembered(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    """The dialect sees the address without the mount, and the outbox what it took."""
    base = sandbox.settings("parrot")["base_url"]
    async with http.post(f"{base}/send%20now?a=%26&b", json={"to": "+919812340001"}) as response:
        document = await response.json()

    assert ("POST", "http://sandbox/v1/send%20now?a=%26&b") == (document["method"], document["url"])
    (record,) = sandbox.outbox.accepted
    assert ("parrot", "919812340001", "text", "1-01", "r", 1) == (
        record.provider,
        record.recipient,
        record.kind,
        record.message_id,
        record.reference,
        record.serial,
    )
    assert {"to": "+919812340001"} == record.body


async def test_settings_are_what_connect_takes(sandbox: Sandbox) -> None:
    """The provider's example credentials and the mount's address."""
    assert {"key": "sandbox-key", "base_url": f"{sandbox.url}/parrot/v1"} == sandbox.settings("parrot")

    with pytest.raises(ConfigError, match="the sandbox has no provider 'crow'; mounted: parrot"):
        sandbox.settings("crow")


async def test_header_names_have_no_case(sandbox: Sandbox, raw: Raw, post: Post) -> None:
    """As on any server."""
    assert 401 == (await raw(sandbox, post(**{"x-kEY": "wrong"}))).status


@pytest.mark.parametrize(
    "path", ["/", "/crow/v1", "/parrots", "/%70arrot/v1", "/_sandboxes", "//parrot/v1", "http://x/parrot"]
)
async def test_where_nothing_is_mounted_the_answer_says_what_is(
    sandbox: Sandbox, raw: Raw, post: Post, path: str
) -> None:
    """A wrong base_url is found out at once."""
    heard = await raw(sandbox, post(path=path))

    assert (404, b"the sandbox answers under /parrot, /_sandbox\n") == (heard.status, heard.body)
    assert 0 == len(sandbox.outbox)


async def test_concurrent_requests_are_all_remembered_once(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    """No serial is used twice and nothing is lost."""

    async def send(place: int) -> None:
        async with http.post(f"{sandbox.url}/parrot/v1", json={"to": f"+91981234{place:04}"}) as response:
            assert 200 == response.status

    await asyncio.gather(*(send(place) for place in range(300)))

    assert (300, [], 300) == (
        sandbox.outbox.count(),
        sandbox.outbox.duplicates(),
        len({record.serial for record in sandbox.outbox.accepted}),
    )
    assert 300 == sandbox.counts["parrot"]["answered"]


async def test_mounts_have_a_limit_each(providers: Callable[[str], Provider], http: aiohttp.ClientSession) -> None:
    """The same account name at two providers is two accounts; time is the clock's."""
    clock = ManualClock()
    async with Sandbox(providers=[providers("a"), providers("b")], limit="2/s", clock=clock) as sandbox:

        async def statuses(name: str) -> list[int]:
            answers = [await http.post(f"{sandbox.url}/{name}", json={"to": "+919812340001"}) for _ in range(3)]
            return [answer.status for answer in answers]

        assert [200, 200, 429] == await statuses("a")
        assert [200, 200, 429] == await statuses("b")
        await clock.advance(1.0)
        assert [200, 200, 429] == await statuses("a")
        assert (4, 2) == (sandbox.counts["a"]["accepted"], sandbox.counts["a"]["throttled"])
        assert (4, 2) == (sandbox.outbox.count(provider="a"), sandbox.outbox.count(provider="b"))


@pytest.mark.parametrize(
    "host", [str(ip_address(0)), "::", "", "192.168.1.5", "8.8.8.8", "example.com", "localhost.example.com", "*"]
)
def test_anything_but_loopback_is_refused(provider: Provider, host: str) -> None:
    """Before anything is bound."""
    with pytest.raises(ConfigError, match="binds to this machine only") as caught:
        Sandbox(host=host, providers=[provider])

    assert "host" == caught.value.setting


@pytest.mark.parametrize(("host", "shown"), [("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("::1", "[::1]")])
async def test_loopback_goes_by_several_names(
    provider: Provider, http: aiohttp.ClientSession, host: str, shown: str
) -> None:
    """IPv6 stands in brackets in an address."""
    with contextlib.closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        try:
            probe.bind(("127.0.0.1" if host == "localhost" else host, 0))
        except OSError:
            pytest.skip(f"this machine has no {host}")
    async with Sandbox(host=host, providers=[provider]) as sandbox:
        async with http.get(f"{sandbox.url}/parrot/v1") as response:
            assert 200 == response.status
        assert sandbox.url.startswith(f"http://{shown}:")


async def test_a_port_in_use_is_named(provider: Provider) -> None:
    """And the one who has it keeps it."""
    async with Sandbox(providers=[provider]) as first:
        port = int(first.url.rpartition(":")[2])
        second = Sandbox(port=port, providers=[provider])
        with pytest.raises(ConfigError, match=rf"port {port} on 127.0.0.1 is in use") as caught:
            await second.start()

        assert "port" == caught.value.setting
    async with Sandbox(port=port, providers=[provider]) as third:
        assert third.url.endswith(f":{port}")


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"port": 70_000}, "port"),
        ({"port": -1}, "port"),
        ({"port": "8025"}, "port"),
        ({"limit": "many"}, "limit"),
        ({"retry_after": "fax"}, "retry_after"),
        ({"serial": 0}, "serial"),
        ({"serial": "1"}, "serial"),
        ({"serial": 2**53}, "serial"),
        ({"faults": [Fault(kind=FaultKind.THROTTLE, provider="crow")]}, "provider"),
    ],
)
def test_wrong_settings_are_named(provider: Provider, settings: dict[str, Any], setting: str) -> None:
    """Before anything is bound."""
    with pytest.raises(ConfigError) as caught:
        Sandbox(providers=[provider], **settings)

    assert setting == caught.value.setting


@pytest.mark.parametrize("names", [("a", "a"), ("_sandbox",), ("a/b",), ("..",), ("",)])
def test_mounts_need_names_of_their_own(providers: Callable[[str], Provider], names: tuple[str, ...]) -> None:
    """A mount that could never be reached is refused."""
    with pytest.raises(ConfigError):
        Sandbox(providers=[providers(name) for name in names])


async def test_stopping_ends_hanging_requests_and_leaves_no_task(
    provider: Provider, raw: Raw, post: Post, clock: ManualClock
) -> None:
    """Slow answers, idle connections and half-sent requests all end; time stands still meanwhile."""
    before = asyncio.all_tasks()
    sandbox = Sandbox(providers=[provider], clock=clock, faults=[Fault(kind=FaultKind.SLOW_HEADERS)])
    await sandbox.start()
    lines = [
        post(),
        post(),
        b"",
        b"POST /parrot/v1 HTTP/1.1\r\nHost: x\r\nContent-Le",
        b"POST /parrot/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf",
        b"POST /parrot/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 110000001\r\n\r\nrefused, and its rest awaited",
    ]
    waiting = [asyncio.create_task(raw(sandbox, data)) for data in lines]
    while len(sandbox.outbox) < 2:  # noqa: ASYNC110 -- both are accepted before they hang
        await asyncio.sleep(0)

    await sandbox.stop()
    heard = await asyncio.gather(*waiting)

    assert all(b"200 OK" not in each.data for each in heard)
    assert before == asyncio.all_tasks()


async def test_a_client_that_hangs_up_leaves_no_task_behind(provider: Provider, clock: ManualClock, post: Post) -> None:
    """A slow answer is given up with its reader; the message stays accepted."""
    async with Sandbox(providers=[provider], clock=clock, faults=[Fault(kind=FaultKind.SLOW_HEADERS)]) as sandbox:
        before = asyncio.all_tasks()
        reader, writer = await asyncio.open_connection("127.0.0.1", int(sandbox.url.rpartition(":")[2]))
        writer.write(post())
        while not len(sandbox.outbox):  # noqa: ASYNC110 -- accepted before it hangs
            await asyncio.sleep(0)
        assert not reader.at_eof()
        writer.close()
        await writer.wait_closed()
        while asyncio.all_tasks() - before:  # noqa: ASYNC110 -- would go on for ever if one stayed
            await asyncio.sleep(0)

        assert 1 == sandbox.outbox.count()
        assert not sandbox._busy


@pytest.mark.parametrize("headers", [{}, {"Expect": "100-continue"}])
@pytest.mark.parametrize("kind", [FaultKind.HUGE_BODY, FaultKind.SLOW_BODY, FaultKind.CUT_DURING, None])
async def test_a_client_that_resets_at_once_is_no_error(
    provider: Provider,
    raw: Raw,
    post: Post,
    caplog: pytest.LogCaptureFixture,
    kind: FaultKind | None,
    headers: dict[str, str],
) -> None:
    """It sends and slams the door; whatever was to be said, nothing is logged and the next one is served."""
    faults = [Fault(kind=kind, recipient="7")] if kind else []
    async with Sandbox(providers=[provider], faults=faults, clock=ManualClock()) as sandbox:
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.sendall(post("+919812340007", **headers))
        assert 200 == (await raw(sandbox, post())).status

    assert [] == caplog.records


async def test_lifecycle_misuse_is_a_sentence(provider: Provider) -> None:
    """No address before the start, no second start, and stopping twice is harmless."""
    sandbox = Sandbox(providers=[provider])
    with pytest.raises(RuntimeError, match="has no address yet"):
        _ = sandbox.url
    await sandbox.stop()
    async with sandbox:
        with pytest.raises(RuntimeError, match="this sandbox is running"):
            await sandbox.start()
    await sandbox.stop()
    with pytest.raises(RuntimeError, match="this sandbox is stopped; make a new one"):
        await sandbox.start()


async def test_what_was_accepted_can_be_asked_after_the_end(provider: Provider, raw: Raw, post: Post) -> None:
    """Tests stop the server first and look then."""
    async with Sandbox(providers=[provider]) as sandbox:
        await raw(sandbox, post())

    assert (1, 1) == (sandbox.outbox.count(), sandbox.counts["parrot"]["answered"])


@pytest.mark.parametrize("headers", [{}, {"Expect": "100-continue"}])
async def test_a_bug_in_a_dialect_shows_no_traceback(
    provider: Provider,
    raw: Raw,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    headers: dict[str, str],
) -> None:
    """The client reads a bare 500; whoever runs the sandbox finds the reason in the log."""
    monkeypatch.setattr(provider.sandbox, "respond", lambda *_: 1 / 0)
    async with Sandbox(providers=[provider]) as sandbox:
        heard = await raw(sandbox, post(**headers))

    assert b"HTTP/1.1 500 " in heard.data
    assert b"ZeroDivision" not in heard.data
    assert "ZeroDivisionError" in caplog.text
    assert "wamsg.sandbox" == caplog.records[0].name


async def test_all_installed_providers_are_mounted_by_default() -> None:
    """And each one's example settings name its own mount."""
    sandbox = Sandbox()

    assert {"kaleyra", "wacr"} <= set(sandbox.mounts)
