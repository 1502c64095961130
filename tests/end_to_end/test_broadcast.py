"""Whole broadcasts over real sockets, for every provider, against the sandbox's own record."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import wamsg
from wamsg.broadcast import Ended, MessageTemplate, OnUnknown, Options, open_audience, plan, prepare
from wamsg.ledger import Broadcast, Delivery, Ledger, Phase, State
from wamsg.ledger.open import open_ledger
from wamsg.ledger.reference import parse_reference
from wamsg.sandbox import Fault, FaultBody, FaultKind, Record, Sandbox

#: Without the numbers for which a sandbox has answers of its own.
ROWS = [{"phone": f"+91981234{3000 + place}", "first_name": f"Zoë {place} रवि"} for place in range(260)]
HELLO = {"type": "text", "body": "Hello {first_name}"}
#: A little of everything that a network and a provider can do, some of it after the message was accepted.
FAULTS = (
    Fault(kind=FaultKind.ACCEPTED_THEN_CUT, recipient="7", skip=2, times=2),
    Fault(kind=FaultKind.CUT_BEFORE, recipient="6", skip=2, times=2),
    Fault(kind=FaultKind.CUT_AFTER_HEADERS, recipient="5", skip=2, times=2),
    Fault(kind=FaultKind.HTML_200, recipient="4", skip=2, times=2, accept=True),
    Fault(kind=FaultKind.STATUS, status=502, body=FaultBody.HTML, accept=True, recipient="3", skip=2, times=1),
    Fault(kind=FaultKind.TRUNCATED_JSON, recipient="2", skip=2, times=2),
    Fault(kind=FaultKind.THROTTLE, retry_after=0.2, skip=100, times=3),
    Fault(kind=FaultKind.STATUS, status=503, retry_after=1, recipient="1", skip=2, times=2),
)


@pytest.fixture(params=["kaleyra", "wacr"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    opened = await open_ledger(tmp_path / "sale.ledger", create=True)
    try:
        await opened.lock()
        yield opened
    finally:
        await opened.aclose()


async def planned(ledger: Ledger, name: str, message: Any = None, rows: Any = None, **more: Any) -> Broadcast:
    files = more.pop("files", None)
    template = MessageTemplate.of(message or HELLO, files=files)
    audience = open_audience(ROWS if rows is None else rows)
    return (await plan(ledger, template, audience, provider=name, options=Options(**more), rate=1.0)).broadcast


async def run(ledger: Ledger, broadcast: Broadcast, sandbox: Sandbox, name: str, **settings: Any) -> Ended:
    async with wamsg.connect(name, environ={}, **{**sandbox.settings(name), "limits": None, **settings}) as messenger:
        return await (await prepare(ledger, broadcast.id, messenger)).run()


async def check(ledger: Ledger, broadcast: Broadcast, sandbox: Sandbox, *, twice: bool = False) -> None:
    """The record of the provider and the ledger agree."""
    lines = {str(line.address): line async for line in ledger.deliveries(broadcast.id)}
    accepted = {record.recipient: record for record in sandbox.outbox.accepted}
    assert twice or sandbox.outbox.duplicates() == []
    assert accepted.keys() <= lines.keys()
    for to, line in lines.items():
        _check_line(ledger, broadcast, line, accepted.get(to), twice=twice)
    counts = await ledger.counts(broadcast.id)
    assert counts.rows == len(lines) == counts.deliveries
    assert not counts.open
    assert not counts.states[State.SENDING]


def _check_line(ledger: Ledger, broadcast: Broadcast, line: Delivery, record: Record | None, *, twice: bool) -> None:
    if record is None:
        assert line.state in {State.UNKNOWN, State.REJECTED}
        return
    assert line.state in {State.ACCEPTED, State.UNKNOWN}
    assert line.values[0] in json.dumps(record.body, ensure_ascii=False)
    if line.state is State.ACCEPTED:
        assert line.message_id == record.message_id
    if record.reference is not None:
        found = parse_reference(ledger.secret, record.reference)
        assert found is not None
        assert (found.broadcast, found.seq) == (broadcast.id, line.seq)
        assert found.attempt == line.attempts or twice


async def test_everyone_gets_their_own_message_once(ledger: Ledger, sandbox: Sandbox, name: str) -> None:
    """Without faults all are accepted, with the ids that the provider gave."""
    broadcast = await planned(ledger, name)

    ended = await run(ledger, broadcast, sandbox, name)

    assert (ended.phase, ended.counts.states[State.ACCEPTED]) == (Phase.FINISHED, 260)
    assert sandbox.outbox.count(provider=name) == 260
    await check(ledger, broadcast, sandbox)


async def test_lost_answers_and_refusals_double_nobody(ledger: Ledger, sandbox: Sandbox, name: str) -> None:
    """What may have gone out is unknown and held; what surely did not is sent again by itself."""
    for fault in FAULTS:
        sandbox.faults.add(fault)
    broadcast = await planned(ledger, name, concurrency=24)

    ended = await run(ledger, broadcast, sandbox, name)

    assert [fault.kind for fault, hits in sandbox.faults.hits() if not hits] == []
    assert ended.phase is Phase.HELD
    unknown = ended.counts.states[State.UNKNOWN]
    assert 9 <= unknown <= 11
    assert ended.counts.states[State.ACCEPTED] == 260 - unknown
    await check(ledger, broadcast, sandbox)


async def test_consent_to_duplicates_leaves_no_question(ledger: Ledger, sandbox: Sandbox, name: str) -> None:
    """With ``resend`` everybody is accepted in the end, some of them twice, and never more than that."""
    for fault in FAULTS[:6]:
        sandbox.faults.add(fault)
    broadcast = await planned(ledger, name, on_unknown=OnUnknown.RESEND)

    ended = await run(ledger, broadcast, sandbox, name)

    assert (ended.phase, ended.counts.states[State.ACCEPTED]) == (Phase.FINISHED, 260)
    assert 0 < len(sandbox.outbox.duplicates()) <= 11
    assert max(sandbox.outbox.count(recipient=row["phone"]) for row in ROWS) <= 3
    await check(ledger, broadcast, sandbox, twice=True)


async def test_wrong_credentials_meet_a_handful_and_a_resume_completes(
    ledger: Ledger, sandbox: Sandbox, name: str
) -> None:
    """Nobody is accepted, the reason is stored, and with the right key those who were not tried get their message."""
    broadcast = await planned(ledger, name, concurrency=64)
    wrong = {"api_key": "A" + "f" * 32} if name == "kaleyra" else {"token": "wrong-token-0000"}

    ended = await run(ledger, broadcast, sandbox, name, **wrong)

    assert ended.phase is Phase.STOPPED
    assert "BadCredentials" in ended.reason
    refused = ended.counts.states[State.REJECTED]
    assert 5 <= refused < 10
    assert sandbox.outbox.count() == 0
    assert all(value not in ended.reason for value in wrong.values())
    ended = await run(ledger, broadcast, sandbox, name)
    assert (ended.phase, sandbox.outbox.count()) == (Phase.FINISHED, 260 - refused)
    await check(ledger, broadcast, sandbox)


async def test_stopped_and_resumed_from_the_file(tmp_path: Path, sandbox: Sandbox, name: str) -> None:
    """Three processes' worth of runs on one ledger send to everybody once."""
    path, stops = tmp_path / "sale.ledger", [60, 150, 10_000]
    for stop in stops:
        ledger = await open_ledger(path, create=True)
        try:
            await ledger.lock()
            broadcasts = await ledger.broadcasts()
            broadcast = broadcasts[0] if broadcasts else await planned(ledger, name, concurrency=8)
            ended = await _run_until(ledger, broadcast, sandbox, name, stop)
            assert ended.phase is (Phase.FINISHED if stop > 260 else Phase.PAUSED)
            assert ended.counts.states[State.ACCEPTED] == sandbox.outbox.count() >= min(stop, 260)
            if ended.phase is Phase.FINISHED:
                await check(ledger, broadcast, sandbox)
        finally:
            await ledger.aclose()


