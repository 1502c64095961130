"""The fake server's comments: notes in the chats that messages have begun."""

from __future__ import annotations

from wamsg.dialect import Row
from wamsg.dialect.arrived import arrived
from wamsg.dialect.served import Call
from wamsg.driver import Answer
from wamsg.providers.wacr.api.comments import Digits
from wamsg.providers.wacr.media import DEFAULT_LIMITS, KINDS
from wamsg.providers.wacr.sandbox import people, tables
from wamsg.providers.wacr.sandbox.answers import TENANT, Data, flat, missing, success
from wamsg.providers.wacr.sandbox.messages import OWN_NUMBER

_SHARED = ("interaction_id", "sender_id", "status_message", "url", "message_id", "ref_message_id")


@arrived.register
def _(rule: Digits, name: str, value: object) -> object:
    # It gives the digits alone, and takes a whole number only.
    return rule.check(name, f"+{str(value).removeprefix('+')}")


def _get(call: Call) -> Answer:
    chat = people.known_chat(call, call.text("mobile"))
    if chat is None:
        return missing(call.serial, "Chat", code=None)
    rows = [row for row in tables.comments(call).rows() if row["interaction_id"] == chat]
    return success([_shown(row) for row in reversed(rows)], "Comments retrieved successfully")


def _add(call: Call) -> Answer:
    chat = people.known_chat(call, call.text("mobile"))
    if chat is None:
        return missing(call.serial, "Chat", code=None)
    media = call.text("media_url")
    row = {
        "id": call.serial,
        "message": call.text("comment"),
        "type": _kind(media) if media else "text",
        "interaction_id": chat,
        "sender_id": OWN_NUMBER,
        "status_message": call.text("status_message") or "Internal comment",
        "url": f"https://sandbox.example/comments/{call.serial}" if media else None,
        "message_id": call.values.get("message_id"),
        "ref_message_id": call.values.get("ref_message_id"),
    }
    tables.comments(call).put(str(call.serial), row)
    told = {name: row[name] for name in _SHARED}
    return flat("Comment added successfully", tenant_id=TENANT, **told, chat_message_id=call.serial)


def _kind(url: str) -> str:
    """By the address's ending."""
    ending = url.partition("?")[0].rpartition(".")[2].lower()
    return next((kind for kind in KINDS if ending in getattr(DEFAULT_LIMITS, kind).extensions), "document")


def _shown(row: Row) -> Data:
    return dict(row)


HANDLERS = {"comments.get": _get, "comments.add": _add}
