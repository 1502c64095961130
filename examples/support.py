"""A support bot: a menu with buttons, a hand-over to people, and a template for answers that come after a day.

Free-form messages may be sent for 24 hours after a person wrote. After that only a template goes through, so the bot
sends one in their place. The templates have to be approved beforehand.

::

    export WAMSG_KALEYRA_SID=.. WAMSG_KALEYRA_API_KEY=.. WAMSG_KALEYRA_SENDER=+91.. WAMSG_KALEYRA_CALLBACK_SECRET=..
    python examples/support.py

and have Kaleyra call https://your.host/callbacks, with the secret in the header x-callback-secret.
"""

from __future__ import annotations

import os

from aiohttp import web
from own_store import SqliteEvents

import wamsg
from wamsg import Button, Buttons, Template, TextParameter
from wamsg.model.event import DeliveryStatus, StatusUpdate
from wamsg.webhooks import Bot, Chat, Receiver, Router, ServiceWindow, webhook
from wamsg.webhooks.aiohttp import application

MENU = Buttons(
    body="How can we help?",
    buttons=(Button(id="hours", title="Opening hours"), Button(id="person", title="Talk to a person")),
)
#: Sent in the place of what comes too late: "We have an answer for you. Write back to read it."
ANSWERED = Template(name="support_answered", language="en")

router = Router()


@router.message(choice="hours")
async def hours(chat: Chat) -> None:
    """A tap on the first button."""
    await chat.reply("We are here from 9 to 18, Monday to Saturday.")


@router.message(choice="person")
@router.message(pattern=r"\b(human|person|agent)\b")
async def hand_over(chat: Chat) -> None:
    """A tap on the second button, or words to that effect: "{{1}}, a person will write to you soon."."""
    name = chat.event.sender_name or "Hello"
    await chat.reply(Template(name="support_hand_over", language="en", body=(TextParameter(text=name),)))


@router.message()
async def menu(chat: Chat) -> None:
    """Anything else."""
    await chat.reply(MENU)


@router.on(StatusUpdate)
async def watch(event: StatusUpdate) -> None:
    """What became of the answers."""
    if event.status is DeliveryStatus.FAILED:
        print(f"a message failed: {event.failure}")


def make_app() -> web.Application:
    """The store knows who wrote when, so the window survives a restart."""
    messenger = wamsg.connect("kaleyra")
    store = SqliteEvents(os.environ.get("SUPPORT_EVENTS", "support.db"))
    bot = Bot(router, messenger, window=ServiceWindow(history=store), fallback=ANSWERED)
    app = web.Application()
    app.add_subapp("/callbacks", application(Receiver(webhook("kaleyra"), store=store, handler=bot), messenger))
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(os.environ.get("PORT", "8080")))
