"""Second act: a broadcast as a process of its own, killed in the middle, resumed, and held against the sandbox."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from wamsg.cli.demo.audience import customers
from wamsg.cli.demo.reckoning import Reckoning, delivery_row, reckon
from wamsg.cli.demo.show import table
from wamsg.cli.output import say
from wamsg.clock import SystemClock
from wamsg.ledger.open import open_ledger
from wamsg.sandbox import Sandbox
from wamsg.settings import env_name

_PROVIDER, _RATE = "kaleyra", "75/s"
_MESSAGE = 'type = "text"\nbody = "Hello {first_name}, your order is on its way."\n'
#: How a run may end: some of the customers are there to be refused or to stay unknown.
_FINE = (0, 4, 5)


@frozen
class Stage:
    """The files of the broadcast, and the sandbox that it goes to."""

    folder: Path
    sandbox: Sandbox
    plain: bool

    @property
    def ledger(self) -> Path:
        """Remembers everything."""
        return self.folder / "sale.ledger"

    async def call(self, *words: str, kill_at: int | None = None) -> int:
        """Run ``wamsg broadcast`` as a process; kill it once the sandbox accepted ``kill_at``. Its exit code."""
        words = ("broadcast", *words, "--ledger", str(self.ledger))
        say(f"\n$ wamsg {shlex.join(word.removeprefix(f'{self.folder}{os.sep}') for word in words)}")
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "wamsg", *words), env=self._environment(), stdin=DEVNULL
        )
        try:
            while kill_at is not None and self._accepted() < kill_at and child.returncode is None:
                await SystemClock().sleep(0.01)
            if kill_at is not None:
                _kill(child)
            return await child.wait()
        finally:
            _kill(child)
            await child.wait()

    def _accepted(self) -> int:
        return self.sandbox.outbox.count(provider=_PROVIDER)

    def _environment(self) -> dict[str, str]:
        """The user's own settings must not lead it anywhere else."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("WAMSG_")}
        settings = self.sandbox.settings(_PROVIDER).items()
        sandbox = {env_name(_PROVIDER, name): str(value) for name, value in settings}
        return {**ours, **sandbox, "WAMSG_PROVIDER": _PROVIDER, "XDG_CONFIG_HOME": str(self.folder)}


def _kill(child: Process) -> None:
    # It may have ended a moment ago.
    with suppress(ProcessLookupError):
        child.kill()


async def show_broadcast(sandbox: Sandbox, *, plain: bool) -> list[str]:
    """Kill it in the middle, go on, hold the ledger against the sandbox; what does not add up, in words."""
    rows = len(customers())
    sandbox.outbox.clear()
    with tempfile.TemporaryDirectory(prefix="wamsg-demo-") as folder:
        stage = Stage(Path(folder), sandbox, plain)
        message, recipients = write(stage)
        complaint = await _play(stage, message, recipients, kill_at=rows // 2)
        if complaint:
            return [f"broadcast: {complaint}"]
        found = await _reckon(stage, rows)
    table("The broadcast", {"ledger": found}, plain=plain)
    if not found.complaints:
        truth = f"{found.unknown} are flagged unknown, of whom the sandbox accepted {found.unknown_but_accepted}"
        say(f"{rows} lines add up after a SIGKILL: nobody got it twice, nobody is lost; {truth}")
    return [f"broadcast: {complaint}" for complaint in found.complaints]


async def _play(stage: Stage, message: str, recipients: str, *, kill_at: int) -> str:
    """What went otherwise than it was meant to, in words."""
    look = ("--plain",) if stage.plain else ()
    code = await stage.call("run", message, recipients, "--rate", _RATE, "--yes", *look, kill_at=kill_at)
    if code != -signal.SIGKILL:
        return f"it ended with {code} before it could be killed"
    # A terminal may be left without a cursor by what was killed while it drew a bar.
    say(f"{'' if stage.plain else chr(27) + '[?25h'}killed with SIGKILL, in the middle of it")
    await stage.call("status")
    code = await stage.call("resume", "--rate", _RATE, *look)
    return "" if code in _FINE else f"resuming it ended with {code}"


def write(stage: Stage) -> tuple[str, str]:
    """The message and the recipients as files; their paths."""
    message, recipients = stage.folder / "sale.toml", stage.folder / "customers.csv"
    message.write_text(_MESSAGE, encoding="utf-8")
    lines = ["phone,first_name", *(f"{number},{name}" for number, name in customers())]
    recipients.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(message), str(recipients)


async def _reckon(stage: Stage, rows: int) -> Reckoning:
    ledger = await open_ledger(stage.ledger)
    try:
        (broadcast,) = await ledger.broadcasts()
        found = [delivery_row(line) async for line in ledger.deliveries(broadcast.id)]
    finally:
        await ledger.aclose()
    accepted = Counter(record.recipient for record in stage.sandbox.outbox.find(provider=_PROVIDER))
    return reckon(rows, found, accepted)
