"""A client's life, its settings, and the road of a message through it, without sockets."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import aiohttp
import pytest

import wamsg
from wamsg import Image, Text, registry
from wamsg.errors import (
    ConfigError,
    InvalidMessage,
    InvalidRecipient,
    NotSent,
    Throttled,
    Unanswered,
    Unsupported,
    WamsgError,
)
from wamsg.pipeline import Rate, Scheduler
from wamsg.testing import ManualClock
from wamsg.transport.memory import MemoryTransport, SandboxTransport
from wamsg.wire import Headers, Priority, Request, Response, Verdict

TO = "+91 98123 45678"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


def double(name: str) -> SandboxTransport:
    return SandboxTransport(registry.load(name).sandbox)


def connected(name: str, transport: MemoryTransport, **more: Any) -> wamsg.Client:
    settings: dict[str, Any] = {**registry.load(name).example, **more}
    return wamsg.connect(name, transport=transport, environ={}, **settings)


def always(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> MemoryTransport:
    return MemoryTransport(lambda _: Response(status=status, headers=Headers(headers or {}), body=body))


@pytest.fixture(params=["kaleyra", "wacr"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_a_message_goes_out_and_comes_back_as_a_result(name: str) -> None:
    """What the provider took and what the caller is told are the same."""
    transport = double(name)

    async with connected(name, transport) as client:
        result = await client.send(Text(body="hello"), to=TO)

    (taken,) = transport.accepted
    assert (name, taken.message_id, "919812345678") == (result.provider, result.message_id, taken.recipient)


async def test_any_operation_goes_through_the_same_pipeline(name: str) -> None:
    """Sending is only one of them."""
    async with connected(name, double(name)) as client:
        sentence = await client.call(client.driver.probe())

    assert sentence


async def test_a_local_file_goes_out_with_the_id_or_inside_the_message(name: str) -> None:
    """Whichever the provider wants; a second recipient costs no second upload."""
    transport = double(name)

    async with connected(name, transport) as client:
        await client.send(Image(file=PNG), to=TO)
        await client.send(Image(file=PNG), to="+91 98123 45679")

    assert ["image", "image"] == [taken.kind for taken in transport.accepted]
    assert (3 if name == "kaleyra" else 2) == len(transport.requests)


async def test_connecting_opens_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket, no session, until the first send."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was made")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(aiohttp.ClientSession, "__init__", refuse)

    settings: dict[str, Any] = dict(registry.load(name).example)
    async with wamsg.connect(name, environ={}, **settings):
        pass


async def test_a_client_that_is_not_open_says_so(name: str) -> None:
    """Before, and after."""
    transport = double(name)
    client = connected(name, transport)

    with pytest.raises(WamsgError, match="async with"):
        await client.send(Text(body="hello"), to=TO)
    async with client:
        pass
    with pytest.raises(WamsgError, match="closed"):
        await client.send(Text(body="hello"), to=TO)
    with pytest.raises(WamsgError, match="closed"):
        await client.open()
    await client.aclose()
    assert [] == transport.requests


@pytest.mark.parametrize(
    ("to", "error"),
    [("+91..,+91..", InvalidRecipient), ("", InvalidRecipient), (None, InvalidRecipient), ("12345", InvalidRecipient)],
)
async def test_a_wrong_recipient_is_told_before_anything_is_sent(
    name: str, to: str | None, error: type[Exception]
) -> None:
    """With the field's name."""
    transport = double(name)
    async with connected(name, transport) as client:
        with pytest.raises(error):
            await client.send(Text(body="hello"), to=to)

    assert [] == transport.requests


async def test_unknown_options_are_told_before_anything_is_sent(name: str) -> None:
    """Never dropped in silence."""
    transport = double(name)
    async with connected(name, transport) as client:
        with pytest.raises((InvalidMessage, Unsupported), match="colour"):
            await client.send(Text(body="hello"), to=TO, provider_options={"colour": "red"})

    assert [] == transport.requests


def test_an_unknown_provider_names_those_that_are_installed() -> None:
    """So that the typo is seen."""
    with pytest.raises(ConfigError, match=r"kaleyra.*wacr"):
        wamsg.connect("kaleira")


def test_a_missing_setting_names_its_environment_variable() -> None:
    """And what it is."""
    with pytest.raises(ConfigError, match="WAMSG_WACR_TOKEN") as caught:
        wamsg.connect("wacr", environ={})

    assert "token" == caught.value.setting


def test_settings_come_from_the_environment_and_say_so() -> None:
    """An argument goes before it."""
    environ = {"WAMSG_WACR_TOKEN": "from-env", "WAMSG_WACR_BASE_URL": "https://env.example/api"}

    client = wamsg.connect("wacr", environ=environ, base_url="https://argument.example/api")

    assert {"token": "WAMSG_WACR_TOKEN", "base_url": "argument"}.items() <= client.sources.items()


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
def test_a_timeout_that_makes_no_sense_is_told(timeout: float) -> None:
    """As a setting."""
    with pytest.raises(ConfigError, match="timeout"):
        wamsg.connect("wacr", environ={}, token="sandbox-token", timeout=timeout)


async def test_a_session_and_a_transport_are_one_too_many() -> None:
    """Which of them should carry the request?"""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ConfigError, match="not both"):
            wamsg.connect("wacr", environ={}, token="sandbox-token", session=session, transport=double("wacr"))


