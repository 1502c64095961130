"""A bot: a router, the messenger that its handlers answer through, and the service window."""

from __future__ import annotations

from collections import OrderedDict

from wamsg.errors import ConfigError
from wamsg.messenger import Messenger
from wamsg.model.event import Event, IncomingMessage
from wamsg.webhooks.bots.chat import Chat, Sent
from wamsg.webhooks.bots.router import Fit, Router
from wamsg.webhooks.bots.window import Fallback, ServiceWindow, WindowMessenger

#: Of so many events whose handler failed after a reply is that reply remembered.
_MOST_FAILED = 1000


class Bot:
    """The handler of a `Receiver` that routes events; one bot can be the handler of several receivers.

    ``window`` notes who writes; with it, free-form messages outside of 24 hours become ``fallback`` or are warned of
    (see `WindowMessenger`). Raises `wamsg.errors.ConfigError` for a fallback without a window.
    """

    def __init__(
        self,
        router: Router,
        messenger: Messenger,
        *,
        window: ServiceWindow | None = None,
        fallback: Fallback | None = None,
    ) -> None:
        if window is None and fallback is not None:
            raise ConfigError("a fallback needs a window; pass window=ServiceWindow()", setting="fallback")
        self._router = router
        self._window = window
        #: What handlers answer through; use it for what you send of your own accord, too.
        self.messenger = WindowMessenger(messenger, window, fallback=fallback) if window else messenger
        self._sent: OrderedDict[str, Sent] = OrderedDict()

    def wants(self, event: Event) -> bool:
        """Whether there is a handler for it; with a window, every incoming message counts."""
        counts = self._window is not None and isinstance(event, IncomingMessage)
        return counts or self._router.find(event) is not None

    async def handle(self, event: Event) -> None:
        """Run the handler; whatever it raises is raised."""
        if self._window is not None and isinstance(event, IncomingMessage):
            self._window.note(event)
        fit = self._router.find(event)
        if fit is None:
            return
        if fit.route.on_event is not None:
            await fit.route.on_event(event)
        elif fit.route.on_message is not None and isinstance(event, IncomingMessage):
            await self._answer(event, fit)

    async def _answer(self, event: IncomingMessage, fit: Fit) -> None:
        chat = Chat(event, self.messenger, match=fit.match, sent_before=self._sent.pop(event.key, None))
        try:
            await fit.route.on_message(chat)  # type: ignore[misc]  # the caller has looked
        except BaseException:
            self._remember(event.key, chat)
            raise

    def _remember(self, key: str, chat: Chat) -> None:
        if sent := chat.sent:
            self._sent[key] = sent
            if len(self._sent) > _MOST_FAILED:
                self._sent.popitem(last=False)
