"""From plan to report with everything going wrong: lost answers, duplicated and shuffled callbacks, and kills."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from wamsg.ledger import State, open_ledger
from wamsg.sandbox import Callbacks, Fault, FaultKind, Record, Sandbox
from wamsg.settings import env_name

pytestmark = pytest.mark.long

#: The run that the documentation speaks of has ten thousand.
COUNT = int(os.environ.get("WAMSG_SETTLE_RECIPIENTS") or 2_000)
KILLS = 3
SEED = int(os.environ.get("WAMSG_CRASH_SEED") or random.SystemRandom().randrange(10**9))
#: Last five digits from 60000 on mean nothing special to the sandbox.
_FIRST = 919812360000
_HUNG = 300.0


class World:
    """The sandbox in this process, the command line in others, a ledger between them."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self.ledger = folder / "sale.ledger"
        settings = {env_name("kaleyra", name): str(value) for name, value in sandbox.settings("kaleyra").items()}
        hearing = {
            env_name("kaleyra", name): str(value) for name, value in sandbox.callback_settings("kaleyra").items()
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("WAMSG_")}
        self.environment = {**clean, **settings, **hearing, "XDG_CONFIG_HOME": str(folder)}

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "wamsg", *words, "--provider", "kaleyra", "--ledger", str(self.ledger)),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    async def receiver(self) -> tuple[asyncio.subprocess.Process, str]:
        """The receiver of callbacks and where it listens."""
        process = await self.start("webhooks", "--port", "0")
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        return process, line.split(" at ")[1].split(";")[0]

    def write(self, count: int) -> None:
        rows = [f"+{_FIRST + place},Name{place}" for place in range(count)]
        (self.folder / "customers.csv").write_text("\n".join(["phone,first_name", *rows]) + "\n", "utf-8")
        (self.folder / "sale.toml").write_text('type = "text"\nbody = "Hello {first_name}"\n', "utf-8")

    async def send(self) -> asyncio.subprocess.Process:
        files = (str(self.folder / "sale.toml"), str(self.folder / "customers.csv"))
        return await self.start("broadcast", "run", *files, "--yes", "--plain", "--rate", "none")


def _reaches(sandbox: Sandbox, goal: int) -> asyncio.Event:
    """Set once so many messages are accepted."""
    reached, add = asyncio.Event(), sandbox.outbox.add

    def counted(record: Record) -> None:
        add(record)
        if sandbox.outbox.count(provider="kaleyra") >= goal:
            reached.set()

    sandbox.outbox.add = counted  # type: ignore[method-assign]  # nobody else needs to be told
    return reached


async def _over(process: asyncio.subprocess.Process) -> int:
    """Its exit code; its output is read, so that it never waits for a reader."""
    async with asyncio.timeout(_HUNG):
        await process.communicate()
    assert process.returncode is not None
    return process.returncode


async def test_a_broadcast_settles_itself_in_spite_of_everything(tmp_path: Path) -> None:
    """Nobody twice, nobody unknown in the end, and every count is the sandbox's own."""
    dice = random.Random(SEED)
    lost = Fault(kind=FaultKind.ACCEPTED_THEN_CUT, chance=0.05, seed=SEED)
    async with Sandbox(faults=[lost], keep=COUNT) as sandbox:
        world = World(tmp_path, sandbox)
        world.write(COUNT)
        receiver, address = await world.receiver()
        sandbox.call_back(
            Callbacks(url=address, seed=SEED, duplicate=0.2, shuffle=0.3, batch=20, delivered=0.1, retries=20)
        )
        for kill in range(KILLS):
            run = await world.send()
            reading = asyncio.create_task(_over(run))
            goal = dice.randrange(COUNT * kill // (KILLS + 1), COUNT * (kill + 1) // (KILLS + 1)) + 1
            reached = asyncio.create_task(_reaches(sandbox, goal).wait())
            await asyncio.wait({reading, reached}, return_when=asyncio.FIRST_COMPLETED)
            assert not reading.done(), "it ended before it could be killed"
            os.killpg(run.pid, signal.SIGKILL)
            await reading
            if kill == 1:
                os.killpg(receiver.pid, signal.SIGKILL)
                await _over(receiver)
                receiver, address = await world.receiver()
                sandbox.call_back(address)
        assert await _over(await world.send()) in {0, 5}
        await sandbox.called_back()
        # Whoever went out has settled itself by now; the rest died between intent and wire, and a person may say so.
        again = ("--only", "unknown", "--consent-to-duplicates", "--yes", "--plain", "--rate", "none")
        assert await _over(await world.start("broadcast", "retry", *again)) in {0, 5}
        await sandbox.called_back()
        receiver.send_signal(signal.SIGINT)
        assert await _over(receiver) == 0
        ledger = await open_ledger(world.ledger)
        counts = await ledger.counts(1)
        await ledger.aclose()
        record = Counter(record.recipient for record in sandbox.outbox.find(provider="kaleyra"))

        assert max(record.values()) == 1, f"somebody got it twice (seed {SEED})"
        assert len(record) == COUNT, f"somebody is lost (seed {SEED})"
        assert counts.states[State.UNKNOWN] == 0, f"unknown are left (seed {SEED})"
        assert counts.states[State.ACCEPTED] == COUNT
        standing = {status: number for status, number in sandbox.callbacks.standing.items() if status != "nothing"}
        assert dict(counts.statuses) == standing
