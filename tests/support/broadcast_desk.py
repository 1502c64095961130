"""A broadcast from its plan to its end under a clock moved by hand, with a real ledger in its threads."""

from __future__ import annotations

import asyncio
import inspect
import shutil
import sqlite3
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Literal, TypeVar, cast
from unittest.mock import patch

from attrs import define, field

from tests.support.broadcast_provider import Double, Provider
from wamsg.broadcast import Ended, MessageTemplate, Options, Progress, Runner, open_audience, plan, prepare
from wamsg.ledger import Broadcast, Delivery, Ledger, State
from wamsg.ledger.sqlite import SqliteLedger, open_sqlite
from wamsg.testing import ManualClock

T = TypeVar("T")

HELLO: Mapping[str, object] = {"type": "text", "body": "Hello"}
#: Seconds after which the ledger's threads have surely hung.
_HUNG = 30.0
_ROUNDS = 30


class LeapingClock(ManualClock):
    """Also passes over hours at once, as a machine that was asleep does: late timers are called once."""

    async def leap(self, seconds: float) -> None:
        self._now += seconds
        await self.advance(0)


class WatchedLedger:
    """A ledger that knows what is asked of it right now, and lets a test step in before each call."""

    def __init__(self, ledger: Ledger) -> None:
        self.real = ledger
        self.before: Callable[[str], None] = lambda _name: None
        self._open: set[asyncio.Future[Any]] = set()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.real, name)
        if not callable(found) or name in {"deliveries", "suppressions"}:
            return found

        def call(*args: Any, **named: Any) -> Any:
            self.before(name)
            answer = found(*args, **named)
            if isinstance(answer, asyncio.Future):
                return self._track(answer)
            return self._tracked(answer) if inspect.iscoroutine(answer) else answer

        return call

    def _track(self, future: asyncio.Future[T]) -> asyncio.Future[T]:
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    async def _tracked(self, work: Coroutine[Any, Any, T]) -> T:
        return await self._track(asyncio.ensure_future(work))

    async def quiet(self) -> None:
        """Return once nothing is asked of the ledger and no task can go on without time passing."""
        while True:
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)
            if not self._open:
                return
            done, _ = await asyncio.wait(set(self._open), timeout=_HUNG, return_when=asyncio.FIRST_COMPLETED)
            assert done, "the ledger's threads hang"


def number(place: int) -> str:
    """The fictional number of the row at this place."""
    return f"+91981234{place:04d}"


def numbers(count: int) -> list[str]:
    """So many of them."""
    return [number(place) for place in range(count)]


