"""The ledger that a command works on, and the broadcast in it that is meant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from wamsg.broadcast.report.verdict import shown_ledger
from wamsg.errors import LedgerError
from wamsg.ledger import Broadcast, EventLedger, Ledger, Phase
from wamsg.ledger.open import open_ledger
from wamsg.ledger.optout import STOP_WORDS

#: Where something is left to be sent, and nobody gave it up.
UNFINISHED = frozenset({Phase.PLANNED, Phase.RUNNING, Phase.PAUSED, Phase.STOPPED})


@asynccontextmanager
async def opened(
    address: str, *, create: bool = False, stop_words: Iterable[str] = STOP_WORDS
) -> AsyncIterator[EventLedger]:
    """The ledger of this name, closed at the end. Raises `LedgerError` and `ConfigError`."""
    ledger = await open_ledger(address, create=create, stop_words=stop_words)
    try:
        yield ledger
    finally:
        await ledger.aclose()


async def unfinished(ledger: Ledger) -> list[Broadcast]:
    """The broadcasts with something left to be sent, newest first."""
    return [one for one in reversed(await ledger.broadcasts()) if one.phase in UNFINISHED]


async def pick(ledger: Ledger, number: int | None) -> Broadcast:
    """The broadcast with this number; else the newest unfinished one, else the newest. Raises `LedgerError`."""
    if number is not None:
        return await ledger.broadcast(number)
    if found := await unfinished(ledger):
        return found[0]
    planned = [one for one in await ledger.broadcasts() if one.phase is not Phase.PLANNING]
    if not planned:
        raise LedgerError("the ledger holds no broadcast; plan one with wamsg broadcast plan")
    return planned[-1]


def title(broadcast: Broadcast) -> str:
    """How a broadcast is called in a sentence."""
    name = f' "{broadcast.plan.name}"' if broadcast.plan.name else ""
    return f"broadcast {broadcast.id}{name}"


def command(word: str, address: str, *more: str) -> str:
    """A command line that goes on from here, to be copied."""
    return " ".join(["wamsg broadcast", word, "--ledger", shown_ledger(address), *more])
