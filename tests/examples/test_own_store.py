"""The store of examples/, where its file holds what it did not write; the rest is in the contract of all stores."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from examples.own_store import SqliteEvents
from tests.support.inbound_events import NOW, message


@pytest.mark.parametrize("document", ["{", "[]", '{"type": "message", "provider": "acme"}'])
async def test_a_row_that_cannot_be_read_keeps_no_other_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, document: str
) -> None:
    """It is logged and left out, and the page is full all the same."""
    store = SqliteEvents(tmp_path / "events.db")
    await store.add([message(name) for name in "abcd"], now=NOW)
    with sqlite3.connect(tmp_path / "events.db") as other:
        other.execute("UPDATE event SET document = ? WHERE position = 2", (document,))
    other.close()

    page = await store.unhandled(messages=True, after=0, limit=2)
    rest = await store.unhandled(messages=True, after=page[-1].position, limit=2)
    store.close()

    assert [message(name) for name in "acd"] == [stored.event for stored in page + rest]
    assert "the stored event 2 cannot be read" in caplog.text