async def _run_until(ledger: Ledger, broadcast: Broadcast, sandbox: Sandbox, name: str, stop: int) -> Ended:
    async with wamsg.connect(name, environ={}, **sandbox.settings(name), limits=None) as client:
        send = client.send

        async def counted(*args: Any, **named: Any) -> wamsg.SendResult:
            result = await send(*args, **named)
            if sandbox.outbox.count() >= stop:
                runner.stop("enough")
            return result

        client.send = counted  # type: ignore[method-assign]  # a look at the record after each answer
        runner = await prepare(ledger, broadcast.id, client)
        return await runner.run()


async def test_an_upload_that_is_refused_concerns_its_row_alone(
    ledger: Ledger, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Each row brings its own picture; one is refused before its message leaves, and nobody is messaged by that."""
    for place in range(6):
        (tmp_path / f"{place}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([place]) * 16)
    rows = [{**ROWS[place], "photo": f"{place}.png"} for place in range(6)]
    sandbox.faults.add(Fault(kind=FaultKind.STATUS, status=415, path="/media", skip=2, times=1))
    message = {"type": "image", "file": "{photo}", "caption": "For {first_name}"}
    broadcast = await planned(ledger, "kaleyra", message, rows, files=tmp_path, concurrency=1)

    ended = await run(ledger, broadcast, sandbox, "kaleyra")

    states = [line.state async for line in ledger.deliveries(broadcast.id)]
    assert states.count(State.ACCEPTED) == 5
    assert states.count(State.REJECTED) == 1
    assert sandbox.outbox.count() == 5
    assert ended.phase is Phase.FINISHED
