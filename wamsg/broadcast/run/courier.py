"""One delivery: render, wait for the turn, commit the intent, let it leave, note how it ended."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from wamsg.broadcast import log
from wamsg.broadcast.message import MessageTemplate
from wamsg.broadcast.policy import Patience, costs_a_try, settle_error, settle_result
from wamsg.broadcast.run.gauge import Gauge
from wamsg.broadcast.run.halt import Halt, Halted
from wamsg.broadcast.run.quota import Quota
from wamsg.broadcast.run.sender import Sender
from wamsg.clock import Clock
from wamsg.errors import InvalidMessage, SendError, Throttled, Unsupported
from wamsg.ledger import Due, Lease, Ledger, Settled, State
from wamsg.ledger.reference import make_reference
from wamsg.ledger.sqlite.crash import passing
from wamsg.model import PhoneNumber, SendResult
from wamsg.wire import Priority

#: So many deliveries that get no turn one after the other mean that nobody would.
_IN_A_ROW = 3
#: From when a delivery may be tried, given the time; infinity for one that it ended by itself.
Gate = Callable[[Due, float], float]
#: Told every try's sender, the delivery, how it ended, and the error if there was one.
Watch = Callable[[Sender, Due, Settled, BaseException | None], None]


class NotNow(Exception):
    """Nothing can leave through this sender before ``until``; the delivery was not touched."""

    def __init__(self, until: float, why: str) -> None:
        super().__init__(why)
        self.until = until


class NotYet(Exception):
    """This delivery may not go before ``when`` any more (infinity: never); it was not touched."""

    def __init__(self, when: float) -> None:
        super().__init__(when)
        self.when = when


class NotOurs(Exception):
    """The ledger does not grant the delivery: its chunk was taken over by another process."""


class Courier:
    """Carries the deliveries of one lease through one sender, each at most once."""

    def __init__(
        self,
        ledger: Ledger,
        lease: Lease,
        template: MessageTemplate,
        *,
        sender: Sender,
        gate: Gate,
        halt: Halt,
        gauge: Gauge,
        quota: Quota,
        patience: Patience,
        free: Counter[int],
        watch: Watch,
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._lease = lease
        self._template = template
        self._sender = sender
        self._gate = gate
        self._halt = halt
        self._gauge = gauge
        self._quota = quota
        self._patience = patience
        #: Per delivery, the tries that cost nothing, as far as this run knows.
        self._free = free
        self._watch = watch
        self._clock = clock

    async def deliver(self, due: Due, task: asyncio.Task[None]) -> None:
        """Send to one recipient, if the ledger grants it. ``task`` is the one that runs this.

        Raises `NotNow` if the provider's pause is longer than anyone should wait with a delivery in hand, `NotOurs` if
        another process has the chunk, `NotYet` if its time has passed while it waited for its turn, `Halted` if the
        run or the sender is stopping, and what is wrong for everyone: a `wamsg.errors.LedgerError`, a closed
        messenger, a bug.
        """
        departure = _Departure(self, due, task)
        self._halt.waits(task)
        try:
            result = await self._send(due, departure)
        except (SendError, InvalidMessage, Unsupported) as error:
            if departure.left:
                self._failed(due, error, departed=True)
            else:
                await self._failed_before(due, departure, error)
        except BaseException as error:
            if departure.left:
                self._failed(due, error, departed=True)
            elif departure.claimed:
                self._note_unsent(due)
            raise
        else:
            passing("request.after")
            self._accepted(due, result)

    async def _send(self, due: Due, departure: _Departure) -> SendResult:
        content, options = self._template.render(due.values), self._template.provider_options(due.values)
        lease, secret = self._lease, self._ledger.secret
        return await self._sender.messenger.send(
            content,
            to=PhoneNumber(f"+{due.address}"),
            provider_options=options,
            reference=make_reference(secret, broadcast=lease.broadcast, seq=due.seq, attempt=due.attempt),
            priority=Priority.BULK,
            departure=departure,
        )

    def check(self, due: Due) -> None:
        """Raise if the delivery may not go now, for whatever has changed while it waited."""
        if self._sender.dropped:
            raise Halted
        now = self._clock.time()
        when = self._gate(due, now)
        if when > now:
            raise NotYet(when)

    async def claim(self, due: Due) -> None:
        """Commit the intent. Raises `NotOurs` if the ledger does not grant it, `NotNow` if the quota is used up."""
        if not self._quota.spend():
            raise NotNow(self._clock.time(), "the daily quota is used up")
        try:
            granted = await self._ledger.claim(self._lease, due.seq, now=self._clock.time())
        except asyncio.CancelledError:
            # It may have been granted in the moment in which this was torn off.
            self._settle_unsent(due)
            raise
        if not granted:
            self._quota.give_back()
            log.lease_lost(self._lease)
            raise NotOurs
        self._gauge.claimed(due.attempt)
        self._sender.held_up = 0

    async def _failed_before(self, due: Due, departure: _Departure, error: Exception) -> None:
        """It failed before its departure: a pause, an upload, or a message that cannot be expressed."""
        if isinstance(error, Throttled):
            raise self._held_up(error) from error
        departure.check()
        await self.claim(due)
        self._failed(due, error, departed=False)

    def _held_up(self, error: Throttled) -> NotYet | NotNow:
        """One may be held up by a lane of its recipient's own; several in a row are by the sender's."""
        until = self._clock.time() + (error.retry_after or 1.0)
        self._sender.held_up += 1
        return NotYet(until) if self._sender.held_up < _IN_A_ROW else NotNow(until, str(error))

    def _accepted(self, due: Due, result: SendResult) -> None:
        del self._free[due.seq]
        self._note(due, settle_result(due.seq, result, at=self._clock.time()), None)

    def _failed(self, due: Due, error: BaseException, *, departed: bool) -> None:
        outcome = settle_error(
            due.seq,
            error,
            at=self._clock.time(),
            departed=departed,
            attempt=due.attempt,
            patience=self._patience,
            free=self._free[due.seq],
        )
        if outcome.state is not State.DEFERRED:
            del self._free[due.seq]
        elif isinstance(error, SendError) and not costs_a_try(error):
            self._free[due.seq] += 1
        self._note(due, outcome, error)

    def _note(self, due: Due, outcome: Settled, error: BaseException | None) -> None:
        self._ledger.settle(self._lease, outcome)
        self._gauge.settled(outcome.state)
        self._watch(self._sender, due, outcome, error)

    def _note_unsent(self, due: Due) -> None:
        # The run was stopped while its intent was written.
        self._settle_unsent(due)
        self._gauge.settled(State.DEFERRED)

    def _settle_unsent(self, due: Due) -> None:
        """Nothing of it left; it is due again at once."""
        now = self._clock.time()
        self._ledger.settle(self._lease, Settled(due.seq, State.DEFERRED, now, not_before=now))


class _Departure:
    """The last moment of a delivery on this machine."""

    def __init__(self, courier: Courier, due: Due, task: asyncio.Task[None]) -> None:
        self._courier = courier
        self._due = due
        self._task = task
        #: The intent is on disk.
        self.claimed = False
        #: The request was let go.
        self.left = False

    def check(self) -> None:
        self._courier._halt.departs(self._task)
        self._courier.check(self._due)

    async def __call__(self) -> None:
        self.check()
        await self._courier.claim(self._due)
        self.claimed = True
        # While the intent was written, the run may have been stopped.
        if self._courier._halt or self._courier._sender.dropped:
            raise Halted
        passing("request.before")
        self.left = True
