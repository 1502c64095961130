"""Was it sent? The look-up asks the fake server, and what it says is held against what that server really took."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wamsg
from tests.providers.wacr.sandbox.desk import NOW, Desk
from wamsg.errors import Unanswered
from wamsg.model import Button, Buttons, Content, Image, PhoneNumber, Template, Text
from wamsg.providers.wacr import provider
from wamsg.sandbox import Fault, Sandbox
from wamsg.testing.clock import ManualClock
from wamsg.views import Absent, CannotSay, Finding, Found, Inquiry, Known, Search, Sought, inquire

ASHA, BEN, CAI = "+919812340001", "+447700900123", "+12025550123"
HELLO, FIRST, OFFER = Text(body="Hello, your order is ready"), Text(body="Welcome"), Text(body="Half the price")


def known(message_id: str | None, to: str, content: Content, at: float) -> Known:
    assert message_id is not None
    return Known(message_id=message_id, recipient=PhoneNumber(to), content=content, at=at)


def sought(to: str, content: Content, at: float) -> Sought:
    return Sought(recipient=PhoneNumber(to), content=content, since=at, until=at + 1)


def inquiry(search: Search, driver: Any) -> Inquiry[tuple[Finding, ...]]:
    assert provider.look_up is not None
    return provider.look_up(driver, search)


async def test_after_a_lost_answer_the_server_is_asked() -> None:
    """Over sockets: what went out is found, what did not is absent, whose chat nobody knows cannot be told."""
    clock = ManualClock()
    retry = wamsg.RetryPolicy(attempts=1, deadline=0)
    async with (
        Sandbox(clock=clock) as sandbox,
        wamsg.connect("wacr", environ={}, retry=retry, **sandbox.settings("wacr")) as client,
    ):
        proof = []
        for to in (ASHA, BEN):
            result = await client.send(FIRST, to=to)
            proof.append(known(result.message_id, to, FIRST, clock.time()))
            await clock.advance(2)
        lost = []
        for to, content, kind in (
            (ASHA, HELLO, "accepted_then_cut"),
            (BEN, HELLO, "cut_before"),
            (CAI, OFFER, "accepted_then_cut"),
        ):
            sandbox.faults.clear()
            sandbox.faults.add(Fault(kind=kind, times=1))
            lost.append(sought(to, content, clock.time()))
            with pytest.raises(Unanswered):
                await client.send(content, to=to)
            await clock.advance(3)
        facts: dict[str, Any] = {"sought": tuple(lost), "known": tuple(proof)}

        early = await inquire(client.call, inquiry(Search(**facts, now=clock.time()), client.driver))
        await clock.advance(120)
        asha, ben, cai = await inquire(client.call, inquiry(Search(**facts, now=clock.time()), client.driver))

    truth = {record.recipient: record.message_id for record in sandbox.outbox.accepted}
    assert asha == Found(message_id=truth[ASHA.removeprefix("+")], status="read")
    assert sandbox.outbox.count(recipient=BEN) == 1
    assert ben == Absent()
    assert isinstance(cai, CannotSay)
    assert "to whom" in cai.why
    assert all(isinstance(each, CannotSay) and each.again_at is not None for each in early)


async def test_another_account_shows_nothing() -> None:
    """Asked with the token of another account nothing is called absent, although its list is empty."""
    clock = ManualClock()
    async with Sandbox(clock=clock) as sandbox:
        settings = sandbox.settings("wacr")
        async with wamsg.connect("wacr", environ={}, **settings) as client:
            result = await client.send(FIRST, to=ASHA)
        proof = known(result.message_id, ASHA, FIRST, clock.time())
        lost = sought(ASHA, HELLO, clock.time())
        await clock.advance(600)
        search = Search(sought=(lost,), known=(proof,), now=clock.time())
        async with wamsg.connect("wacr", environ={}, **{**settings, "token": "sandbox-token-2"}) as stranger:
            (finding,) = await inquire(stranger.call, inquiry(search, stranger.driver))

    assert isinstance(finding, CannotSay)
    assert "lacks 1 messages" in finding.why


CONTENTS: list[Content] = [
    HELLO,
    FIRST,
    Text(body="Hi @{contact_first_name}"),
    Image(link="https://files.example/a.png", caption="Look"),
    Image(link="https://files.example/a.png"),
    Buttons(body="Yes?", buttons=[Button(id="1", title="Yes")]),
    Template(name="anything", language="en", body=["Asha"]),
]
FATES = st.tuples(
    st.sampled_from(CONTENTS),
    st.sampled_from([ASHA, BEN, CAI, "+447700340001"]),
    st.sampled_from(["answered", "answer lost", "never arrived"]),
    st.integers(0, 40),
)


@given(fates=st.lists(FATES, min_size=1, max_size=25), wait=st.sampled_from([0, 61, 600]))
def test_no_finding_is_untrue(fates: list[tuple[Content, str, str, int]], wait: int) -> None:
    """Whatever was sent and lost in whatever order: found means taken with that id, absent means never taken."""
    desk = Desk()
    proof: list[Known] = []
    lost: list[Sought] = []
    truth: list[str | None] = []
    for content, to, fate, pause in fates:
        message_id = desk.send(content, to).message_id if fate != "never arrived" else None
        if fate == "answered":
            proof.append(known(message_id, to, content, desk.now))
        else:
            lost.append(sought(to, content, desk.now))
            truth.append(message_id)
        desk.now += pause
    desk.now += wait

    findings = carried_out(desk, Search(sought=tuple(lost), known=tuple(proof), now=desk.now))

    assert len(findings) == len(lost)
    for finding, message_id in zip(findings, truth, strict=True):
        if isinstance(finding, Found):
            assert finding.message_id == message_id
        if isinstance(finding, Absent):
            assert message_id is None


def carried_out(desk: Desk, search: Search) -> tuple[Finding, ...]:
    """The inquiry, carried out without sockets."""
    asking = inquiry(search, desk.driver)
    try:
        operation = next(asking)
        while True:
            operation = asking.send(operation.decode(desk.ask(operation.request)))
    except StopIteration as done:
        findings: tuple[Finding, ...] = done.value
        return findings


def test_many_messages_are_read_page_by_page() -> None:
    """The look-up walks the list back to the time in question, across its pages."""
    desk = Desk()
    proof = []
    for number in range(250):
        desk.now = NOW + number
        proof.append(known(desk.send(FIRST, ASHA).message_id, ASHA, FIRST, desk.now))
    desk.now = NOW + 600

    found = carried_out(desk, Search(sought=(sought(BEN, HELLO, NOW),), known=tuple(proof), now=desk.now))

    assert found == (Absent(),)
