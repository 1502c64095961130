"""A ledger whose files lose their names while it is in use says so."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.support.inbound_events import status
from wamsg.errors import LedgerUnusable
from wamsg.ledger import Plan
from wamsg.ledger.sqlite import SqliteLedger, open_sqlite

PLAN = Plan(name="sale", provider="kaleyra", message={}, created_at=0.0)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqliteLedger]:
    """In a folder of its own."""
    (tmp_path / "own").mkdir()
    ledger = await open_sqlite(tmp_path / "own" / "sale.ledger", create=True)
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


HARMS = [(remove_folder, "removed"), (remove_log, "removed"), (move, "removed"), (restore_copy, "replaced")]


async def test_a_ledger_in_use_keeps_its_leases(ledger: SqliteLedger) -> None:
    """Nothing is wrong where every name leads where it led."""
    await ledger.lock()
    broadcast = await ledger.begin(PLAN)
    for now in (1.0, 2.0):
        await ledger.renew(broadcast, (), now=now)


@pytest.mark.parametrize(("harm", "said"), HARMS)
async def test_a_ledger_that_is_not_where_it_was_renews_nothing(
    ledger: SqliteLedger, tmp_path: Path, harm: Callable[[Path], None], said: str
) -> None:
    """What is written from now on would be lost, so the run must stop."""
    await ledger.lock()
    broadcast = await ledger.begin(PLAN)

    harm(tmp_path / "own")

    with pytest.raises(LedgerUnusable, match=f"was {said} while it was in use"):
        await ledger.renew(broadcast, (), now=1.0)


@pytest.mark.parametrize(("harm", "said"), HARMS)
async def test_a_ledger_that_is_not_where_it_was_takes_no_events(
    ledger: SqliteLedger, tmp_path: Path, harm: Callable[[Path], None], said: str
) -> None:
    """Else they would be acknowledged, and lost; nor can it be locked any more."""
    await ledger.add([status("a")], now=1.0)

    harm(tmp_path / "own")

    with pytest.raises(LedgerUnusable, match=f"was {said} while it was in use"):
        await ledger.add([status("b")], now=2.0)
    with pytest.raises(LedgerUnusable):
        await ledger.lock()


async def test_a_ledger_that_another_process_opens_and_closes_keeps_its_names(
    ledger: SqliteLedger, tmp_path: Path
) -> None:
    """Who closes it last removes the log, and that is not the other one."""
    other = await open_sqlite(tmp_path / "own" / "sale.ledger", create=False)
    await other.add([status("a")], now=1.0)
    await other.aclose()

    assert [] == await ledger.add([status("a")], now=2.0)
