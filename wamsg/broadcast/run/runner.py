"""A run of a broadcast from where it stands: jobs through an engine, watched by a breaker and by whoever stops it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from attrs import frozen

from wamsg.broadcast import log
from wamsg.broadcast.message import MessageTemplate
from wamsg.broadcast.policy import Breaker, Canary, OnUnknown, Options, Patience, SendWindow, without_numbers
from wamsg.broadcast.run.canary import CanaryWatch
from wamsg.broadcast.run.gauge import Gauge, Progress
from wamsg.broadcast.run.halt import Halt
from wamsg.broadcast.run.jobs import Jobs, Work
from wamsg.broadcast.run.quota import Quota
from wamsg.broadcast.run.sender import Sender
from wamsg.broadcast.run.steward import Steward
from wamsg.clock import Clock
from wamsg.engine import Engine
from wamsg.errors import OptedOut, SendError, Throttled
from wamsg.ledger import Broadcast, Counts, Due, Ledger, Moment, Phase, Settled, State, Suppression
from wamsg.messenger import RecordedMessenger

#: Unknown deliveries are asked about, or sent again, so many times in one run at most.
_PASSES = 3

#: Where a suppression came from: the provider said so when it was sent to.
OPT_OUT = "opt-out error"

#: Settles what it can of a broadcast's unknown deliveries; how many are to be sent again.
AskAbout = Callable[[], Awaitable[int]]


@frozen(kw_only=True)
class Ended:
    """How a run ended."""

    phase: Phase
    #: Why it did not go to its end, in words; empty if it did.
    reason: str
    counts: Counts


class Runner:
    """Runs one broadcast once. The ledger must be locked; senders are opened and closed by whoever gives them."""

    def __init__(
        self,
        ledger: Ledger,
        broadcast: Broadcast,
        messengers: Sequence[RecordedMessenger],
        *,
        template: MessageTemplate,
        options: Options,
        engine: Engine,
        clock: Clock,
        show: Callable[[Progress], None],
        ask: AskAbout | None = None,
        callbacks: bool = False,
    ) -> None:
        self._ledger = ledger
        self._broadcast = broadcast
        self._senders = [Sender(place, messenger) for place, messenger in enumerate(messengers)]
        self._template = template
        self._options = options
        self._engine = engine
        self._clock = clock
        self._show = show
        self._ask = ask
        self._callbacks = callbacks
        self._halt = Halt()
        self._breaker = Breaker(options.breaker, senders=len(self._senders), under_way=options.concurrency)
        self._throttled_at = float("-inf")
        self._writing: set[asyncio.Task[object]] = set()

    def stop(self, reason: str) -> None:
        """Start nothing new, finish what is under way, leave the rest for another run."""
        self._halt.now(Phase.PAUSED, reason)

    async def run(self) -> Ended:
        """Until all is sent that can be, or it is stopped; then the ledger knows how it ended.

        Raises `wamsg.errors.LedgerError`, and whatever is wrong for everyone, after what was under way has ended.
        """
        ledger, broadcast, started = self._ledger, self._broadcast, self._clock.time()
        counts = await ledger.counts(broadcast.id)
        gauge = Gauge(broadcast.id, counts)
        first = broadcast.started_at is None
        await ledger.enter(broadcast.id, Phase.RUNNING, at=started)
        await self._note("started" if first else "resumed")
        jobs = Jobs(self._work(gauge, broadcast.started_at or started, counts))
        steward = self._steward(jobs, gauge)
        watching = asyncio.create_task(steward.watch(), name="wamsg broadcast steward")
        try:
            await self._passes(jobs, gauge)
            if watching.done():
                await watching
        except BaseException as error:
            self._halt.now(Phase.STOPPED, without_numbers(f"{type(error).__name__}: {error}"))
            await self._end(gauge)
            raise
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        return await self._end(gauge)

    async def _passes(self, jobs: Jobs, gauge: Gauge) -> None:
        """All chunks; then what the policy for unknown deliveries brings back, a few times."""
        await jobs.open()
        for again in range(_PASSES):
            # Only before a pass: what it makes due again must not be left lying.
            if again and not await self._settle_unknown(gauge):
                return
            await jobs.start()
            await self._engine.run_worker(jobs, places=jobs.places, until=self._halt.ordered)
            if jobs.failure is not None:
                raise jobs.failure
            await self._ledger.flush()
            if self._halt:
                return
        if self._options.on_unknown is OnUnknown.ASK:
            # What surely never went out may be left for another run; what went out is known.
            await self._settle_unknown(gauge)

    async def _settle_unknown(self, gauge: Gauge) -> int:
        """How many deliveries are to be sent again, by the policy for unknown ones."""
        due = await self._due_again()
        gauge.count(await self._ledger.counts(self._broadcast.id))
        return due

    async def _due_again(self) -> int:
        if self._options.on_unknown is OnUnknown.RESEND:
            return await self._ledger.rearm(self._broadcast.id, {State.UNKNOWN}, now=self._clock.time())
        if self._options.on_unknown is OnUnknown.ASK and self._ask is not None:
            return await self._asked(self._ask)
        return 0

    async def _asked(self, ask: AskAbout) -> int:
        """What asking brings back; a stop is heard meanwhile, and a failure leaves the unknown ones unknown."""
        asking = asyncio.ensure_future(ask())
        stopping = asyncio.create_task(self._halt.ordered.wait())
        try:
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return await asking if asking.done() else 0
        except SendError as error:
            await self._note("asked", without_numbers(f"the provider could not be asked: {error}"))
            return 0
        finally:
            for task in (asking, stopping):
                task.cancel()
            await asyncio.gather(asking, stopping, return_exceptions=True)

    async def _end(self, gauge: Gauge) -> Ended:
        await self._ledger.flush()
        await asyncio.gather(*self._writing)
        counts = await self._ledger.counts(self._broadcast.id)
        phase, reason = self._final(counts)
        await self._ledger.enter(self._broadcast.id, phase, at=self._clock.time(), reason=reason)
        await self._note(phase.name.lower(), reason)
        log.phase_entered(self._broadcast.id, phase, reason=reason, counts=counts)
        counts = await self._ledger.counts(self._broadcast.id)
        gauge.count(counts)
        self._show(gauge.progress(self._clock.time()))
        return Ended(phase=phase, reason=reason, counts=counts)

    def _final(self, counts: Counts) -> tuple[Phase, str]:
        if self._halt.order is not None:
            return self._halt.order.phase, self._halt.order.reason
        if counts.open:
            return Phase.STOPPED, "not everything could be tried in this run; resume it"
        if counts.states[State.UNKNOWN] and self._options.on_unknown is not OnUnknown.SKIP:
            return Phase.HELD, ""
        return Phase.FINISHED, ""

    def _work(self, gauge: Gauge, started_at: float, counts: Counts) -> Work:
        options, size = self._options, self._options.canary and self._options.canary.of(counts.deliveries)
        canary = size and Canary(
            size=size, failures=options.canary_failures, wait=options.canary_wait, callbacks=self._callbacks
        )
        return Work(
            ledger=self._ledger,
            broadcast=self._broadcast,
            senders=self._senders,
            template=self._template,
            options=options,
            window=SendWindow(options.window, fallback=options.window_zone) if options.window else None,
            patience=Patience(options.attempts),
            quota=Quota(options.daily_quota),
            canary=CanaryWatch(self._ledger, self._broadcast, canary or None, self._clock),
            engine=self._engine,
            halt=self._halt,
            gauge=gauge,
            watch=self._watch,
            deadline=options.deadline(max(started_at, options.start_at or 0.0)),
            owner=f"process {os.getpid()}",
            clock=self._clock,
        )

    def _steward(self, jobs: Jobs, gauge: Gauge) -> Steward:
        return Steward(
            self._ledger,
            self._broadcast.id,
            jobs.leases,
            engine=self._engine,
            halt=self._halt,
            gauge=gauge,
            show=self._show,
            clock=self._clock,
        )

    def _watch(self, sender: Sender, due: Due, outcome: Settled, error: BaseException | None) -> None:
        log.settled(self._broadcast.id, outcome, address=due.address, attempt=due.attempt, sender=sender.place)
        if error is None:
            sender.proven = True
            self._breaker.accepted(sender.place)
            return
        if isinstance(error, OptedOut):
            entry = Suppression(address=due.address, reason=outcome.detail or "", source=OPT_OUT, at=outcome.at)
            self._soon(self._ledger.suppress([entry]))
        if isinstance(error, Throttled) and outcome.at >= self._throttled_at + 1:
            self._throttled_at = outcome.at
            self._soon(self._note("throttled", outcome.detail or ""))
        conviction = self._breaker.failed(error, sender.place)
        if conviction is None:
            return
        if conviction.sender is None:
            self._halt.now(Phase.STOPPED, conviction.reason)
        else:
            sender.dropped = True
            log.sender_dropped(self._broadcast.id, conviction)
            self._soon(self._note("sender dropped", conviction.reason))

    def _soon(self, writing: Coroutine[Any, Any, object]) -> None:
        """Write it without keeping the sending; `_end` waits for it and raises what it raised."""
        task: asyncio.Task[object] = asyncio.create_task(writing)
        self._writing.add(task)
        task.add_done_callback(self._written)

    def _written(self, task: asyncio.Task[object]) -> None:
        # One that failed stays, so that it is raised in the end.
        if not task.cancelled() and task.exception() is None:
            self._writing.discard(task)

    async def _note(self, kind: str, detail: str = "") -> None:
        await self._ledger.note(self._broadcast.id, Moment(at=self._clock.time(), kind=kind, detail=detail))
