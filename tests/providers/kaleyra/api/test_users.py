"""The block list over sockets: who is on it, page by page, and what it does to messages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wamsg
from tests.providers.kaleyra.api.conftest import Speaking, World
from tests.support.scripted import Said
from wamsg.errors import InvalidMessage, InvalidRequest, RecipientRefused
from wamsg.model import PhoneNumber, Text
from wamsg.providers.kaleyra import provider, sandbox_people
from wamsg.providers.kaleyra.api import KaleyraApi
from wamsg.providers.kaleyra.sandbox_tables import MOST_BLOCKED
from wamsg.transport.memory import SandboxTransport

ASHA, BEN = "+919812340001", "+12025550123"
HELLO = Text(body="hello")


async def test_a_blocked_user_is_listed_and_not_written_to(world: World) -> None:
    """Until unblocked; others are, and the refusal has Meta's code."""
    outcome = await world.api.users.block([ASHA])

    with pytest.raises(RecipientRefused) as caught:
        await world.client.send(HELLO, to=ASHA)
    await world.client.send(HELLO, to=BEN)
    listed = [each.wa_id async for each in world.api.users.blocked()]
    freed = await world.api.users.unblock([PhoneNumber(ASHA)])
    await world.client.send(HELLO, to=ASHA)

    assert caught.value.code == "130403"
    assert [(each.input, each.wa_id) for each in outcome.added_users or ()] == [(ASHA, ASHA[1:])]
    assert listed == [ASHA[1:]]
    assert [each.wa_id for each in freed.removed_users or ()] == [ASHA[1:]]
    assert [each async for each in world.api.users.blocked()] == []
    assert [record.recipient for record in world.sandbox.outbox.accepted] == [BEN[1:], ASHA[1:]]


async def test_one_who_is_not_blocked_cannot_be_unblocked(world: World) -> None:
    """Each number has its own fate, and blocking twice is blocking once."""
    await world.api.users.block([ASHA])
    await world.api.users.block([ASHA])

    outcome = await world.api.users.unblock([ASHA, BEN])

    assert [each.wa_id for each in outcome.removed_users or ()] == [ASHA[1:]]
    assert [each.wa_id for each in outcome.failed_users or ()] == [BEN[1:]]
    assert ASHA[1:] not in repr(outcome)


async def test_a_full_list_takes_nobody_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The documented end is 64,000, three here; whoever did not fit is told so, and who is on it already is fine."""
    assert MOST_BLOCKED == 64_000
    monkeypatch.setattr(sandbox_people, "MOST_BLOCKED", 3)
    numbers = [f"+9198123{index:05}" for index in range(3)]
    await world.api.users.block(numbers)

    outcome = await world.api.users.block([BEN, numbers[0]])

    assert [each.wa_id for each in outcome.failed_users or ()] == [BEN[1:]]
    assert "3 users" in str((outcome.failed_users or ())[0].extra)
    assert [each.wa_id for each in outcome.added_users or ()] == [numbers[0][1:]]


@settings(max_examples=40, deadline=None)
@given(
    blocked=st.lists(st.integers(0, 60).map(lambda n: f"+9198123{n:05}"), min_size=1, max_size=60, unique=True),
    dropped=st.sets(st.integers(0, 60).map(lambda n: f"+9198123{n:05}"), max_size=20),
    size=st.integers(1, 20),
)
async def test_pages_hold_everyone_once_whoever_leaves_meanwhile(
    blocked: list[str], dropped: set[str], size: int
) -> None:
    """Unblocking somebody while the list is read neither hides nor repeats anyone else."""
    given: dict[str, Any] = dict(provider.example)
    transport = SandboxTransport(provider.sandbox)
    async with wamsg.connect("kaleyra", transport=transport, limits=None, environ={}, **given) as client:
        api, seen = KaleyraApi(client), list[str]()
        await api.users.block(blocked)
        async for user in api.users.blocked(limit=size):
            if not seen and dropped:
                await api.users.unblock(sorted(dropped))
            seen.append(f"+{user.wa_id}")

    assert len(seen) == len(set(seen))
    assert [number for number in seen if number not in dropped] == [each for each in blocked if each not in dropped]


@pytest.mark.parametrize(
    "numbers", [[], "+919812340001", ["12"], ["+919812340001", "x"], [f"+91981{n:07}" for n in range(1001)]]
)
async def test_wrong_numbers_are_named_before_anything_is_sent(world: World, numbers: Any) -> None:
    """Between one and a thousand, each a number with its country code."""
    with pytest.raises(InvalidMessage) as caught:
        await world.api.users.block(numbers)

    assert (caught.value.field or "").startswith("block_users")
    assert world.sandbox.counts["kaleyra"]["answered"] == 0


async def test_a_cursor_from_elsewhere_is_refused(world: World) -> None:
    """It is not taken for the beginning."""
    await world.api.users.block([ASHA])

    with pytest.raises(InvalidRequest, match="cursor"):
        async for _ in world.api.users.blocked(after="QVFIUn"):
            pass


@pytest.mark.parametrize(
    "document",
    [
        {"code": "WA200", "data": [{"wa_id": "1"}], "paging": {"cursors": {"after": "next"}}},
        {"code": "WA200", "data": {"data": [{"wa_id": "1"}], "paging": {"cursors": {"after": "next"}}}},
        {"code": "WA200", "data": [{"block_users": [{"wa_id": "1"}]}], "paging": {"cursors": {"after": "next"}}},
        {"code": "WA200", "data": {"block_users": [{"wa_id": "1"}], "paging": {"cursors": {"after": "next"}}}},
    ],
)
async def test_list_and_cursor_are_found_in_each_form_that_meta_has(speaking: Speaking, document: object) -> None:
    """The page's answer could not be read; the walk ends at an empty page."""
    empty = Said(document={"code": "WA200", "data": []})
    async with speaking([Said(document=document), empty]) as (api, server):
        users = [each.wa_id async for each in api.users.blocked(limit=1)]

    path = "/v2/HXSANDBOX00000001IN/whatsapp/919800000000/block_users"
    assert users == ["1"]
    assert [asked.target for asked in server.asked] == [f"{path}?limit=1", f"{path}?limit=1&after=next"]


async def test_the_bodies_are_the_documented_ones(speaking: Speaking) -> None:
    """A DELETE has one too."""
    fine = Said(document={"code": "WA200", "data": {"block_users": {"added_users": [{"input": ASHA, "wa_id": "1"}]}}})
    async with speaking([fine, fine]) as (api, server):
        outcome = await api.users.block([ASHA, BEN])
        await api.users.unblock([ASHA])

    assert outcome.added_users is not None
    assert [asked.method for asked in server.asked] == ["POST", "DELETE"]
    assert server.asked[0].json() == {
        "messaging_product": "whatsapp",
        "block_users": [{"user": ASHA}, {"user": BEN}],
    }
    assert server.asked[1].json() == {"messaging_product": "whatsapp", "block_users": [{"user": ASHA}]}
