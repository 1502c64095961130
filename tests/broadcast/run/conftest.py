"""The desk that every test of a run works at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.broadcast_desk import Desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A new ledger, locked, beside a provider that accepts everything."""
    opened = await Desk.open(tmp_path)
    try:
        yield opened
    finally:
        await opened.aclose()
