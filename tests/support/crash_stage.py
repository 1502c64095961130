"""A broadcast on disk and the real command line as processes that can be killed at any instant."""

from __future__ import annotations

import asyncio
import csv
import itertools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import define, field, frozen

from tests.support.crash_double import Double
from wamsg.ledger import Suppression, open_ledger
from wamsg.ledger.sqlite.crash import VARIABLE

#: Seconds after which a process has surely hung.
HUNG = 120.0
#: Fictional; the last five digits, 43000 on, are none that the sandbox treats specially.
_FIRST = 919812343000
#: Numbers of the input that nothing may be sent to.
_SUPPRESSED = ("919812342001", "919812342002")
_MESSAGE = 'type = "text"\nbody = "Hello {first_name}, row {row}"\n'


@frozen
class Cast:
    """Who stands in the recipients' file."""

    #: Digits of the number -> the text that this recipient must get.
    bodies: dict[str, str]
    rows: list[tuple[str, str, str]]
    invalid: int
    duplicates: int
    suppressed: tuple[str, ...]

    @classmethod
    def of(cls, count: int) -> Cast:
        """So many who can be sent to, and some of every other fate in between."""
        good = [(f"+{_FIRST + place}", f"Name{place}", str(place)) for place in range(count)]
        bodies = {phone[1:]: f"Hello {name}, row {row}" for phone, name, row in good}
        third = count // 3
        twice = [good[0], good[third], good[-1]]
        rows = [*good[:third], ("no number", "X", "x"), *twice[:1], *good[third:], ("+12", "Y", "y"), *twice[1:]]
        rows += [(f"+{phone}", "Z", "z") for phone in _SUPPRESSED]
        return cls(bodies, rows, invalid=2, duplicates=3, suppressed=_SUPPRESSED)


@define(eq=False)
class Child:
    """One run of the command line, in a session of its own."""

    words: tuple[str, ...]
    process: asyncio.subprocess.Process
    out: Path
    err: Path

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it lives."""
        return self.process.returncode

    @property
    def pid(self) -> int:
        """Of the process, and of its session."""
        return self.process.pid

    @property
    def said(self) -> str:
        """All that it wrote."""
        return self.out.read_text("utf-8") + self.err.read_text("utf-8")

    def send(self, number: signal.Signals) -> bool:
        """Send it a signal; False if it is over."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    async def end(self) -> int:
        """Its exit code, once it is over; a hung one is killed and fails the test."""
        try:
            async with asyncio.timeout(HUNG):
                return await self.process.wait()
        except TimeoutError:
            self.send(signal.SIGKILL)
            await self.process.wait()
            raise AssertionError(f"{self.words} hangs:\n{self.said}") from None

    async def lives_until(self, moment: Coroutine[None, None, None]) -> bool:
        """Wait for ``moment`` or its end, whichever comes first; whether it still lives."""
        waiting, ending = asyncio.ensure_future(moment), asyncio.create_task(self.end())
        await asyncio.wait({waiting, ending}, return_when=asyncio.FIRST_COMPLETED)
        over = ending.done()
        for task in (waiting, ending):
            task.cancel()
        await asyncio.gather(waiting, ending, return_exceptions=True)
        return not over

    async def end_by(self, number: signal.Signals, moment: Coroutine[None, None, None]) -> int:
        """Send it a signal once ``moment`` has come, unless it ends before; its exit code."""
        if await self.lives_until(moment):
            self.send(number)
        return await self.end()


