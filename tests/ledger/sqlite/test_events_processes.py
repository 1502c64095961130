"""Real processes: one sends, one takes callbacks, and the latter dies by kill -9 in the middle."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from subprocess import Popen

import pytest

from tests.ledger.sqlite.test_processes import SENDER, start
from tests.ledger.stores import NOW, all_lines, frozen
from tests.support.told import told
from wamsg.ledger import State
from wamsg.ledger.sqlite import open_sqlite
from wamsg.model.event import StatusUpdate

ROWS = 400

#: Stores two statuses of every delivery, as a provider that tells again what was not answered; a line for each batch.
RECEIVER = """
import asyncio, random, sys
sys.path.insert(0, sys.argv[2])
from tests.ledger.sqlite.test_events_processes import NOW, statuses
from wamsg.ledger.sqlite import open_sqlite
from wamsg.model.event import StatusUpdate

async def main():
    ledger = await open_sqlite(sys.argv[1], create=False)
    events = statuses()
    random.Random(4).shuffle(events)
    for first in range(0, len(events), 9):
        batch = events[first:first + 9]
        await ledger.add(batch, now=NOW + 5, unwanted={event.key for event in batch})
        print(*[event.message_id for event in batch], flush=True)
    await ledger.aclose()
    print("done", flush=True)

asyncio.run(main())
"""


def statuses() -> list[StatusUpdate]:
    """By the provider's id alone: most of them come before the id is known."""
    return [told(status, message_id=f"wamid.{seq}") for seq in range(ROWS) for status in ("sent", "delivered")]


@pytest.fixture
def processes() -> Iterator[list[Popen[str]]]:
    """Ended at the end."""
    started: list[Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


async def test_a_receiver_that_dies_loses_and_doubles_nothing_beside_a_sender(
    tmp_path: Path, processes: list[Popen[str]]
) -> None:
    """What was acknowledged is there, what was not comes again; every delivery ends as delivered."""
    path, chance = tmp_path / "a.ledger", random.Random(7)
    ledger = await open_sqlite(path, create=True)
    await ledger.lock()
    broadcast = await frozen(ledger, ROWS, chunk=50)
    await ledger.aclose()
    processes.append(sender := start(SENDER, path))
    acknowledged: set[str] = set()

    for life in range(4):
        processes.append(receiver := start(RECEIVER, path))
        assert receiver.stdout is not None
        if life < 3:
            lines = list(islice(receiver.stdout, chance.randrange(2, 40)))
            receiver.send_signal(signal.SIGKILL)
            lines += receiver.stdout.readlines()
            assert "done\n" not in lines
        else:
            lines = receiver.stdout.readlines()
            assert "done\n" == lines.pop()
        acknowledged.update(name for line in lines if line.endswith("\n") for name in line.split())
        receiver.wait()
    assert sender.stdout is not None
    assert "done\n" == sender.stdout.readlines()[-1]

    ledger = await open_sqlite(path, create=False)
    assert {f"wamid.{seq}" for seq in range(ROWS)} == acknowledged
    found = {(line.state, line.status) for line in await all_lines(ledger, broadcast)}
    assert {(State.ACCEPTED, "delivered")} == found
    assert [] == await ledger.add(statuses(), now=NOW + 9)
    arrivals = await ledger.arrivals()
    assert (2 * ROWS, 0, 0) == (arrivals.events, arrivals.parked, arrivals.unknown)
    assert {"delivered": ROWS} == (await ledger.counts(broadcast)).statuses
    await ledger.aclose()
