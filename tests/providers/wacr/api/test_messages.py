"""Messages over sockets: the list with its filters, and one message in full."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.support.scripted import Said, Script, ScriptedServer
from wamsg.errors import InvalidMessage, NotFound, PermissionDenied
from wamsg.providers.wacr.api import WacrApi, Where

Speaking = Callable[[Script], AbstractAsyncContextManager[tuple[WacrApi, ScriptedServer]]]
ITEM = {
    "id": 31,
    "interaction_id": 5,
    "sender_id": "919812340009",
    "type": "text",
    "message": "hello",
    "status": "delivered",
    "message_id": "wamid.A",
    "sent_at": "2026-01-31T09:00:00+00:00",
    "is_read": 0,
}


async def test_the_list_asks_for_what_was_said(speaking: Speaking) -> None:
    """Filters, operators, order and fields are in the query; an item's id is always asked for."""
    async with speaking([Said(document={"data": [ITEM]})]) as (api, server):
        listed = api.messages.list(
            search="50% + more",
            type=Where.any_of("text", "template"),
            status=Where.other_than("failed"),
            interaction_id=5,
            direction="outbound",
            created_after=datetime(2026, 1, 31, tzinfo=UTC),
            sort="-created_at",
            fields=["message", "sent_at"],
            page=2,
        )
        (item,) = [item async for item in listed]

    assert [
        ("search", "50% + more"),
        ("filter[type][in]", "text,template"),
        ("filter[status][ne]", "failed"),
        ("filter[interaction_id]", "5"),
        ("filter[direction]", "outbound"),
        ("filter[created_at][gte]", "2026-01-31T00:00:00+00:00"),
        ("sort", "-created_at"),
        ("fields", "id,message,sent_at"),
        ("page", "2"),
        ("per_page", "100"),
    ] == parse_qsl(server.asked[0].query)
    assert (31, 5, "hello", "wamid.A", False) == (
        item.id,
        item.interaction_id,
        item.message,
        item.message_id,
        item.is_read,
    )
    assert datetime(2026, 1, 31, 9, tzinfo=UTC) == item.sent_at
    assert "hello" not in repr(item)
    assert "919812340009" not in repr(item)


async def test_a_time_without_its_zone_is_kept_as_it_came(speaking: Speaking) -> None:
    """It is no point in time, so nobody can take it for one."""
    async with speaking([Said(document={"data": {**ITEM, "sent_at": "2026-01-31 09:00:00"}})]) as (api, _):
        item = await api.messages.get(31)

    assert (None, "2026-01-31 09:00:00") == (item.sent_at, item.extra["sent_at"])


async def test_one_message_is_told_in_full(speaking: Speaking) -> None:
    """What the list has, and why it failed, what it answers, who wrote it."""
    more = {"status_message": "Undeliverable", "ref_message_id": "wamid.B", "url": None, "staff_id": "4"}
    async with speaking([Said(document={"data": {**ITEM, **more}})]) as (api, server):
        item = await api.messages.get(31)

    assert "/api/v2/messages/31" == server.asked[0].target
    assert ("Undeliverable", "wamid.B", None, 4, 31) == (
        item.status_message,
        item.ref_message_id,
        item.url,
        item.staff_id,
        item.id,
    )
    assert not item.extra


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"type": "sticker"}, "type"),
        ({"type": Where.like("te%")}, "type"),
        ({"status": Where.empty()}, "status"),
        ({"direction": "out"}, "direction"),
        ({"interaction_id": Where.between(1, 2)}, "interaction_id"),
        ({"sort": "sent_at"}, "sort"),
        ({"fields": "phone"}, "fields"),
        ({"fields": []}, "fields"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"per_page": 101}, "per_page"),
    ],
)
async def test_a_bad_listing_is_told_at_once(given: dict[str, Any], field: str, speaking: Speaking) -> None:
    """What the page does not offer is refused by name, before anything is asked."""
    async with speaking([]) as (api, server):
        with pytest.raises(InvalidMessage) as caught:
            api.messages.list(**given)

    assert field == caught.value.field
    assert not server.asked


async def test_refusals_keep_their_kind(speaking: Speaking) -> None:
    """A scope that is missing is named, and an id that is not there is not found."""
    script = [
        Said(status=403, document={"error": {"code": "INSUFFICIENT_SCOPE"}}),
        Said(status=404, document={"error": {"code": "NOT_FOUND"}}),
    ]
    async with speaking(script) as (api, _):
        with pytest.raises(PermissionDenied, match="messages:read"):
            _ = [item async for item in api.messages.list()]
        with pytest.raises(NotFound):
            await api.messages.get(31)
