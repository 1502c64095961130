"""An echo bot on FastAPI: whatever people write comes back to them.

::

    pip install fastapi uvicorn
    export WAMSG_KALEYRA_SID=.. WAMSG_KALEYRA_API_KEY=.. WAMSG_KALEYRA_SENDER=+91.. WAMSG_KALEYRA_CALLBACK_SECRET=..
    python examples/echo_fastapi.py

and have Kaleyra call https://your.host/callbacks/ (with the slash: without it the answer is a redirect, which nobody
follows), with the secret in the header x-callback-secret.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from own_store import SqliteEvents

import wamsg
from wamsg.webhooks import Bot, Chat, Receiver, Router, webhook
from wamsg.webhooks.asgi import AsgiApplication

router = Router()
messenger = wamsg.connect("kaleyra")
store = SqliteEvents(os.environ.get("ECHO_EVENTS", "echo.db"))
receiver = Receiver(webhook("kaleyra"), store=store, handler=Bot(router, messenger))


@router.message(pattern="(?s).+")
async def echo(chat: Chat) -> None:
    """Anything with words in it."""
    await chat.reply(chat.text)


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """FastAPI hands its lifespan to nothing that is mounted, so both are entered here."""
    async with messenger, receiver:
        yield


app = FastAPI(lifespan=lifespan)
app.mount("/callbacks", AsgiApplication(receiver))


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8080")))