@define(eq=False)
class Stage:
    """A folder with a message, recipients and a ledger, and the provider that is sent to."""

    folder: Path
    double: Double
    cast: Cast
    #: Set for each process; ``WAMSG_..`` of whoever runs the tests never is.
    environment: dict[str, str] = field(factory=dict)
    #: Words in front of the command line, such as those of a program that takes rights away first.
    launcher: tuple[str, ...] = ()
    _children: list[Child] = field(factory=list)
    _serials: Iterator[int] = field(factory=itertools.count)

    @classmethod
    async def build(cls, folder: Path, double: Double, count: int) -> Stage:
        """Write the files, and a ledger that knows who must not be messaged; nothing is run yet."""
        stage = cls(folder, double, Cast.of(count))
        stage._write()
        ledger = await open_ledger(stage.ledger, create=True)
        await ledger.suppress(
            [Suppression(address=int(phone), reason="", source="test", at=0.0) for phone in stage.cast.suppressed]
        )
        await ledger.aclose()
        return stage

    @property
    def message(self) -> Path:
        return self.folder / "sale.toml"

    @property
    def recipients(self) -> Path:
        return self.folder / "customers.csv"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger" / "sale.ledger"

    @property
    def log(self) -> Path:
        """Where SQLite writes first."""
        return self.ledger.with_name(f"{self.ledger.name}-wal")

    @property
    def _files(self) -> tuple[str, ...]:
        return (str(self.message), str(self.recipients), "--provider", "kaleyra", "--yes")

    def _write(self) -> None:
        self.ledger.parent.mkdir(parents=True)
        self.message.write_text(_MESSAGE, "utf-8")
        with self.recipients.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("phone", "first_name", "row"), *self.cast.rows])

    # -- processes

    async def start(self, verb: str, *more: str, crash_at: str | None = None) -> Child:
        """Start ``wamsg broadcast <verb> .. --ledger ..``; ``crash_at`` is a crash point and its passage."""
        words = ("-m", "wamsg", "broadcast", verb, *more, "--ledger", str(self.ledger))
        serial = next(self._serials)
        out, err = self.folder / f"{serial}.out", self.folder / f"{serial}.err"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WAMSG_")}
        environment |= {"XDG_CONFIG_HOME": str(self.folder), **self.double.environment, **self.environment}
        if crash_at is not None:
            environment[VARIABLE] = crash_at
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = await asyncio.create_subprocess_exec(
                *(*self.launcher, sys.executable, *words),
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        child = Child(words, process, out, err)
        self._children.append(child)
        return child

    async def plan(self, *more: str, crash_at: str | None = None) -> Child:
        """Start ``plan MESSAGE RECIPIENTS`` for a low rate, which makes small chunks, so that there are several."""
        return await self.start("plan", *self._files, "--rate", "5/s", *more, crash_at=crash_at)

    async def run(self, *more: str, rate: str = "none", crash_at: str | None = None) -> Child:
        """Start what a person types first, and again: ``run MESSAGE RECIPIENTS``."""
        return await self.start("run", *self._files, "--rate", rate, *more, crash_at=crash_at)

    async def resume(self, *more: str, rate: str = "none", crash_at: str | None = None) -> Child:
        """Start ``resume``, which knows nothing but the ledger."""
        return await self.start("resume", "--rate", rate, *more, crash_at=crash_at)

    async def call(self, verb: str, *more: str) -> Child:
        """Any other command, to its end."""
        child = await self.start(verb, *more)
        await child.end()
        return child

    async def reach(self, child: Child, count: int) -> None:
        """Return once the provider has seen so many messages in all; fails if the process ends before that."""
        alive = await child.lives_until(self.double.reach(count))
        assert alive or len(self.double.seen) >= count, child.said

    async def close(self) -> None:
        """End what still runs."""
        for child in self._children:
            if child.code is None:
                child.send(signal.SIGKILL)
                await child.process.wait()

    # -- what a kill left

    def copy(self) -> Path | None:
        """The ledger's files as they lie there, so that looking at them changes nothing; None if there is none."""
        if not self.ledger.exists():
            return None
        folder = self.folder / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for piece in (self.ledger, self.log):
            if piece.exists():
                shutil.copy(piece, folder / piece.name)
        return folder / self.ledger.name


@asynccontextmanager
async def staged(folder: Path, double: Double, count: int) -> AsyncIterator[Stage]:
    """A stage whose processes are all over at the end."""
    stage = await Stage.build(folder, double, count)
    try:
        yield stage
    finally:
        await stage.close()
