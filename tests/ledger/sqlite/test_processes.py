"""Real processes on one ledger: the lock, and kill -9 at random instants."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.ledger.stores import FIRST, NOW, all_lines, frozen, states_of, taken
from wamsg.errors import LedgerBusy
from wamsg.ledger import Phase, State, Suppression, Wanted
from wamsg.ledger.sqlite import open_sqlite

ROOT = Path(__file__).parents[3]

#: Sends to everyone it may until nothing is left; each line of its output is a request that has left.
SENDER = """
import asyncio, sys
sys.path.insert(0, sys.argv[2])
from tests.ledger.stores import *
from wamsg.ledger.sqlite import open_sqlite

async def one(ledger, lease, due):
    if not await ledger.claim(lease, due.seq, now=NOW):
        return
    sys.stdout.write(f"{due.seq} {due.attempt}\\n")
    sys.stdout.flush()
    await asyncio.sleep(0.001 * (due.seq % 5))
    deferred = due.seq % 7 == 0 and due.attempt < 3
    ledger.settle(lease, settled(due.seq, State.DEFERRED if deferred else State.ACCEPTED, not_before=NOW))

async def main():
    ledger = await open_sqlite(sys.argv[1], create=False)
    await ledger.lock()
    broadcast = (await ledger.broadcasts())[-1].id
    while (lease := await ledger.take(broadcast, now=NOW, owner="sender")) is not None:
        todo = iter(await all_due(ledger, lease))
        async def work():
            for due in todo:
                await one(ledger, lease, due)
        await asyncio.gather(*[work() for _ in range(32)])
        await ledger.release(lease)
    await ledger.aclose()
    print("done", flush=True)

asyncio.run(main())
"""

HOLDER = """
import asyncio, sys
from wamsg.ledger.sqlite import open_sqlite

async def main():
    ledger = await open_sqlite(sys.argv[1], create=False)
    await ledger.lock()
    print("locked", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def start(script: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, str(path), str(ROOT)], stdout=subprocess.PIPE, text=True)


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    """Ended at the end."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


async def test_a_second_process_is_refused_while_the_first_lives(
    tmp_path: Path, processes: list[subprocess.Popen[str]]
) -> None:
    """By its number; once it is killed the lock is free, and orders reach a ledger that another runs."""
    path = tmp_path / "a.ledger"
    ledger = await open_sqlite(path, create=True)
    await ledger.lock()
    broadcast = await frozen(ledger, 3)
    await ledger.aclose()
    processes.append(holder := start(HOLDER, path))
    assert holder.stdout is not None
    assert "locked\n" == holder.stdout.readline()

    ledger = await open_sqlite(path, create=False)
    with pytest.raises(LedgerBusy, match=rf"pid {holder.pid}\)"):
        await ledger.lock()
    await ledger.order(broadcast, Wanted.PAUSE)
    assert 1 == await ledger.suppress([Suppression(address=FIRST, reason="", source="", at=NOW)])
    assert 3 == (await ledger.counts(broadcast)).open
    holder.send_signal(signal.SIGKILL)
    holder.wait()

    await ledger.lock()
    assert await ledger.claim(await taken(ledger, broadcast), 0, now=NOW)
    await ledger.aclose()


async def killed_again_and_again(path: Path, rows: int, kills: int, seed: int) -> None:
    """Nobody gets a request twice without a legal move between, and nobody is forgotten."""
    chance = random.Random(seed)
    ledger = await open_sqlite(path, create=True)
    await ledger.lock()
    broadcast = await frozen(ledger, rows, chunk=50)
    await ledger.aclose()
    sent: list[str] = []
    for kill in range(kills + 1):
        process = start(SENDER, path)
        assert process.stdout is not None
        sent += islice(process.stdout, chance.randrange(rows // 3) if kill < kills else 0)
        if kill < kills:
            process.send_signal(signal.SIGKILL)
        sent += process.stdout.readlines()
        process.wait()
        process.stdout.close()
    assert "done\n" == sent[-1]

    ledger = await open_sqlite(path, create=False)
    tries = [line.split() for line in sent if line.endswith("\n") and line != "done\n" and line.count(" ") == 1]
    lines = await all_lines(ledger, broadcast)
    assert len(tries) == len({(seq, attempt) for seq, attempt in tries})
    reached: dict[int, int] = {}
    for seq, attempt in tries:
        reached[int(seq)] = max(reached.get(int(seq), 0), int(attempt))
    for line in lines:
        # A claim may have been committed without the request leaving; never the other way round.
        assert reached.get(line.seq, 0) <= line.attempts
        assert line.state in {State.ACCEPTED, State.UNKNOWN}
        assert line.state == State.UNKNOWN or reached[line.seq] == line.attempts
    counts = await ledger.counts(broadcast)
    assert rows == counts.deliveries
    assert counts.states[State.UNKNOWN] <= 32 * kills
    assert Phase.RUNNING == (await ledger.broadcast(broadcast)).phase
    assert rows == len(await states_of(ledger, broadcast))
    await ledger.aclose()


async def test_kill_9_at_random_instants_doubles_and_loses_no_one(tmp_path: Path) -> None:
    """Four times on one ledger."""
    await killed_again_and_again(tmp_path / "a.ledger", 600, 4, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(int(os.environ.get("WAMSG_LEDGER_KILLED") or 4)))
async def test_kill_9_again_and_again(tmp_path: Path, seed: int) -> None:
    """Ten times on each of several ledgers; ``WAMSG_LEDGER_KILLED=20`` takes some minutes."""
    await killed_again_and_again(tmp_path / "a.ledger", 2000, 10, seed)
