"""What went wrong, as a table: aiohttp's errors on the left, ours on the right."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import aiohttp

from wamsg.errors import NotSent, SendError, Unanswered
from wamsg.wire import Request

#: The exception raised before any byte of the request is written, whatever the body knows of it.
_NEVER_LEFT = True
#: The body knows.
_DEPENDS = False

#: Most specific first; ``{host}`` is the only fact of the request that is shown.
TABLE: tuple[tuple[type[BaseException], bool, str], ...] = (
    (aiohttp.ClientConnectorDNSError, _NEVER_LEFT, "the name {host} could not be looked up"),
    (aiohttp.ClientConnectorCertificateError, _NEVER_LEFT, "the certificate of {host} is not trusted"),
    (aiohttp.ClientSSLError, _NEVER_LEFT, "no TLS connection with {host} could be agreed on"),
    (aiohttp.ClientProxyConnectionError, _NEVER_LEFT, "the proxy {host} could not be reached"),
    (aiohttp.ClientConnectorError, _NEVER_LEFT, "{host} could not be reached"),
    (aiohttp.ClientHttpProxyError, _NEVER_LEFT, "the proxy refused to connect to {host}"),
    (aiohttp.ServerFingerprintMismatch, _NEVER_LEFT, "the certificate of {host} is not the expected one"),
    (aiohttp.ConnectionTimeoutError, _NEVER_LEFT, "no connection to {host} was free or could be made in time"),
    (aiohttp.RedirectClientError, _DEPENDS, "{host} answered with a redirect that cannot be followed"),
    (aiohttp.InvalidURL, _NEVER_LEFT, "the address of {host} is malformed"),
    (aiohttp.NonHttpUrlClientError, _NEVER_LEFT, "the address of {host} is not one of HTTP"),
    (aiohttp.ClientPayloadError, _DEPENDS, "the answer of {host} was cut off or garbled"),
    (aiohttp.ClientResponseError, _DEPENDS, "the answer of {host} is not HTTP"),
    (aiohttp.ServerDisconnectedError, _DEPENDS, "{host} closed the connection without an answer"),
    (aiohttp.ClientConnectionError, _DEPENDS, "the connection to {host} broke"),
    (aiohttp.ClientError, _DEPENDS, "the request to {host} failed"),
    (asyncio.CancelledError, _DEPENDS, "the connections to {host} were closed meanwhile"),
    (TimeoutError, _DEPENDS, "{host} did not answer in time"),
    (socket.gaierror, _NEVER_LEFT, "the name {host} could not be looked up"),
    (ssl.SSLCertVerificationError, _NEVER_LEFT, "the certificate of {host} is not trusted"),
    (OSError, _DEPENDS, "the connection to {host} broke"),
    (ValueError, _DEPENDS, "the address or a header of the request to {host} is malformed"),
)

#: What `failure` has an answer for; anything else is a mistake of the program and goes its way.
EXPECTED = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


def failure(error: BaseException, request: Request, *, handed: bool, status: int | None = None) -> SendError:
    """Our error for ``error``; ``handed`` says whether a byte of the request may have left this machine.

    ``status`` is the HTTP status, where the answer had begun.
    """
    never_left, sentence = next((never, words) for kind, never, words in TABLE if isinstance(error, kind))
    detail = sentence.format(host=_host(error, request)) + _reason(error)
    if never_left or not handed:
        return NotSent(f"{detail}; nothing was sent", lanes=request.lanes)
    return Unanswered(f"{detail}; the request may have arrived", http_status=status, lanes=request.lanes)


def cause(error: BaseException, request: Request) -> BaseException | None:
    """What to chain: ``error``, or None where a traceback of it would show the address.

    Some of aiohttp's errors quote the whole address, and paths and queries hold account ids and phone numbers.
    """
    try:
        parts = urlsplit(request.url)
    except ValueError:
        return None
    private = [piece for piece in (parts.path.rstrip("/"), parts.query, parts.username, parts.password) if piece]
    shown = any(piece in str(link) for link in _chain(error) for piece in private)
    return None if shown else error


def _host(error: BaseException, request: Request) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.host  # the proxy's, where it was the proxy
    try:
        return urlsplit(request.url).hostname or "the server"
    except ValueError:
        return "the server"


def _reason(error: BaseException) -> str:
    # Of the others, some put the address into strerror.
    reason = error.strerror if isinstance(error, aiohttp.ClientConnectorError) else None
    return f" ({reason})" if reason else ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = error.__cause__ or error.__context__
