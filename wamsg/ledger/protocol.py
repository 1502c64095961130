"""What a ledger does: one interface for every store, held to one contract suite.

The ledger decides who may be sent to. The primary key of a delivery is the at-most-once guard: its intent is committed
before the request leaves, and only whoever's claim came back true may let it leave.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Collection, Iterable, Sequence
from typing import Protocol

from wamsg.ledger.events import Bookmarks, EventStore, History
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
from wamsg.ledger.state import Phase, State, Wanted
from wamsg.pipeline import LaneStore


class Ledger(Protocol):
    """The durable store of broadcasts. Every method may raise `wamsg.errors.LedgerError`.

    Reading, `order` and suppressing are open to any number of processes. Planning and running need `lock` first where
    the store belongs to one process at a time.
    """

    #: Keyed digest over references, so that forged ones fall out; the same for the ledger's whole life.
    secret: bytes
    #: Keeps what lanes have learnt between runs.
    lanes: LaneStore

    async def aclose(self) -> None:
        """Commit what was told, let go of the file or the connections; closing twice is harmless."""
        ...

    async def lock(self) -> None:
        """Become the one process that plans and runs here, until closed or dead.

        Raises `wamsg.errors.LedgerBusy` while another one lives.
        """
        ...

    # -- planning

    async def begin(self, plan: Plan) -> int:
        """A new broadcast in `Phase.PLANNING`; its id. Drafts that an earlier process left are discarded."""
        ...

    async def load(self, broadcast: int, rows: Sequence[Recipient], refused: Sequence[Refused] = ()) -> Loaded:
        """Add a batch of rows in the order of the input.

        An address that the broadcast has already becomes a duplicate of that line, a suppressed one is suppressed;
        both are told. ``rows`` and ``refused`` together are the next lines of the input, without a gap, in any batches.
        Raises `wamsg.errors.LedgerError` if the broadcast is frozen or the batch cannot be stored; then none of it is.
        """
        ...

    async def freeze(self, broadcast: int, *, fingerprint: str, digest: str, chunk: int, first: int = 0) -> Broadcast:
        """End the planning: cut the deliveries into chunks of ``chunk`` rows of the input, and freeze.

        ``first`` above zero makes the first chunk end with the ``first``-th delivery: the canary.
        """
        ...

    async def discard(self, broadcast: int) -> None:
        """Forget a broadcast of which nothing was sent. Raises `wamsg.errors.LedgerError` for any other."""
        ...

    # -- reading

    async def broadcasts(self) -> list[Broadcast]:
        """All of them, oldest first."""
        ...

    async def broadcast(self, broadcast: int) -> Broadcast:
        """One. Raises `wamsg.errors.LedgerError` if there is none."""
        ...

    async def counts(self, broadcast: int) -> Counts:
        """Where its lines stand; cheap even for millions."""
        ...

    def deliveries(self, broadcast: int, states: Collection[State] | None = None) -> AsyncIterator[Delivery]:
        """Every line of the input in its order, or only deliveries in ``states``; memory stays flat."""
        ...

    async def timeline(self, broadcast: int) -> list[Moment]:
        """What happened to the broadcast as a whole, oldest first."""
        ...

    # -- running

    async def enter(self, broadcast: int, phase: Phase, *, at: float, reason: str = "") -> None:
        """Move the broadcast to ``phase``. Entering `Phase.RUNNING` sets `Wanted.RUN`; `Phase.CANCELLED` turns all that
        was not sent into `State.SKIPPED`.
        """
        ...

    async def order(self, broadcast: int, wanted: Wanted) -> None:
        """Ask the process that runs it, whichever it is; it looks about once a second."""
        ...

    async def take(self, broadcast: int, *, now: float, owner: str) -> Lease | None:
        """The next chunk that is ready, its epoch grown, leased to ``owner``; None if none is ready now.

        Intents that a former owner left in `State.SENDING` become `State.UNKNOWN` in the same commit.
        """
        ...

    async def next_ready(self, broadcast: int) -> float | None:
        """When the first unfinished, unleased chunk is ready (0.0 for now); None if none is left."""
        ...

    async def due(self, lease: Lease, *, after: int, limit: int, now: float) -> list[Due]:
        """Up to ``limit`` deliveries of the lease with ``seq > after`` that may be sent to now, in order."""
        ...

    def claim(self, lease: Lease, seq: int, *, now: float) -> Awaitable[bool]:
        """Commit the intent to send to ``seq``: pending or deferred becomes `State.SENDING`.

        True once it is on disk; False if the lease is no longer ours or the delivery is not open: then it must not be
        sent. Claims that are waiting together are committed together. One that is cancelled while it waits is taken
        back, since nothing left.
        """
        ...

    def settle(self, lease: Lease, outcome: Settled) -> None:
        """Note how a try ended; it is on disk soon, with others. Only `SENDING` and `UNKNOWN` are settled.

        A delivery that never left may be settled from `PENDING` or `DEFERRED` as `EXPIRED` or `SKIPPED`.
        An outcome that could not be stored makes later claims fail; its delivery is unknown to the next process.
        """
        ...

    async def flush(self) -> None:
        """Return once everything settled so far is on disk."""
        ...

    async def renew(self, broadcast: int, leases: Iterable[Lease], *, now: float) -> Wanted:
        """Keep the leases alive and learn what is wanted."""
        ...

    async def release(self, lease: Lease, *, until: float | None = None) -> bool:
        """Give the chunk back after everything of it is settled; True if nothing of it is open any more.

        Otherwise it is ready again at ``until`` (None: at the earliest not-before time of its deliveries).
        """
        ...

    async def note(self, broadcast: int, moment: Moment) -> None:
        """Add to the timeline."""
        ...

    async def used(self, *, since: float) -> int:
        """How many intents were committed since then in this ledger, rounded up to whole hours: for daily quotas."""
        ...

    # -- settling afterwards

    async def rearm(
        self, broadcast: int, states: Collection[State], *, now: float, codes: Collection[str] | None = None
    ) -> int:
        """A person's retry: deliveries in ``states`` (rejected, deferred, unknown) are due again; how many.

        ``codes`` picks those whose last error had one of these provider codes.
        """
        ...

    async def resolve(self, broadcast: int, outcomes: Sequence[Settled]) -> int:
        """Settle `UNKNOWN` deliveries from a look-up: accepted, rejected, or deferred as surely not sent; how many."""
        ...

    # -- who must not be messaged

    async def suppress(self, entries: Sequence[Suppression]) -> int:
        """Add; how many were new."""
        ...

    async def unsuppress(self, addresses: Sequence[int]) -> int:
        """Take off; how many were there."""
        ...

    def suppressions(self) -> AsyncIterator[Suppression]:
        """All of them, by address."""
        ...


class EventLedger(Ledger, EventStore, History, Bookmarks, Protocol):
    """A ledger that keeps what callbacks bring, and settles its deliveries by it.

    `add` brings every status to its delivery in the commit that stores it, as `wamsg.ledger.settling` says; one whose
    message is not known yet is kept for two days and brought once its id is. Failures that say that someone opted out,
    and incoming messages that say nothing but a word such as "stop", put the number on the suppression list. None of
    this needs `lock`: one process receives while another one sends.
    """

    async def arrivals(self) -> Arrivals:
        """How much came in, and what of it waits."""
        ...
