"""A ledger to plan and prepare on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from wamsg.ledger.sqlite import SqliteLedger, open_sqlite


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqliteLedger]:
    """New and locked."""
    opened = await open_sqlite(tmp_path / "sale.ledger", create=True, durability="process")
    try:
        await opened.lock()
        yield opened
    finally:
        await opened.aclose()
