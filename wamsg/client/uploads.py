"""Local files become the provider's media ids: each file once, however many recipients wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from wamsg.errors import NotSent, Rejected, SendError, Unanswered
from wamsg.model import File, Media


class Uploads:
    """Remembers what was uploaded under which id, and what the provider refused to take, for one client's life."""

    def __init__(self, upload: Callable[[Media], Awaitable[str]]) -> None:
        self._upload = upload
        self._tasks: dict[tuple[str, File], asyncio.Task[str]] = {}

    async def id_of(self, media: Media, file: File) -> str:
        """The id of ``file``; uploads it if nobody has yet, else waits for whoever is at it.

        Raises what the upload raises. A refusal is remembered, so that a broadcast does not upload in vain once per
        recipient; other failures are forgotten, so that the next one tries again.
        """
        key = (media.kind, file)
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(self._once(media), name="wamsg upload")
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
            if task.done() and not _worth_keeping(task) and self._tasks.get(key) is task:
                del self._tasks[key]

    async def aclose(self) -> None:
        """Stop uploads under way."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

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
