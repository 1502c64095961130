"""``wamsg broadcast status``: how it stands, from any terminal."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Annotated

from attrs import frozen
from cyclopts import Parameter

from wamsg.broadcast import Options, Progress
from wamsg.broadcast.policy import duration_text, remaining
from wamsg.broadcast.report import in_words
from wamsg.broadcast.report.figures import date_time
from wamsg.broadcast.report.figures import rate as rate_text
from wamsg.cli.broadcast.book import command, opened, pick, title
from wamsg.cli.broadcast.counting import counts_to_dict, emit
from wamsg.cli.broadcast.display import watching
from wamsg.cli.broadcast.options import AsJson, LedgerName, Number, Plain
from wamsg.cli.output import ALL_ACCEPTED, printable, say
from wamsg.clock import SystemClock
from wamsg.ledger import Broadcast, Counts, Ledger, Phase, State, Wanted
from wamsg.ledger.open import holder_of

#: Seconds between two looks, and over how many of them the rate is taken.
_EVERY, _LOOKS = 1.0, 10
_WANTED = {Wanted.PAUSE: "it was asked to pause", Wanted.CANCEL: "it was asked to end for good"}


@frozen(kw_only=True)
class Standing:
    """One look at a broadcast."""

    at: float
    broadcast: Broadcast
    counts: Counts
    #: The process that has the ledger, for people; None if nobody has.
    holder: str | None

    @property
    def alive(self) -> bool:
        """Whether someone runs it."""
        return self.broadcast.phase is Phase.RUNNING and self.holder is not None

    @property
    def dead(self) -> bool:
        """Whether it was left by a process that died."""
        return self.broadcast.phase is Phase.RUNNING and self.holder is None

    @property
    def done(self) -> int:
        """Deliveries that need no more sending."""
        return self.counts.deliveries - self.counts.open - self.counts.states[State.SENDING]


def status(
    *,
    ledger: LedgerName,
    broadcast: Number = None,
    watch: Annotated[bool, Parameter(negative=(), help="until it ends, as the run itself shows it")] = False,
    plain: Plain = False,
    json: AsJson = False,
) -> int:
    """How a broadcast stands; also while it runs in another terminal, which it does not disturb. Exit code 0."""
    asyncio.run(_status(ledger, broadcast, watch=watch, plain=plain, as_json=json))
    return ALL_ACCEPTED


async def _status(address: str, number: int | None, *, watch: bool, plain: bool, as_json: bool) -> None:
    clock = SystemClock()
    async with opened(address) as ledger:
        found = await pick(ledger, number)
        looks = deque([await _look(ledger, address, found.id)], maxlen=_LOOKS)
        if looks[-1].alive:
            await clock.sleep(_EVERY)
            looks.append(await _look(ledger, address, found.id))
        if watch:
            with watching(tuple, as_json=as_json, plain=plain) as show:
                while looks[-1].alive:
                    show(_progress(looks))
                    await clock.sleep(_EVERY)
                    looks.append(await _look(ledger, address, found.id))
    if as_json:
        emit("status", _to_dict(looks))
    else:
        for line in _lines(looks, address):
            say(line)


async def _look(ledger: Ledger, address: str, broadcast: int) -> Standing:
    # In this order: who ends a run says so before letting go of the ledger.
    holder = holder_of(address)
    found = await ledger.broadcast(broadcast)
    return Standing(at=SystemClock().time(), broadcast=found, counts=await ledger.counts(broadcast), holder=holder)


def _rate(looks: deque[Standing]) -> float:
    first, last = looks[0], looks[-1]
    return max(0.0, last.done - first.done) / (last.at - first.at) if last.at > first.at else 0.0


def _progress(looks: deque[Standing]) -> Progress:
    last, rate = looks[-1], _rate(looks)
    left = remaining(last.counts, rate)
    return Progress(
        at=last.at,
        broadcast=last.broadcast.id,
        rows=last.counts.rows,
        states=last.counts.states,
        statuses=last.counts.statuses,
        rate=rate,
        in_flight=last.counts.states[State.SENDING],
        waiting="",
        eta=None if left is None else last.at + left,
    )


def _lines(looks: deque[Standing], address: str) -> Iterator[str]:
    last = looks[-1]
    broadcast, counts = last.broadcast, last.counts
    where = f" in {last.holder}" if last.alive else ""
    why = f": {printable(broadcast.reason)}" if broadcast.reason else ""
    started = f", started {date_time(broadcast.started_at)} UTC" if broadcast.started_at is not None else ""
    yield f"{title(broadcast)} through {broadcast.plan.provider} is {_phase(last)}{where}{why}{started}"
    yield from in_words(counts)
    starts = Options.from_dict(broadcast.plan.options).start_at
    if starts is not None and starts > last.at:
        yield f"it starts at {date_time(starts)} UTC"
    if last.alive:
        yield from _pace(looks)
    if last.dead:
        yield "its process is gone without a word; whoever was in flight is unknown from the next run on"
    if unknown := counts.states[State.UNKNOWN]:
        yield f"{unknown:,} unknown: the message may or may not have gone out, and nothing repeats it by itself"
    if not last.alive and (counts.open or last.dead) and broadcast.phase is not Phase.CANCELLED:
        yield f"go on with: {command('resume', address)}"


def _phase(look: Standing) -> str:
    return "dead" if look.dead else look.broadcast.phase.name.lower()


def _pace(looks: deque[Standing]) -> Iterator[str]:
    rate, last = _rate(looks), looks[-1]
    left = remaining(last.counts, rate)
    yield rate_text(rate) + (f", {duration_text(left)} left" if left is not None else ", nothing moves at the moment")
    if last.broadcast.wanted in _WANTED:
        yield _WANTED[last.broadcast.wanted]


def _to_dict(looks: deque[Standing]) -> dict[str, object]:
    last = looks[-1]
    broadcast = last.broadcast
    return {
        "broadcast": broadcast.id,
        "name": broadcast.plan.name,
        "provider": broadcast.plan.provider,
        "phase": broadcast.phase.name.lower(),
        "reason": broadcast.reason,
        "alive": last.alive,
        "dead": last.dead,
        "rate": _rate(looks) if last.alive else None,
        "eta": _progress(looks).eta if last.alive else None,
        "started_at": broadcast.started_at,
        "ended_at": broadcast.ended_at,
        **counts_to_dict(last.counts),
    }
