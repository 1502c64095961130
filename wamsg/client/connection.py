"""`connect`: from a provider's name and settings to a client."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from wamsg import registry
from wamsg.client.client import Client
from wamsg.clock import Clock, SystemClock
from wamsg.driver import Provider
from wamsg.errors import ConfigError
from wamsg.pipeline import Limiter, Rate, RetryPolicy, Scheduler
from wamsg.settings import resolve
from wamsg.transport.base import Transport

if TYPE_CHECKING:
    import aiohttp

#: ``"80/s"`` for the provider's main lane, a mapping per kind of lane, or None for no limit but the provider's pauses.
Limits = str | Mapping[str, str | None] | None


class Default(Enum):
    """What stands for "not given" where None means something."""

    PROVIDER = "the provider's own limits"
    OURS = "a scheduler of this client's own"


def connect(
    name: str,
    *,
    session: aiohttp.ClientSession | None = None,
    transport: Transport | None = None,
    limits: Limits | Default = Default.PROVIDER,
    limiter: Limiter | Default | None = Default.OURS,
    retry: RetryPolicy | None = None,
    timeout: float | None = 30.0,
    clock: Clock | None = None,
    environ: Mapping[str, str] | None = None,
    file: Mapping[str, object] | None = None,
    **settings: Any,
) -> Client:
    """A client for the provider called ``name``; does no I/O until it is used.

    ``settings`` are the provider's own (its page in docs/ lists them); what is not given is read from the environment
    (``WAMSG_<PROVIDER>_<SETTING>``; ``environ`` in its place), then from ``file``. ``timeout`` is for one attempt as a
    whole, in seconds. ``session`` is an aiohttp session of yours, which is neither changed nor closed; ``transport``
    replaces HTTP altogether. ``limits`` reads ``"80/s"``, ``{"sender": "80/s"}``, or None for the provider's pauses
    only; without it the provider's documented limits hold. ``limiter`` is a scheduler shared with other clients, or one
    of your own make, in the place of those limits; None takes every limit and every pause away.

    Raises `wamsg.errors.ConfigError` for an unknown provider and for missing or wrong settings.
    """
    provider = registry.load(name)
    resolved = resolve(
        provider.name,
        provider.settings,
        given=settings,
        environ=os.environ if environ is None else environ,
        file=file,
        beside=provider.inbound.settings if provider.inbound else None,
    )
    _check_timeout(timeout)
    clock, policy = clock or SystemClock(), retry or RetryPolicy()
    if transport is None:
        from wamsg.transport.aiohttp import AiohttpTransport

        transport = AiohttpTransport(session=session, timeout=timeout, clock=clock)
    elif session is not None:
        raise ConfigError("give a session or a transport, not both", setting="session")
    return Client(
        provider,
        provider.driver(resolved.values),
        transport,
        limiter=_limiter(provider, limits, limiter, policy, clock),
        policy=policy,
        clock=clock,
        sources=resolved.sources,
    )


def _check_timeout(timeout: float | None) -> None:
    if timeout is not None and not 0 < timeout < float("inf"):
        raise ConfigError("timeout must be a number of seconds above zero, or None", setting="timeout")


def _limiter(
    provider: Provider, limits: Limits | Default, limiter: Limiter | Default | None, policy: RetryPolicy, clock: Clock
) -> Limiter | None:
    if isinstance(limiter, Default):
        return Scheduler(_rates(provider, limits), clock=clock, max_wait=policy.max_wait)
    if limits is not Default.PROVIDER:
        raise ConfigError("give limits or a limiter, not both", setting="limits")
    return limiter


def _rates(provider: Provider, limits: Limits | Default) -> dict[str, Rate | None]:
    chosen: dict[str, str | None] = dict(provider.limits)
    if limits is None:
        return {}
    if isinstance(limits, str):
        chosen[next(iter(provider.limits))] = limits
    elif isinstance(limits, Mapping):
        unknown = [kind for kind in limits if kind not in provider.limits]
        if unknown:
            message = f"{provider.name} has no lane {unknown[0]!r}; limits are for {', '.join(provider.limits)}"
            raise ConfigError(message, setting="limits")
        chosen.update(limits)
    return {kind: None if text is None else Rate.parse(text) for kind, text in chosen.items()}
