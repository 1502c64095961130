"""Every test that asks for a store or a ledger runs once for each store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from tests.ledger.stores import STORES, Store
from wamsg.ledger import Ledger


@pytest.fixture(params=sorted(STORES))
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """A place for one ledger."""
    store = STORES[cast("str", request.param)](tmp_path)
    yield store
    await store.clean()


@pytest.fixture
async def ledger(store: Store) -> Ledger:
    """A new ledger, locked."""
    ledger = await store.open()
    await ledger.lock()
    return ledger
