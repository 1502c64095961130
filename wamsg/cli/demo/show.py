"""What the demo shows: bars or plain lines while it runs, a table per provider at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from wamsg.cli.demo.reckoning import Reckoning
from wamsg.cli.output import say

#: A plain line after so many recipients.
_EVERY = 50


@contextmanager
def bars(titles: Sequence[str], total: int, *, plain: bool) -> Iterator[Callable[[str], None]]:
    """Gives the function that moves the bar of one of ``titles`` by one."""
    if plain:
        yield _counter(total)
        return
    progress = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    tasks = {title: progress.add_task(title, total=total) for title in titles}
    with progress:
        yield lambda title: progress.advance(tasks[title])


def _counter(total: int) -> Callable[[str], None]:
    done: dict[str, int] = {}

    def advance(title: str) -> None:
        done[title] = count = done.get(title, 0) + 1
        if count % _EVERY == 0 or count == total:
            say(f"{title}: {count} of {total}")

    return advance


def table(title: str, columns: Mapping[str, Reckoning], *, plain: bool) -> None:
    """One provider: a column per message, the rows of each adding up to its first."""
    shown = Table("sent as", *columns, title=title, title_justify="left", box=None if plain else box.SIMPLE_HEAD)
    for column in shown.columns[1:]:
        column.justify = "right"
    found = list(columns.values())
    for name, counts in _rows(found):
        shown.add_row(name, *map(str, counts))
    Console(width=80 if plain else None).print(shown)


def _rows(found: Sequence[Reckoning]) -> Iterator[tuple[str, list[int]]]:
    yield "rows of the input", [each.rows for each in found]
    yield "  accepted", [each.accepted for each in found]
    for reason in sorted({reason for each in found for reason in each.rejected}):
        yield f"  rejected: {reason}", [each.rejected.get(reason, 0) for each in found]
    yield "  unknown", [each.unknown for each in found]
    yield "  not a number", [each.invalid for each in found]
    yield "  duplicate", [each.duplicate for each in found]
    yield "the server accepted", [each.server for each in found]
    yield "  of the accepted", [each.server - each.unknown_but_accepted for each in found]
    yield "  of the unknown", [each.unknown_but_accepted for each in found]