@define(eq=False)
class Desk:
    """One ledger, one provider and the clock that both go by."""

    path: Path
    clock: LeapingClock
    provider: Provider
    watched: WatchedLedger
    shown: list[Progress] = field(factory=list)

    @property
    def ledger(self) -> Ledger:
        """As the code under test sees it."""
        return cast("Ledger", self.watched)

    @classmethod
    async def open(cls, folder: Path, *, durability: Literal["disk", "process"] = "process") -> Desk:
        """A new ledger, locked."""
        path, clock = folder / "sale.ledger", LeapingClock()
        watched = WatchedLedger(await open_sqlite(path, create=True, durability=durability))
        await watched.real.lock()
        return cls(path, clock, Provider(clock, ledger=path), watched)

    async def aclose(self) -> None:
        self.provider.close()
        await self.watched.real.aclose()

    async def reopen(self) -> None:
        """Close the ledger and open it again, as the next process does."""
        await self.watched.real.aclose()
        self.watched = WatchedLedger(await open_sqlite(self.path, create=False, durability="process"))
        await self.watched.real.lock()

    async def fill_disk(self, *, pages: int) -> None:
        """Let the file grow by so many pages of 4 KiB and no more."""
        assert isinstance(self.watched.real, SqliteLedger)

        def limit(connection: sqlite3.Connection) -> None:
            (now,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {now + pages}").fetchone()

        await self.watched.real._writer.do("note", limit)

    async def survivor(self, copied: Path) -> Desk:
        """The desk of the process that comes after a kill, with what ``copy`` found; the old provider is dead."""
        before = self.provider
        before.dead = True
        watched = WatchedLedger(await open_sqlite(copied, create=False, durability="process"))
        await watched.real.lock()
        provider = Provider(
            self.clock,
            before.script,
            accepted=list(before.accepted),
            left=list(before.left),
            asked=before.asked.copy(),
            references=list(before.references),
            ledger=copied,
        )
        return Desk(copied, self.clock, provider, watched)

    async def plan(
        self,
        rows: Iterable[str | Mapping[str, Any]] = (),
        *,
        message: Mapping[str, object] = HELLO,
        files: Path | None = None,
        rate: float | None = None,
        chunk: int | None = None,
        **options: Any,
    ) -> Broadcast:
        """Freeze a broadcast of ``rows``; in chunks of ``chunk`` rows, which are smaller than those of real ones."""
        with patch("wamsg.broadcast.plan.chunk_size", lambda _: chunk) if chunk else nullcontext():
            return await self._plan(rows, message, files, rate, options)

    async def _plan(
        self,
        rows: Iterable[str | Mapping[str, Any]],
        message: Mapping[str, object],
        files: Path | None,
        rate: float | None,
        options: dict[str, Any],
    ) -> Broadcast:
        planned = await plan(
            self.ledger,
            MessageTemplate.of(message, files=files),
            open_audience(cast("Any", list(rows))),
            provider="wacr",
            options=Options(**options),
            rate=rate,
            clock=self.clock,
        )
        return planned.broadcast

    async def runner(self, broadcast: Broadcast, *doubles: Double, **more: Any) -> Runner:
        """Ready to run; with one double if none is given."""
        several = doubles or (Double(self.provider),)
        named: dict[str, Any] = {"show": self.shown.append, "clock": self.clock, **more}
        return await prepare(self.ledger, broadcast.id, several, **named)

    async def run(self, broadcast: Broadcast, *doubles: Double, step: float = 1.0, **more: Any) -> Ended:
        """Run it to its end, ``step`` seconds at a time."""
        runner = await self.runner(broadcast, *doubles, **more)
        return await self.drive(runner.run(), step=step)

    async def drive(self, work: Coroutine[Any, Any, T] | asyncio.Task[T], *, step: float = 1.0, most: int = 4000) -> T:
        """Let time pass until ``work`` is done; bounded."""
        task = work if isinstance(work, asyncio.Task) else asyncio.create_task(work)
        try:
            await self.until(task.done, step=step, most=most)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        return await task

    async def until(self, holds: Callable[[], bool], *, step: float = 1.0, most: int = 4000) -> None:
        """Let time pass until ``holds``; bounded."""
        for _ in range(most):
            await self.watched.quiet()
            if holds():
                return
            await self.clock.leap(step)
        raise AssertionError(f"nothing of the kind within {most} steps of {step:g} s")

    async def deliveries(self, broadcast: Broadcast) -> dict[str, Delivery]:
        """Every delivery by its number."""
        lines = [line async for line in self.ledger.deliveries(broadcast.id)]
        return {f"+{line.address}": line for line in lines if line.state is not None}

    async def states(self, broadcast: Broadcast) -> dict[str, State]:
        """Where every delivery stands."""
        return {to: line.state for to, line in (await self.deliveries(broadcast)).items() if line.state is not None}

    async def kinds(self, broadcast: Broadcast) -> list[str]:
        """The kinds of its timeline, in order."""
        return [moment.kind for moment in await self.ledger.timeline(broadcast.id)]

    def copy(self, folder: Path) -> Path:
        """The ledger's files as a kill at this instant would leave them."""
        folder.mkdir(exist_ok=True)
        for piece in self.path.parent.glob(f"{self.path.name}*"):
            if not piece.name.endswith((".lock", "-shm")):
                shutil.copy(piece, folder / piece.name)
        return folder / self.path.name
