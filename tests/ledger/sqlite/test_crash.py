"""Crash points: a process dies exactly there, and a wrong one is told at the start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ledger.stores import NOW, states_of, taken
from wamsg.errors import ConfigError
from wamsg.ledger import Phase, State
from wamsg.ledger.sqlite import crash, open_sqlite

ROOT = Path(__file__).parents[3]

#: One of everything that commits, in an order that a run might have.
RUN = """
import asyncio, sys
sys.path.insert(0, sys.argv[2])
from tests.ledger.stores import *
from tests.support.inbound_events import message
from wamsg.ledger import Moment, Suppression, Wanted
from wamsg.ledger.sqlite import crash, open_sqlite
from wamsg.pipeline.pace import Learnt

async def main():
    ledger = await open_sqlite(sys.argv[1], create=True)
    await ledger.lock()
    forgotten = await ledger.begin(plan("forgotten"))
    await ledger.discard(forgotten)
    broadcast = await frozen(ledger, 6, chunk=3)
    await ledger.suppress([Suppression(address=1, reason="", source="", at=NOW)])
    await ledger.unsuppress([1])
    await ledger.order(broadcast, Wanted.RUN)
    await ledger.note(broadcast, Moment(at=NOW, kind="started"))
    ledger.lanes.save("lane", Learnt(rate=1.0, ceiling=None, paused_until=0.0))
    lease = await taken(ledger, broadcast)
    for due in await all_due(ledger, lease):
        if await ledger.claim(lease, due.seq, now=NOW):
            crash.passing("request.before")
            print(due.seq, flush=True)
            crash.passing("request.after")
            ledger.settle(lease, settled(due.seq, State.UNKNOWN if due.seq == 2 else State.ACCEPTED))
            await ledger.flush()
    await ledger.renew(broadcast, [lease], now=NOW)
    await ledger.release(lease)
    await ledger.resolve(broadcast, [settled(2, State.REJECTED)])
    await ledger.rearm(broadcast, {State.REJECTED}, now=NOW)
    await ledger.handled([(await ledger.add([message()], now=NOW))[0].position])
    await ledger.set_bookmark("a list", "1")
    await ledger.aclose()

asyncio.run(main())
"""


def run(path: Path, point: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, str(path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, crash.VARIABLE: point},
    )


@pytest.mark.parametrize("edge", ["before-commit", "after-commit"])
@pytest.mark.parametrize("commit", crash.COMMITS)
def test_every_kind_of_commit_has_its_points(tmp_path: Path, commit: str, edge: str) -> None:
    """The process dies there by SIGKILL."""
    assert -signal.SIGKILL == run(tmp_path / "a.ledger", f"{commit}.{edge}:1").returncode


@pytest.mark.parametrize(
    ("point", "sent", "state"),
    [
        ("claim.before-commit:2", 1, State.PENDING),
        ("claim.after-commit:2", 1, State.UNKNOWN),
        ("request.before:2", 1, State.UNKNOWN),
        ("request.after:2", 2, State.UNKNOWN),
        ("settle.before-commit:2", 2, State.UNKNOWN),
        ("settle.after-commit:2", 2, State.ACCEPTED),
    ],
)
async def test_at_every_point_of_a_try_the_ledger_knows_enough(
    tmp_path: Path, point: str, sent: int, state: State
) -> None:
    """What may have gone out is not pending; what is pending did not go out."""
    done = run(tmp_path / "a.ledger", point)
    assert (-signal.SIGKILL, sent) == (done.returncode, len(done.stdout.splitlines())), done.stderr

    ledger = await open_sqlite(tmp_path / "a.ledger", create=False)
    await ledger.lock()
    broadcast = (await ledger.broadcasts())[-1]
    lease = await taken(ledger, broadcast.id, now=NOW + 1)

    assert Phase.RUNNING == broadcast.phase
    assert [State.ACCEPTED, state, *[State.PENDING] * 4] == await states_of(ledger, broadcast.id)
    assert (state == State.PENDING) == await ledger.claim(lease, 1, now=NOW + 1)
    await ledger.aclose()


def test_an_unset_point_changes_nothing(tmp_path: Path) -> None:
    """Nor does one that is never reached."""
    assert (0, "0\n1\n2\n") == ((done := run(tmp_path / "a.ledger", "")).returncode, done.stdout), done.stderr
    assert 0 == run(tmp_path / "b.ledger", "claim.before-commit:99").returncode


@pytest.mark.parametrize(
    "text",
    [
        "claim",
        "claim.before-commit",
        "claim.before-commit:0",
        "claim.before-commit:-1",
        "nothing:1",
        "claim.before-commit:x",
        ":",
    ],
)
def test_a_wrong_point_is_told(text: str) -> None:
    """With the name of the variable."""
    with pytest.raises(ConfigError, match="WAMSG_CRASH_AT"):
        crash.parse(text)


def test_a_wrong_point_stops_the_start(tmp_path: Path) -> None:
    """Before any ledger is made: a crash test that tests nothing would pass."""
    done = run(tmp_path / "a.ledger", "claim.befor-commit:1")

    assert 1 == done.returncode
    assert "ConfigError: WAMSG_CRASH_AT names no crash point" in done.stderr
    assert not (tmp_path / "a.ledger").exists()
