"""Who outlives a sandbox: what the next one tells is new."""

from __future__ import annotations

from pathlib import Path

import pytest

import wamsg
from tests.support.listening import Listener, listening
from wamsg.model import PhoneNumber, Text
from wamsg.sandbox import Callbacks, Note, Sandbox
from wamsg.webhooks import Receiver

ANNA = "+919812340001"


async def a_day(receiver: Receiver, address: str) -> None:
    """A sandbox begins, sends one message, somebody writes, and it ends."""
    async with Sandbox(callbacks=Callbacks(url=address, delivered=0, read=0)) as sandbox:
        async with wamsg.connect("kaleyra", environ={}, **sandbox.settings("kaleyra")) as messenger:
            await messenger.send(Text(body="hello"), to=ANNA)
        sandbox.incoming(Note(sender=PhoneNumber(ANNA), content=Text(body="hello")))
        await sandbox.called_back()
        await receiver.idle()


async def test_nothing_of_another_sandbox_is_taken_for_a_duplicate(tmp_path: Path) -> None:
    """The same message and the same words, on two days, are eight events for a store that keeps what it knows."""
    listener, settings = Listener(), Sandbox().callback_settings("kaleyra")

    async with listening(tmp_path, listener, "kaleyra", settings) as (receiver, address):
        await a_day(receiver, address)
        await a_day(receiver, address)

    assert 8 == len({event.key for event in listener.heard}) == len(listener.heard)


@pytest.mark.parametrize("name", ["kaleyra", "wacr"])
async def test_ids_are_new_in_every_sandbox_unless_told_otherwise(name: str) -> None:
    """By chance they differ; with a given serial they are the same."""
    ids: list[str | None] = []
    for serial in (None, None, 7, 7):
        async with (
            Sandbox(serial=serial) as sandbox,
            wamsg.connect(name, environ={}, **sandbox.settings(name)) as messenger,
        ):
            ids.append((await messenger.send(Text(body="hello"), to=ANNA)).message_id)

    assert ids[2] == ids[3]
    assert 3 == len(set(ids))
