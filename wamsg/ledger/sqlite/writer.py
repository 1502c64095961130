"""One thread that writes, and group commit: whatever is queued while a commit runs goes into the next one."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from asyncio import Future
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final, NamedTuple, TypeVar

from attrs import define, field

from wamsg.errors import LedgerError, LedgerUnusable
from wamsg.ledger.records import Lease, Settled
from wamsg.ledger.sqlite import crash
from wamsg.ledger.sqlite.connection import is_busy, unusable
from wamsg.ledger.sqlite.intent import Claim, Intents, Outcome
from wamsg.ledger.sqlite.reasons import Reasons
from wamsg.ledger.sqlite.reports import Reports
from wamsg.ledger.state import State

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Any]

#: What one transaction takes at most, so that it stays short.
_MOST: Final = 4096
#: Of SQLite's errors those that say something about a value, not about the file.
_HARMLESS: Final = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.InterfaceError)


class _Job(NamedTuple):
    """Any other piece of work, in the same transaction as what came with it."""

    name: str
    work: Work
    future: Future[Any] | None


class _Stop(NamedTuple):
    """The last item: end the thread."""


_Item = Claim | Outcome | _Job | _Stop


@define
class _Batch:
    """What goes into one transaction."""

    claims: list[Claim] = field(factory=list)
    outcomes: list[Outcome] = field(factory=list)
    jobs: list[_Job] = field(factory=list)
    stop: bool = False

    def add(self, item: _Item) -> None:
        """Sort it in."""
        kind = type(item)
        if kind is Claim:
            self.claims.append(item)  # type: ignore[arg-type]  # its type was just looked at, at a tenth of isinstance
        elif kind is Outcome:
            self.outcomes.append(item)  # type: ignore[arg-type]  # as above
        elif kind is _Job:
            self.jobs.append(item)  # type: ignore[arg-type]  # as above
        else:
            self.stop = True

    @property
    def unattended(self) -> _Batch:
        """What of it nobody waits for, to be written another time."""
        return _Batch(outcomes=self.outcomes, jobs=[job for job in self.jobs if job.future is None])

    @property
    def kinds(self) -> list[str]:
        """The kinds of commit that it is."""
        hot = [name for name, items in (("settle", self.outcomes), ("claim", self.claims)) if items]
        return hot + [job.name for job in self.jobs]


class Writer:
    """Owns the writing connection. Everything is asked for on the event loop and answered there, once per commit."""

    def __init__(self, path: Path, connection: sqlite3.Connection, loop: asyncio.AbstractEventLoop) -> None:
        self.reasons = Reasons(connection)
        self._path = path
        self._connection = connection
        self._loop = loop
        self.reports = Reports(connection, self.reasons)
        self._intents = Intents(connection, self.reasons, self.reports)
        self._queue: SimpleQueue[_Item] = SimpleQueue()
        self._closing = False
        self._broken: Exception | None = None
        #: Of a batch for which another process left no time.
        self._kept = _Batch()
        # A daemon, so that a ledger that nobody closed does not keep a dying process alive.
        self._thread = threading.Thread(target=self._run, name="wamsg-ledger", daemon=True)
        self._thread.start()

    def claim(self, lease: Lease, seq: int, now: float) -> Future[bool]:
        """Ask for leave to send."""
        self._check_open()
        future: Future[bool] = self._loop.create_future()
        self._queue.put(Claim(future, lease, seq, now))
        return future

    def settle(self, lease: Lease, settled: Settled) -> None:
        """Tell how a try ended."""
        self._check_open()
        self._queue.put(Outcome(lease, settled))

    def do(self, name: str, work: Callable[[sqlite3.Connection], Result]) -> Future[Result]:
        """Do any other work in the next transaction."""
        self._check_open()
        future: Future[Result] = self._loop.create_future()
        self._queue.put(_Job(name, work, future))
        return future

    def post(self, name: str, work: Callable[[sqlite3.Connection], None]) -> None:
        """As `do`, with no one who waits for it."""
        self._check_open()
        self._queue.put(_Job(name, work, None))

    def stop(self) -> None:
        """Take nothing more. Returns at once; `join` waits until all that was told is written."""
        if not self._closing:
            self._closing = True
            self._queue.put(_Stop())

    def join(self) -> None:
        """Wait for the thread, then let go of the file; not on the event loop."""
        self._thread.join()
        self._connection.close()

    def _check_open(self) -> None:
        if self._closing:
            raise LedgerError("the ledger is closed")

    # -- in the thread

    def _run(self) -> None:
        stop = False
        while not stop:
            batch = self._next()
            stop = batch.stop
            if batch.claims or batch.outcomes or batch.jobs:
                self._write(batch)

    def _next(self) -> _Batch:
        """Wait for one item, then take all that is there."""
        batch, get = self._kept, self._queue.get_nowait
        self._kept = _Batch()
        batch.add(self._queue.get())
        try:
            for _ in range(_MOST):
                batch.add(get())
        except Empty:
            pass
        return batch

    def _write(self, batch: _Batch) -> None:
        taken, results = self._answers(batch)
        if batch.claims or batch.jobs:
            self._tell(batch, taken, results)

    def _answers(self, batch: _Batch) -> tuple[list[Any], list[Any]]:
        """What whoever waits is told, once the batch is committed or is not."""
        if self._broken is not None:
            return self._failures(batch, self._broken)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if is_busy(error):
                # Nothing was written, so the next batch can be. What nobody waits for goes with it.
                self._kept = batch.unattended
            else:
                self._break(error)
            return self._failures(batch, error)
        try:
            return self._transact(batch)
        except Exception as error:  # noqa: BLE001 -- whatever it was, nothing of this batch may be thought stored
            self._break(error)
            return self._failures(batch, error)

    def _transact(self, batch: _Batch) -> tuple[list[Any], list[Any]]:
        taken: list[Any] = self._intents.write(batch.outcomes, batch.claims)
        results = [self._attempt(job.work) for job in batch.jobs]
        kinds = batch.kinds if crash.armed else []
        crash.committing(kinds, "before-commit")
        self._connection.execute("COMMIT")
        crash.committing(kinds, "after-commit")
        return taken, results

    def _attempt(self, work: Work) -> object:
        """The result of one job, or its own error, which undoes it alone."""
        execute = self._connection.execute
        execute("SAVEPOINT job")
        try:
            result = work(self._connection)
        except Exception as error:
            if (
                isinstance(error, sqlite3.Error) and not isinstance(error, _HARMLESS)
            ) or not self._connection.in_transaction:
                raise
            execute("ROLLBACK TO job")
            self.reasons.forget()
            result = _told(error)
        execute("RELEASE job")
        return result

    def _break(self, error: Exception) -> None:
        """Nothing is written any more: what was in the failed transaction is known to no one but us."""
        self._broken = error
        # Where even that fails, the next one who opens the file finds an unfinished transaction and drops it.
        with suppress(sqlite3.Error):
            self._connection.rollback()

    def _failures(self, batch: _Batch, cause: Exception) -> tuple[list[Any], list[Any]]:
        """An error for each who waits, all of them new: what is raised again and again grows by a trace each time."""
        return [self._failure(cause) for _ in batch.claims], [self._failure(cause) for _ in batch.jobs]

    def _failure(self, cause: Exception) -> LedgerError:
        failure = unusable(self._path, cause) if isinstance(cause, sqlite3.Error) else LedgerUnusable(str(cause))
        failure.__cause__ = cause
        return failure

    def _tell(self, batch: _Batch, taken: Sequence[Any], results: Sequence[Any]) -> None:
        # The loop may have been closed over a ledger that was not: then no one is left who could wait.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._deliver, batch, taken, results)

    # -- on the event loop

    def _deliver(self, batch: _Batch, taken: Sequence[Any], results: Sequence[Any]) -> None:
        for claim, won in zip(batch.claims, taken, strict=True):
            if not claim.future.done():
                _answer(claim.future, won)
            elif won is True:
                self._take_back(claim)
        for job, result in zip(batch.jobs, results, strict=True):
            if job.future is not None and not job.future.done():
                _answer(job.future, result)

    def _take_back(self, claim: Claim) -> None:
        """Whoever asked gave up before it was told: nothing left, and nothing will."""
        if not self._closing:
            detail = "given up before it left"
            outcome = Settled(claim.seq, State.DEFERRED, claim.now, detail=detail, not_before=claim.now)
            self._queue.put(Outcome(claim.lease, outcome))


def _told(error: Exception) -> Exception:
    """A value that SQLite does not take, as our own error; any other as it is."""
    if not isinstance(error, (*_HARMLESS, ValueError, OverflowError)):
        return error
    refused = LedgerError(f"the ledger cannot store this: {error}")
    refused.__cause__ = error
    return refused


def _answer(future: Future[Any], result: object) -> None:
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
