"""An account that exists in memory only: what really went out, and the list of messages that the page documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from attrs import field, frozen

from wamsg.wire import Operation, Response

T = TypeVar("T")


@frozen(kw_only=True)
class Message:
    """One message that really went out (or came in), by true time."""

    chat: int
    text: str | None
    at: float
    message_id: str | None
    type: str | None = "text"
    inbound: bool = False
    extra: dict[str, object] = field(factory=dict)


@frozen(kw_only=True)
class Account:
    """Answers ``GET /messages``; `call` carries out operations against it."""

    messages: Sequence[Message]
    now: float
    #: How much later the provider's clock is.
    skew: float = 0.0
    #: Seconds until a message is in the list.
    lag: float = 0.0
    #: The most that one page holds, whatever is asked for.
    page: int = 100
    tells_more: bool = True
    #: Whether times have a zone.
    zoned: bool = True
    #: What a mistaken server shows: nothing at all, or oldest first.
    blind: bool = False
    ascending: bool = False
    asked: list[str] = field(factory=list)

    async def call(self, operation: Operation[T]) -> T:
        url = urlsplit(operation.request.url)
        assert url.path.endswith("/messages")
        self.asked.append(url.query)
        return operation.decode(Response(status=200, body=json.dumps(self.answer(url.query)).encode()))

    def answer(self, query: str) -> dict[str, Any]:
        given = {name: values[0] for name, values in parse_qs(query).items()}
        assert given["sort"] == "-created_at"
        wanted = given.get("filter[direction]") == "inbound"
        shown = [
            self._item(number, one)
            for number, one in enumerate(self.messages, start=1)
            if one.inbound is wanted and one.at + self.lag <= self.now and not self.blind
        ]
        shown.sort(key=lambda item: item["order"], reverse=not self.ascending)
        size = min(self.page, int(given["per_page"]))
        start = (int(given["page"]) - 1) * size
        pagination = {"has_more": start + size < len(shown)} if self.tells_more else {}
        items = [{name: value for name, value in item.items() if name != "order"} for item in shown]
        return {"success": True, "data": items[start : start + size], "meta": {"pagination": pagination}}

    def _item(self, number: int, one: Message) -> dict[str, Any]:
        moment = datetime.fromtimestamp(int(one.at + self.skew), UTC)
        return {
            "id": number,
            "interaction_id": one.chat,
            "sender_id": "919812340009",
            "type": one.type,
            "message": one.text,
            "status": "sent",
            "message_id": one.message_id,
            "sent_at": moment.isoformat() if self.zoned else moment.strftime("%Y-%m-%d %H:%M:%S"),
            "is_read": False,
            "order": (int(one.at + self.skew), number),
            **one.extra,
        }
