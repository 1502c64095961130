"""A ledger whose files lose their names while it runs says so, once a second at the latest."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from wamsg.errors import LedgerUnusable
from wamsg.ledger import Plan
from wamsg.ledger.sqlite import SqliteLedger, open_sqlite

PLAN = Plan(name="sale", provider="kaleyra", message={}, created_at=0.0)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqliteLedger]:
    """A locked one in a folder of its own."""
    (tmp_path / "own").mkdir()
    ledger = await open_sqlite(tmp_path / "own" / "sale.ledger", create=True)
    await ledger.lock()
    yield ledger
    await ledger.aclose()


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def remove_log(folder: Path) -> None:
    (folder / "sale.ledger-wal").unlink()


def move(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def restore_copy(folder: Path) -> None:
    shutil.copy(folder / "sale.ledger", folder / "copy")
    (folder / "copy").replace(folder / "sale.ledger")


async def test_a_ledger_in_use_keeps_its_leases(ledger: SqliteLedger) -> None:
    """Nothing is wrong where every name leads where it led."""
    broadcast = await ledger.begin(PLAN)
    for now in (1.0, 2.0):
        await ledger.renew(broadcast, (), now=now)


@pytest.mark.parametrize(
    ("harm", "said"),
    [(remove_folder, "removed"), (remove_log, "removed"), (move, "removed"), (restore_copy, "replaced")],
)
async def test_a_ledger_that_is_not_where_it_was_renews_nothing(
    ledger: SqliteLedger, tmp_path: Path, harm: Callable[[Path], None], said: str
) -> None:
    """What is written from now on would be lost, so the run must stop."""
    broadcast = await ledger.begin(PLAN)
    harm(tmp_path / "own")
    with pytest.raises(LedgerUnusable, match=f"was {said} while it was in use"):
        await ledger.renew(broadcast, (), now=1.0)