@pytest.mark.parametrize("limits", ["80", "fast", {"account": "80/x"}, {"acount": "80/s"}])
def test_a_limit_that_is_none_is_told(limits: Any) -> None:
    """As a setting, at once."""
    with pytest.raises(ConfigError, match="limit"):
        wamsg.connect("wacr", environ={}, token="sandbox-token", limits=limits)


async def test_limits_hold_for_all_tasks_of_a_client_together() -> None:
    """Three sends at two a minute take a minute."""
    clock = ManualClock()
    transport = double("wacr")
    async with connected("wacr", transport, limits="2/min", clock=clock) as client:
        tasks = [asyncio.ensure_future(client.send(Text(body="hello"), to=TO)) for _ in range(3)]
        await clock.advance(59)
        assert 2 == len(transport.accepted)
        await clock.advance(2)
        await asyncio.gather(*tasks)

    assert 3 == len(transport.accepted)


async def test_limits_can_be_learnt_from_the_provider() -> None:
    """WA.cr tells a token's calls a minute; Kaleyra tells nothing of the kind."""
    transport = double("wacr")
    async with connected("wacr", transport, limits="5/min") as client, connected("kaleyra", double("kaleyra")) as other:
        assert {"account": "60/min"} == await client.learn_limits()
        assert {} == await other.learn_limits()

        assert isinstance(client.limiter, Scheduler)
        (lane,) = client.limiter.snapshot()
    assert 1 == lane.rate


async def test_no_limits_still_obeys_the_providers_pause(name: str) -> None:
    """None switches rates off, not manners."""
    clock = ManualClock()
    transport = always(429, {"Retry-After": "30"})
    async with connected(name, transport, limits=None, clock=clock) as client:
        tasks = [asyncio.ensure_future(client.send(Text(body="hello"), to=f"+91981234567{n}")) for n in range(3)]
        await clock.advance(29)
        assert 1 == len(transport.requests)
        await clock.advance(300)

    assert {Throttled} == {type(task.exception()) for task in tasks}


async def test_a_wait_above_the_bound_comes_back_at_once(name: str) -> None:
    """With how long it would have been."""
    async with connected(name, always(429, {"Retry-After": "3600"})) as client:
        with pytest.raises(Throttled) as caught:
            await client.send(Text(body="hello"), to=TO)

    assert 3600 == caught.value.retry_after
    assert caught.value.lanes


async def test_what_never_left_is_tried_again_and_what_may_have_left_is_not(name: str) -> None:
    """The whole promise in two transports."""
    clock = ManualClock()

    def failing(error: Exception) -> MemoryTransport:
        def fail(_: Request) -> Response:
            raise error

        return MemoryTransport(fail)

    never, maybe = failing(NotSent("refused")), failing(Unanswered("cut"))
    async with connected(name, never, clock=clock) as one, connected(name, maybe, clock=clock) as other:
        first = asyncio.ensure_future(one.send(Text(body="hello"), to=TO))
        second = asyncio.ensure_future(other.send(Text(body="hello"), to=TO))
        await clock.advance(120)

    assert (NotSent, Unanswered) == (type(first.exception()), type(second.exception()))
    assert (4, 1) == (len(never.requests), len(maybe.requests))


async def test_clients_can_share_one_limiter() -> None:
    """Two clients of one token keep its limit together."""
    clock = ManualClock()
    transports = [double("wacr"), double("wacr")]
    scheduler = Scheduler({"account": Rate.parse("3/min")}, clock=clock)
    clients = [connected("wacr", transport, limiter=scheduler, clock=clock) for transport in transports]
    async with clients[0], clients[1]:
        tasks = [asyncio.ensure_future(client.send(Text(body="hello"), to=TO)) for client in clients for _ in range(2)]
        await clock.advance(30)
        assert 3 == sum(len(transport.accepted) for transport in transports)
        await clock.advance(60)
        await asyncio.gather(*tasks)


async def test_a_limiter_of_ones_own_is_asked_and_told() -> None:
    """Anything with the three methods of the protocol."""
    seen: list[str] = []

    class Own:
        def try_acquire(self, lanes: tuple[str, ...], priority: Priority) -> bool:
            seen.append(f"may {priority.name.lower()} go?")
            return False

        async def acquire(self, lanes: tuple[str, ...], priority: Priority) -> None:
            seen.append("waits")

        def report(self, lanes: tuple[str, ...], verdict: Verdict | None, seconds: float) -> None:
            assert verdict is not None
            seen.append(verdict.meaning.value)

    async with connected("wacr", double("wacr"), limiter=Own()) as client:
        await client.send(Text(body="hello"), to=TO, priority=Priority.BULK)

    assert ["may bulk go?", "waits", "ok"] == seen


async def test_no_limiter_waits_as_told_and_counts_it_as_a_try(name: str) -> None:
    """Nobody else on the lane knows of the pause then."""
    clock = ManualClock()
    transport = always(429, {"Retry-After": "5"})
    async with connected(name, transport, limiter=None, clock=clock) as client:
        sending = asyncio.ensure_future(client.send(Text(body="hello"), to=TO))
        await clock.advance(60)

    assert isinstance(sending.exception(), Throttled)
    assert 4 == len(transport.requests)


def test_limits_and_a_limiter_are_one_too_many() -> None:
    """Which of them should hold?"""
    with pytest.raises(ConfigError, match="not both"):
        wamsg.connect("wacr", environ={}, token="sandbox-token", limits="1/s", limiter=Scheduler({}))
