"""A ledger in memory that reports are written from, and broadcasts made up for it."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from attrs import frozen

from wamsg.ledger import Broadcast, Delivery, Fate, Moment, Phase, Plan, State, Wanted

#: 1 October 2026, 09:00 UTC.
NINE = 1_790_845_200.0


@frozen(kw_only=True)
class Shelf:
    """One broadcast, with the reading half of a ledger."""

    what: Broadcast
    lines: Iterable[Delivery] = ()
    moments: tuple[Moment, ...] = ()

    async def broadcast(self, broadcast: int) -> Broadcast:
        assert broadcast == self.what.id
        return self.what

    async def deliveries(self, broadcast: int, states: Collection[State] | None = None) -> AsyncIterator[Delivery]:
        assert broadcast == self.what.id
        for line in self.lines:
            if states is None or line.state in states:
                yield line

    async def timeline(self, broadcast: int) -> list[Moment]:
        assert broadcast == self.what.id
        return list(self.moments)


def broadcast(
    *,
    rows: int,
    phase: Phase = Phase.FINISHED,
    reason: str = "",
    name: str = "Autumn sale",
    source: str = "customers.csv",
    columns: tuple[str, ...] = (),
    message: Mapping[str, Any] | None = None,
    started_at: float | None = NINE,
    ended_at: float | None = None,
) -> Broadcast:
    """A broadcast of ``rows`` lines."""
    plan = Plan(
        name=name,
        provider="kaleyra",
        message=message or {"type": "text", "body": "Hello {first_name}"},
        options={"rate": "80/s", "on_unknown": "hold"},
        columns=columns,
        source=source,
        created_at=NINE - 600,
    )
    return Broadcast(
        id=7,
        plan=plan,
        phase=phase,
        reason=reason,
        wanted=Wanted.RUN,
        fingerprint="sha256:5b1f0c" + "0" * 20,
        digest="d" * 26,
        rows=rows,
        started_at=started_at,
        ended_at=ended_at,
    )


def accepted(seq: int, *, at: float = NINE, took: float = 0.2, **more: Any) -> Delivery:
    """A delivery that the provider took."""
    return _sent(seq, State.ACCEPTED, at=at, took=took, message_id=f"wamid.{seq:08d}", **more)


def rejected(seq: int, *, at: float = NINE, took: float = 0.1, **more: Any) -> Delivery:
    """A delivery that the provider refused."""
    facts = {"kind": "OptedOut", "code": "E601", "http_status": 400, "detail": "the recipient has opted out"}
    return _sent(seq, State.REJECTED, at=at, took=took, **{**facts, **more})


def unknown(seq: int, *, at: float = NINE, took: float = 30.0, **more: Any) -> Delivery:
    """A delivery whose answer never came."""
    facts = {"kind": "Unanswered", "detail": "no answer within 30 s"}
    return _sent(seq, State.UNKNOWN, at=at, took=took, **{**facts, **more})


def refused(seq: int, fate: Fate, **more: Any) -> Delivery:
    """A line that is no delivery."""
    return Delivery(seq=seq, line=seq + 2, address=None, fate=fate, **more)


def pending(seq: int) -> Delivery:
    """A delivery that was not tried yet."""
    return Delivery(seq=seq, line=seq + 2, address=number(seq), state=State.PENDING)


def number(seq: int) -> int:
    """A fictional address."""
    return 919_812_340_000 + seq % 10_000


def _sent(seq: int, state: State, *, at: float, took: float, **more: Any) -> Delivery:
    facts: dict[str, Any] = {"address": number(seq), "attempts": 1, "sent_at": at, "done_at": at + took, **more}
    return Delivery(seq=seq, line=seq + 2, state=state, **facts)


def lively(rows: int, *, rate: float = 80.0, gap: tuple[float, float] | None = None) -> list[Delivery]:
    """A broadcast as they are: most accepted, some refused for several reasons, a few unknown; ``gap`` is a pause."""
    chance = random.Random(7)
    return [_lively(seq, chance, rate, gap) for seq in range(rows)]


def _lively(seq: int, chance: random.Random, rate: float, gap: tuple[float, float] | None) -> Delivery:
    at = NINE + seq / rate
    if gap is not None and at >= gap[0]:
        at += gap[1] - gap[0]
    drawn = chance.random()
    if drawn < 0.004:
        return refused(seq, Fate.INVALID, detail="the country code is missing", given="98123 40001")
    if drawn < 0.007:
        return refused(seq, Fate.DUPLICATE, detail="stood in line 2", first_line=2)
    if drawn < 0.008:
        return refused(seq, Fate.SUPPRESSED, detail="opted out")
    took = min(20.0, chance.lognormvariate(-1.7, 0.45))
    if drawn < 0.03:
        return rejected(seq, at=at, took=took)
    if drawn < 0.04:
        code = {"kind": "RecipientRefused", "code": "E115", "detail": "this number is not on WhatsApp"}
        return rejected(seq, at=at, took=took, **code)
    if drawn < 0.0405:
        return unknown(seq, at=at)
    status = chance.choice(("read", "delivered", "delivered", "sent", None))
    return accepted(seq, at=at, took=took, status=status, status_at=at + 5 if status else None)
