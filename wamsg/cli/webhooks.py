"""``wamsg webhooks``: takes a provider's callbacks into a ledger, until Ctrl-C."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from cyclopts import Parameter

from wamsg.cli.broadcast.book import opened
from wamsg.cli.broadcast.options import LedgerName
from wamsg.cli.collector import relax_collector
from wamsg.cli.interrupt import on_interrupt
from wamsg.cli.output import ALL_ACCEPTED, NONE_ACCEPTED, say, tell
from wamsg.cli.settings import NO_PROVIDER_OPTIONS, Chosen, ProviderOptions, choose
from wamsg.cli.watched import Watched
from wamsg.driver import Webhook
from wamsg.errors import ConfigError
from wamsg.ledger import Arrivals, EventLedger
from wamsg.webhooks import Receiver, webhook
from wamsg.webhooks.aiohttp import application, serving
from wamsg.wire import Basic, Bearer, HmacSha256, SharedHeader

#: Seconds between two looks at what came in.
_EVERY: Final = 5.0
_PROOFS: Final = {
    Bearer: "a bearer token",
    Basic: "user and password",
    SharedHeader: "a secret header",
    HmacSha256: "a signature (HMAC-SHA256) over the body",
}


async def webhooks(
    *,
    ledger: LedgerName,
    port: Annotated[int, Parameter(help="0 takes a free one")] = 8080,
    host: Annotated[str, Parameter(help="this machine only by default; put a server that speaks https before it")] = (
        "127.0.0.1"
    ),
    path: Annotated[str, Parameter(help="of the address that the provider calls")] = "/",
    about: ProviderOptions = NO_PROVIDER_OPTIONS,
) -> int:
    """Receive what a provider calls back, into a ledger, until Ctrl-C."""
    chosen = choose(about)
    hook = _webhook(chosen)
    stop = asyncio.Event()
    async with opened(ledger, create=True) as book:
        store = Watched(book, stop.set)
        receiver = Receiver({path: hook}, store=store)
        relax_collector()
        async with serving(application(receiver), host=host, port=port) as address:
            say(f"callbacks of {chosen.provider.title} are taken at {address}/{path.strip('/')}; Ctrl-C stops it")
            say(f"every call has to bring {proofs(hook)}")
            await _until_stopped(book, stop)
        if store.error is not None:
            # With another code than wrong settings have, so that whatever supervises it starts it again.
            tell(f"{store.error}; mend that and start it again: what was answered with 500 is delivered again")
            return NONE_ACCEPTED
        tell(summary(await book.arrivals()))
    return ALL_ACCEPTED


def _webhook(chosen: Chosen) -> Webhook:
    given: dict[str, Any] = dict(chosen.given)
    if wrong := given.keys() & {"file", "environ"}:
        raise ConfigError(f"{chosen.provider.name} has no setting {min(wrong)!r}", setting="set")
    return webhook(chosen.provider.name, file=chosen.table, **given)


def proofs(hook: Webhook) -> str:
    """What a caller has to prove, in words."""
    return " and ".join(_PROOFS.get(type(scheme), type(scheme).__name__) for scheme in hook.schemes)


def summary(found: Arrivals) -> str:
    """What came in, in words."""
    more = f", {found.unhandled:,} not handled" if found.unhandled else ""
    return (
        f"{found.events:,} events; {found.parked:,} statuses wait for their message, "
        f"{found.unknown:,} are for messages that this ledger does not know{more}"
    )


async def _until_stopped(book: EventLedger, stop: asyncio.Event) -> None:
    """Tell what came in whenever that has changed."""

    def first() -> str:
        stop.set()
        return "stopping; what is coming in is stored first"

    known = await book.arrivals()
    with on_interrupt(first, stop.set):
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), _EVERY)
            except TimeoutError:
                found = await book.arrivals()
                if found != known:
                    say(summary(found))
                known = found
