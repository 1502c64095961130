"""``wamsg webhooks``: takes a provider's callbacks into a ledger, until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from typing import Annotated, Any, Final

from cyclopts import Parameter

from wamsg.cli.broadcast.book import opened
from wamsg.cli.broadcast.options import LedgerName
from wamsg.cli.collector import relax_collector
from wamsg.cli.interrupt import on_interrupt
from wamsg.cli.kinds.pairs import Repeated
from wamsg.cli.output import ALL_ACCEPTED, NONE_ACCEPTED, STOPPED, say, tell
from wamsg.cli.settings import NO_PROVIDER_OPTIONS, Chosen, ProviderOptions, choose
from wamsg.cli.watched import Watched
from wamsg.driver import Webhook
from wamsg.errors import ConfigError
from wamsg.ledger import Arrivals, EventLedger
from wamsg.ledger.optout import STOP_WORDS
from wamsg.webhooks import Receiver, webhook
from wamsg.webhooks.aiohttp import application, check_port, serving
from wamsg.webhooks.configure import check_secrets
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
    stop_word: Annotated[
        tuple[str, ...],
        Repeated,
        Parameter(help=f"whoever writes nothing else is suppressed, as for {', '.join(STOP_WORDS)}"),
    ] = (),
    about: ProviderOptions = NO_PROVIDER_OPTIONS,
) -> int:
    """Receive what a provider calls back, into a ledger, until Ctrl-C."""
    chosen = choose(about)
    hook = _webhook(chosen)
    # What can be wrong is found before a ledger is made.
    await check_port(host, port)
    made = not os.path.lexists(ledger)  # noqa: ASYNC240 -- nothing else runs yet
    stop = asyncio.Event()
    async with opened(ledger, create=True, stop_words=(*STOP_WORDS, *stop_word)) as book:
        store = Watched(book, stop.set)
        app = application(Receiver({path: hook}, store=store))
        relax_collector()

        async def serve() -> None:
            async with serving(app, host=host, port=port) as address:
                say(f"callbacks of {chosen.provider.title} are taken at {address}/{path.strip('/')}; Ctrl-C stops it")
                say(f"every call has to bring {proofs(hook)}")
                if made:
                    say(f"new ledger {ledger}")
                await _until_stopped(book, store, stop)

        code = await _run(serve(), stop)
        if store.error is not None:
            # With another code than wrong settings have, so that whatever supervises it starts it again.
            tell(f"{store.error}; mend that and start it again: what was answered with 500 is delivered again")
            return NONE_ACCEPTED
        tell(summary(await book.arrivals(), store.unknown))
    return code


def _webhook(chosen: Chosen) -> Webhook:
    given: dict[str, Any] = dict(chosen.given)
    if wrong := given.keys() & {"file", "environ"}:
        raise ConfigError(f"{chosen.provider.name} has no setting {min(wrong)!r}", setting="set")
    hook = webhook(chosen.provider.name, file=chosen.table, **given)
    check_secrets(hook)
    return hook


def proofs(hook: Webhook) -> str:
    """What a caller has to prove, in words."""
    return " and ".join(_PROOFS.get(type(scheme), type(scheme).__name__) for scheme in hook.schemes)


def summary(found: Arrivals, unknown: int = 0) -> str:
    """What came in, in words; ``unknown`` events of this run are not understood."""
    more = f", {found.unhandled:,} not handled" if found.unhandled else ""
    if unknown:
        more += f"; {unknown:,} that came now were not understood: is the callback profile as docs/callbacks.md says?"
    return (
        f"{found.events:,} events; {found.parked:,} statuses wait for their message, "
        f"{found.unknown:,} are for messages that this ledger does not know{more}"
    )


async def _run(serve: Coroutine[Any, Any, None], stop: asyncio.Event) -> int:
    """Until Ctrl-C, and what is under way then; a second one cuts it off. The exit code."""
    task = asyncio.create_task(serve, name="wamsg webhooks")

    def first() -> str:
        stop.set()
        return "stopping; what is coming in is stored first (another Ctrl-C does not wait for it)"

    def second() -> None:
        task.cancel()

    with on_interrupt(first, second):
        try:
            await task
        except asyncio.CancelledError:
            tell("cut off; what was not answered is delivered again")
            return STOPPED
    return ALL_ACCEPTED


async def _until_stopped(book: EventLedger, store: Watched, stop: asyncio.Event) -> None:
    """Tell what came in whenever that has changed."""
    known = await book.arrivals()
    while not stop.is_set():
        try:
            # `wait_for` of Python 3.11 loses a second Ctrl-C that comes close behind the first.
            async with asyncio.timeout(_EVERY):
                await stop.wait()
        except TimeoutError:
            found = await book.arrivals()
            if found != known:
                say(summary(found, store.unknown))
            known = found
