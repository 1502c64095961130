"""The ledger in one SQLite file: `wamsg.ledger.Ledger` for one machine."""

from __future__ import annotations

import asyncio
import sqlite3
from asyncio import Future
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from wamsg.errors import LedgerBusy, LedgerError, LedgerUnusable
from wamsg.ledger.events import StoredEvent
from wamsg.ledger.optout import OptOuts
from wamsg.ledger.records import (
    Arrivals,
    Broadcast,
    Counts,
    Delivery,
    Due,
    Lease,
    Loaded,
    Moment,
    Plan,
    Recipient,
    Refused,
    Settled,
    Suppression,
)
from wamsg.ledger.sqlite import chunks, course, inbox, planning, reading, suppressed
from wamsg.ledger.sqlite.connection import translated
from wamsg.ledger.sqlite.lanes import LedgerLanes
from wamsg.ledger.sqlite.lock import FileLock
from wamsg.ledger.sqlite.names import Names
from wamsg.ledger.sqlite.rows import read_broadcast, read_broadcasts
from wamsg.ledger.sqlite.writer import Writer
from wamsg.ledger.state import MOVES, Phase, State, Wanted
from wamsg.model import PhoneNumber
from wamsg.model.event import Event
from wamsg.pipeline import LaneStore
from wamsg.pipeline.pace import Learnt

Result = TypeVar("Result")

#: How often, and after how many seconds, the lock is tried again.
_GLANCES, _GLANCE = 5, 0.02

#: Rows that are read at once where there may be millions.
_PAGE: Final = 2000
#: Where a try or the want of one may end.
_ENDS: Final = frozenset.union(*MOVES.values()) - {State.SENDING}


