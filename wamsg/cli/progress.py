"""A bar on standard error, for people who wait."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: In seconds; what is over sooner needs no bar.
_PATIENCE = 1.0


@contextmanager
def progress_bar(total: int, title: str = "sending") -> Iterator[Callable[[], None]]:
    """Gives the function that moves it by one; shows nothing but on a terminal, and only after a second."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        # Lines on the same terminal must pass above the bar; lines into a file must reach the file.
        redirect_stdout=sys.stdout.isatty(),
    )
    task = bar.add_task(title, total=total)
    timer = asyncio.get_running_loop().call_later(_PATIENCE, bar.start)
    try:
        yield lambda: bar.advance(task)
    finally:
        timer.cancel()
        bar.stop()
