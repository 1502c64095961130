"""Everything that is asked for about a broadcast, from one pass over its lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from attrs import frozen

from wamsg.broadcast.report import html, lines, table
from wamsg.broadcast.report.files import check_place, replacing
from wamsg.broadcast.report.row import Row, row_of
from wamsg.broadcast.report.summary import Source, Summary, SummaryTaker
from wamsg.errors import ConfigError


@frozen(kw_only=True)
class Wanted:
    """The files to write; None for those that are not wanted."""

    #: A page for people.
    page: Path | None = None
    #: Every line's fate as CSV, with its number in full.
    table: Path | None = None
    #: Every line's fate as JSON Lines, with its number in full.
    lines: Path | None = None
    #: Whether the page shows phone numbers in full.
    show_numbers: bool = False
    #: Whether the CSV begins with the mark by which Excel knows UTF-8.
    byte_order_mark: bool = False
    #: Whether a file that is no report may be replaced.
    overwrite: bool = False

    def check(self) -> None:
        """Raise `ConfigError` if one of the files could not be written, before anything is read."""
        places = self._places()
        for setting, path, mark in places:
            check_place(path, setting=setting, mark=mark, overwrite=self.overwrite)
        if len({path.resolve() for _, path, _ in places}) < len(places):
            raise ConfigError("two of the files are the same one; give each its own name", setting=places[-1][0])

    def _places(self) -> list[tuple[str, Path, str]]:
        every = (
            ("html", self.page, html.MARK),
            ("csv", self.table, table.MARK),
            ("jsonl", self.lines, lines.MARK),
        )
        return [(setting, path, mark) for setting, path, mark in every if path is not None]


async def write_report(source: Source, broadcast: int, wanted: Wanted, *, ledger: str, now: float) -> Summary:
    """Write the files that are ``wanted`` and return what stands in them.

    ``ledger`` is what ``--ledger`` was given, for the commands that the page advises; ``now`` is the time in seconds
    since 1970-01-01 UTC. Every file is whole or not written. Raises `wamsg.errors.ConfigError` for a file that cannot
    be written, `wamsg.errors.LedgerError` for a ledger that cannot be read.
    """
    wanted.check()
    found = await source.broadcast(broadcast)
    columns = found.plan.columns
    with ExitStack() as stack:
        exports: list[Callable[[Row, Sequence[str]], None]] = []
        if wanted.table is not None:
            file = stack.enter_context(replacing(wanted.table, setting="csv"))
            exports.append(table.Table(file, columns, byte_order_mark=wanted.byte_order_mark).add)
        if wanted.lines is not None:
            file = stack.enter_context(replacing(wanted.lines, setting="jsonl"))
            exports.append(lines.Lines(file, columns).add)
        taker = SummaryTaker(found, await source.timeline(broadcast), now=now)
        async for line in source.deliveries(broadcast):
            taker.add(line)
            row = row_of(line) if exports else ()
            for export in exports:
                export(row, line.values)
        summary = taker.summary()
        if wanted.page is not None:
            page = stack.enter_context(replacing(wanted.page, setting="html"))
            page.write(html.page(summary, ledger=ledger, show_numbers=wanted.show_numbers))
    return summary
