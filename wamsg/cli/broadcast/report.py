"""``wamsg broadcast report``: what became of everyone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from wamsg.broadcast.report import Summary, Wanted, in_words, verdict, write_report
from wamsg.cli.broadcast.book import opened, pick, title
from wamsg.cli.broadcast.counting import counts_to_dict, emit
from wamsg.cli.broadcast.options import AsJson, LedgerName, Number, ShowNumbers
from wamsg.cli.output import ALL_ACCEPTED, printable, say
from wamsg.clock import SystemClock


def report(
    *,
    ledger: LedgerName,
    broadcast: Number = None,
    html: Annotated[Path | None, Parameter(help="a page for people; needs no network")] = None,
    csv: Annotated[Path | None, Parameter(help="every line of the input and its fate, numbers in full")] = None,
    jsonl: Annotated[Path | None, Parameter(help="the same, one JSON object per line")] = None,
    show_numbers: ShowNumbers = False,
    excel: Annotated[bool, Parameter(negative=(), help="begin the CSV as Excel wants it")] = False,
    force: Annotated[bool, Parameter(negative=(), help="write over files that are no such reports")] = False,
    json: AsJson = False,
) -> int:
    """What became of a broadcast: in a few lines, and as files that only you can read. Exit code 0.

    Works while it runs, too. The page masks numbers unless --show-numbers; the tables hold them in full.
    """
    wanted = Wanted(
        page=html, table=csv, lines=jsonl, show_numbers=show_numbers, byte_order_mark=excel, overwrite=force
    )
    wanted.check()
    summary = asyncio.run(_report(ledger, broadcast, wanted))
    if json:
        emit("report", {"broadcast": summary.broadcast.id, **counts_to_dict(summary.counts)})
    else:
        _tell(summary, ledger, [path for path in (html, csv, jsonl) if path is not None])
    return ALL_ACCEPTED


async def _report(address: str, number: int | None, wanted: Wanted) -> Summary:
    async with opened(address) as ledger:
        found = await pick(ledger, number)
        return await write_report(ledger, found.id, wanted, ledger=address, now=SystemClock().time())


def _tell(summary: Summary, address: str, written: list[Path]) -> None:
    found = verdict(summary, ledger=address)
    say(f"{title(summary.broadcast)}: {found.phase.lower()}. {printable(found.sentence)}")
    for line in in_words(summary.counts):
        say(printable(line))
    for advice in found.advice:
        say(printable(advice.what))
        if advice.command:
            say(f"  {advice.command}")
    for path in written:
        say(f"written: {path}")
