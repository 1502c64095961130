"""What is about to cross the wire: a method, an address, headers, and a body that can be sent again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import IntEnum
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from attrs import field, frozen


@frozen(kw_only=True)
class Upload:
    """A file in a form: read from ``path`` as a stream, or the bytes themselves (exactly one of the two)."""

    # Names of personal documents often hold a phone number or a customer's name.
    name: str = field(repr=False)
    content_type: str
    #: In bytes; the transport refuses a file whose size has changed since.
    size: int
    path: Path | None = field(default=None, repr=False)
    data: bytes | None = field(default=None, repr=False)


@frozen
class Part:
    """One field of a form."""

    name: str
    value: str | Upload = field(repr=False)


@frozen
class Form:
    """A ``multipart/form-data`` body."""

    parts: tuple[Part, ...]

    def __getitem__(self, name: str) -> str | Upload:
        """The first part of that name; KeyError if there is none."""
        for part in self.parts:
            if part.name == name:
                return part.value
        raise KeyError(name)

    def texts(self) -> dict[str, str]:
        """All parts that are text, by name; the last of a name wins."""
        return {part.name: part.value for part in self.parts if isinstance(part.value, str)}

    def uploads(self) -> dict[str, Upload]:
        """All parts that are files, by name; the last of a name wins."""
        return {part.name: part.value for part in self.parts if isinstance(part.value, Upload)}


def _frozen_mapping(headers: Mapping[str, str]) -> Mapping[str, str]:
    return headers if isinstance(headers, MappingProxyType) else MappingProxyType(dict(headers))


class Priority(IntEnum):
    """Who goes first where both wait for the same lane."""

    #: One-time codes, replies: someone is waiting for it.
    INTERACTIVE = 0
    #: Broadcasts.
    BULK = 1


#: Awaited when a request has its turn and before its first byte leaves; if it raises, the request stays here.
Departure = Callable[[], Awaitable[None]]


@frozen(kw_only=True, repr=False, eq=False)
class Request:
    """One HTTP request as data. Its repr shows no header, no body and no path: those hold secrets and phone numbers."""

    method: str
    url: str
    headers: Mapping[str, str] = field(factory=dict, converter=_frozen_mapping)
    body: bytes | Form | None = None
    #: Keys that it is throttled by, each ``kind:name``: ``account:5f1c``, ``sender:+91..``, ``pair:+91../+91..``.
    #: The first is the account or the sender.
    lanes: tuple[str, ...] = ()
    priority: Priority = Priority.INTERACTIVE
    #: Whether sending it twice does no harm (reads). A message is never repeatable.
    repeatable: bool = False
    #: How a ledger commits its intent last of all: it knows of each attempt before the attempt can go out.
    departure: Departure | None = None

    def at(self, priority: Priority, departure: Departure | None = None) -> Request:
        """The same request with another priority, to be attempted as ``departure`` allows."""
        return Request(
            method=self.method,
            url=self.url,
            headers=self.headers,
            body=self.body,
            lanes=self.lanes,
            priority=priority,
            repeatable=self.repeatable,
            departure=departure,
        )

    def __repr__(self) -> str:
        return f"<Request {self.method} {urlsplit(self.url).hostname}>"

    @property
    def path(self) -> str:
        """The address without host and query."""
        return urlsplit(self.url).path
