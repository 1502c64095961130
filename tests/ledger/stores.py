"""The stores that the contract suite holds to the protocol, and what its tests build broadcasts with.

Another store joins by one line in `STORES`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from queue import Empty
from typing import Protocol

from wamsg.ledger import Delivery, Due, Lease, Ledger, Phase, Plan, Recipient, Settled, State
from wamsg.ledger.sqlite import SqliteLedger, open_sqlite

NOW = 1_700_000_000.0
#: Longer than any lease.
LATER = NOW + 3600
#: Fictional: +91 98123 4xxxx.
FIRST = 919812340000


class Store(Protocol):
    """One ledger's place, opened and crashed as often as a test likes."""

    async def open(self) -> Ledger:
        """A fresh handle."""
        ...

    async def crash(self, ledger: Ledger, *, cut: bool) -> None:
        """Abandon a handle as a dead process would, with (``cut``) or without losing what it had not committed."""
        ...

    async def clean(self) -> None:
        """Let go of what crashed handles hold."""
        ...


class SqliteStore:
    """A file in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "sent.ledger"
        self._opened: list[SqliteLedger] = []

    async def open(self) -> SqliteLedger:
        ledger = await open_sqlite(self.path, create=True)
        self._opened.append(ledger)
        return ledger

    async def crash(self, ledger: Ledger, *, cut: bool) -> None:
        assert isinstance(ledger, SqliteLedger)
        if cut:
            try:
                while True:
                    ledger._writer._queue.get_nowait()
            except Empty:
                pass
            # What is in a transaction already cannot be told from what was committed just before the end.
            await ledger._writer.do("flush", lambda _connection: None)
        # The kernel frees it when a process dies; the connections stay open as if nobody had closed them.
        ledger._lock.release()

    async def clean(self) -> None:
        for ledger in self._opened:
            await ledger.aclose()


STORES: dict[str, Callable[[Path], Store]] = {"sqlite": SqliteStore}


def plan(name: str = "spring") -> Plan:
    return Plan(
        name=name,
        provider="kaleyra",
        message={"type": "text", "body": "hello {first_name}"},
        options={"rate": "80/s"},
        columns=("first_name",),
        source="people.csv",
        created_at=NOW,
    )


def people(count: int, *, start: int = 0) -> list[Recipient]:
    return [Recipient(seq, seq + 2, FIRST + seq, (f"n{seq}",)) for seq in range(start, start + count)]


async def frozen(
    ledger: Ledger, rows: Sequence[Recipient] | int = 10, *, chunk: int = 100, first: int = 0, name: str = "spring"
) -> int:
    """A broadcast of these rows, ready to run."""
    broadcast = await ledger.begin(plan(name))
    await ledger.load(broadcast, people(rows) if isinstance(rows, int) else rows)
    await ledger.freeze(broadcast, fingerprint="f", digest="d", chunk=chunk, first=first)
    await ledger.enter(broadcast, Phase.RUNNING, at=NOW)
    return broadcast


async def taken(ledger: Ledger, broadcast: int, *, now: float = NOW, owner: str = "me") -> Lease:
    lease = await ledger.take(broadcast, now=now, owner=owner)
    assert lease is not None
    return lease


async def all_due(ledger: Ledger, lease: Lease, *, now: float = NOW) -> list[Due]:
    return await ledger.due(lease, after=lease.low - 1, limit=10_000, now=now)


async def all_lines(ledger: Ledger, broadcast: int, states: Iterable[State] | None = None) -> list[Delivery]:
    picked = None if states is None else frozenset(states)
    return [delivery async for delivery in ledger.deliveries(broadcast, picked)]


async def states_of(ledger: Ledger, broadcast: int) -> list[State | None]:
    return [delivery.state for delivery in await all_lines(ledger, broadcast)]


def settled(seq: int, state: State, *, at: float = NOW + 1, not_before: float | None = None) -> Settled:
    if state == State.ACCEPTED:
        return Settled(seq, state, at, f"wamid.{seq}")
    return Settled(seq, state, at, None, "Rejected", "E1", 400, "no", not_before)


async def bring(ledger: Ledger, lease: Lease, seq: int, state: State) -> None:
    """From pending to any state, by legal moves."""
    if state == State.PENDING:
        return
    if state in {State.EXPIRED, State.SKIPPED}:
        ledger.settle(lease, settled(seq, state))
    else:
        assert await ledger.claim(lease, seq, now=NOW)
        if state != State.SENDING:
            ledger.settle(lease, settled(seq, state, not_before=NOW))
    await ledger.flush()


async def gathered(claims: Iterable[Awaitable[bool]]) -> list[bool]:
    return list(await asyncio.gather(*claims))
