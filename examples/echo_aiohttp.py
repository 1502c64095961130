"""An echo bot on aiohttp: whatever people write comes back to them.

::

    export WAMSG_KALEYRA_SID=.. WAMSG_KALEYRA_API_KEY=.. WAMSG_KALEYRA_SENDER=+91.. WAMSG_KALEYRA_CALLBACK_SECRET=..
    python examples/echo_aiohttp.py

and have Kaleyra call https://your.host/callbacks, with the secret in the header x-callback-secret.
"""

from __future__ import annotations

import os

from aiohttp import web
from own_store import SqliteEvents

import wamsg
from wamsg.webhooks import Bot, Chat, Receiver, Router, webhook
from wamsg.webhooks.aiohttp import application

router = Router()


@router.message(text=["hi", "hello"])
async def greet(chat: Chat) -> None:
    """The first handler that fits gets the message."""
    await chat.reply("Hello! Write anything, and it comes back.")


@router.message(pattern="(?s).+")
async def echo(chat: Chat) -> None:
    """Anything with words in it."""
    await chat.reply(chat.text)


def make_app() -> web.Application:
    """The callbacks as a part of a larger application."""
    messenger = wamsg.connect("kaleyra")
    store = SqliteEvents(os.environ.get("ECHO_EVENTS", "echo.db"))
    receiver = Receiver(webhook("kaleyra"), store=store, handler=Bot(router, messenger))
    app = web.Application()
    app.add_subapp("/callbacks", application(receiver, messenger))
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(os.environ.get("PORT", "8080")))
