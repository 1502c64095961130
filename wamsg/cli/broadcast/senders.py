"""Through whom a broadcast goes: the senders of one provider, each with its own settings, under one limiter."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from attrs import evolve, frozen

import wamsg
from wamsg.broadcast.policy import total_rate
from wamsg.cli.broadcast.options import SendingOptions
from wamsg.cli.output import tell
from wamsg.cli.settings import Chosen, ProviderOptions, choose, connect
from wamsg.driver import Driver, Provider
from wamsg.errors import ConfigError
from wamsg.model import Message, PhoneNumber, Text
from wamsg.pipeline import LaneState, LaneStore, Rate, RetryPolicy, Scheduler
from wamsg.settings import settings_of
from wamsg.transport.aiohttp import AiohttpTransport
from wamsg.webhooks.poll.poller import check_can_poll

#: Where there are several senders, each chunk is this part of what one sends in 15 seconds.
_SHARES = 8
#: A send of every provider; its first lane is the sender's or the account's.
_SAMPLE = Message(content=Text(body="hello"), to=PhoneNumber("+12025550100"))


@frozen
class Senders:
    """All of one provider; their settings are known to be complete."""

    provider: Provider
    chosen: tuple[Chosen, ...]
    #: What each may send; None for no limit.
    rate: Rate | None
    #: Speaks for all of them: what one can express, the others can.
    driver: Driver
    timeout: float
    #: Whether statuses come back into the ledger while it is sent.
    callbacks: bool = False
    #: Seconds between two readings of them from the provider; None if they are not read.
    poll: float | None = None

    @property
    def rates(self) -> list[Rate | None]:
        """One for each of them."""
        return [self.rate for _ in self.chosen]

    @property
    def chunk_rate(self) -> float | None:
        """For `wamsg.broadcast.plan`: a chunk goes through one sender, so several want small ones, to end together."""
        total, many = total_rate(self.rates), len(self.chosen)
        return total if total is None or many == 1 else total / (many * _SHARES)


@frozen
class Line:
    """The senders, ready to send."""

    clients: tuple[wamsg.Client, ...]
    scheduler: Scheduler

    def lanes(self) -> tuple[LaneState, ...]:
        """What holds the senders as a whole up; lanes of single recipients are left out."""
        return self.scheduler.snapshot(
            dict.fromkeys(client.driver.encode(_SAMPLE).request.lanes[0] for client in self.clients)
        )


def find(about: ProviderOptions, sending: SendingOptions, *, provider: str | None = None) -> Senders:
    """The senders that were asked for; ``provider`` is the one of a plan. Raises `ConfigError`."""
    if provider is not None:
        if about.provider not in (None, provider):
            raise ConfigError(f"the broadcast was planned for {provider}; leave out --provider", setting="provider")
        about = evolve(about, provider=provider)
    chosen = choose(about)
    if sending.poll is not None:
        check_can_poll(chosen.provider)
    _warn_if_readable(chosen)
    named = tuple(_named(chosen, name) for name in sending.sender) or (chosen,)
    values = [one.resolve(os.environ) for one in named]
    if any(value in values[:place] for place, value in enumerate(values)):
        raise ConfigError("two of the senders have the same settings; name each once", setting="sender")
    return Senders(
        provider=chosen.provider,
        chosen=named,
        rate=_rate(chosen.provider, sending.rate),
        driver=chosen.provider.driver(values[0]),
        timeout=sending.timeout,
        callbacks=sending.callbacks or sending.poll is not None,
        poll=sending.poll,
    )


@asynccontextmanager
async def opened(senders: Senders, *, concurrency: int, lanes: LaneStore) -> AsyncIterator[Line]:
    """Connect them; what their lanes learn is kept in ``lanes``."""
    limits = {kind: Rate.parse(text) for kind, text in senders.provider.limits.items()}
    main = next(iter(limits))
    rates: dict[str, Rate | None] = {} if senders.rate is None else {**limits, main: senders.rate}
    scheduler = Scheduler(rates, max_wait=RetryPolicy().max_wait, store=lanes)
    async with AsyncExitStack() as stack:
        clients = []
        for chosen in senders.chosen:
            transport = AiohttpTransport(timeout=senders.timeout, max_connections=max(100, concurrency))
            client = connect(chosen, transport=transport, limiter=scheduler, timeout=senders.timeout)
            clients.append(await stack.enter_async_context(client))
        yield Line(tuple(clients), scheduler)


def _named(chosen: Chosen, name: str) -> Chosen:
    """A sender's own table goes before environment and file, as it was asked for by name."""
    if name not in chosen.senders:
        where = chosen.path or "the settings file"
        known = ", ".join(chosen.senders) or "none"
        message = f"{where} has no table [{chosen.provider.name}.senders.{name[:40]}]; there are: {known}"
        raise ConfigError(message, setting="sender")
    return evolve(chosen, given={**chosen.senders[name], **chosen.given})


def _rate(provider: Provider, text: str | None) -> Rate | None:
    if text is None:
        return Rate.parse(next(iter(provider.limits.values())))
    return None if text.strip().lower() == "none" else Rate.parse(text)


def _warn_if_readable(chosen: Chosen) -> None:
    if chosen.path is None or not chosen.path.stat().st_mode & 0o077:
        return
    secrets = {item.name for item in settings_of(chosen.provider.name, chosen.provider.settings) if item.secret}
    if any(secrets & table.keys() for table in (chosen.table, *chosen.senders.values())):
        tell(f"other users of this machine can read the secrets in {chosen.path}; chmod 600 it")
