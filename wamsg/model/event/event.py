"""What every event has, and the key that tells whether it came before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b

from attrs import field, frozen


@frozen(kw_only=True)
class Event:
    """Something that a provider told us; its subclasses say what."""

    provider: str
    #: 32 hexadecimal digits. What is delivered again has the same key, by whatever road; see `event_key`.
    key: str
    #: When it happened, in seconds since 1970-01-01 UTC; None where the payload does not say.
    at: float | None = None
    #: The payload narrowed down to this one event, in its own shape: parsed again, it gives an event of the same key.
    raw: Mapping[str, object] = field(factory=dict, repr=False, hash=False)


def event_key(provider: str, kind: str, *parts: str | None) -> str:
    """A short digest of what identifies an event: message ids hold phone numbers, so they do not stand in it."""
    return _digest([provider, kind, *parts])


def content_key(provider: str, kind: str, raw: Mapping[str, object]) -> str:
    """The key of an event that has no id: a digest of all that it says.

    The same words at another time are the same key, so remember keys for days, not for ever.
    """
    return _digest([provider, kind, raw])


def _digest(parts: list[object]) -> str:
    return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()
