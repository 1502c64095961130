"""The account over sockets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

import wamsg
from tests.support.scripted import Said, Script, ScriptedServer
from wamsg.errors import ConfigError, PermissionDenied
from wamsg.providers.wacr.api import WacrApi
from wamsg.sandbox import Sandbox

Speaking = Callable[[Script], AbstractAsyncContextManager[tuple[WacrApi, ScriptedServer]]]


async def test_the_account_its_usage_and_its_limits(speaking: Speaking) -> None:
    """Known features are typed, those of a later day are in extra."""
    used = {"current": 5, "limit": -1, "remaining": None, "percentage_used": "12.50", "is_unlimited": True}
    limits = {
        "api_calls_per_minute": {"limit": 90, "feature_name": "API", "is_unlimited": False},
        "robots": {"limit": 1},
    }
    script = [
        Said(document={"data": {"id": 1, "name": "Tea", "subscription": {"plan_name": "Pro", "plan_id": None}}}),
        Said(document={"data": {"contacts": used, "robots": {"current": 1}}}),
        Said(document={"data": {"limits": limits, "features": {"chatbot": True, "robots": False}}}),
    ]
    async with speaking(script) as (api, server):
        info, usage, plan = await api.account.info(), await api.account.usage(), await api.account.limits()

    assert ["/api/v2/account", "/api/v2/account/usage", "/api/v2/account/limits"] == [
        each.target for each in server.asked
    ]
    assert info.subscription is not None
    assert ("Tea", "Pro") == (info.name, info.subscription.plan_name)
    assert usage.contacts is not None
    assert (5, -1, 12.5, None) == (
        usage.contacts.current,
        usage.contacts.limit,
        usage.contacts.percentage_used,
        usage.staff,
    )
    assert {"robots": {"current": 1}} == usage.extra
    assert plan.limits is not None
    assert plan.limits.api_calls_per_minute is not None
    assert plan.features is not None
    assert (90, True, {"robots": False}) == (
        plan.limits.api_calls_per_minute.limit,
        plan.features.chatbot,
        plan.features.extra,
    )


async def test_a_missing_scope_is_named(speaking: Speaking) -> None:
    """The one that the declaration says."""
    refusal = Said(status=403, document={"error": {"code": "INSUFFICIENT_SCOPE"}})
    async with speaking([refusal]) as (api, _):
        with pytest.raises(PermissionDenied, match="contacts:read"):
            await api.contacts.get(1)


async def test_another_provider_s_client_is_refused() -> None:
    """Before anything is asked."""
    async with Sandbox() as sandbox, wamsg.connect("kaleyra", environ={}, **sandbox.settings("kaleyra")) as client:
        with pytest.raises(ConfigError, match="WacrApi needs a client of wacr"):
            WacrApi(client)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (90, {"account": "90/min"}),
        (-1, {"account": None}),
        (0, {}),
        (None, {}),
        ("90", {"account": "90/min"}),
        ([], {}),
    ],
)
async def test_the_token_s_own_limit_is_learnt(limit: object, expected: dict[str, object]) -> None:
    """-1 is unlimited; what makes no sense changes nothing."""
    calls = {"api_calls_per_minute": {"limit": limit}}
    async with (
        ScriptedServer([Said(document={"data": {"limits": calls}})]) as server,
        wamsg.connect("wacr", token="fake", base_url=f"{server.url}/api/v2", environ={}) as client,
    ):
        learnt = await client.learn_limits()

    assert expected == learnt
    assert "/api/v2/account/limits" == server.asked[0].target
