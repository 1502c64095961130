"""Groups, sources and statuses over sockets: three resources of one form, and what each has of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.support.scripted import Said, Script, ScriptedServer
from wamsg.errors import InvalidMessage, InvalidRequest, NotFound
from wamsg.operations import Done
from wamsg.providers.wacr.api import WacrApi

Speaking = Callable[[Script], AbstractAsyncContextManager[tuple[WacrApi, ScriptedServer]]]
KINDS = ("groups", "sources", "statuses")
ITEM = {"id": 4, "name": "North", "created_at": "2026-01-31T09:00:00+00:00", "updated_at": None, "rank": 2}


@pytest.mark.parametrize("kind", KINDS)
async def test_each_is_made_read_renamed_and_deleted(kind: str, speaking: Speaking) -> None:
    """Four requests with the method, the path and the body of their pages, and nothing of the answers is lost."""
    said = Said(document={"success": True, "data": ITEM, "message": "m"})
    async with speaking([said, said, said, Said(status=204, body=b"")]) as (api, server):
        resource: Any = getattr(api, kind)
        made = await resource.create("North")
        await resource.get(4)
        await resource.update(4, name="South")
        assert Done() == await resource.delete(4)

    assert [
        ("POST", f"/api/v2/{kind}", b'{"name":"North"}'),
        ("GET", f"/api/v2/{kind}/4", b""),
        ("PATCH", f"/api/v2/{kind}/4", b'{"name":"South"}'),
        ("DELETE", f"/api/v2/{kind}/4", b""),
    ] == [(asked.method, asked.target, asked.body) for asked in server.asked]
    assert (4, "North", datetime(2026, 1, 31, 9, tzinfo=UTC)) == (made.id, made.name, made.created_at)
    assert {"rank": 2} == made.extra


@pytest.mark.parametrize("kind", KINDS)
async def test_each_is_listed_to_the_end(kind: str, speaking: Speaking) -> None:
    """Two pages, with the search in the query of both."""
    pages = [
        Said(document={"data": [{"id": 1}, {"id": 2}], "meta": {"pagination": {"has_more": True}}}),
        Said(document={"data": [{"id": 3}], "meta": {"pagination": {"has_more": False}}}),
    ]
    async with speaking(pages) as (api, server):
        found = [item.id async for item in getattr(api, kind).list(search="a & b", per_page=2)]

    assert [1, 2, 3] == found
    assert [[("search", "a & b"), ("page", number), ("per_page", "2")] for number in "12"] == [
        parse_qsl(asked.query) for asked in server.asked
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["", "n" * 256, "two\nlines", 5])
async def test_a_bad_name_is_told_before_it_is_sent(kind: str, name: Any, speaking: Speaking) -> None:
    """In making and in renaming."""
    async with speaking([]) as (api, server):
        resource: Any = getattr(api, kind)
        for doing in (resource.create(name), resource.update(1, name=name)):
            with pytest.raises(InvalidMessage) as caught:
                await doing
            assert "name" == caught.value.field

    assert not server.asked


async def test_members_come_and_go_by_their_ids(speaking: Speaking) -> None:
    """A deletion with a body; how many really came or went is in the result."""
    script = [
        Said(document={"data": {"group_id": 4, "contacts_added": 1}}),
        Said(document={"data": {"group_id": 4, "contacts_removed": 2}}),
    ]
    async with speaking(script) as (api, server):
        added = await api.groups.add_contacts(4, [7, 8])
        removed = await api.groups.remove_contacts(4, contact_ids=[7, 8])

    assert [
        ("POST", "/api/v2/groups/4/contacts", b'{"contact_ids":[7,8]}'),
        ("DELETE", "/api/v2/groups/4/contacts", b'{"contact_ids":[7,8]}'),
    ] == [(asked.method, asked.target, asked.body) for asked in server.asked]
    assert (4, 1, 2) == (added.group_id, added.contacts_added, removed.contacts_removed)


@pytest.mark.parametrize("ids", [[], [0], ["7"], 7, [True]])
async def test_members_must_be_ids(ids: Any, speaking: Speaking) -> None:
    """At least one."""
    async with speaking([]) as (api, server):
        for verb in (api.groups.add_contacts, api.groups.remove_contacts):
            with pytest.raises(InvalidMessage, match="contact_ids"):
                await verb(4, ids)

    assert not server.asked


async def test_a_status_has_a_colour(speaking: Speaking) -> None:
    """Six hexadecimal digits after a hash, and left as it is where it is not named."""
    said = Said(document={"data": {"id": 4, "name": "Won", "color": "#1A9E5F"}})
    async with speaking([said] * 3) as (api, server):
        assert "#1A9E5F" == (await api.statuses.create("Won", color="#1A9E5F")).color
        await api.statuses.update(4, name="Won", color="#ffffff")
        await api.statuses.update(4, name="Won")
        for color in ("green", "#12345", "#1234567", "1A9E5F", "#1A9E5G", ""):
            with pytest.raises(InvalidMessage, match="color"):
                await api.statuses.create("Won", color=color)

    assert [
        {"name": "Won", "color": "#1A9E5F"},
        {"name": "Won", "color": "#ffffff"},
        {"name": "Won"},
    ] == [asked.json() for asked in server.asked]


@pytest.mark.parametrize("kind", KINDS)
async def test_refusals_keep_their_kind(kind: str, speaking: Speaking) -> None:
    """A name that is taken, an id that is not there, a label that is still in use."""
    script = [
        Said(status=422, document={"message": "Invalid.", "errors": {"name": ["has already been taken"]}}),
        Said(status=404, document={"error": {"code": "NOT_FOUND", "message": "Not found."}}),
        Said(status=422, document={"error": {"code": "VALIDATION_ERROR", "message": "It is in use."}}),
    ]
    async with speaking(script) as (api, _):
        resource: Any = getattr(api, kind)
        with pytest.raises(InvalidRequest, match="name: has already been taken"):
            await resource.create("North")
        with pytest.raises(NotFound):
            await resource.get(4)
        with pytest.raises(InvalidRequest, match="in use"):
            await resource.delete(4)
