"""What a server hands over of a call, and what it is to answer: plain values, whatever the framework."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from types import MappingProxyType

from attrs import field, frozen

from wamsg.wire import Headers, Response

#: The raw body: all of it, or piece by piece as it comes in.
Body = bytes | AsyncIterable[bytes]

_PLAIN = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
_NO_QUERY: Mapping[str, str] = MappingProxyType({})


def _as_headers(headers: Mapping[str, str]) -> Headers:
    return headers if isinstance(headers, Headers) else Headers(headers)


@frozen(kw_only=True)
class Call:
    """One HTTP request but for its body. Its repr shows neither query nor header: those hold secrets."""

    #: In capitals.
    method: str
    #: Below where the receiver is mounted, without the query.
    path: str = "/"
    query: Mapping[str, str] = field(default=_NO_QUERY, repr=False)
    #: Names in any case.
    headers: Headers = field(factory=Headers, converter=_as_headers, repr=False)


def first_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A query as a mapping; the first of a name counts, as with headers."""
    return dict(reversed(list(pairs)))


def answer(status: int, text: str = "", **headers: str) -> Response:
    """``text`` for people; an underscore in a header's name stands for a dash."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers={**_PLAIN, **named}, body=text.encode())
