"""From an input to a frozen plan in a ledger, with a look at it in between."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager

from wamsg.broadcast import Planned, check_unchanged, plan
from wamsg.cli.broadcast.book import title, unfinished
from wamsg.cli.broadcast.fitting import check_fit
from wamsg.cli.broadcast.inputs import Input
from wamsg.clock import SystemClock
from wamsg.errors import LedgerError, PlanChanged
from wamsg.ledger import Broadcast, Ledger, Phase

#: In seconds; what is over sooner needs no word. On a terminal a word a second, elsewhere a line now and then.
_PATIENCE, _REMINDER = 1.0, 10.0


#: Shows a plan and asks; what it raises ends the planning, and nothing of it is left.
Agree = Callable[[Planned], Awaitable[None]]


async def draft(ledger: Ledger, given: Input, agree: Agree | None = None) -> Planned:
    """See whether a template fits, read all rows, ask, and freeze. The ledger must be locked.

    Raises `Again` if it holds exactly these inputs already, and what ``agree`` raises.
    """
    await check_fit(given)
    with ExitStack() as counting:
        show = counting.enter_context(_counting_rows())

        async def approve(planned: Planned) -> None:
            # What counts rows ends its line before anything else is shown.
            counting.close()
            await _refuse_the_same(ledger, planned.broadcast.fingerprint)
            if agree is not None:
                await agree(planned)

        return await plan(
            ledger,
            given.template,
            given.audience,
            provider=given.senders.provider.name,
            options=given.options,
            name=given.name,
            rate=given.senders.chunk_rate,
            limit=given.planning.limit,
            driver=given.senders.driver,
            show=show,
            approve=approve,
        )


class Again(LedgerError):
    """What was planned is in the ledger already, as another ``broadcast``."""

    def __init__(self, broadcast: int, detail: str) -> None:
        super().__init__(detail)
        self.broadcast = broadcast


async def _refuse_the_same(ledger: Ledger, fingerprint: str) -> None:
    """Raise `Again` for an earlier broadcast of exactly the same inputs that nobody gave up."""
    for one in await ledger.broadcasts():
        # Drafts have no fingerprint yet.
        if one.fingerprint == fingerprint and one.phase is not Phase.CANCELLED:
            message = f"{title(one)} in this ledger has the same message, options and recipients"
            raise Again(one.id, f"{message}; to send them all of it once more, name another ledger")


async def to_go_on_with(ledger: Ledger, given: Input) -> Broadcast | None:
    """The newest unfinished broadcast of this message, else the newest unfinished one."""
    found = await unfinished(ledger)
    return next((one for one in found if one.plan.message["document"] == dict(given.template.document)), None) or next(
        iter(found), None
    )


async def check_same(broadcast: Broadcast, given: Input) -> None:
    """Raise `PlanChanged` unless ``given`` is what an unfinished broadcast was planned from."""
    if broadcast.plan.provider != given.senders.provider.name:
        message = f"{title(broadcast)} was planned for {broadcast.plan.provider}, not {given.senders.provider.name}"
        raise PlanChanged(message, differs=("the provider",))
    await check_unchanged(
        broadcast,
        given.template,
        given.audience,
        # "09:00 Asia/Kolkata" means the same morning as it did then.
        options=given.planning.options(broadcast.plan.created_at),
        limit=given.planning.limit,
        driver=given.senders.driver,
    )


@contextmanager
def _counting_rows() -> Iterator[Callable[[int], None]]:
    clock, terminal = SystemClock(), sys.stderr.isatty()
    due = clock.monotonic() + _PATIENCE
    shown = False

    def show(rows: int) -> None:
        nonlocal due, shown
        if clock.monotonic() < due:
            return
        due, shown = clock.monotonic() + (_PATIENCE if terminal else _REMINDER), True
        sys.stderr.write(f"\r{rows:,} rows read" if terminal else f"wamsg: {rows:,} rows read\n")
        sys.stderr.flush()

    try:
        yield show
    finally:
        if shown and terminal:
            sys.stderr.write("\n")
