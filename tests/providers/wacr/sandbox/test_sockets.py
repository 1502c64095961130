"""The fake server behind real sockets: one life of an application, faults that take back, and a fresh start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from attrs import frozen

import wamsg
from tests.providers.wacr.sandbox.desk import ASHA, NEW
from wamsg.errors import CodeRefused, InvalidRequest, NotFound, PlanLimit, Throttled, Unanswered
from wamsg.model import Text
from wamsg.providers.wacr.api import NewContact, WacrApi
from wamsg.sandbox import Fault, Sandbox
from wamsg.testing.clock import ManualClock

AT_ONCE = wamsg.RetryPolicy(attempts=1, deadline=0)


@frozen
class World:
    """An account at the sandbox, the sandbox, and the clock that it goes by."""

    api: WacrApi
    client: wamsg.Client
    sandbox: Sandbox
    clock: ManualClock


def connect(sandbox: Sandbox, **settings: Any) -> wamsg.Client:
    """Without limits on the client's side, so that the sandbox's own are met."""
    given = {**sandbox.settings("wacr"), **settings}
    return wamsg.connect("wacr", limits=None, retry=AT_ONCE, environ={}, **given)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = ManualClock()
    async with Sandbox(clock=clock) as sandbox, connect(sandbox) as client:
        yield World(WacrApi(client), client, sandbox, clock)


async def test_one_life_of_an_application(world: World) -> None:
    """Contacts, groups, messages, notes and codes know of each other, over HTTP as in memory."""
    api = world.api
    group = await api.groups.create("VIP")
    contact = await api.contacts.create(**NEW, groups=[group.id])
    sent = await world.client.send(Text(body="Hi @{contact_first_name}"), to=ASHA)
    await api.comments.add(ASHA, "wants tea")
    await world.clock.advance(5)

    assert [each.id async for each in api.contacts.list(group_id=group.id)] == [contact.id]
    (message,) = [each async for each in api.messages.list(status="delivered")]
    assert (message.message_id, message.message) == (sent.message_id, "Hi Asha")
    assert [note.message for note in await api.comments.get(ASHA)] == ["wants tea"]
    await api.otp.resend(ASHA, template_name="otp")
    code = str(world.sandbox.outbox.find(recipient=ASHA)[-1].body["code"])
    with pytest.raises(CodeRefused) as caught:
        await api.otp.verify(ASHA, "no")
    assert caught.value.attempts_remaining == 4
    assert (await api.otp.verify(ASHA, code)).phone == ASHA.removeprefix("+")
    usage = await api.account.usage()
    assert (usage.contacts and usage.contacts.current, usage.conversations and usage.conversations.current) == (1, 1)
    with pytest.raises(InvalidRequest):
        await api.sources.delete(1)
    await api.contacts.delete(contact.id)
    await api.sources.delete(1)
    assert [each.id async for each in api.sources.list(per_page=1)] == [2, 3]


async def test_a_body_on_a_delete_arrives(world: World) -> None:
    """Batches and groups delete by JSON bodies, which HTTP clients like to drop."""
    group = await world.api.groups.create("VIP")
    people = [NewContact(**{**NEW, "phone": f"+91981234001{number}"}) for number in range(3)]
    made = await world.api.contacts.create_batch(people)
    ids = [contact.id for contact in made.created]
    await world.api.groups.add_contacts(group.id, ids)

    removed = await world.api.groups.remove_contacts(group.id, ids[:1])
    deleted = await world.api.contacts.delete_batch([*ids[:2], 99])

    assert (removed.contacts_removed, deleted.summary.deleted, deleted.summary.failed) == (1, 2, 1)


@pytest.mark.parametrize(
    ("fault", "there"),
    [
        (Fault(kind="status", status=500, times=1), False),
        (Fault(kind="cut_before", times=1), False),
        (Fault(kind="accepted_then_cut", times=1), True),
        (Fault(kind="html_200", times=1), False),
        (Fault(kind="truncated_json", times=1), True),
    ],
    ids=lambda value: getattr(value, "kind", value),
)
async def test_a_contact_is_there_if_it_was_accepted(world: World, fault: Fault, there: bool) -> None:  # noqa: FBT001 -- a parameter of the case
    """Whatever became of the answer: what a fault says was not accepted leaves no trace."""
    world.sandbox.faults.add(fault)

    with pytest.raises(Unanswered):
        await world.api.contacts.create(**NEW)

    assert [each.phone async for each in world.api.contacts.list()] == ([ASHA] if there else [])


async def test_a_resend_too_many_says_when(world: World) -> None:
    """429 with the seconds in its body, which pass by the sandbox's clock."""
    for _ in range(3):
        await world.api.otp.resend(ASHA, template_name="otp")
    with pytest.raises(Throttled) as caught:
        await world.api.otp.resend(ASHA, template_name="otp")
    assert caught.value.retry_after == 300
    await world.clock.advance(300)
    async with connect(world.sandbox) as other:
        assert (await WacrApi(other).otp.resend(ASHA, template_name="otp")).code_sent


async def test_everything_is_forgotten_when_told(world: World) -> None:
    """Over HTTP; ids begin anew and the defaults are there again. Another sandbox knows nothing of this one."""
    await world.api.contacts.create(**NEW)
    await world.api.statuses.delete(3)
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{world.sandbox.url}/_sandbox/memory") as answer:
            known = await answer.json()
        async with http.delete(f"{world.sandbox.url}/_sandbox/memory?provider=wacr") as answer:
            assert answer.status == 204

    assert known["wacr"]["sandbox-token"]["contacts"][0][1]["phone"] == ASHA
    assert (await world.api.statuses.get(3)).name == "Customer"
    with pytest.raises(NotFound):
        await world.api.contacts.get(1)
    assert (await world.api.contacts.create(**NEW)).id == 1
    async with Sandbox() as another, connect(another) as client:
        assert [each async for each in WacrApi(client).contacts.list()] == []


async def test_many_at_once_keep_the_plan(world: World) -> None:
    """Requests that come together are still one after the other: exactly as many contacts as the plan allows."""
    async with connect(world.sandbox, token="sandbox-token:contacts=5") as client:
        api = WacrApi(client)
        makes = [api.contacts.create(**{**NEW, "phone": f"+9198123400{number:02}"}) for number in range(12)]
        outcomes = await asyncio.gather(*makes, return_exceptions=True)

        assert sum(isinstance(each, PlanLimit) for each in outcomes) == 7
        assert len({each.id async for each in api.contacts.list(per_page=2)}) == 5
