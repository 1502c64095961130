"""Comments over sockets: a number in the path, a list that is no page, a flat answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from tests.support.scripted import Said, Script, ScriptedServer
from wamsg.errors import InvalidMessage, InvalidRequest, NotFound, Unanswered
from wamsg.model import PhoneNumber
from wamsg.providers.wacr.api import WacrApi

Speaking = Callable[[Script], AbstractAsyncContextManager[tuple[WacrApi, ScriptedServer]]]
PHONE = "+91 98123-40001"


async def test_comments_come_all_at_once(speaking: Speaking) -> None:
    """Whatever spelling of the number is given, its digits are in the path; unknown fields are kept."""
    data = [{"id": 9, "message": "called", "type": "text", "pinned": True}, {"id": 8, "interaction_id": "5"}]
    async with speaking([Said(document={"success": True, "data": data})] * 2) as (api, server):
        first, second = await api.comments.get(PHONE)
        await api.comments.get(PhoneNumber.parse(PHONE))

    assert ["/api/v2/comments/919812340001"] * 2 == [asked.target for asked in server.asked]
    assert (9, "called", {"pinned": True}) == (first.id, first.message, first.extra)
    assert 5 == second.interaction_id
    assert "called" not in repr(first)


async def test_a_comment_is_added_and_its_answer_is_flat(speaking: Speaking) -> None:
    """The fields beside ``success`` are the result, the sentence among them."""
    said = {
        "success": True,
        "message": "Comment added successfully",
        "tenant_id": 3,
        "interaction_id": 5,
        "sender_id": "919812340009",
        "url": None,
        "chat_message_id": 77,
    }
    async with speaking([Said(document=said)]) as (api, server):
        added = await api.comments.add(PHONE, "<b>two</b>\nlines", ref_message_id="wamid.A")

    assert ("POST", "/api/v2/comments/919812340001") == (server.asked[0].method, server.asked[0].target)
    assert {"comment": "<b>two</b>\nlines", "ref_message_id": "wamid.A"} == server.asked[0].json()
    assert (3, 5, 77, None) == (added.tenant_id, added.interaction_id, added.chat_message_id, added.url)
    assert "Comment added successfully" == added.message


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"mobile": "98123"}, "mobile"),
        ({"mobile": "../account"}, "mobile"),
        ({"comment": "x" * 5001}, "comment"),
        ({"comment": ""}, "comment"),
        ({"media_url": "file:///etc/passwd"}, "media_url"),
        ({"message_id": "m" * 256}, "message_id"),
        ({"status_message": "two\nlines"}, "status_message"),
    ],
)
async def test_a_bad_comment_is_told_before_it_is_sent(given: dict[str, Any], field: str, speaking: Speaking) -> None:
    """By the name of the argument."""
    async with speaking([]) as (api, server):
        with pytest.raises(InvalidMessage) as caught:
            await api.comments.add(**{"mobile": PHONE, "comment": "x", **given})

    assert field == caught.value.field
    assert not server.asked


async def test_refusals_without_codes_are_told_by_their_status(speaking: Speaking) -> None:
    """No chat with that number, a complaint about a field, and an object where the list should be."""
    script = [
        Said(status=404, document={"success": False, "message": "No chat found"}),
        Said(status=422, document={"success": False, "errors": {"media_url": ["The media url is invalid."]}}),
        Said(document={"success": True, "data": {"id": 1}}),
    ]
    async with speaking(script) as (api, _):
        with pytest.raises(NotFound):
            await api.comments.get(PHONE)
        with pytest.raises(InvalidRequest, match="media_url"):
            await api.comments.add(PHONE, "x")
        with pytest.raises(Unanswered, match="not a list"):
            await api.comments.get(PHONE)
