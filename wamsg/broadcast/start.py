"""From a frozen plan to a run: what a program calls, and what the command line is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wamsg.broadcast.ask import Asker
from wamsg.broadcast.plan import message_from_dict
from wamsg.broadcast.policy import OnUnknown, Options
from wamsg.broadcast.run import Progress, Runner
from wamsg.client import Client
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
    callbacks: bool = False,
    engine: Engine | None = None,
    clock: Clock | None = None,
) -> Runner:
    """Lock the ledger and make the `Runner` that starts or resumes a broadcast exactly where it stands.

    Several ``messengers`` of one provider share the work; open them before and close them after. ``show`` is told how
    it goes about once a second. ``callbacks`` says that statuses come back into this ledger, so that the canary waits
    for them.

    Raises `wamsg.errors.ConfigError` for ``on_unknown=ask`` where the provider cannot be asked,
    `wamsg.errors.LedgerBusy` while another process runs broadcasts on it, `wamsg.errors.PlanChanged` if files
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
    _check_provider(several, found.plan.provider)
    template, options = message_from_dict(found.plan.message), Options.from_dict(found.plan.options)
    asking = options.on_unknown is OnUnknown.ASK
    return Runner(
        ledger,
        found,
        several,
        template=template,
        options=options,
        engine=engine or LocalEngine(clock),
        clock=clock,
        show=show or _silent,
        ask=Asker(ledger, found, template, _only_client(several), clock) if asking else None,
        callbacks=callbacks,
    )


def _check_provider(messengers: Sequence[RecordedMessenger], provider: str) -> None:
    for messenger in messengers:
        if isinstance(messenger, Client) and messenger.provider.name != provider:
            message = f"the broadcast was planned for {provider}, this sender is one of {messenger.provider.name}"
            raise ConfigError(message, setting="messengers")


def _only_client(messengers: Sequence[RecordedMessenger]) -> Client:
    # With several it is not known through which of them a delivery went, and each shows only its own messages.
    if len(messengers) != 1 or not isinstance(messengers[0], Client):
        message = "on_unknown=ask needs one client of wamsg.connect as the only sender"
        raise ConfigError(message, setting="on_unknown")
    return messengers[0]


def _silent(_progress: Progress) -> None:
    """Nobody watches."""
