"""One provider's share of the sandbox: limit, dialect, faults and outbox in their order; no socket, no waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import Factory, asdict, define, field, frozen

from wamsg.clock import Clock
from wamsg.dialect.memory import Memory
from wamsg.driver import Accepted, Answer, Provider, responder
from wamsg.sandbox.faults import Fault, Script
from wamsg.sandbox.gate import Gate
from wamsg.sandbox.magic import MAGIC
from wamsg.sandbox.multipart import ReceivedFile
from wamsg.sandbox.outbox import Outbox, Record
from wamsg.sandbox.retry_form import RetryForm
from wamsg.sandbox.spoil import spoiled, throttled
from wamsg.wire import Request, Response


@define(kw_only=True)
class Counts:
    """What became of the requests to one mount, since the start.

    Each whole request counts once, when it is decided: answered, refused, throttled, faulted or unreadable.
    """

    #: The dialect's own answer, below 400.
    answered: int = 0
    #: The dialect's own answer, 400 or above.
    refused: int = 0
    #: Over the rate limit.
    throttled: int = 0
    #: Met a fault, scripted or magic.
    faulted: int = 0
    #: Malformed or too large.
    unreadable: int = 0
    #: Messages accepted, one per recipient: what went into the outbox.
    accepted: int = 0

    def as_dict(self) -> dict[str, int]:
        """By name."""
        return asdict(self)


@frozen
class Reply:
    """What is to be said, and the fault that has a say in how."""

    response: Response
    fault: Fault | None = None


@define(kw_only=True)
class Mount:
    """A provider, the state it shares with the other mounts, and what happened to its requests."""

    provider: Provider
    serials: Iterator[int]
    script: Script
    outbox: Outbox
    clock: Clock
    gate: Gate | None = None
    form: RetryForm = RetryForm.SECONDS
    #: Who is told of each message that was accepted.
    listener: Callable[[Accepted], None] | None = None
    counts: Counts = field(factory=Counts)
    #: What the dialect knows of earlier requests.
    memory: Memory = field(factory=Memory)
    _ask: Callable[[Request, int, Memory, float], Answer] = field(
        init=False, default=Factory(lambda self: responder(self.provider.sandbox), takes_self=True)
    )
    _magic: Script = field(factory=lambda: Script(MAGIC.values()), init=False)

    def reply(self, request: Request, files: tuple[ReceivedFile, ...] = ()) -> Reply:
        """Decide about ``request``. A request over the limit is not looked at any further and meets no fault."""
        dialect = self.provider.sandbox
        wait = self.gate.wait(dialect.account(request), self.clock.monotonic()) if self.gate else 0.0
        if wait:
            self.counts.throttled += 1
            return Reply(throttled(dialect.failure(429), self.form, wait, self.clock.time()))
        serial = next(self.serials)
        answer = self._ask(request, serial, self.memory, self.clock.time())
        fault = self._fault(request, answer)
        # A request that was not accepted, whatever the answer says, has changed nothing.
        if fault is None or fault.accepts:
            self.memory.keep()
        else:
            self.memory.undo()
        if fault is None:
            self._count_answer(answer)
            self._accept(answer, files, serial)
            return Reply(answer.response)
        self.counts.faulted += 1
        if fault.accepts:
            self._accept(answer, files, serial)
        return Reply(spoiled(fault, answer.response, dialect.failure, self.clock.time()), fault)

    def unreadable(self, status: int) -> Reply:
        """The provider's own words for a request that could not be read."""
        self.counts.unreadable += 1
        return Reply(self.provider.sandbox.failure(status))

    def _fault(self, request: Request, answer: Answer) -> Fault | None:
        recipients = [accepted.recipient for accepted in answer.accepted]
        fault = self.script.strike(self.provider.name, request.path, recipients)
        if fault is None and any(recipient[-5:] in MAGIC for recipient in recipients):
            return self._magic.strike(self.provider.name, request.path, recipients)
        return fault

    def _count_answer(self, answer: Answer) -> None:
        if answer.response.status < 400:
            self.counts.answered += 1
        else:
            self.counts.refused += 1

    def _accept(self, answer: Answer, files: tuple[ReceivedFile, ...], serial: int) -> None:
        for accepted in answer.accepted:
            self.counts.accepted += 1
            self.outbox.add(
                Record(
                    provider=self.provider.name,
                    recipient=accepted.recipient,
                    kind=accepted.kind,
                    message_id=accepted.message_id,
                    reference=accepted.reference,
                    body=accepted.body,
                    files=files,
                    at=self.clock.time(),
                    serial=serial,
                )
            )
            if self.listener is not None:
                self.listener(accepted)
