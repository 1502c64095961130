"""What every event has, and the key that tells whether it came before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from attrs import field, frozen


class Around(NamedTuple):
    """What stood around a piece of a payload: it, or a list with it alone, was what ``holder`` has under ``name``."""

    holder: Mapping[str, object]
    name: str
    listed: bool = False


@frozen
class Excerpt:
    """A payload narrowed down to one piece, in its own shape; put together only when someone looks at it.

    Most events of a large call are never looked at, and what they share is held once.
    """

    piece: object
    #: From the inside out.
    around: tuple[Around, ...]

    def whole(self) -> Mapping[str, object]:
        """The payload with this piece alone."""
        found = self.piece
        for holder, name, listed in self.around:
            found = {**holder, name: [found] if listed else found}
        return found  # type: ignore[return-value]  # what is outermost is a mapping


Raw: TypeAlias = Mapping[str, object] | Excerpt


def whole(raw: Raw) -> Mapping[str, object]:
    """The payload itself."""
    return raw.whole() if isinstance(raw, Excerpt) else raw


@frozen(kw_only=True)
class Event:
    """Something that a provider told us; its subclasses say what."""

    provider: str
    #: 32 hexadecimal digits. What is delivered again has the same key, by whatever road; see `event_key`.
    key: str
    #: When it happened, in seconds since 1970-01-01 UTC; None where the payload does not say.
    at: float | None = None
    _raw: Raw = field(factory=dict, alias="raw", repr=False, hash=False, eq=whole)

    @property
    def raw(self) -> Mapping[str, object]:
        """The payload narrowed down to this one event, in its own shape.

        Parsed again, it gives an event of the same key.
        """
        return whole(self._raw)


def event_key(provider: str, kind: str, *parts: str | None) -> str:
    """A short digest of what identifies an event: message ids hold phone numbers, so they do not stand in it."""
    # Quoted, so that no two lists of parts look alike; `str` because a member of an enumeration quotes otherwise.
    return _digest(ascii((provider, kind, *[part if part is None else str(part) for part in parts])))


def content_key(provider: str, kind: str, raw: Raw) -> str:
    """The key of an event that has no id: a digest of all that it says.

    The same words at another time are the same key, so remember keys for days, not for ever.
    """
    return _digest(json.dumps([provider, kind, whole(raw)], sort_keys=True))


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
