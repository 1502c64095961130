"""From a frozen plan to a run: what a program calls, and what the command line is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wamsg.broadcast.plan import message_from_dict
from wamsg.broadcast.policy import Options
from wamsg.broadcast.run import Progress, Runner
from wamsg.broadcast.run.runner import AskAbout
from wamsg.clock import Clock, SystemClock
from wamsg.engine import Engine, LocalEngine
from wamsg.errors import ConfigError, LedgerError
from wamsg.ledger import Ledger, Phase
from wamsg.messenger import RecordedMessenger

#: Phases from which nothing is sent any more, and why.
_OVER = {
    Phase.PLANNING: "is not planned to its end; plan it again",
    Phase.CANCELLED: "was cancelled; plan a new one for those who were skipped",
}


async def prepare(
    ledger: Ledger,
    broadcast: int,
    messengers: RecordedMessenger | Sequence[RecordedMessenger],
    *,
    show: Callable[[Progress], None] | None = None,
    ask: AskAbout | None = None,
    callbacks: bool = False,
    engine: Engine | None = None,
    clock: Clock | None = None,
) -> Runner:
    """Lock the ledger and make the `Runner` that starts or resumes a broadcast exactly where it stands.

    Several ``messengers`` of one provider share the work; open them before and close them after. ``show`` is told how
    it goes about once a second. ``callbacks`` says that statuses come back into this ledger, so that the canary waits
    for them.

    Raises `wamsg.errors.LedgerBusy` while another process runs broadcasts on it, `wamsg.errors.PlanChanged` if files
    of the message have changed, `wamsg.errors.LedgerError` if there is nothing to run.
    """
    clock = clock or SystemClock()
    several = tuple(messengers) if isinstance(messengers, Sequence) else (messengers,)
    if not several:
        raise ConfigError("give at least one messenger", setting="messengers")
    await ledger.lock()
    found = await ledger.broadcast(broadcast)
    if found.phase in _OVER:
        raise LedgerError(f"broadcast {broadcast} {_OVER[found.phase]}")
    return Runner(
        ledger,
        found,
        several,
        template=message_from_dict(found.plan.message),
        options=Options.from_dict(found.plan.options),
        engine=engine or LocalEngine(clock),
        clock=clock,
        show=show or _silent,
        ask=ask,
        callbacks=callbacks,
    )


def _silent(_progress: Progress) -> None:
    """Nobody watches."""
