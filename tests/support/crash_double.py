"""A provider that outlives the sender: a real server that remembers all that reached it and all that it accepted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from attrs import evolve, frozen

from wamsg import registry
from wamsg.clock import SystemClock
from wamsg.driver import Answer, SandboxDialect
from wamsg.sandbox import Fault, FaultBody, FaultKind, Record, Sandbox
from wamsg.settings import env_name
from wamsg.wire import Headers, Request, Response

PROVIDER = "kaleyra"
#: Seconds by which some answers are overtaken.
_LATER = 0.08
#: Once for what was on its way when its sender died, once for what that was queued behind.
_ROUNDS = 2

#: What the provider says of someone who wants nothing more from this sender.
_OPTED_OUT = Response(
    status=400,
    headers=Headers({"Content-Type": "application/json"}),
    body=b'{"code": "131050", "message": "User has stopped marketing messages", "data": {}, "error": {}}',
)

#: What loses or garbles an answer of which the message may well be accepted, and what refuses for a moment.
CUTS = (
    Fault(kind=FaultKind.ACCEPTED_THEN_CUT, chance=0.03, seed=1),
    Fault(kind=FaultKind.CUT_BEFORE, chance=0.02, seed=2),
    Fault(kind=FaultKind.CUT_DURING, chance=0.02, seed=3),
    Fault(kind=FaultKind.STATUS, status=502, body=FaultBody.HTML, accept=True, chance=0.02, seed=4),
    Fault(kind=FaultKind.HTML_200, accept=True, chance=0.01, seed=5),
    Fault(kind=FaultKind.TRUNCATED_JSON, chance=0.01, seed=6),
)
#: Bursts of refusals, each after some good answers; a sender that behaves meets one of a burst per second.
BURSTS = tuple(Fault(kind=FaultKind.THROTTLE, retry_after=0.3, skip=skip, times=2) for skip in (40, 90, 200))
#: Not accepted, come again in a second.
BUSY = (Fault(kind=FaultKind.STATUS, status=503, retry_after=1.0, chance=0.03, seed=7),)


@frozen
class Seen:
    """One message in a request that arrived whole, whatever it was answered."""

    recipient: str
    reference: str | None


class _Witness:
    """Speaks the provider's dialect, and takes down every message before anything can go wrong with its answer."""

    def __init__(self, dialect: SandboxDialect, opted_out: frozenset[str]) -> None:
        self.base_path = dialect.base_path
        self.account = dialect.account
        self.failure = dialect.failure
        self.seen: list[Seen] = []
        self._respond = dialect.respond
        self._opted_out = opted_out
        self._waiting: list[tuple[int, asyncio.Event]] = []

    def respond(self, request: Request, serial: int) -> Answer:
        answer = self._respond(request, serial)
        self.seen += [Seen(item.recipient, item.reference) for item in answer.accepted]
        for count, reached in self._waiting:
            if len(self.seen) >= count:
                reached.set()
        refused = any(item.recipient in self._opted_out for item in answer.accepted)
        return Answer(response=_OPTED_OUT) if refused else answer

    @contextmanager
    def reaching(self, count: int) -> Iterator[asyncio.Event]:
        """An event that is set once so many messages were seen in all."""
        reached = asyncio.Event()
        if len(self.seen) >= count:
            reached.set()
        waiter = (count, reached)
        self._waiting.append(waiter)
        try:
            yield reached
        finally:
            self._waiting.remove(waiter)


class _Gate(SystemClock):
    """A server that waits by it waits until the gate is opened."""

    def __init__(self) -> None:
        self.open = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.open.wait()


class Double:
    """``async with Double(..) as double:`` serves; every answer takes ``latency`` seconds, some a little more.

    ``held`` keeps back all answers until `release`. Messages to the digits in ``opted_out`` are refused as those to
    people who have stopped them.
    """

    def __init__(
        self, faults: Iterable[Fault] = (), *, latency: float = 0.02, held: bool = False, opted_out: Iterable[str] = ()
    ) -> None:
        provider = registry.load(PROVIDER)
        self._witness = _Witness(provider.sandbox, frozenset(opted_out))
        slow = (
            Fault(kind=FaultKind.SLOW_HEADERS, seconds=latency + _LATER, chance=0.1),
            Fault(kind=FaultKind.SLOW_HEADERS, seconds=latency),
        )
        self._gate = _Gate()
        self.sandbox = Sandbox(
            providers=[evolve(provider, sandbox=self._witness)],
            faults=(*faults, *slow),
            clock=self._gate if held else None,
        )

    async def __aenter__(self) -> Self:
        await self.sandbox.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.sandbox.stop()

    @property
    def environment(self) -> dict[str, str]:
        """What makes the command line send to this one."""
        return {env_name(PROVIDER, name): value for name, value in self.sandbox.settings(PROVIDER).items()}

    @property
    def seen(self) -> list[Seen]:
        """All that arrived, in order."""
        return self._witness.seen

    @property
    def accepted(self) -> list[Record]:
        """All that was accepted, in order: the truth."""
        assert len(self.sandbox.outbox) == self.sandbox.outbox.count()
        return self.sandbox.outbox.accepted

    @property
    def times(self) -> Counter[str]:
        """How often each recipient was accepted."""
        return Counter(record.recipient for record in self.accepted)

    @property
    def twice(self) -> set[str]:
        """Who was accepted more than once."""
        return {digits for digits, times in self.times.items() if times > 1}

    def release(self) -> None:
        """Give the answers that were held back, and all others from now on without any delay."""
        self._gate.open.set()

    async def reach(self, count: int) -> None:
        """Return once so many messages were seen in all."""
        with self._witness.reaching(count) as reached:
            await reached.wait()

    async def settle(self) -> None:
        """Return once all that a dead sender had sent is decided: its bytes are here already, and connections queue."""
        address = urlsplit(self.sandbox.url)
        for _ in range(_ROUNDS):
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.write(b"GET /_sandbox/counts HTTP/1.1\r\nHost: double\r\nConnection: close\r\n\r\n")
            await reader.read()
            writer.close()
            await writer.wait_closed()
