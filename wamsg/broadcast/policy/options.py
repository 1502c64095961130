"""The options of a run: what people may write, what is frozen with the plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

import attrs
from attrs import field, frozen

from wamsg.broadcast.policy.hours import Hours
from wamsg.broadcast.policy.reading import (
    is_duration,
    read_count,
    read_duration,
    read_moment,
    read_share,
    write_duration,
    write_moment,
)
from wamsg.broadcast.policy.zones import zone_named
from wamsg.errors import ConfigError

_MOST_ROWS = 1_000_000_000


class OnUnknown(StrEnum):
    """What happens to deliveries of which nobody knows whether they went out."""

    #: They wait for a callback, a look-up or a person.
    HOLD = "hold"
    #: They are left as they are, and the broadcast ends without them.
    SKIP = "skip"
    #: The provider is asked where it can tell.
    ASK = "ask"
    #: They are sent again: consent to duplicates.
    RESEND = "resend"


@frozen
class Portion:
    """So many of the first deliveries: either a ``count``, or a ``share`` of all, above 0 and at most 1."""

    count: int | None = None
    share: float | None = None

    def __attrs_post_init__(self) -> None:
        good = self.share is None and self.count >= 1 if self.count is not None else 0 < (self.share or 0) <= 1
        if not good:
            raise ConfigError(
                "canary must be a number of recipients such as 50, or a share such as 1%", setting="canary"
            )

    def to_json(self) -> int | str:
        """``50`` or ``1%``; shares to a millionth of a per cent."""
        return f"{self.share:.6%}".rstrip("%0").rstrip(".") + "%" if self.share is not None else self.count or 0

    def of(self, deliveries: int) -> int:
        """How many that is; at least one of them, at most all."""
        wanted = self.count if self.count is not None else math.ceil((self.share or 0.0) * deliveries)
        return min(max(wanted, 1), deliveries)


@frozen(kw_only=True)
class Options:
    """How a broadcast is run. Build it with `read` from what a person wrote, with `from_dict` from a ledger.

    Times are seconds; moments are seconds since 1970-01-01 UTC.
    """

    #: ``hold``, ``skip``, ``ask`` or ``resend``.
    on_unknown: OnUnknown = OnUnknown.HOLD
    #: The first deliveries (``50`` or ``1%``), whose outcomes are judged before the others are sent; None for none.
    canary: Portion | None = None
    #: The canary stops the broadcast if more than this share of it fails.
    canary_failures: float = 0.2
    #: How long the canary's callbacks are waited for, where there is a source of them.
    canary_wait: float = 600.0
    #: After so many refusals in a row that convict the campaign, it stops.
    breaker: int = 5
    #: When recipients may be sent to, by their own clock (``09:00-20:00 mon-fri``); None for always.
    window: Hours | None = None
    #: The zone of numbers whose own is not known, or whose zones share no time inside the window.
    window_zone: str | None = None
    #: Nothing is sent from this moment on; at most one of this and ``expires_after``.
    expires_at: float | None = None
    #: The same, counted from the start of the run.
    expires_after: float | None = None
    #: Nothing is sent before this moment.
    start_at: float | None = None
    #: The most messages in 24 hours.
    daily_quota: int | None = None
    #: Requests under way at once, of all senders together.
    concurrency: int = 64
    #: Tries of a delivery that the provider puts off, the first included; after the last it is rejected.
    attempts: int = field(default=4)

    def __attrs_post_init__(self) -> None:
        if self.expires_at is not None and self.expires_after is not None:
            raise ConfigError("expires is either a moment or a length of time", setting="expires")
        if self.start_at is not None and self.expires_at is not None and self.expires_at <= self.start_at:
            raise ConfigError("expires must be later than start_at", setting="expires")

    @classmethod
    def read(cls, given: Mapping[str, object], *, now: float | None) -> Options:
        """From text, as a command line or a file has it; None and missing names are defaults, ``none`` is nothing.

        ``expires`` takes a moment or a length of time; ``start_at`` also the next ``09:00 Asia/Kolkata`` after ``now``.
        Raises `ConfigError` that names the option and says what to write; an unknown name gets a suggestion.
        """
        values: dict[str, Any] = {}
        for name, value in given.items():
            if name not in _READERS:
                raise ConfigError(_unknown(name), setting=str(name))
            if value is not None:
                values |= _READERS[name](name, value, now)
        return cls(**values)

    @classmethod
    def from_dict(cls, document: Mapping[str, object]) -> Options:
        """What `to_dict` gave. Raises `ConfigError`."""
        return cls.read(document, now=None)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values that people can read; defaults are left out."""
        changed = [item.name for item in attrs.fields(Options) if getattr(self, item.name) != item.default]
        return {
            _WRITTEN.get(name, name): _WRITERS[name](getattr(self, name)) if name in _WRITERS else getattr(self, name)
            for name in changed
        }

    def deadline(self, started_at: float) -> float | None:
        """From when on nothing is sent, for a run that started then; None for never."""
        return started_at + self.expires_after if self.expires_after is not None else self.expires_at


