"""One request's worth of recipients: sent, and told apart again; a batch refused as a whole is halved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from attrs import evolve, frozen

from wamsg.errors import InvalidMessage, NotSent, Rejected, SendError, Unanswered, Unsupported, WamsgError
from wamsg.messenger import Messenger
from wamsg.model import Content, Outcome, PhoneNumber, SendResult
from wamsg.wire import Priority

Tell = Callable[[Outcome], None]


@frozen
class Addressed:
    """A recipient of the input that can be sent to, and what it shall get."""

    position: int
    recipient: PhoneNumber
    content: Content

    def outcome(self, *, result: SendResult | None = None, error: WamsgError | None = None) -> Outcome:
        """What happened to it."""
        return Outcome(position=self.position, recipient=self.recipient, result=result, error=error)


@frozen(kw_only=True)
class Delivery:
    """How each request is sent, and whom its outcomes are told to."""

    reply_to: str | None
    provider_options: Mapping[str, object] | None
    priority: Priority
    tell: Tell

    async def deliver(self, messenger: Messenger, batch: Sequence[Addressed]) -> WamsgError | None:
        """Send to all of ``batch`` in one request and tell an outcome for each; the error if there was one.

        Raises, after telling, what is wrong for everyone: settings, a closed messenger, a bug in it.
        """
        try:
            result = await self._send(messenger, batch)
        except (SendError, InvalidMessage, Unsupported) as error:
            if len(batch) > 1 and isinstance(error, Rejected) and error.whole_request:
                return await self._halve(messenger, batch)
            return self._tell_all(batch, error)
        except WamsgError as error:
            self._tell_all(batch, error)
            raise
        except BaseException as error:
            why = "cancelled" if isinstance(error, asyncio.CancelledError) else type(error).__name__
            self._tell_all(batch, Unanswered(f"cut off while it was being sent ({why})"))
            raise
        for item, own in zip(batch, _apart(result, batch), strict=True):
            self.tell(item.outcome(result=own))
        return None

    async def _send(self, messenger: Messenger, batch: Sequence[Addressed]) -> SendResult:
        first = batch[0]
        to = first.recipient if len(batch) == 1 else tuple(item.recipient for item in batch)
        return await messenger.send(
            first.content,
            to=to,
            reply_to=self.reply_to,
            provider_options=self.provider_options,
            priority=self.priority,
        )

    async def _halve(self, messenger: Messenger, batch: Sequence[Addressed]) -> WamsgError | None:
        """The provider took nobody because of something in the request: find out which recipient it was."""
        middle = len(batch) // 2
        try:
            first = await self.deliver(messenger, batch[:middle])
        except BaseException:
            self._tell_all(batch[middle:], NotSent("not sent: the sending stopped before its turn"))
            raise
        return await self.deliver(messenger, batch[middle:]) or first

    def _tell_all(self, batch: Sequence[Addressed], error: WamsgError) -> WamsgError:
        for item in batch:
            self.tell(item.outcome(error=error))
        return error


def _apart(result: SendResult, batch: Sequence[Addressed]) -> list[SendResult]:
    """Each recipient's own result; the id is its own where the provider names one per recipient, else None."""
    if len(batch) == 1:
        return [result]
    ids: Sequence[str | None] = result.message_ids
    if len(ids) != len(batch):
        ids = [None] * len(batch)
    return [
        evolve(result, to=(item.recipient,), message_id=message_id, message_ids=())
        for item, message_id in zip(batch, ids, strict=True)
    ]
