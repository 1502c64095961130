"""One job of a run: take a chunk that is ready, run it through the least busy sender, see to the next one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from attrs import frozen

from wamsg.broadcast import log
from wamsg.broadcast.message import MessageTemplate
from wamsg.broadcast.policy import Course, Options, Patience, SendWindow, without_numbers
from wamsg.broadcast.run.canary import CanaryWatch
from wamsg.broadcast.run.chunk import ChunkRun, Feed
from wamsg.broadcast.run.courier import Courier, Watch
from wamsg.broadcast.run.gate import Gate
from wamsg.broadcast.run.gauge import Gauge
from wamsg.broadcast.run.halt import Halt
from wamsg.broadcast.run.quota import Quota
from wamsg.broadcast.run.sender import Sender
from wamsg.clock import Clock
from wamsg.engine import Engine
from wamsg.ledger import Broadcast, Lease, Ledger, Phase

#: Chunks per sender at a time: while the last answers of one come in, the other keeps the sender busy.
_CHUNKS_PER_SENDER = 2
#: Seconds between two looks at something that is not ready yet.
_SOON = 0.05
_LOOK_AGAIN = 1.0
#: Seconds between two looks through a chunk of which some must wait for their hours.
_LOOK_THROUGH = 300.0


@frozen(kw_only=True)
class Work:
    """What all jobs of a run share."""

    ledger: Ledger
    broadcast: Broadcast
    senders: Sequence[Sender]
    template: MessageTemplate
    options: Options
    window: SendWindow | None
    patience: Patience
    quota: Quota
    canary: CanaryWatch
    engine: Engine
    halt: Halt
    gauge: Gauge
    watch: Watch
    #: From when on nothing is sent; None for never.
    deadline: float | None
    owner: str
    clock: Clock


class Jobs:
    """The handler that an engine calls."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._alive = 0
        self._free: Counter[int] = Counter()
        #: The chunks that are run right now.
        self.leases: set[Lease] = set()

        #: What went wrong first, for everyone.
        self.failure: Exception | None = None

    @property
    def places(self) -> int:
        """How many jobs may run at a time."""
        return _CHUNKS_PER_SENDER * len(self._work.senders)

    async def open(self) -> None:
        """Find out where an earlier run has left off."""
        await self._work.canary.open()

    async def start(self) -> None:
        """Put the first jobs in; the canary's chunk goes alone."""
        await self._submit(self.places if self._work.canary.passed else 1)

    async def __call__(self, broadcast: int) -> None:
        """Do one job. What goes wrong stops the run and stays in `failure`, so that other jobs end in good order."""
        try:
            await self._job(broadcast)
        except Exception as error:  # noqa: BLE001 -- raised by the runner, once the others have ended
            self.failure = self.failure or error
            self._work.halt.now(Phase.STOPPED, without_numbers(f"{type(error).__name__}: {error}"))

    async def _job(self, broadcast: int) -> None:
        self._alive -= 1
        work = self._work
        if work.halt:
            return
        now = work.clock.time()
        when, why = await self._not_before(now)
        if when > now:
            await self._again(broadcast, when - now, why)
            return
        lease = await work.ledger.take(broadcast, now=now, owner=work.owner)
        if lease is None:
            await self._nothing_ready(broadcast, now)
        elif lease.chunk and not work.canary.passed:
            await work.ledger.release(lease, until=now)
            await self._after_canary(broadcast)
        else:
            await self._run(lease)
            await self._after_canary(broadcast)

    async def _not_before(self, now: float) -> tuple[float, str]:
        work = self._work
        start = work.options.start_at or 0.0
        if start > now:
            return start, "it has not started yet"
        when = await work.quota.open_at(work.ledger, now)
        if when is not None:
            return when, "the daily quota is used up"
        return min(one.paused_until for one in self._standing), "the provider asked for a pause"

    @property
    def _standing(self) -> list[Sender]:
        return [one for one in self._work.senders if not one.dropped]

    async def _nothing_ready(self, broadcast: int, now: float) -> None:
        if not self._work.canary.passed:
            await self._after_canary(broadcast)
            return
        when = await self._work.ledger.next_ready(broadcast)
        if when is not None:
            why = "everyone left has a time of their own" if when > now + _LOOK_AGAIN else ""
            await self._again(broadcast, max(_SOON, when - now), why)

    async def _after_canary(self, broadcast: int) -> None:
        if self._work.canary.passed:
            await self._top_up()
            return
        judgement = await self._work.canary.judge()
        log.canary_judged(broadcast, judgement)
        if judgement.course is Course.STOP:
            self._work.halt.now(Phase.STOPPED, judgement.reason)
        elif judgement.course is Course.GO:
            await self._top_up()
        else:
            await self._again(broadcast, _LOOK_AGAIN, judgement.reason)

    async def _run(self, lease: Lease) -> None:
        work = self._work
        now = work.clock.time()
        sender = min(self._standing, key=lambda one: (one.paused_until > now, one.busy))
        gate = Gate(work.ledger, lease, gauge=work.gauge, window=work.window, deadline=work.deadline)
        feed = Feed(work.ledger, lease, gate=gate, clock=work.clock)
        courier = Courier(
            work.ledger,
            lease,
            work.template,
            sender=sender,
            gate=gate,
            halt=work.halt,
            gauge=work.gauge,
            quota=work.quota,
            patience=work.patience,
            free=self._free,
            watch=work.watch,
            clock=work.clock,
        )
        sender.busy += 1
        self.leases.add(lease)
        try:
            await ChunkRun(feed, courier, sender, work.halt).run(max(1, work.options.concurrency // self.places))
        finally:
            sender.busy -= 1
            self.leases.discard(lease)
            await work.ledger.flush()
            await work.ledger.release(lease, until=self._until(feed))
        if not lease.chunk:
            work.canary.ran()

    def _until(self, feed: Feed) -> float | None:
        """When the chunk is looked at again if some of it were left out; deferred ones may be due before those."""
        return None if feed.until is None else min(feed.until, self._work.clock.time() + _LOOK_THROUGH)

    async def _top_up(self) -> None:
        await self._submit(self.places - self._alive - len(self.leases))

    async def _submit(self, jobs: int) -> None:
        self._alive += max(0, jobs)
        await self._work.engine.submit(self._work.broadcast.id, max(0, jobs))

    async def _again(self, broadcast: int, delay: float, why: str) -> None:
        self._work.gauge.waiting = why
        self._alive += 1
        await self._work.engine.retry_later(broadcast, delay)
