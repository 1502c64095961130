"""A provider that keeps the ground truth: what it accepted, from whom, when, and what the ledger's file said then."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import define, field, frozen

from wamsg.clock import Clock
from wamsg.errors import SendError
from wamsg.model import Content, PhoneNumber, Recipients, SendResult
from wamsg.wire import Departure, Priority


@frozen(kw_only=True)
class End:
    """How one try ends. What is ``accepted`` is so before the answer starts, as in the worst case."""

    #: Raised in place of the answer.
    error: BaseException | None = None
    accepted: bool = True
    #: Raised before the departure: by a limiter, an upload, a bug.
    early: BaseException | None = None
    #: Seconds until the answer.
    slow: float = 0.0
    #: What the answer waits for as well.
    gate: asyncio.Event | None = None


ACCEPT = End()


def refuse(error: BaseException) -> End:
    """It left and was surely not accepted."""
    return End(error=error, accepted=False)


def lost(*, accepted: bool) -> End:
    """It left and no answer came."""
    from wamsg.errors import Unanswered

    return End(error=Unanswered("the connection was cut"), accepted=accepted)


def early(error: BaseException) -> End:
    """Nothing left."""
    return End(early=error, accepted=False)


@frozen(kw_only=True)
class Taken:
    """One message that the provider accepted."""

    to: str
    content: Content
    reference: str | None
    message_id: str
    at: float


#: How the try of a number (with plus) ends; the second argument counts its tries from 1.
Script = Callable[[str, int], End]


def always(end: End) -> Script:
    """Every try ends like this."""
    return lambda _to, _nth: end


def by_number(ends: Mapping[str, End | list[End]], *, otherwise: End = ACCEPT) -> Script:
    """Ends for single numbers, one for each try or one for all; the others end ``otherwise``."""

    def script(to: str, nth: int) -> End:
        found = ends.get(to, otherwise)
        return found if isinstance(found, End) else (found[nth - 1] if nth <= len(found) else otherwise)

    return script


@define(eq=False)
class Provider:
    """The truth that several messengers of one account share."""

    clock: Clock
    script: Script = field(default=always(ACCEPT))
    accepted: list[Taken] = field(factory=list)
    #: Numbers in the order of their departures.
    left: list[str] = field(factory=list)
    asked: defaultdict[str, int] = field(factory=lambda: defaultdict(int))
    references: list[str] = field(factory=list)
    #: What the ledger's file said of each row at the moment when its request left; all must be 1, sending.
    on_disk: list[int | None] = field(factory=list)
    #: Called at each stage of a send, for those who want to interfere there.
    moment: Callable[[str], None] = field(default=lambda _stage: None)
    #: Where the ledger lies, if its file is to be looked at.
    ledger: Path | None = None
    #: Once it is dead, nothing that comes is counted: the process that sent it is gone.
    dead: bool = False
    _connection: sqlite3.Connection | None = None

    def count(self, to: str) -> int:
        """How many messages to this number were accepted."""
        return sum(taken.to == to for taken in self.accepted)

    def look(self, to: str) -> None:
        """Note the state on disk of a number's row, read as any other process would."""
        if self.ledger is None:
            return
        if self._connection is None:
            self._connection = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)
        query = "SELECT state FROM recipient JOIN send USING (id) WHERE address = ? ORDER BY id DESC LIMIT 1"
        found = self._connection.execute(query, (int(to[1:]),)).fetchone()
        self.on_disk.append(found and found[0])

    def close(self) -> None:
        """Let go of the ledger's file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@define(eq=False)
class Double:
    """A `wamsg.messenger.RecordedMessenger` of the provider."""

    provider: Provider
    #: How its own sends end; None for the provider's script.
    script: Script | None = None
    #: Decides how a send ends when it leaves rather than when it comes.
    late: Script | None = None
    #: Where a send waits for its lane; None for at once.
    lane: Callable[[str], asyncio.Event] | None = None
    waiting: set[str] = field(factory=set)
    in_flight: int = 0
    most_in_flight: int = 0
    priorities: set[Priority] = field(factory=set)
    sent: list[str] = field(factory=list)

    async def send(
        self,
        content: Content,
        *,
        to: Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
        reference: str | None = None,
        priority: Priority = Priority.INTERACTIVE,
        departure: Departure | None = None,
    ) -> SendResult:
        assert isinstance(to, PhoneNumber)
        number, world = to.e164, self.provider
        world.asked[number] += 1
        end = (self.script or world.script)(number, world.asked[number])
        self.priorities.add(priority)
        world.moment("called")
        if end.early is not None:
            raise _fresh(end.early)
        await self._turn(number)
        assert departure is not None
        await departure()
        if self.late is not None:
            end = self.late(number, world.asked[number])
        return await self._leave(content, number, reference, end)

    async def aclose(self) -> None:
        """Nothing to give back."""

    async def _turn(self, number: str) -> None:
        if self.lane is None:
            return
        self.waiting.add(number)
        try:
            await self.lane(number).wait()
        finally:
            self.waiting.discard(number)

    async def _leave(self, content: Content, number: str, reference: str | None, end: End) -> SendResult:
        world = self.provider
        message_id = f"m{len(world.left)}"
        if not world.dead:
            world.left.append(number)
            self.sent.append(number)
            world.references.append(reference or "")
            world.look(number)
            if end.accepted:
                world.accepted.append(
                    Taken(to=number, content=content, reference=reference, message_id=message_id, at=world.clock.time())
                )
        world.moment("left")
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self._answer(end)
        finally:
            self.in_flight -= 1
        world.moment("answered")
        if end.error is not None:
            raise _fresh(end.error)
        return SendResult(provider="double", to=PhoneNumber(number), message_id=message_id)

    async def _answer(self, end: End) -> None:
        if end.slow:
            await self.provider.clock.sleep(end.slow)
        if end.gate is not None:
            await end.gate.wait()
        # Others go on meanwhile, as they do on a network.
        await asyncio.sleep(0)


def _fresh(error: BaseException) -> BaseException:
    """A copy, since one instance raised by many tasks would chain their tracebacks."""
    copy = type(error)(*error.args)
    if isinstance(error, SendError):
        copy.__dict__.update(error.__dict__)
    return copy
