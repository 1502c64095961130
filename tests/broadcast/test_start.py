"""From a frozen plan to a run, or a sentence that says why not."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.support.broadcast_provider import Double, Provider
from wamsg import errors
from wamsg.broadcast import MessageTemplate, Options, Planned, open_audience, plan, prepare
from wamsg.ledger import Ledger, Phase
from wamsg.ledger.sqlite import open_sqlite
from wamsg.testing import ManualClock

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


async def planned(ledger: Ledger, message: Any = None, files: Path | None = None) -> Planned:
    template = MessageTemplate.of(message or {"type": "text", "body": "Hello"}, files=files)
    audience = open_audience(["+919812340001"])
    return await plan(ledger, template, audience, provider="kaleyra", options=Options(breaker=7), clock=ManualClock())


def double() -> Double:
    return Double(Provider(ManualClock()))


async def test_one_messenger_or_several_may_be_given(ledger: Ledger) -> None:
    """All defaults run with the machine's own clock."""
    first, second = (await planned(ledger)).broadcast, (await planned(ledger)).broadcast

    one = await (await prepare(ledger, first.id, double())).run()
    several = await (await prepare(ledger, second.id, [double(), double()])).run()

    assert one.phase is several.phase is Phase.FINISHED


async def test_nobody_to_send_with_is_an_error(ledger: Ledger) -> None:
    """Before anything is done to the ledger."""
    broadcast = (await planned(ledger)).broadcast

    with pytest.raises(errors.ConfigError, match="at least one messenger"):
        await prepare(ledger, broadcast.id, [])


async def test_a_broadcast_that_does_not_exist_is_an_error(ledger: Ledger) -> None:
    """It says which."""
    with pytest.raises(errors.LedgerError, match="99"):
        await prepare(ledger, 99, double())


async def test_a_plan_that_never_ended_is_not_run(ledger: Ledger) -> None:
    """Half a list must not go out."""
    from wamsg.ledger import Plan

    draft = await ledger.begin(Plan(name="", provider="kaleyra", message={"type": "text", "body": "x"}, created_at=0.0))

    with pytest.raises(errors.LedgerError, match="plan it again"):
        await prepare(ledger, draft, double())


async def test_two_handles_cannot_run_at_once(ledger: Ledger, tmp_path: Path) -> None:
    """The second is refused while the first lives, and nothing is sent."""
    broadcast = (await planned(ledger)).broadcast
    other, messenger = await open_sqlite(tmp_path / "sale.ledger", create=False), double()
    try:
        with pytest.raises(errors.LedgerBusy, match="another process"):
            await prepare(other, broadcast.id, messenger)
    finally:
        await other.aclose()

    assert messenger.sent == []


@pytest.mark.parametrize("change", ["other bytes", "gone", "folder gone"])
async def test_a_file_that_has_changed_since_the_plan_stops_the_run(
    ledger: Ledger, tmp_path: Path, change: str
) -> None:
    """What was frozen is what is sent, or nothing is."""
    files = tmp_path / "files"
    files.mkdir()
    picture = files / "sale.png"
    picture.write_bytes(PNG)
    broadcast = (await planned(ledger, {"type": "image", "file": "sale.png"}, files)).broadcast
    await prepare(ledger, broadcast.id, double())
    if change == "other bytes":
        picture.write_bytes(PNG + b"x")
    else:
        picture.unlink()
    if change == "folder gone":
        files.rmdir()

    with pytest.raises(errors.PlanChanged) as caught:
        await prepare(ledger, broadcast.id, double())

    assert caught.value.differs


async def test_options_are_those_of_the_plan(ledger: Ledger, tmp_path: Path) -> None:
    """Options that this version does not know are an error, not a default."""
    broadcast = (await planned(ledger)).broadcast
    await ledger.aclose()
    connection = sqlite3.connect(tmp_path / "sale.ledger")
    connection.execute("UPDATE broadcast SET options = '{\"speed\": 9}'")
    connection.commit()
    connection.close()
    again = await open_sqlite(tmp_path / "sale.ledger", create=False)
    try:
        with pytest.raises(errors.ConfigError, match="speed"):
            await prepare(again, broadcast.id, double())
    finally:
        await again.aclose()


async def test_a_run_leaves_nothing_behind(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    """No task, and no error that nobody heard."""
    broadcast = (await planned(ledger)).broadcast
    before = asyncio.all_tasks()
    with caplog.at_level(logging.ERROR):
        await (await prepare(ledger, broadcast.id, double())).run()

    assert asyncio.all_tasks() == before
    assert caplog.records == []
