"""Random kills in a row: nobody twice, nobody lost, every doubt flagged, counts add up."""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import count
from pathlib import Path

import pytest

from tests.support.crash_play import SEED, Script, Tally, play
from wamsg.broadcast import OnUnknown

pytestmark = pytest.mark.long

#: How many kills under the main policy; a bounded share unless asked for more.
KILLS = int(os.environ.get("WAMSG_CRASH_KILLS") or 20)
#: Broadcasts at a time.
_SIDE_BY_SIDE = 2


async def played(folder: Path, kills: int, policy: OnUnknown) -> Tally:
    """So many kills, and what became of everyone."""
    tally, seeds = Tally(), count(SEED)

    async def stand() -> None:
        while tally.kills < kills:
            await play(folder, Script.draw(next(seeds), policy), tally)

    async with asyncio.TaskGroup() as group:
        for _ in range(_SIDE_BY_SIDE):
            group.create_task(stand())
    sys.stderr.write(f"\n{policy}, from seed {SEED} on: {tally}\n")
    return tally


async def test_random_kills_in_a_row_send_nothing_twice_and_lose_nobody(tmp_path: Path) -> None:
    """Killed at random instants and points, whatever the provider does meanwhile: no duplicate, no loss under hold."""
    tally = await played(tmp_path, KILLS, OnUnknown.HOLD)
    assert (tally.duplicates, tally.lost) == (0, 0)
    assert tally.accepted + tally.rejected + tally.unknown == tally.recipients


async def test_random_kills_under_skip_end_without_the_unknown_ones(tmp_path: Path) -> None:
    """The broadcast is finished, nobody is sent to twice, and whoever is in doubt stays flagged."""
    tally = await played(tmp_path, KILLS // 4, OnUnknown.SKIP)
    assert (tally.duplicates, tally.lost) == (0, 0)


async def test_random_kills_under_resend_repeat_only_what_was_in_doubt(tmp_path: Path) -> None:
    """Everyone is accepted in the end; nobody more often than their answers were lost."""
    tally = await played(tmp_path, KILLS // 4, OnUnknown.RESEND)
    assert tally.accepted == tally.recipients
