"""A dialect that remembers: for as long as its sandbox, only what was accepted, and until it is told to forget."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from attrs import evolve

from tests.sandbox.conftest import Parrot, make_provider
from wamsg.dialect import Memory
from wamsg.driver import Answer, Provider
from wamsg.errors import ConfigError
from wamsg.sandbox import Fault, Sandbox
from wamsg.testing.clock import ManualClock
from wamsg.transport.memory import SandboxTransport
from wamsg.wire import Request, Response


class Elephant(Parrot):
    """Counts the requests to each path, and says when the first came."""

    def respond_with(self, request: Request, serial: int, memory: Memory, now: float) -> Answer:
        seen = memory.table(self.account(request), "paths")
        row = seen.get(request.path) or {"first": now, "times": 0}
        row = seen.put(request.path, {**row, "times": row["times"] + 1})
        return Answer(response=Response(status=200, body=json.dumps({**row, "serial": serial}).encode()))


@pytest.fixture
def elephant() -> Provider:
    return evolve(make_provider("elephant"), sandbox=Elephant())


async def ask(http: aiohttp.ClientSession, sandbox: Sandbox, path: str = "/elephant/v1/a") -> Any:
    async with http.post(sandbox.url + path, data=b"{}") as answer:
        return json.loads(await answer.read())


async def test_it_remembers_from_one_request_to_the_next(
    elephant: Provider, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """With the time of the sandbox's clock; another sandbox begins anew."""
    async with Sandbox(providers=[elephant], serial=1, clock=clock) as sandbox:
        begun = clock.time()
        await ask(http, sandbox)
        await clock.advance(100)
        again = await ask(http, sandbox)
    async with Sandbox(providers=[elephant], serial=1, clock=clock) as sandbox:
        anew = await ask(http, sandbox)

    assert again == {"first": begun, "times": 2, "serial": 2}
    assert anew == {"first": begun + 100, "times": 1, "serial": 1}


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        (Fault(kind="status", status=500, times=1), 1),
        (Fault(kind="status", status=500, accept=True, times=1), 2),
        (Fault(kind="garbled_json", times=1), 2),
        (Fault(kind="throttle", times=1), 1),
    ],
    ids=lambda value: getattr(value, "kind", value),
)
async def test_only_what_was_accepted_is_remembered(
    elephant: Provider, http: aiohttp.ClientSession, fault: Fault, times: int
) -> None:
    """A scripted fault that says "not accepted" leaves no trace; one that loses the answer alone does."""
    async with Sandbox(providers=[elephant], faults=[fault]) as sandbox:
        async with http.post(f"{sandbox.url}/elephant/v1/a", data=b"{}") as answer:
            await answer.read()

        assert (await ask(http, sandbox))["times"] == times


async def test_it_forgets_when_told(elephant: Provider, providers: Any, http: aiohttp.ClientSession) -> None:
    """All providers or one of them, in Python and over HTTP; unknown ones are an error."""
    other = evolve(providers("other"), sandbox=Elephant())
    async with Sandbox(providers=[elephant, other]) as sandbox:
        for name in ("elephant", "other"):
            await ask(http, sandbox, f"/{name}/v1/a")

        sandbox.reset("elephant")
        times = [(await ask(http, sandbox, f"/{name}/v1/a"))["times"] for name in ("elephant", "other")]
        async with http.delete(f"{sandbox.url}/_sandbox/memory") as answer:
            assert answer.status == 204
        async with http.delete(f"{sandbox.url}/_sandbox/memory?provider=nobody") as answer:
            assert answer.status == 400
        async with http.get(f"{sandbox.url}/_sandbox/memory") as answer:
            assert await answer.json() == {"elephant": {}, "other": {}}

    assert times == [1, 2]
    with pytest.raises(ConfigError, match="nobody"):
        sandbox.reset("nobody")


async def test_what_it_knows_can_be_looked_at(
    elephant: Provider, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    """By provider, account and table, as keys and rows in order."""
    async with Sandbox(providers=[elephant], clock=clock) as sandbox:
        await ask(http, sandbox)
        async with http.get(f"{sandbox.url}/_sandbox/memory") as answer:
            told = await answer.json()

    assert told == {"elephant": {"one": {"paths": [["/v1/a", {"first": clock.time(), "times": 1}]]}}}


async def test_a_transport_in_memory_remembers_too(clock: ManualClock) -> None:
    """It has one memory for its life, and its own clock."""
    transport = SandboxTransport(Elephant(), clock=clock)
    request = Request(method="POST", url="https://h.example/v1/a")

    answers = [json.loads((await transport.send(request)).body) for _ in range(2)]

    assert [answer["times"] for answer in answers] == [1, 2]
    assert answers[1]["first"] == clock.time()
    transport.memory.clear()
    assert json.loads((await transport.send(request)).body)["times"] == 1
