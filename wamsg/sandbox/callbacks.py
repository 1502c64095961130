"""Where and how a sandbox calls back: the address, the delays, and what goes wrong on purpose."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import cached_property
from random import Random
from typing import Any
from urllib.parse import urlsplit

import attrs
from attrs import field, frozen

from wamsg.errors import ConfigError
from wamsg.sandbox.checks import flag, number, suffix, text, whole
from wamsg.settings import CallbackSettings, resolve
from wamsg.wire import Scheme

_DAY = 86_400.0
_LONGEST_FAULT = 64
#: By their names in `CallbackSettings`.
SECRETS = ("callback_secret", "callback_token", "callback_login", "callback_app_secret")


def _fault(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    text(instance, attribute, value)
    if not isinstance(value, str) or len(value) > _LONGEST_FAULT or not value.isprintable():
        raise ConfigError(f"fault must be a code or a few words, not {str(value)[:60]!r}", setting="fault")


@frozen(kw_only=True)
class Late:
    """Messages that are accepted and fail later; every condition that is given must hold.

    Raises `ConfigError`, with ``setting`` naming the field, for values that make no sense.
    """

    #: Why: a code of the provider, such as ``131050``, or its words where it has no code.
    fault: str = field(validator=_fault)
    #: Only messages to recipients whose digits end like this.
    recipient: str | None = field(default=None, validator=suffix)
    #: With this probability, 0 to 1.
    chance: float = field(default=1.0, validator=number(0.0, 1.0))

    def strikes(self, recipient: str, dice: Random) -> bool:
        """Whether a message to these digits fails; throws the dice in any case."""
        return dice.random() < self.chance and (self.recipient is None or recipient.endswith(self.recipient))


@frozen(kw_only=True)
class Callbacks:
    """What follows an accepted message; delays are seconds after its acceptance, chances are from 0 to 1.

    What the dice of a message decide depends on ``seed``, its recipient and how many messages that one got before, so
    it does not matter in which order messages to several people come. Raises `ConfigError`, with ``setting`` naming the
    field, for values that make no sense.
    """

    #: Where to; a loopback address unless ``outside``.
    url: str = field(repr=False)
    outside: bool = field(default=False, validator=flag)
    seed: int = field(default=0, validator=whole(0))

    sent: float = field(default=0.0, validator=number(0.0, _DAY))
    delivered: float = field(default=0.2, validator=number(0.0, _DAY))
    read: float = field(default=0.5, validator=number(0.0, _DAY))
    #: When a message fails that does.
    failed: float = field(default=0.2, validator=number(0.0, _DAY))
    #: Every delay is longer by up to so much.
    spread: float = field(default=0.0, validator=number(0.0, _DAY))

    #: Of a message: it is never read.
    unread: float = field(default=0.0, validator=number(0.0, 1.0))
    #: Of a message: its statuses come in the reverse order.
    shuffle: float = field(default=0.0, validator=number(0.0, 1.0))
    #: Of a status, an incoming message or a notice: it is never told.
    drop: float = field(default=0.0, validator=number(0.0, 1.0))
    #: Of one of these: it is told once more, up to a second later.
    duplicate: float = field(default=0.0, validator=number(0.0, 1.0))
    #: Of one of these: beside it comes a call with a wrong proof; of a status it says what is not so.
    forge: float = field(default=0.0, validator=number(0.0, 1.0))
    #: Who fails late; the first that strikes counts.
    late: tuple[Late, ...] = field(default=(), converter=tuple[Late, ...])

    #: Most statuses in one call.
    batch: int = field(default=1, validator=whole(1, 1000))
    #: Calls under way at once.
    concurrency: int = field(default=16, validator=whole(1, 1000))
    #: How often a call is made again that was answered with 5xx, 408 or 429, or not at all.
    retries: int = field(default=5, validator=whole(0, 100))
    #: Seconds before the first of them; twice as long before each further one.
    backoff: float = field(default=1.0, validator=number(0.0, _DAY))

    #: What the calls show, all that is given; the provider's example if nothing is. Several, separated by commas, are
    #: what a receiver takes while it is changed; the first is shown.
    callback_secret: str | None = field(default=None, validator=text, repr=False)
    #: A bearer token.
    callback_token: str | None = field(default=None, validator=text, repr=False)
    #: user:password of basic authentication.
    callback_login: str | None = field(default=None, validator=text, repr=False)
    #: The key of a signature of the body.
    callback_app_secret: str | None = field(default=None, validator=text, repr=False)

    @property
    def secrets(self) -> Mapping[str, str]:
        """Those that are given, by name."""
        return {name: value for name in SECRETS if (value := getattr(self, name)) is not None}

    @cached_property
    def schemes(self) -> tuple[Scheme, ...]:
        """What they make a caller prove; nothing if none is given."""
        settings: CallbackSettings = resolve("sandbox", CallbackSettings, given=self.secrets, environ={}).values
        return settings.schemes()

    def __attrs_post_init__(self) -> None:
        _check_address(self.url, outside=self.outside)
        if self.callback_token is not None and self.callback_login is not None:
            message = "give callback_token or callback_login: both would stand in the header Authorization"
            raise ConfigError(message, setting="callback_login")
        # Making them is what checks them.
        _ = self.schemes
        if not all(isinstance(one, Late) for one in self.late):
            raise ConfigError("late takes values made with Late(..)", setting="late")


def _check_address(url: object, *, outside: bool) -> None:
    try:
        host = _host(url)
    except ValueError:
        message = "url must be an address such as http://127.0.0.1:8080/"
        raise ConfigError(message, setting="url") from None
    if not outside and not _is_here(host):
        message = f"callbacks go to this machine only, not to {host[:60]!r}, unless 'outside' is set"
        raise ConfigError(message, setting="url")


def _host(url: object) -> str:
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("no address")
    parts = urlsplit(url)
    # Reading the port is what checks it.
    wrong = parts.scheme not in {"http", "https"} or parts.username is not None or parts.fragment or parts.port == 0
    if wrong or not parts.hostname:
        raise ValueError("no address")
    return parts.hostname


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
