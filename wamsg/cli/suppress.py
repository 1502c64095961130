"""``wamsg suppress``: who must not be messaged by the broadcasts of a ledger."""

from __future__ import annotations

import asyncio
import json as json_
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from wamsg.broadcast import Audience, open_audience
from wamsg.cli.broadcast.book import opened
from wamsg.cli.broadcast.options import READING, AsJson, LedgerName, ReadingOptions, ShowNumbers
from wamsg.cli.kinds.pairs import Input
from wamsg.cli.output import ALL_ACCEPTED, SOME_REJECTED, printable, say, tell
from wamsg.clock import SystemClock
from wamsg.errors import InvalidRecipient
from wamsg.ledger import Suppression
from wamsg.model import PhoneNumber

#: Wrong lines of a file that are shown.
_SHOWN = 5

app = App(name="suppress", help_format="plaintext")
Reason = Annotated[str, Parameter(help="why, for whoever reads the list")]


@app.command
def add(first: str, *others: str, ledger: LedgerName, reason: Reason = "") -> int:
    """Never message these numbers again, beginning at once: a broadcast that runs leaves them out, too."""
    addresses = _addresses((first, *others))
    new = asyncio.run(_add(ledger, addresses, reason, "person"))
    say(f"{new:,} added, {len(addresses) - new:,} were there already")
    return ALL_ACCEPTED


@app.command
def remove(first: str, *others: str, ledger: LedgerName) -> int:
    """Let these numbers be messaged again, by broadcasts that are planned from now on."""
    addresses = _addresses((first, *others))
    gone = asyncio.run(_remove(ledger, addresses))
    say(f"{gone:,} removed, {len(addresses) - gone:,} were not there")
    return ALL_ACCEPTED


@app.command(name="list")
def show(*, ledger: LedgerName, show_numbers: ShowNumbers = False, json: AsJson = False) -> int:
    """Who is on the list, since when and why."""
    asyncio.run(_list(ledger, show_numbers=show_numbers, as_json=json))
    return ALL_ACCEPTED


@app.command(name="import")
def import_(
    file: Annotated[Input, Parameter(help="a CSV or JSON Lines file of numbers; - for standard input")],
    *,
    ledger: LedgerName,
    reason: Reason = "",
    reading: ReadingOptions = READING,
) -> int:
    """Add all numbers of a file. Lines that hold no number are told and left out; the exit code is then 4."""
    source = sys.stdin.buffer if str(file) == "-" else Path(file)
    with open_audience(source, reading.layout()) as audience:
        return asyncio.run(_import(ledger, audience, reason))


async def _add(address: str, numbers: Iterable[int], reason: str, source: str) -> int:
    async with opened(address, create=True) as ledger:
        now = SystemClock().time()
        return await ledger.suppress([Suppression(address=n, reason=reason, source=source, at=now) for n in numbers])


async def _remove(address: str, numbers: list[int]) -> int:
    async with opened(address) as ledger:
        return await ledger.unsuppress(numbers)


async def _list(address: str, *, show_numbers: bool, as_json: bool) -> None:
    async with opened(address) as ledger:
        async for entry in ledger.suppressions():
            number = PhoneNumber(f"+{entry.address}")
            shown = number.e164 if show_numbers else number.masked
            if as_json:
                fields = {"number": shown, "reason": entry.reason, "source": entry.source, "at": entry.at}
                say(json_.dumps(fields))
            else:
                say(f"{shown:<16}  {entry.source:<13}  {printable(entry.reason)}".rstrip())


async def _import(address: str, audience: Audience, reason: str) -> int:
    new = rows = wrong = 0
    async with opened(address, create=True) as ledger:
        async for batch in audience.batches():
            now = SystemClock().time()
            entries = [
                Suppression(address=row.address, reason=reason, source="import", at=now) for row in batch.recipients
            ]
            new += await ledger.suppress(entries)
            rows += len(entries)
            for row in batch.refused[: max(0, _SHOWN - wrong)]:
                tell(f"line {row.line}: {row.why}")
            wrong += len(batch.refused)
    say(f"{new:,} added, {rows - new:,} were there already, {wrong:,} lines hold no number")
    return SOME_REJECTED if wrong else ALL_ACCEPTED


def _addresses(numbers: Iterable[str]) -> list[int]:
    """All of them, or `InvalidRecipient` that says which one is wrong."""
    found = []
    for place, number in enumerate(numbers, 1):
        try:
            found.append(int(PhoneNumber.parse(number).digits))
        except InvalidRecipient as error:
            raise InvalidRecipient(f"number {place}: {error}", field="to") from error
    return found
