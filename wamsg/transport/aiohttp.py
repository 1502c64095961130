"""The HTTP client: one attempt at one request, and an honest word on whether it left."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from ssl import SSLContext

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse, ClientSession
from yarl import URL

from wamsg.clock import Clock, SystemClock
from wamsg.errors import ConfigError, SendError, WamsgError
from wamsg.transport.aiohttp_body import Body, bytes_body, form_body
from wamsg.transport.aiohttp_failures import EXPECTED, cause, failure
from wamsg.transport.deadline import Deadlines
from wamsg.wire import Form, Request, Response

_SYSTEM_CLOCK = SystemClock()
#: `Deadlines` keeps the time.
_NO_TIMEOUT = aiohttp.ClientTimeout(total=None)
_NEVER_REPEATED_BY_AIOHTTP = frozenset({"POST", "PATCH"})


class AiohttpTransport:
    """A `wamsg.transport.base.Transport` over HTTP/1.1. Makes its session at the first `send`, in the running loop.

    ``timeout`` (seconds, None for none) bounds one attempt as a whole, ``connect_timeout`` the part until there is a
    connection, waiting for a free one included. ``keepalive`` is how long an idle connection is kept: less than the
    5 seconds after which common servers (Node, uvicorn, Apache) close theirs, because a request into a
    connection that is just being closed ends as `wamsg.errors.Unanswered`. Of an answer at most ``max_body`` bytes
    are read. ``proxy`` is an ``http://`` address; environment variables and .netrc are not looked at.

    A ``session`` lends its connections (with their limit, keep-alive and resolver), its ``trust_env`` and its trace
    configs, and is neither changed nor closed. Its headers, cookies, auth, proxy and middlewares stay out: they are
    meant for others, and a middleware that repeats or caches would break the promise that nothing is sent twice.
    ``max_connections`` and ``keepalive`` do not apply then.

    Raises `ConfigError` for a number that is not positive and for a proxy that is no address.
    """

    def __init__(
        self,
        *,
        session: ClientSession | None = None,
        timeout: float | None = 30.0,
        connect_timeout: float = 10.0,
        proxy: str | None = None,
        ssl: SSLContext | None = None,
        max_connections: int = 100,
        keepalive: float = 4.0,
        max_body: int = 1024 * 1024,
        clock: Clock = _SYSTEM_CLOCK,
    ) -> None:
        _check_positive(connect_timeout=connect_timeout, max_connections=max_connections, max_body=max_body)
        _check_positive(timeout=1 if timeout is None else timeout, keepalive=keepalive)
        _check_proxy(proxy)
        self._lender = session
        self._deadlines = Deadlines(whole=timeout, connect=connect_timeout)
        # A request without a body has no witness of its leaving: there aiohttp itself watches the connecting.
        self._without_body = aiohttp.ClientTimeout(total=None, connect=connect_timeout)
        self._proxy = proxy
        self._ssl: SSLContext | bool = True if ssl is None else ssl
        self._max_connections = max_connections
        self._keepalive = keepalive
        self._max_body = max_body
        self._clock = clock
        self._session: ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Task[None] | None = None
        self._closed = False

    async def send(self, request: Request) -> Response:
        """The answer to ``request``, of any status; redirects are answers too.

        Raises `wamsg.errors.NotSent`, `wamsg.errors.Unanswered`, and `wamsg.errors.InvalidMessage` for a file that
        cannot be read or has changed. WamsgError after `aclose`, in another event loop than the first request's, and
        when the session's owner has closed it.
        """
        session = self._ready()
        body = request.body
        if isinstance(body, Form):
            with form_body(body) as opened:
                return await self._attempt(session, request, opened)
        return await self._attempt(session, request, bytes_body(body) if body else None)

    async def aclose(self) -> None:
        """Close the connections opened here; closing twice is harmless, and a cancelled close still closes."""
        self._closed = True
        if self._session is None or (self._closing is not None and self._closing.done()):
            return
        self._check_loop()
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._session.close())
        try:
            await asyncio.shield(self._closing)
        except asyncio.CancelledError:
            await asyncio.wait({self._closing})
            raise

    def _ready(self) -> ClientSession:
        if self._closed:
            raise WamsgError("this transport is closed; make a new one")
        session = self._session
        if session is None:
            session = self._session = self._open()
        self._check_loop()
        if session.closed:
            raise WamsgError("the aiohttp session that this transport was given is closed; close the transport first")
        return session

    def _check_loop(self) -> None:
        if self._loop is not asyncio.get_running_loop():
            raise WamsgError("this transport was opened in another event loop; make one for each loop")

    def _open(self) -> ClientSession:
        self._loop = asyncio.get_running_loop()
        lender = self._lender
        if lender is not None and lender.closed:
            raise WamsgError("the aiohttp session that this transport was given is closed")
        return ClientSession(
            connector=lender.connector if lender else self._connector(),
            connector_owner=lender is None,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=_NO_TIMEOUT,
            trust_env=lender.trust_env if lender else False,
            trace_configs=list(lender.trace_configs) if lender else None,
            proxy=self._proxy,
        )

    def _connector(self) -> aiohttp.TCPConnector:
        return aiohttp.TCPConnector(limit=self._max_connections, keepalive_timeout=self._keepalive)

    async def _attempt(self, session: ClientSession, request: Request, body: Body | None) -> Response:
        answer: ClientResponse | None = None
        watch = self._deadlines.enter(body)
        try:
            answer = await session.request(
                request.method,
                _address(request.url),
                data=body,
                headers=request.headers,
                allow_redirects=False,
                ssl=self._ssl,
                timeout=self._without_body if body is None else _NO_TIMEOUT,
                middlewares=None if request.method in _NEVER_REPEATED_BY_AIOHTTP else _ONCE,
            )
            return await self._response(answer)
        except asyncio.CancelledError as error:
            if watch.expired and watch.settle():
                late = aiohttp.ConnectionTimeoutError() if watch.connecting else TimeoutError()
                raise _failed(late, request, body, answer) from late
            if watch.is_cancelled_by_others:
                raise
            # Nobody cancelled us: that is how whoever waits for a connection learns that the pool was closed.
            raise _failed(error, request, body, answer) from cause(error, request)
        except EXPECTED as error:
            raise _failed(error, request, body, answer) from cause(error, request)
        finally:
            self._deadlines.leave(watch)
            if answer is not None and not answer.closed:
                answer.close()

    async def _response(self, answer: ClientResponse) -> Response:
        pieces: list[bytes] = []
        room = self._max_body
        content = answer.content
        # Asking first saves waiting for an empty last piece, 3 us of each message.
        while room >= 0 and not content.at_eof():
            piece = await content.readany()
            pieces.append(piece)
            room -= len(piece)
        return Response(
            status=answer.status,
            headers=answer.headers,
            body=b"".join(pieces)[: self._max_body],
            truncated=room < 0,
            received_at=self._clock.time(),
        )


def _failed(error: BaseException, request: Request, body: Body | None, answer: ClientResponse | None) -> SendError:
    # Without a body there is no witness, so the careful answer is that the request may have left.
    handed = True if body is None else body.handed
    return failure(error, request, handed=handed, status=None if answer is None else answer.status)


async def _once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Keep aiohttp from repeating a GET, PUT or DELETE by itself, which it does after these two errors."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError("not repeated") from error


_ONCE = (_once,)


@lru_cache(maxsize=256)
def _address(text: str) -> URL:
    # Taken as it is, so that %2B stays %2B; what would have to be escaped is refused instead.
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise aiohttp.InvalidURL("", "it holds a space, a control character or one outside ASCII")
    try:
        url = URL(text, encoded=True)
        if url.scheme in {"http", "https"} and url.raw_host:
            return url
    except ValueError:
        raise aiohttp.InvalidURL("", "it is not an address") from None
    raise aiohttp.InvalidURL("", "it does not start with https:// and a host")


def _check_positive(**numbers: float) -> None:
    for name, value in numbers.items():
        if not value > 0:
            raise ConfigError(f"{name} must be more than 0", setting=name)


def _check_proxy(proxy: str | None) -> None:
    if proxy is None:
        return
    try:
        fine = _address(proxy).port is not None
    except aiohttp.InvalidURL:
        fine = False
    if not fine:
        raise ConfigError("proxy must be an address such as http://proxy.example:3128", setting="proxy")
