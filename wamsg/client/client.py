"""A `Messenger` made of a driver and a pipeline, and its life."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import Enum
from types import TracebackType
from typing import Self, TypeVar

from attrs import evolve

from wamsg.client.uploads import Uploads
from wamsg.clock import Clock
from wamsg.driver import Driver, Provider
from wamsg.errors import WamsgError
from wamsg.model import Content, File, Media, Message, Recipients, SendResult, local_media, with_media_ids
from wamsg.pipeline import Limiter, Rate, RetryPolicy, Scheduler, attempt, build
from wamsg.transport.base import Transport
from wamsg.wire import Departure, Operation, Priority

T = TypeVar("T")


class _Life(Enum):
    UNOPENED = "unopened"
    OPEN = "open"
    CLOSED = "closed"


class Client:
    """Sends through one provider; made by `connect`, entered with ``async with`` (or `open` and `aclose`).

    One client belongs to one event loop. It may be used by any number of tasks at once: they share its limits.
    """

    def __init__(
        self,
        provider: Provider,
        driver: Driver,
        transport: Transport,
        *,
        limiter: Limiter | None,
        policy: RetryPolicy,
        clock: Clock,
        sources: Mapping[str, str],
    ) -> None:
        self.provider = provider
        self.driver = driver
        #: Where each setting came from: ``argument``, an environment variable's name, ``file`` or ``default``.
        self.sources = sources
        #: What grants capacity; None if there is nothing of the kind.
        self.limiter = limiter
        self._transport = transport
        self._attempt = attempt(transport.send, classify=driver.classify, limiter=limiter, clock=clock)
        self._pipeline = build(self._attempt, policy=policy, clock=clock, paced=limiter is not None)
        self._uploads = Uploads(self._upload, clock=clock, lifetime=provider.media_lifetime)
        self._life = _Life.UNOPENED

    def __repr__(self) -> str:
        return f"<Client {self.provider.name}, {self._life.value}>"

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def open(self) -> Self:
        """Make it ready for use. Connections are opened by the first send."""
        if self._life is _Life.CLOSED:
            raise WamsgError("this client is closed; connect a new one")
        self._life = _Life.OPEN
        return self

    async def aclose(self) -> None:
        """Stop uploads, give back connections; closing twice is harmless. A session of yours stays open."""
        self._life = _Life.CLOSED
        await asyncio.shield(self._shut())

    async def send(
        self,
        content: Content,
        *,
        to: Recipients = None,
        reply_to: str | None = None,
        provider_options: Mapping[str, object] | None = None,
        reference: str | None = None,
        priority: Priority = Priority.INTERACTIVE,
        departure: Departure | None = None,
    ) -> SendResult:
        """Send ``content`` to one recipient; return once the provider accepted it.

        ``reply_to`` is the id of the message that this one answers; ``provider_options`` are fields that only this
        provider knows (its page in docs/ lists them). Local files are uploaded first where the provider wants that.
        For ``reference``, ``priority`` and ``departure`` see `wamsg.messenger.RecordedMessenger`.

        Raises `wamsg.errors.InvalidMessage` or `wamsg.errors.Unsupported` before anything is sent, and a
        `wamsg.errors.SendError` otherwise; only `wamsg.errors.Unanswered` leaves open whether it went out.
        """
        message = Message(
            content=content, to=to, reply_to=reply_to, reference=reference, provider_options=provider_options
        )
        if local_media(content):
            message = await self._uploaded(message)
        return await self.call(self.driver.encode(message), priority=priority, departure=departure)

    async def call(
        self,
        operation: Operation[T],
        *,
        priority: Priority = Priority.INTERACTIVE,
        departure: Departure | None = None,
    ) -> T:
        """Carry out any operation of the provider through the same limits, retries and errors as a send."""
        if self._life is not _Life.OPEN:
            self._check_open()
        request = operation.request
        if departure is not None:
            return operation.decode(await self._attempt(request.at(priority, departure)))
        if priority is not request.priority:
            request = request.at(priority)
        return operation.decode(await self._pipeline(request))

    async def learn_limits(self) -> Mapping[str, str | None]:
        """Ask the provider for this account's own limits, once, and keep to them from now on.

        The limits learnt, per kind of lane (None for "no limit"); empty where the provider has no such thing, and left
        to the caller where the limiter is not ours. Raises a `wamsg.errors.SendError`.
        """
        if self.provider.read_limits is None:
            return {}
        learnt = await self.call(self.provider.read_limits(self.driver))
        if isinstance(self.limiter, Scheduler):
            for kind, text in learnt.items():
                self.limiter.limit(kind, None if text is None else Rate.parse(text))
        return learnt

    async def _uploaded(self, message: Message) -> Message:
        """The message with ids in the place of those files that the provider wants uploaded."""
        self._check_open()
        ids: dict[File, str] = {}
        for media in local_media(message.content):
            if media.file is not None and self.driver.encode_upload(media) is not None:
                ids[media.file] = await self._uploads.id_of(media, media.file)
        if not ids:
            return message
        return evolve(message, content=with_media_ids(message.content, ids))

    async def _upload(self, media: Media) -> str:
        operation = self.driver.encode_upload(media)
        if operation is None:
            raise WamsgError(f"{self.provider.name} takes files inside the message")
        return await self.call(operation)

    async def _shut(self) -> None:
        await self._uploads.aclose()
        await self._transport.aclose()

    def _check_open(self) -> None:
        if self._life is not _Life.OPEN:
            why = "is closed" if self._life is _Life.CLOSED else "is not open yet; enter it with 'async with'"
            raise WamsgError(f"this client {why}")
