"""The fake server's messages: what was sent can be listed and read, and its status moves on as time passes."""

from __future__ import annotations

from datetime import UTC, datetime

from wamsg.dialect import Row
from wamsg.dialect.served import Call
from wamsg.driver import Answer
from wamsg.providers.wacr.sandbox import tables
from wamsg.providers.wacr.sandbox.answers import Data, missing, over_limit, success, when
from wamsg.providers.wacr.sandbox.listing import listed
from wamsg.providers.wacr.sandbox.magic import UNDELIVERABLE
from wamsg.providers.wacr.sandbox.tokens import plan_of

#: The account's own number, which messages and notes are from.
OWN_NUMBER = "919800000001"
#: Seconds after which a message is so far.
DELIVERED, READ = 5, 60


def record(call: Call, chat: int, digits: str, kind: str, text: str | None, url: str | None = None) -> Row:
    """Remember a message that was accepted."""
    row = {
        "id": call.serial,
        "interaction_id": chat,
        "sender_id": OWN_NUMBER,
        "type": kind,
        "message": text,
        "message_id": f"wamid.SANDBOX{call.serial}",
        "created_at": int(call.now),
        "direction": "outbound",
        "url": url,
        "phone": digits,
    }
    return tables.messages(call).put(str(call.serial), row)


def conversations(call: Call) -> set[int]:
    """The chats that were written to this month."""
    month = _month(call.now)
    return {row["interaction_id"] for row in tables.messages(call).rows() if _month(row["created_at"]) == month}


def too_many_conversations(call: Call, chat: int | None) -> Answer | None:
    """403 if the plan allows no message in that chat, or in a new one, this month."""
    plan = plan_of(call.request)
    if plan["conversations"] == -1:
        return None
    begun = conversations(call)
    return None if chat in begun else over_limit("conversations", len(begun), plan, call.serial)


def _list(call: Call) -> Answer:
    rows = [_current(row, call.now) for row in tables.messages(call).rows()]
    message = "Messages retrieved successfully"
    return listed(call, rows, _item, message, searched=("message",), sort="-created_at")


def _get(call: Call) -> Answer:
    row = tables.messages(call).get(call.text("id"))
    if row is None:
        return missing(call.serial, "Message")
    current = _current(row, call.now)
    failed = current["status"] == "failed"
    details = {
        "status_message": "131026: Message undeliverable." if failed else None,
        "ref_message_id": None,
        "url": row["url"],
        "staff_id": None,
    }
    return success({**_item(current), **details}, "Message retrieved successfully")


def _current(row: Row, now: float) -> Row:
    """A message as it is by now."""
    created, undeliverable = row["created_at"], row["phone"].endswith(UNDELIVERABLE)
    if now < created + DELIVERED:
        status, since = "sent", 0
    elif undeliverable:
        status, since = "failed", DELIVERED
    else:
        status, since = ("delivered", DELIVERED) if now < created + READ else ("read", READ)
    return {**row, "status": status, "updated_at": created + since}


def _item(row: Row) -> Data:
    """What a listing shows: https://docs.app.wa.cr/list-messages-28559794e0 ."""
    return {
        "id": row["id"],
        "interaction_id": row["interaction_id"],
        "sender_id": row["sender_id"],
        "type": row["type"],
        "message": row["message"],
        "status": row["status"],
        "message_id": row["message_id"],
        "sent_at": when(row["created_at"]),
        "is_read": row["status"] == "read",
    }


def _month(seconds: float) -> tuple[int, int]:
    moment = datetime.fromtimestamp(int(seconds), UTC)
    return moment.year, moment.month


HANDLERS = {"messages.list": _list, "messages.get": _get}
