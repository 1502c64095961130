"""Templates over sockets: listed, synchronised, read by WhatsApp's id."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.support.scripted import Said, Script, ScriptedServer
from wamsg.errors import InvalidMessage, NotFound, PermissionDenied
from wamsg.providers.wacr.api import WacrApi

Speaking = Callable[[Script], AbstractAsyncContextManager[tuple[WacrApi, ScriptedServer]]]
ITEM = {
    "id": 12,
    "template_id": "1234567890123456",
    "template_name": "welcome",
    "name": "welcome",
    "language": "en_US",
    "category": "UTILITY",
    "status": "APPROVED",
    "header_data_format": "TEXT",
    "header_params_count": 1,
    "body_data": "Hello {{1}}",
    "body_params_count": "1",
    "buttons_data": '[{"type":"QUICK_REPLY","text":"Yes"}]',
    "add_security_recommendation": False,
    "components": [{"type": "BODY", "text": "Hello {{1}}"}],
    "otp_button_config": None,
    "quality": "GREEN",
}


async def test_templates_are_listed_with_all_that_is_said_of_them(speaking: Speaking) -> None:
    """One for each language; a field that nobody knows is in extra."""
    async with speaking([Said(document={"data": [ITEM]})]) as (api, server):
        listed = api.templates.list(
            search="welcome",
            status="APPROVED",
            category="UTILITY",
            language="en_US",
            sort=["template_name", "-created_at"],
            fields="template_name,components",
        )
        (item,) = [item async for item in listed]

    assert [
        ("search", "welcome"),
        ("filter[status]", "APPROVED"),
        ("filter[category]", "UTILITY"),
        ("filter[language]", "en_US"),
        ("sort", "template_name,-created_at"),
        ("fields", "id,template_name,components"),
        ("page", "1"),
        ("per_page", "100"),
    ] == parse_qsl(server.asked[0].query)
    assert (12, "1234567890123456", "welcome", 1) == (
        item.id,
        item.template_id,
        item.template_name,
        item.body_params_count,
    )
    assert ({"type": "BODY", "text": "Hello {{1}}"},) == item.components
    assert {"quality": "GREEN"} == item.extra


async def test_one_template_is_read_by_whatsapps_id(speaking: Speaking) -> None:
    """Text, however much it looks like a number; what is no segment of a path goes nowhere."""
    async with speaking([Said(document={"data": ITEM})]) as (api, server):
        assert "en_US" == (await api.templates.get("1234567890123456")).language
        wrong: list[Any] = ["a/b", "..", "", 12]
        for template_id in wrong:
            with pytest.raises(InvalidMessage, match="template_id"):
                await api.templates.get(template_id)

    assert ["/api/v2/templates/1234567890123456"] == [asked.target for asked in server.asked]


async def test_a_synchronisation_has_no_body(speaking: Speaking) -> None:
    """And keeps whatever the provider says of it, for that is not documented."""
    async with speaking([Said(document={"success": True, "data": {"synced": 7}, "message": "Done"})]) as (api, server):
        done = await api.templates.sync()

    assert ("POST", "/api/v2/templates/sync", b"") == (
        server.asked[0].method,
        server.asked[0].target,
        server.asked[0].body,
    )
    assert {"synced": 7} == done.extra


async def test_refusals_keep_their_kind(speaking: Speaking) -> None:
    """The scope of synchronising is one of its own."""
    script = [
        Said(status=403, document={"error": {"code": "INSUFFICIENT_SCOPE"}}),
        Said(status=404, document={"error": {"code": "NOT_FOUND"}}),
    ]
    async with speaking(script) as (api, _):
        with pytest.raises(PermissionDenied, match="templates:sync"):
            await api.templates.sync()
        with pytest.raises(NotFound):
            await api.templates.get("5")