class SqliteLedger:
    """Implements `wamsg.ledger.Ledger` and the protocols of `wamsg.ledger.events`, on one event loop.

    Made by `wamsg.ledger.sqlite.open_sqlite`.

    Writes go through one thread, reads through another; neither ever blocks the loop. A write that fails (disk full,
    a damaged page) fails whoever waits for it and everything that is asked for later with `LedgerUnusable`; reading
    goes on. One that had no turn, because another process did not let go of the file, fails with `LedgerBusy`, and the
    next one is tried again.
    """

    def __init__(
        self,
        path: Path,
        *,
        names: Names,
        secret: bytes,
        lanes: dict[str, Learnt],
        writer: Writer,
        opt_outs: OptOuts,
        reader: sqlite3.Connection,
        thread: ThreadPoolExecutor,
    ) -> None:
        self.secret = secret
        self.lanes: LaneStore = LedgerLanes(lanes, partial(writer.post, "lane"))
        self._path = path
        self._lock = FileLock(path)
        self._names = names
        self._writer = writer
        self._inbox = inbox.Inbox(writer.reports)
        self._opt_outs = opt_outs
        self._reader = reader
        self._thread = thread
        self._locked = False
        self._ours: set[int] = set()
        self._closing: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"SqliteLedger({str(self._path)!r})"

    async def aclose(self) -> None:
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        # Its owner may be cancelled; what was told is committed all the same.
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        # Whoever has to know whether it was stored asks `flush`; closing lets go of the file in any case.
        with suppress(LedgerBusy, LedgerUnusable):
            await self._writer.do("flush", _nothing)
        self._writer.stop()
        await self._on_thread(self._let_go)
        self._thread.shutdown()

    def _let_go(self) -> None:
        self._writer.join()
        self._reader.close()
        self._lock.release()

    async def lock(self) -> None:
        if self._locked:
            return
        if not self._lock.held:
            await self._acquire()
        try:
            await self._read(partial(_check, self._path))
            await self._on_thread(self._names.check)
            await self._writer.do("lock", partial(chunks.free_all, reasons=self._writer.reasons))
        except Exception:
            # Not where it is cancelled: what is queued would then be done without the lock.
            self._lock.release()
            raise
        self._locked = True

    async def _acquire(self) -> None:
        for _ in range(_GLANCES):
            try:
                self._lock.acquire()
            except LedgerBusy:
                # Whoever only looks who runs here takes the lock for an instant, too.
                await asyncio.sleep(_GLANCE)
            else:
                return
        self._lock.acquire()

    # -- planning

    async def begin(self, plan: Plan) -> int:
        for draft in await self._read(planning.drafts):
            if draft not in self._ours:
                await self._erase(draft)
        broadcast = await self._do("begin", partial(planning.begin, plan=plan))
        self._ours.add(broadcast)
        return broadcast

    async def load(self, broadcast: int, rows: Sequence[Recipient], refused: Sequence[Refused] = ()) -> Loaded:
        return await self._do("load", partial(planning.load, broadcast=broadcast, rows=rows, refused=refused))

    async def freeze(self, broadcast: int, *, fingerprint: str, digest: str, chunk: int, first: int = 0) -> Broadcast:
        work = partial(
            planning.freeze, broadcast=broadcast, fingerprint=fingerprint, digest=digest, chunk=chunk, first=first
        )
        return await self._do("freeze", work)

    async def discard(self, broadcast: int) -> None:
        await self._do("discard", partial(planning.demote, broadcast=broadcast))
        await self._erase(broadcast)

    async def _erase(self, broadcast: int) -> None:
        while not await self._do("discard", partial(planning.shrink, broadcast=broadcast)):
            pass

    # -- reading

    async def broadcasts(self) -> list[Broadcast]:
        return await self._read(read_broadcasts)

    async def broadcast(self, broadcast: int) -> Broadcast:
        return await self._read(partial(read_broadcast, broadcast=broadcast))

    async def counts(self, broadcast: int) -> Counts:
        return await self._read(partial(reading.counts, broadcast=broadcast))

    async def deliveries(self, broadcast: int, states: Collection[State] | None = None) -> AsyncIterator[Delivery]:
        read = partial(reading.lines, broadcast=broadcast, limit=_PAGE)
        if states is not None:
            mask = sum(1 << state for state in set(states))
            read = partial(reading.deliveries, broadcast=broadcast, limit=_PAGE, states=mask)
        after = -1
        while page := await self._read(partial(read, after=after)):
            for delivery in page:
                yield delivery
            after = page[-1].seq

    async def timeline(self, broadcast: int) -> list[Moment]:
        return await self._read(partial(reading.timeline, broadcast=broadcast))

    # -- running

    async def enter(self, broadcast: int, phase: Phase, *, at: float, reason: str = "") -> None:
        await self._do("enter", partial(course.enter, broadcast=broadcast, phase=phase, at=at, reason=reason))

    async def order(self, broadcast: int, wanted: Wanted) -> None:
        await self._writer.do("order", partial(course.order, broadcast=broadcast, wanted=wanted))

    async def take(self, broadcast: int, *, now: float, owner: str) -> Lease | None:
        reasons = self._writer.reasons
        return await self._do("take", partial(chunks.take, reasons=reasons, broadcast=broadcast, now=now, owner=owner))

    async def next_ready(self, broadcast: int) -> float | None:
        return await self._read(partial(reading.next_ready, broadcast=broadcast))

    async def due(self, lease: Lease, *, after: int, limit: int, now: float) -> list[Due]:
        return await self._read(partial(reading.due, lease=lease, after=after, limit=limit, now=now))

    def claim(self, lease: Lease, seq: int, *, now: float) -> Future[bool]:
        self._check_locked()
        return self._writer.claim(lease, seq, now)

    def settle(self, lease: Lease, outcome: Settled) -> None:
        self._check_locked()
        if outcome.state not in _ENDS or not lease.low <= outcome.seq < lease.high:
            raise LedgerError(f"row {outcome.seq} cannot end as {outcome.state.name.lower()} under this lease")
        self._writer.settle(lease, outcome)

    async def flush(self) -> None:
        await self._writer.do("flush", _nothing)

    async def renew(self, broadcast: int, leases: Iterable[Lease], *, now: float) -> Wanted:
        self._check_locked()
        await self._on_thread(self._names.check)
        return await self._do("renew", partial(chunks.renew, broadcast=broadcast, leases=list(leases), now=now))

    async def release(self, lease: Lease, *, until: float | None = None) -> bool:
        return await self._do("release", partial(chunks.release, lease=lease, until=until))

    async def note(self, broadcast: int, moment: Moment) -> None:
        await self._writer.do("note", partial(course.note, broadcast=broadcast, moment=moment))

    async def used(self, *, since: float) -> int:
        return await self._read(partial(reading.used, since=since))

    # -- settling afterwards

    async def rearm(
        self, broadcast: int, states: Collection[State], *, now: float, codes: Collection[str] | None = None
    ) -> int:
        return await self._do("rearm", partial(course.rearm, broadcast=broadcast, states=states, now=now, codes=codes))

    async def resolve(self, broadcast: int, outcomes: Sequence[Settled]) -> int:
        work = partial(
            course.resolve,
            reasons=self._writer.reasons,
            reports=self._writer.reports,
            broadcast=broadcast,
            outcomes=outcomes,
        )
        return await self._do("resolve", work)

    # -- who must not be messaged

    async def suppress(self, entries: Sequence[Suppression]) -> int:
        return await self._writer.do("suppress", partial(suppressed.suppress, entries=entries))

    async def unsuppress(self, addresses: Sequence[int]) -> int:
        return await self._writer.do("unsuppress", partial(suppressed.unsuppress, addresses=addresses))

    async def suppressions(self) -> AsyncIterator[Suppression]:
        after = 0
        while page := await self._read(partial(suppressed.page, after=after, limit=_PAGE)):
            for entry in page:
                yield entry
            after = page[-1].address

    # -- what callbacks bring: `wamsg.ledger.events`

    async def add(
        self, events: Sequence[Event], *, now: float, unwanted: Collection[str] = frozenset()
    ) -> list[StoredEvent]:
        read = partial(inbox.arrivals_of, events, unwanted, secret=self.secret, opt_outs=self._opt_outs, now=now)
        # Before the transaction, which keeps other processes waiting.
        arrivals = await self._on_thread(read)
        return await self._writer.do("events", lambda connection: self._bring(connection, arrivals, now))

    def _bring(self, connection: sqlite3.Connection, arrivals: list[inbox.Arrival], now: float) -> list[StoredEvent]:
        # As late as can be: what is acknowledged has to be where the next process looks for it.
        self._names.check()
        return self._inbox.add(connection, arrivals, now)

    async def unhandled(self, *, messages: bool, after: int, limit: int) -> list[StoredEvent]:
        return await self._read(partial(inbox.unhandled, messages=messages, after=after, limit=limit))

    async def handled(self, positions: Sequence[int]) -> None:
        await self._writer.do("handled", partial(inbox.handled, positions=positions))

    async def last_written(self, number: PhoneNumber) -> float | None:
        return await self._read(partial(inbox.last_written, number=number))

    async def bookmark(self, name: str) -> str | None:
        return await self._read(partial(inbox.bookmark, name=name))

    async def set_bookmark(self, name: str, text: str) -> None:
        await self._writer.do("bookmark", partial(inbox.set_bookmark, name=name, text=text))

    async def arrivals(self) -> Arrivals:
        """How much came in, and what of it waits."""
        return await self._read(inbox.arrived)

    # -- the two threads

    def _check_locked(self) -> None:
        if not self._locked:
            raise LedgerError("the ledger is not locked; planning and running need `lock` first")

    def _do(self, name: str, work: Callable[[sqlite3.Connection], Result]) -> Future[Result]:
        self._check_locked()
        return self._writer.do(name, work)

    async def _read(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        if self._closing is not None:
            raise LedgerError("the ledger is closed")
        return await self._on_thread(partial(self._reading, work))

    def _reading(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        with translated(self._path):
            return work(self._reader)

    async def _on_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _nothing(_connection: sqlite3.Connection) -> None:
    """A job that only marks a place in the queue."""


#: Bytes up to which a ledger is read through before it is sent from: 0.5 s per million recipients, 2.5 s at this size.
_CHECKED: Final = 1 << 30


def _check(path: Path, connection: sqlite3.Connection) -> None:
    """Look for damaged pages, since a row of `send` that cannot be found again would be sent once more.

    In a larger file each page is judged only when it is read, which finds damage to the pages but not to their order.
    """
    if path.stat().st_size > _CHECKED:
        return
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise LedgerUnusable(f"the ledger {path} is damaged: {' '.join(found.split())}")
