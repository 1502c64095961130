"""A state machine over the protocol: any steps in any order, a crash after any of them, checked against a model.

The model knows for each delivery what the ledger answered, nothing of how it is stored. What it holds the ledger to:
nobody is given out twice without a legal move between, nobody is lost, and the counts add up.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

import pytest
from attrs import define, field
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.ledger.stores import FIRST, NOW, STORES, Store, all_lines, frozen, settled
from wamsg.ledger import Fate, Lease, Ledger, Phase, Recipient, Settled, State, Suppression
from wamsg.ledger.state import MOVES, OPEN, UNSETTLED

Result = TypeVar("Result")
ROWS = 12
SEQS = st.integers(0, ROWS - 1)
OUTCOMES = st.sampled_from([State.ACCEPTED, State.REJECTED, State.UNKNOWN, State.DEFERRED])


@define
class Row:
    """One delivery as the model knows it."""

    state: State = State.PENDING
    not_before: float = 0.0
    epoch: int = 0
    attempts: int = 0
    #: Where it may stand instead once a crash has cut what was not committed.
    before: State | None = None

    def move(self, state: State) -> None:
        assert state in MOVES[self.state], f"{self.state.name} to {state.name}"
        self.state = state


@define
class Chunk:
    """Who holds a chunk, as far as was told."""

    lease: Lease
    until: float
    held: bool = True


@define
class Model:
    """All that was told."""

    rows: dict[int, Row] = field(factory=dict)
    chunks: dict[int, Chunk] = field(factory=dict)
    told: list[Lease] = field(factory=list)
    cancelled: bool = False


class LedgerMachine(RuleBasedStateMachine):
    """Subclassed for each store."""

    kind = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.store: Store = STORES[self.kind](Path(self.folder.name))
        self.now = NOW
        self.model = Model()

    def run(self, awaitable: Awaitable[Result]) -> Result:
        async def waited() -> Result:
            return await awaitable

        return self.runner.run(waited())

    def teardown(self) -> None:
        self.run(self.store.clean())
        self.runner.close()
        self.folder.cleanup()

    # -- the steps

    @initialize(
        addresses=st.lists(st.integers(FIRST, FIRST + 15), min_size=ROWS, max_size=ROWS),
        blocked=st.sets(st.integers(FIRST, FIRST + 15), max_size=2),
        chunk=st.integers(2, 6),
        first=st.integers(0, 3),
    )
    def planned(self, addresses: list[int], blocked: set[int], chunk: int, first: int) -> None:
        """A frozen broadcast with some repeated and some suppressed lines."""
        self.ledger = self.run(self.opened())
        self.run(self.ledger.suppress([Suppression(address=one, reason="", source="", at=NOW) for one in blocked]))
        rows = [Recipient(seq, seq + 1, address, ()) for seq, address in enumerate(addresses)]
        self.broadcast = self.run(frozen(self.ledger, rows, chunk=chunk, first=first))
        firsts = {addresses.index(address) for address in addresses if address not in blocked}
        self.model.rows = {seq: Row() for seq in firsts}

    async def opened(self) -> Ledger:
        ledger = await self.store.open()
        await ledger.lock()
        return ledger

    @rule(seconds=st.sampled_from([1.0, 10.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def take(self) -> None:
        """A chunk that nobody holds; whatever is open and free comes sooner or later."""
        lease = self.run(self.ledger.take(self.broadcast, now=self.now, owner="machine"))
        self.committed()
        if lease is None:
            assert not self.reachable()
            return
        held = self.model.chunks.get(lease.low)
        assert held is None or not held.held or held.until <= self.now
        assert held is None or lease.epoch > held.lease.epoch
        self.abandon(lease)
        self.model.chunks[lease.low] = Chunk(lease, self.now + 30)
        self.model.told.append(lease)

    def reachable(self) -> list[int]:
        """Deliveries that may be sent to and that nobody holds."""

        def free(seq: int) -> bool:
            chunk = next((c for c in self.model.chunks.values() if c.lease.low <= seq < c.lease.high), None)
            return chunk is None or not chunk.held or chunk.until <= self.now

        return [seq for seq, row in self.model.rows.items() if self.is_due(row) and free(seq)]

    def is_due(self, row: Row) -> bool:
        return row.state == State.PENDING or (row.state == State.DEFERRED and row.not_before <= self.now)

    def abandon(self, lease: Lease) -> None:
        for seq in range(lease.low, lease.high):
            row = self.model.rows.get(seq)
            if row is not None and row.state == State.SENDING:
                row.move(State.UNKNOWN)

    def ours(self, lease: Lease) -> bool:
        chunk = self.model.chunks.get(lease.low)
        return chunk is not None and chunk.held and chunk.lease == lease

    @precondition(lambda self: self.model.told)
    @rule(data=st.data(), seq=SEQS)
    def claim(self, data: st.DataObject, seq: int) -> None:
        """True exactly for who holds the chunk of a delivery that is open and due."""
        lease = data.draw(st.sampled_from(self.model.told))
        row = self.model.rows.get(seq)
        right = row is not None and lease.low <= seq < lease.high and self.ours(lease) and self.is_due(row)

        assert right == self.run(self.ledger.claim(lease, seq, now=self.now))

        self.committed()
        if row is not None and right:
            row.move(State.SENDING)
            row.epoch, row.attempts = lease.epoch, row.attempts + 1

    @precondition(lambda self: self.model.told)
    @rule(data=st.data(), seq=SEQS)
    def claim_and_crash(self, data: st.DataObject, seq: int) -> None:
        """Nobody learnt the answer, so nothing left: it may be unknown, or as before."""
        lease = data.draw(st.sampled_from(self.model.told))
        row = self.model.rows.get(seq)

        async def unheard() -> None:
            asked = asyncio.ensure_future(self.ledger.claim(lease, seq, now=self.now))
            await self.store.crash(self.ledger, cut=True)
            asked.cancel()

        right = row is not None and lease.low <= seq < lease.high and self.ours(lease) and self.is_due(row)
        self.run(unheard())
        self.reopen({seq} if right else set())

    @precondition(lambda self: self.model.told)
    @rule(
        data=st.data(), seq=SEQS, state=OUTCOMES | st.sampled_from([State.EXPIRED, State.SKIPPED]), flush=st.booleans()
    )
    def settle(self, data: st.DataObject, seq: int, state: State, *, flush: bool) -> None:
        """An outcome counts for the try that was claimed under its lease, and only while that is unsettled."""
        lease = data.draw(st.sampled_from(self.model.told))
        if not lease.low <= seq < lease.high:
            return
        row, outcome = self.model.rows.get(seq), self.outcome(seq, state)
        self.ledger.settle(lease, outcome)
        if row is not None:
            closing = state in {State.EXPIRED, State.SKIPPED}
            counts = (row.state in OPEN and self.ours(lease)) if closing else (
                row.state in UNSETTLED and row.epoch == lease.epoch and state in MOVES[row.state]
            )  # fmt: skip
            if counts:
                row.before = row.before if row.before is not None else row.state
                row.move(state)
                row.not_before = outcome.not_before or 0.0
        if flush:
            self.run(self.ledger.flush())
            self.committed()

    def outcome(self, seq: int, state: State) -> Settled:
        return settled(seq, state, at=self.now, not_before=self.now + 5 if state == State.DEFERRED else None)

    def committed(self) -> None:
        """Whatever was told so far is on disk."""
        for row in self.model.rows.values():
            row.before = None

    @precondition(lambda self: self.model.told)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        """True exactly if it was ours and nothing of it is open or in flight."""
        lease = data.draw(st.sampled_from(self.model.told))
        rows = [row for seq, row in self.model.rows.items() if lease.low <= seq < lease.high]
        finished = self.ours(lease) and not any(row.state in OPEN | {State.SENDING} for row in rows)

        assert finished == self.run(self.ledger.release(lease))

        self.committed()
        if self.ours(lease):
            self.model.chunks[lease.low].held = False

    @rule()
    def renew(self) -> None:
        """Leases that are still ours last longer; others do not come back."""
        self.run(self.ledger.renew(self.broadcast, self.model.told, now=self.now))
        self.committed()
        for chunk in self.model.chunks.values():
            chunk.until = self.now + 30

    @precondition(lambda self: not self.model.cancelled)
    @rule(states=st.sets(st.sampled_from([State.REJECTED, State.UNKNOWN, State.DEFERRED]), min_size=1))
    def rearm(self, states: set[State]) -> None:
        """As many as there are."""
        count = self.run(self.ledger.rearm(self.broadcast, states, now=self.now))

        self.committed()
        picked = [row for row in self.model.rows.values() if row.state in states]
        assert len(picked) == count
        for row in picked:
            row.state, row.not_before = State.DEFERRED, self.now

    @rule(seqs=st.sets(SEQS), state=st.sampled_from([State.ACCEPTED, State.REJECTED, State.DEFERRED]))
    def resolve(self, seqs: set[int], state: State) -> None:
        """Unknown ones, and no others."""
        count = self.run(self.ledger.resolve(self.broadcast, [self.outcome(seq, state) for seq in seqs]))

        self.committed()
        picked = [row for seq, row in self.model.rows.items() if seq in seqs and row.state == State.UNKNOWN]
        assert len(picked) == count
        for row in picked:
            row.move(state)
            row.not_before = self.now + 5

    @rule(really=st.integers(0, 9))
    def cancel(self, really: int) -> None:
        """Rarely, since it ends most of what can happen."""
        if really:
            return
        self.run(self.ledger.enter(self.broadcast, Phase.CANCELLED, at=self.now))
        self.committed()
        self.model.cancelled = True
        for row in self.model.rows.values():
            if row.state in OPEN:
                row.move(State.SKIPPED)

    @rule(cut=st.booleans())
    def crash(self, *, cut: bool) -> None:
        """The process dies; a fresh one opens the same store."""
        self.run(self.store.crash(self.ledger, cut=cut))
        if not cut:
            # What was queued may still be written by the abandoned handle, or not: as if the kill came later.
            self.run(self.ledger.flush())
            self.committed()
        self.reopen(set())

    def reopen(self, asked: set[int]) -> None:
        """The leases of the dead are free; what was not committed may be missing, and nothing else is."""
        self.ledger = self.run(self.opened())
        for chunk in self.model.chunks.values():
            self.abandon(chunk.lease)
            chunk.held = False
        found = {line.seq: line for line in self.run(all_lines(self.ledger, self.broadcast)) if line.fate is None}
        for seq, row in self.model.rows.items():
            line = found[seq]
            allowed = {row.state}
            if row.before is not None:
                allowed.add(State.UNKNOWN if row.before == State.SENDING else row.before)
            if seq in asked:
                allowed.add(State.UNKNOWN)
            assert line.state in allowed
            row.state, row.attempts, row.not_before = line.state, line.attempts, line.not_before or 0.0
            row.before = None

    # -- what always holds

    @invariant()
    def every_line_is_where_the_model_says(self) -> None:
        """Looked at only when nothing is queued, since reading sees what is committed."""
        if not self.model.rows or any(row.before is not None for row in self.model.rows.values()):
            return
        lines = self.run(all_lines(self.ledger, self.broadcast))
        counts = self.run(self.ledger.counts(self.broadcast))

        assert list(range(ROWS)) == [line.seq for line in lines]
        assert {seq: (row.state, row.attempts) for seq, row in self.model.rows.items()} == {
            line.seq: (line.state, line.attempts) for line in lines if line.fate is None
        }
        assert ROWS == counts.rows == counts.invalid + counts.duplicate + counts.suppressed + counts.deliveries
        fates = Counter(line.fate for line in lines)
        assert (fates[Fate.DUPLICATE], fates[Fate.SUPPRESSED]) == (counts.duplicate, counts.suppressed)
        states = Counter(row.state for row in self.model.rows.values())
        assert {state: states[state] for state in State} == counts.states


def machine(name: str) -> type[LedgerMachine]:
    return type(f"{name.title()}Machine", (LedgerMachine,), {"kind": name})


QUICK = settings(max_examples=40, stateful_step_count=30, suppress_health_check=list(HealthCheck))
#: A bounded share unless asked for more: ``WAMSG_LEDGER_RUNS=600`` takes some minutes.
LONG = settings(
    max_examples=int(os.environ.get("WAMSG_LEDGER_RUNS") or 60),
    stateful_step_count=80,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", sorted(STORES))
def test_any_steps_and_crashes_keep_the_promise(name: str) -> None:
    """A few dozen runs."""
    run_state_machine_as_test(machine(name), settings=QUICK)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(STORES))
def test_any_steps_and_crashes_keep_the_promise_for_long(name: str) -> None:
    """Thousands of longer ones."""
    run_state_machine_as_test(machine(name), settings=LONG)
