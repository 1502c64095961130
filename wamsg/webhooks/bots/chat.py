"""What a handler is given for an incoming message: who wrote what, and how to answer."""

from __future__ import annotations

import logging
import re

from wamsg.errors import Unsupported
from wamsg.messenger import Messenger
from wamsg.model import Content, PhoneNumber, Reaction, SendResult, Text
from wamsg.model.event import IncomingMessage
from wamsg.wire import Priority

_log = logging.getLogger("wamsg.webhooks")
#: Replies that went out, in their order.
Sent = list[tuple[Content, SendResult]]


class Chat:
    """One incoming message, and the way back to the person."""

    def __init__(
        self,
        event: IncomingMessage,
        messenger: Messenger,
        *,
        match: re.Match[str] | None = None,
        sent_before: Sent | None = None,
    ) -> None:
        self.event = event
        #: For whatever `reply` is not for; see `wamsg.messenger.Messenger`.
        self.messenger = messenger
        #: What the pattern of the handler found.
        self.match = match
        self._sent_before = sent_before or []
        self._sent: Sent = []

    def __repr__(self) -> str:
        return f"<Chat {self.event!r}>"

    @property
    def text(self) -> str:
        """What the person wrote or tapped; empty where there are no words in it."""
        return self.event.text or ""

    @property
    def choice(self) -> str | None:
        """The id of the button or row that was tapped, or the payload of a template's button."""
        return self.event.choice

    @property
    def sender(self) -> PhoneNumber | None:
        """Who wrote; None where the person hides the number."""
        return self.event.sender

    async def reply(self, content: Content | str, *, quote: bool | None = None) -> SendResult:
        """Send ``content`` (a str is a `Text`) to the person, ahead of bulk; return once the provider accepted it.

        The message that it answers is quoted where the provider can do that. ``quote=True`` insists on it, False leaves
        it out. If the handler failed after this reply and is run again, the reply is not sent again.

        Raises `wamsg.errors.Unsupported` if the person hides the number, and as `wamsg.messenger.Messenger.send` does.
        """
        if isinstance(content, str):
            content = Text(body=content)
        result = self._repeated(content) or await self._send(content, quote)
        self._sent.append((content, result))
        return result

    @property
    def sent(self) -> Sent:
        """What went out with `reply` for this message, also when its handler ran before."""
        return self._sent + self._sent_before

    def _repeated(self, content: Content) -> SendResult | None:
        for place, (known, result) in enumerate(self._sent_before):
            if known == content:
                del self._sent_before[place]
                return result
        return None

    async def _send(self, content: Content, quote: bool | None) -> SendResult:  # noqa: FBT001 -- three-valued, and private
        sender, message_id = self.event.sender, self.event.message_id
        if sender is None:
            raise Unsupported("the person hides the number, so there is none to reply to", feature="sender")
        # A reaction names its message itself.
        reply_to = None if quote is False or isinstance(content, Reaction) else message_id
        try:
            return await self._once(content, sender, reply_to)
        except Unsupported as error:
            if quote or error.feature != "reply_to":
                raise
            # Nothing was sent. An answer without the quotation is worth more to the person than none.
            _log.info("a reply quotes nothing: %s", error, extra={"action": "reply_without_quote"})
            return await self._once(content, sender, None)

    async def _once(self, content: Content, to: PhoneNumber, reply_to: str | None) -> SendResult:
        return await self.messenger.send(content, to=to, reply_to=reply_to, priority=Priority.INTERACTIVE)
