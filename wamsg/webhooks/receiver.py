"""The framework-neutral core: a call comes in, its events are stored, it is answered, handlers run after."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Mapping, Sequence
from enum import Enum
from types import TracebackType
from typing import Self

from wamsg.clock import Clock, SystemClock
from wamsg.driver import Webhook
from wamsg.errors import BadPayload, ConfigError, NotVerified, WamsgError
from wamsg.ledger.events import EventStore
from wamsg.settings import Secret
from wamsg.webhooks.call import Body, Call, answer
from wamsg.webhooks.configure import check_secrets
from wamsg.webhooks.flow.events import EventFlow
from wamsg.webhooks.flow.handler import Handler
from wamsg.webhooks.handshake import Handshake
from wamsg.webhooks.reading import Crowded, Room, Share, TooLarge
from wamsg.webhooks.refusals import Refusals
from wamsg.webhooks.turns import Turns
from wamsg.wire import Basic, Response
from wamsg.wire.payload import LARGEST

_log = logging.getLogger("wamsg.webhooks")
#: Bytes of bodies that are held at once: those of twenty calls of the largest size, or of ten thousand usual ones.
_ROOM = 20 * LARGEST
#: Bytes of bodies whose events are held at once, until they are stored: ten thousand statuses.
_PARSED = 4 * 1024 * 1024


class _Life(Enum):
    UNOPENED = "not open yet; enter it with 'async with', or in your framework's lifespan"
    OPEN = "open"
    CLOSED = "closed; make a new one"


class Receiver:
    """Takes calls while it is entered with ``async with`` (or between `open` and `aclose`), on one event loop.

    ``webhooks`` is one webhook, which answers where the receiver is mounted, or a path for each of several. ``store``
    keeps events before they are answered; it is not closed here. ``handler``, ``concurrency``, ``retries`` and
    ``grace`` are those of the `EventFlow` that it has as ``flow``. ``verify_token`` is what Meta shows when an address
    is registered; several, separated by commas, while it is changed. ``patience`` (seconds) is how long a body may take
    to come in, and how long the store may take.

    Raises `wamsg.errors.ConfigError` for a webhook without a secret: whatever it was sent would be refused.
    """

    def __init__(
        self,
        webhooks: Webhook | Mapping[str, Webhook],
        *,
        store: EventStore,
        handler: Handler | None = None,
        verify_token: Secret | str | None = None,
        concurrency: int = 32,
        retries: Sequence[float] = (1.0, 5.0, 25.0),
        patience: float = 20.0,
        grace: float = 10.0,
        clock: Clock | None = None,
    ) -> None:
        self._webhooks = _by_path({"/": webhooks} if isinstance(webhooks, Webhook) else webhooks)
        self._handshake = Handshake(verify_token)
        self._clock = clock or SystemClock()
        self._patience = patience
        self._refusals = Refusals(self._clock)
        self._bodies = Room(_ROOM)
        self._turns = Turns(_PARSED)
        #: What it stores and handles; others may feed it as well, while the receiver is open.
        self.flow = EventFlow(
            store, handler=handler, concurrency=concurrency, retries=retries, grace=grace, clock=self._clock
        )
        self._life = _Life.UNOPENED
        self._under_way = 0
        self._quiet = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Receiver {', '.join(self._webhooks)}, {self._life.name.lower()}>"

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def open(self) -> Self:
        """Take calls from now on, and handle what an earlier process left; opening twice is harmless."""
        if self._life is _Life.CLOSED:
            raise WamsgError(f"this receiver is {self._life.value}")
        if self._life is _Life.UNOPENED:
            self._life = _Life.OPEN
            await self.flow.open()
        return self

    async def aclose(self) -> None:
        """Answer 503 from now on, finish what is being stored and the handlers that run; twice is harmless.

        Handlers that do not end within the grace are cancelled. What is not handled stays stored for the next start.
        """
        self._life = _Life.CLOSED
        await asyncio.shield(self._shut())

    async def idle(self) -> None:
        """Return once all that was stored so far is handled or given up, and the store knows: for tests."""
        await self.flow.idle()

    async def take(self, call: Call, body: Body = b"") -> Response:
        """Answer a call; what it brought is stored by then. Raises nothing.

        200 stored, or known already; 400 cannot be read; 401 not verified; 404, 405; 408 came too slowly; 413 more than
        3 MiB; 415 compressed; 500 our failure, so that the provider delivers again; 503 closing, or too much at once.
        """
        self._under_way += 1
        self._quiet.clear()
        try:
            given = await self._answer(call, body)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the provider must hear of it
            _log_failure(error)
            return answer(500)
        else:
            self._refusals.note(_path(call.path), given)
            return given
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._quiet.set()

    async def _answer(self, call: Call, body: Body) -> Response:
        hook = self._webhooks.get(_path(call.path))
        if hook is None:
            return answer(404, "no webhook is here")
        early = self._early(call)
        if early is not None:
            return early
        try:
            with self._bodies.share() as share:
                return await self._take(hook, call, share, body)
        except NotVerified as error:
            _log.warning("%s: %s", hook.provider, error, extra={"action": "not_verified", "provider": hook.provider})
            basic = any(isinstance(scheme, Basic) for scheme in hook.schemes)
            return answer(401, "not verified", WWW_Authenticate='Basic realm="callbacks"' if basic else "Bearer")
        except BadPayload as error:
            _log.warning("%s: %s", hook.provider, error, extra={"action": "bad_payload", "provider": hook.provider})
            return answer(400, str(error))
        except TooLarge:
            return _too_large()
        except Crowded:
            return answer(503, f"bodies under way hold {_ROOM >> 20} MiB", Retry_After="1", Connection="close")

    def _early(self, call: Call) -> Response | None:
        """What can be said without the body."""
        if call.method not in {"POST", "GET"}:
            return answer(405, "neither POST nor GET", Allow="GET, POST")
        if self._life is _Life.CLOSED:
            return answer(503, "closing", Retry_After="5", Connection="close")
        if self._life is _Life.UNOPENED:
            raise WamsgError(f"this receiver is {self._life.value}")
        if call.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
            # What is signed are the raw bytes, and servers differ in whether they still have them.
            return answer(415, "send the body uncompressed", Connection="close")
        length = call.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > LARGEST:
            return _too_large()
        return None

    async def _take(self, hook: Webhook, call: Call, share: Share, body: Body) -> Response:
        if call.method == "GET" and self._handshake.is_asked(call.query):
            return answer(200, self._handshake.answer(call.query))
        _verify_early(hook, call, self._clock.time())
        try:
            async with asyncio.timeout(self._patience):
                raw = await share.read(body)
        except TimeoutError:
            return answer(408, "the body came too slowly", Connection="close")
        hook.verify(call.headers, raw, now=self._clock.time())
        if call.query and not raw.strip() and all(scheme.needs_body for scheme in hook.schemes):
            # Whoever has one signature of an empty body could say anything.
            raise NotVerified("an event that came by query is not covered by the signature of the body")
        async with asyncio.timeout(self._patience), self._turns.turn(len(raw)):
            await self.flow.add(hook.parse(raw, call.query))
        return answer(200)

    async def _shut(self) -> None:
        self.flow.stop()
        if self._under_way:
            await self._quiet.wait()
        await self.flow.aclose()


def _by_path(webhooks: Mapping[str, Webhook]) -> dict[str, Webhook]:
    if not webhooks:
        raise ConfigError("there is no webhook to receive for", setting="webhooks")
    found: dict[str, Webhook] = {}
    for path, hook in webhooks.items():
        check_secrets(hook)
        if _path(path) in found:
            raise ConfigError(f"there are two webhooks for the path {_path(path)}", setting="webhooks")
        found[_path(path)] = hook
    return found


def _path(path: str) -> str:
    return "/" + path.strip("/")


def _verify_early(hook: Webhook, call: Call, now: float) -> None:
    """Before the body is read: strangers must not be able to fill the room for bodies, where that can be helped."""
    for scheme in hook.schemes:
        if not scheme.needs_body:
            scheme.check(call.headers, b"", now)


def _too_large() -> Response:
    return answer(413, f"at most {LARGEST} bytes", Connection="close")


def _log_failure(error: Exception) -> None:
    # Where, but no words but our own: those of a parser may quote the payload.
    where = traceback.extract_tb(error.__traceback__)[-1]
    what = str(error) if isinstance(error, WamsgError) else type(error).__name__
    _log.error("a call failed: %s (%s:%s)", what, where.filename, where.lineno, extra={"action": "call_failed"})
