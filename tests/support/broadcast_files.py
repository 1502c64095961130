"""The files of one small broadcast, and what a ledger says of it afterwards."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from tests.support.command_line import Ran
from tests.support.told import told
from wamsg.clock import SystemClock
from wamsg.errors import RecipientRefused
from wamsg.ledger import Delivery
from wamsg.ledger.open import open_ledger
from wamsg.sandbox import Sandbox

MESSAGE = 'type = "text"\nbody = "Hello {first_name}"\n'
LEDGER = "sale.ledger"
#: What every command that starts or continues a small broadcast is given.
FILES = ("sale.toml", "people.csv")
FAST = ("--ledger", LEDGER, "--rate", "none", "--provider", "kaleyra")


def number(place: int) -> str:
    """A fictional number that nobody has trouble with."""
    return f"+447700900{place:03d}"


@frozen
class Files:
    """Writes the message and the recipients into the current folder."""

    folder: Path

    def write(self, people: int = 20, *, extra: Sequence[str] = (), message: str = MESSAGE) -> list[str]:
        """``people`` ordinary recipients and the lines ``extra``; the numbers of the ordinary ones."""
        numbers = [number(place) for place in range(people)]
        lines = ["phone,first_name", *(f"{one},Ann{place}" for place, one in enumerate(numbers)), *extra]
        (self.folder / FILES[0]).write_text(message)
        (self.folder / FILES[1]).write_text("\n".join(lines) + "\n")
        return numbers

    @property
    def ledgers(self) -> list[str]:
        """What there is of any ledger."""
        return sorted(path.name for path in self.folder.iterdir() if "ledger" in path.name)

    def ends(self) -> dict[str, list[str]]:
        """Fate or state -> the numbers (or texts) that ended so, by the newest broadcast of the ledger."""
        found: dict[str, list[str]] = {}
        for line in asyncio.run(_lines(self.folder / LEDGER)):
            end = line.fate if line.fate is not None else line.state
            assert end is not None
            found.setdefault(end.name.lower(), []).append(f"+{line.address}" if line.address else line.given)
        return found

    def bring(self, *statuses: str) -> None:
        """These statuses come back for the first deliveries of the newest broadcast, in the order of the input."""
        asyncio.run(_bring(self.folder / LEDGER, statuses))


async def _bring(path: Path, statuses: Sequence[str]) -> None:
    lines = await _lines(path)
    ledger = await open_ledger(path)
    try:
        events = [
            told(status, message_id=line.message_id, error=RecipientRefused)
            for status, line in zip(statuses, lines, strict=False)
        ]
        await ledger.add(events, now=SystemClock().time())
    finally:
        await ledger.aclose()


async def _lines(path: Path) -> list[Delivery]:
    ledger = await open_ledger(path)
    try:
        newest = (await ledger.broadcasts())[-1]
        return [line async for line in ledger.deliveries(newest.id)]
    finally:
        await ledger.aclose()


def events(text: str) -> list[dict[str, object]]:
    """One object per line."""
    return [json.loads(line) for line in text.splitlines()]


def named(ran: Ran, event: str) -> list[dict[str, object]]:
    """The events of one kind."""
    return [found for found in events(ran.out) if found["event"] == event]


def accepted(sandbox: Sandbox) -> Counter[str]:
    """What the provider's side accepted: number -> how often."""
    return Counter(f"+{record.recipient}" for record in sandbox.outbox.accepted)
