"""What comes back: called back and received, or read where nobody is called; stored first, then handled; and bots.

::

    router = Router()

    @router.message(text="hi")
    async def greet(chat: Chat) -> None:
        await chat.reply("hello")

    bot = Bot(router, messenger)
    receiver = Receiver(webhook("kaleyra"), store=store, handler=bot)

A receiver is served by `wamsg.webhooks.aiohttp.application` or `wamsg.webhooks.asgi.AsgiApplication`, or its `take`
is called from any other server. A `Poller` reads statuses from a provider's list of messages into the same flow.
"""

from __future__ import annotations

from wamsg.webhooks.bots.bot import Bot
from wamsg.webhooks.bots.chat import Chat
from wamsg.webhooks.bots.router import Router
from wamsg.webhooks.bots.window import ServiceWindow, WindowMessenger
from wamsg.webhooks.call import Call
from wamsg.webhooks.configure import webhook
from wamsg.webhooks.flow.events import EventFlow
from wamsg.webhooks.flow.handler import Handler
from wamsg.webhooks.poll.poller import Poller, Round
from wamsg.webhooks.receiver import Receiver

__all__ = [
    "Bot",
    "Call",
    "Chat",
    "EventFlow",
    "Handler",
    "Poller",
    "Receiver",
    "Round",
    "Router",
    "ServiceWindow",
    "WindowMessenger",
    "webhook",
]