_Reader = Callable[[str, object, float | None], dict[str, Any]]


def _reader(read: Callable[[str, object], object]) -> _Reader:
    return lambda name, value, _now: {name: read(name, value)}


def _optional(reader: _Reader) -> _Reader:
    def read(name: str, value: object, now: float | None) -> dict[str, Any]:
        return {} if isinstance(value, str) and value.strip().lower() == "none" else reader(name, value, now)

    return read


def _count(most: int) -> _Reader:
    return _reader(lambda name, value: read_count(name, value, most=most))


def _on_unknown(name: str, value: object) -> OnUnknown:
    if isinstance(value, str) and value.strip().lower() in set(OnUnknown):
        return OnUnknown(value.strip().lower())
    shown = repr(value)[:40] if isinstance(value, str) else f"a {type(value).__name__}"
    raise ConfigError(f"{name} must be one of {', '.join(OnUnknown)}, not {shown}", setting=name)


def _portion(name: str, value: object) -> Portion:
    if isinstance(value, str) and "%" in value:
        return Portion(share=read_share(name, value))
    try:
        return Portion(count=read_count(name, value, most=_MOST_ROWS))
    except ConfigError:
        shown = repr(value)[:40] if isinstance(value, str | int | float) else f"a {type(value).__name__}"
        message = f"{name} must be a number of recipients such as 50, or a share such as 1%, not {shown}"
        raise ConfigError(message, setting=name) from None


def _zone(name: str, value: object) -> str:
    if isinstance(value, str):
        return zone_named(value.strip()).key
    raise ConfigError(f"{name} must be a time zone such as Asia/Kolkata, not a {type(value).__name__}", setting=name)


def _expires(name: str, value: object, now: float | None) -> dict[str, Any]:
    if is_duration(value):
        return {"expires_after": read_duration(name, value)}
    moment = read_moment(name, value, now=now, also=", or a length of time such as 6h")
    if now is not None and moment <= now:
        raise ConfigError(f"{name} is a moment that is already past", setting=name)
    return {"expires_at": moment}


_READERS: Mapping[str, _Reader] = {
    "on_unknown": _reader(_on_unknown),
    "canary": _optional(_reader(_portion)),
    "canary_failures": _reader(read_share),
    "canary_wait": _reader(read_duration),
    "breaker": _count(1000),
    "window": _optional(_reader(lambda _name, value: Hours.parse(value))),
    "window_zone": _optional(_reader(_zone)),
    "expires": _optional(_expires),
    "start_at": _optional(lambda name, value, now: {name: read_moment(name, value, now=now)}),
    "daily_quota": _optional(_count(_MOST_ROWS)),
    "concurrency": _count(1000),
    "attempts": _count(100),
}
_WRITTEN = {"expires_at": "expires", "expires_after": "expires"}
_WRITERS: Mapping[str, Callable[[Any], object]] = {
    "on_unknown": str,
    "canary": lambda portion: portion.to_json(),
    "canary_wait": write_duration,
    "window": str,
    "expires_at": write_moment,
    "expires_after": write_duration,
    "start_at": write_moment,
}


def _unknown(name: object) -> str:
    near = get_close_matches(str(name)[:40], _READERS, n=1)
    return f"there is no option {str(name)[:40]!r}; " + (
        f"did you mean {near[0]}?" if near else f"there are {', '.join(_READERS)}"
    )
