"""A handler that keeps what it is handed, and a receiver on a free port that hands it all of a provider's callbacks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.support.event_stores import FileEventStore
from wamsg.model.event import (
    ButtonReply,
    DeliveryStatus,
    Event,
    FlowReply,
    IncomingContent,
    ListReply,
    ReceivedMedia,
    StatusUpdate,
    TemplateReply,
    settled,
)
from wamsg.webhooks import Receiver, webhook
from wamsg.webhooks.aiohttp import application, serving


class Listener:
    """Keeps every event that it is handed."""

    def __init__(self) -> None:
        self.heard: list[Event] = []

    def wants(self, _event: Event) -> bool:
        return True

    async def handle(self, event: Event) -> None:
        self.heard.append(event)

    @property
    def statuses(self) -> list[StatusUpdate]:
        return [event for event in self.heard if isinstance(event, StatusUpdate)]

    @property
    def standing(self) -> dict[str | None, DeliveryStatus]:
        """By our reference, how far each message has come."""
        known: dict[str | None, DeliveryStatus] = {}
        for event in self.statuses:
            known[event.reference] = settled(known.get(event.reference), event.status)
        return known


@asynccontextmanager
async def listening(
    folder: Path, listener: Listener, name: str, settings: Mapping[str, Any]
) -> AsyncIterator[tuple[Receiver, str]]:
    """The receiver of one provider's callbacks, with these settings, and its address."""
    store = FileEventStore(folder / "events.jsonl")
    receiver = Receiver(webhook(name, environ={}, **settings), store=store, handler=listener)
    try:
        async with serving(application(receiver), host="127.0.0.1", port=0) as address:
            yield receiver, address
    finally:
        store.close()


def word_of(content: IncomingContent) -> str:
    """What the control surface calls it."""
    words = {ButtonReply: "button", ListReply: "list", TemplateReply: "template_button", FlowReply: "flow"}
    known = content.kind if isinstance(content, ReceivedMedia) else words.get(type(content))
    return known or type(content).__name__.lower().removesuffix("content")
