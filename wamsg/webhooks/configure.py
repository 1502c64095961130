"""From a provider's name and settings to its webhook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from wamsg import registry
from wamsg.driver import Webhook
from wamsg.errors import ConfigError
from wamsg.settings import env_name, resolve


def webhook(
    name: str,
    *,
    environ: Mapping[str, str] | None = None,
    file: Mapping[str, object] | None = None,
    **settings: Any,
) -> Webhook:
    """The webhook of the provider called ``name``; does no I/O.

    ``settings`` are those of its callbacks, such as ``callback_secret``; what is not given is read from the environment
    (``WAMSG_<PROVIDER>_<SETTING>``; ``environ`` in its place), then from ``file``, in which those for sending may stand
    as well.

    Raises `wamsg.errors.ConfigError` for an unknown provider, for one that calls nobody back and for wrong settings.
    """
    provider = registry.load(name)
    if provider.inbound is None:
        raise ConfigError(f"{name} calls nobody back, so there is nothing to receive", setting="provider")
    resolved = resolve(
        name,
        provider.inbound.settings,
        given=settings,
        environ=os.environ if environ is None else environ,
        file=file,
        beside=provider.settings,
    )
    return provider.inbound.webhook(resolved.values)


def check_secrets(hook: Webhook) -> None:
    """Raise `wamsg.errors.ConfigError` for a webhook without any: whatever it was sent would be refused."""
    if not hook.schemes:
        variable = env_name(hook.provider, "callback_secret")
        message = (
            f"{hook.provider}: no secret is configured for callbacks, so none could be taken; set {variable} "
            "(or callback_token, callback_login, callback_app_secret) and have the provider send it"
        )
        raise ConfigError(message, setting="callback_secret")
