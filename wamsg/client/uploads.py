"""Local files become the provider's media ids: each file once, however many recipients wait for it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from attrs import frozen

from wamsg.clock import Clock
from wamsg.errors import NotSent, Rejected, SendError, Unanswered
from wamsg.model import File, Media

_Key: TypeAlias = tuple[str, File]
#: Of a lifetime: what is sent with an id shortly before its end may wait in the provider's queue beyond it.
_USABLE = 29 / 30


@frozen
class _Upload:
    task: asyncio.Task[str]
    #: When its id is too old, in seconds since 1970; infinite if never.
    until: float


class Uploads:
    """Remembers what was uploaded under which id, and what the provider refused to take, for one client's life.

    ``lifetime`` is how many seconds an id can be used; without one it is for ever.
    """

    def __init__(
        self, upload: Callable[[Media], Awaitable[str]], *, clock: Clock, lifetime: float | None = None
    ) -> None:
        self._upload = upload
        self._clock = clock
        self._usable = math.inf if lifetime is None else lifetime * _USABLE
        self._known: dict[_Key, _Upload] = {}

    async def id_of(self, media: Media, file: File) -> str:
        """The id of ``file``; uploads it if nobody has yet, else waits for whoever is at it.

        Raises what the upload raises. A refusal is remembered, so that a broadcast does not upload in vain once per
        recipient; other failures are forgotten, so that the next one tries again.
        """
        key = (media.kind, file)
        known = self._known.get(key)
        if known is None or known.until <= self._clock.time():
            known = self._begin(key, media)
        task = known.task
        try:
            # Shielded: one recipient who is cancelled must not take the upload away from the others.
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            raise NotSent("the client was closed while a file was uploaded, so nothing was sent") from None
        except SendError as error:
            # A fresh copy for each caller: raising one instance from many tasks would chain their tracebacks.
            raise _again(error) from error
        finally:
            if task.done() and not _worth_keeping(task) and self._known.get(key) is known:
                del self._known[key]

    async def aclose(self) -> None:
        """Stop uploads under way."""
        tasks = [known.task for known in self._known.values()]
        self._known.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, key: _Key, media: Media) -> _Upload:
        now = self._clock.time()
        # The machine's own time, as the provider counts the days that a machine sleeps; counted from before the upload.
        for old in [old for old, known in self._known.items() if known.until <= now and known.task.done()]:
            del self._known[old]
        task = asyncio.create_task(self._once(media), name="wamsg upload")
        begun = self._known[key] = _Upload(task, now + self._usable)
        return begun

    async def _once(self, media: Media) -> str:
        try:
            return await self._upload(media)
        except Unanswered as error:
            # The file may have arrived, but the message surely did not leave: nobody was messaged.
            raise NotSent(f"the file could not be uploaded, so nothing was sent: {error}") from error


def _worth_keeping(task: asyncio.Task[str]) -> bool:
    return not task.cancelled() and (task.exception() is None or isinstance(task.exception(), Rejected))


def _again(error: SendError) -> SendError:
    copy = type(error)(*error.args)
    copy.__dict__.update(error.__dict__)
    return copy
