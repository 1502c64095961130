"""A broadcast that is killed again and again, at instants and points drawn from a seed, until it ends by itself."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from attrs import define, field, frozen

from tests.support.crash_double import BURSTS, BUSY, CUTS, Double
from tests.support.crash_stage import Child, Stage, staged
from tests.support.crash_truth import Book, check_end, check_report, look, read_book
from wamsg.broadcast import OnUnknown
from wamsg.ledger import Delivery, State
from wamsg.sandbox import Fault

#: Crash points that a run passes, and about how often.
PASSAGES: Mapping[str, int] = {
    "begin.before-commit": 1,
    "begin.after-commit": 1,
    "load.before-commit": 1,
    "load.after-commit": 1,
    "freeze.before-commit": 1,
    "freeze.after-commit": 1,
    "lock.before-commit": 1,
    "lock.after-commit": 1,
    "enter.before-commit": 2,
    "enter.after-commit": 2,
    "note.before-commit": 2,
    "note.after-commit": 2,
    "take.before-commit": 3,
    "take.after-commit": 3,
    "claim.before-commit": 40,
    "claim.after-commit": 40,
    "settle.before-commit": 40,
    "settle.after-commit": 40,
    "flush.before-commit": 3,
    "flush.after-commit": 3,
    "release.before-commit": 3,
    "release.after-commit": 3,
    "renew.before-commit": 2,
    "renew.after-commit": 2,
    "request.before": 300,
    "request.after": 300,
}
#: What the provider does meanwhile: nothing wrong in half of the broadcasts.
_WEATHERS: tuple[tuple[Fault, ...], ...] = ((), (), (), CUTS, CUTS + BURSTS, BURSTS + BUSY)
#: Another one each time unless given, so that every run looks elsewhere.
SEED = int(os.environ.get("WAMSG_CRASH_SEED") or random.SystemRandom().randrange(10**9))
#: How the line ended by itself: all accepted, none, some not, some unknown.
ENDED = frozenset({0, 1, 4, 5})


@frozen(kw_only=True)
class Script:
    """What one broadcast goes through; all of it follows from the seed, but for what the machine's speed decides."""

    seed: int
    recipients: int
    latency: float
    kills: int
    concurrency: int
    policy: OnUnknown
    faults: tuple[Fault, ...]

    @property
    def options(self) -> tuple[str, ...]:
        """What is frozen with the plan."""
        return ("--on-unknown", self.policy, "--concurrency", str(self.concurrency))

    @classmethod
    def draw(cls, seed: int, policy: OnUnknown = OnUnknown.HOLD) -> Script:
        """From a seed; only where unknown ones are held does the provider fail as well."""
        chance = random.Random(seed)
        weather = chance.choice(_WEATHERS) if policy is OnUnknown.HOLD else ()
        return cls(
            seed=seed,
            recipients=chance.randint(300, 1200),
            latency=chance.choice((0.0, 0.005, 0.02)),
            kills=chance.randint(4, 12),
            concurrency=chance.choice((4, 32, 64, 200)),
            policy=policy,
            faults=weather,
        )


@define
class Tally:
    """What became of all that was played."""

    broadcasts: int = 0
    recipients: int = 0
    kills: int = 0
    #: Accepted by the provider, as the ledger says too.
    accepted: int = 0
    rejected: int = 0
    unknown: int = 0
    #: Of the unknown, those that the provider had accepted.
    unknown_accepted: int = 0
    duplicates: int = 0
    lost: int = 0
    #: Kills by what decided the instant.
    by: dict[str, int] = field(factory=dict)

    def killed(self, how: str) -> None:
        """Count one."""
        self.kills += 1
        self.by[how] = self.by.get(how, 0) + 1

    def ended(self, double: Double, book: Book) -> None:
        """Count a broadcast."""
        unknown = book.those(State.UNKNOWN)
        self.broadcasts += 1
        self.recipients += len(book.rows)
        self.accepted += len(book.those(State.ACCEPTED))
        self.rejected += len(book.those(State.REJECTED))
        self.unknown += len(unknown)
        self.unknown_accepted += len(unknown & double.times.keys())
        self.duplicates += len(double.twice)
        self.lost += len(book.rows.keys() - book.those(State.ACCEPTED, State.REJECTED, State.UNKNOWN))


@define(eq=False)
class Play:
    """One broadcast from its first command to its end."""

    stage: Stage
    script: Script
    tally: Tally
    chance: random.Random
    #: How often each recipient was in doubt when a process had died.
    doubts: Counter[str] = field(factory=Counter)
    _left: int = 0

    @property
    def _resent(self) -> bool:
        return self.script.policy is OnUnknown.RESEND

    async def play(self) -> None:
        """Kill and start again until it has ended by itself; everything is checked after each death."""
        self._left = self.script.kills
        while (book := await self._next()) is None:
            pass
        check_end(self.stage, book, policy=self.script.policy)
        for digits, times in self.stage.double.times.items():
            assert times <= 1 + self.doubts[digits] * self._resent
        # Only a provider that is busy again and again is given up.
        assert BUSY[0] in self.script.faults or not book.those(State.REJECTED), _rejected(book)
        await check_report(self.stage, book)
        self.tally.ended(self.stage.double, book)

    async def _next(self) -> Book | None:
        """One life; the book once the broadcast has ended by itself."""
        child, how = await self._life()
        book = await look(self.stage, resent=self._resent)
        if book is not None:
            self.doubts.update(book.those(State.SENDING, State.UNKNOWN))
        if child.code == -signal.SIGKILL:
            self._left -= 1
            self.tally.killed(how)
            return None
        assert child.code in ENDED, child.said
        return book if book is not None and not book.counts.open else None

    async def _life(self) -> tuple[Child, str]:
        """One process from its start to its death, and what decided when."""
        how = self.chance.choice(("instant", "instant", "message", "message", "point")) if self._left else "none"
        point = self.chance.choice(sorted(PASSAGES))
        child = await self._start(f"{point}:{self.chance.randint(1, PASSAGES[point])}" if how == "point" else None)
        if how == "instant":
            await child.end_by(signal.SIGKILL, asyncio.sleep(self.chance.uniform(0.0, 1.2)))
        elif how == "message":
            moment = after(self.chance.uniform(0.0, 0.03), self.stage.double, self.chance.randint(1, 150))
            await child.end_by(signal.SIGKILL, moment)
        else:
            await child.end()
        return child, point if how == "point" else how

    async def _start(self, crash_at: str | None) -> Child:
        """The same line again, or ``resume`` where there is something to resume."""
        book = await read_book(self.stage.copy())
        if book is None and self.chance.random() < 0.4:
            return await self.stage.plan(*self.script.options, crash_at=crash_at)
        if book is not None and self.chance.random() < 0.7:
            return await self.stage.resume(crash_at=crash_at)
        return await self.stage.run(*self.script.options, crash_at=crash_at)


def _rejected(book: Book) -> list[Delivery]:
    return [line for line in book.lines if line.state is State.REJECTED]


async def after(seconds: float, double: Double, more: int) -> None:
    """Return once the provider has seen so many more messages, and so much time has passed since."""
    await double.reach(len(double.seen) + more)
    await asyncio.sleep(seconds)


async def play(folder: Path, script: Script, tally: Tally) -> None:
    """All of a script; an error says how to repeat it."""
    try:
        async with (
            Double(script.faults, latency=script.latency) as double,
            staged(folder / f"seed-{script.seed}", double, script.recipients) as stage,
        ):
            await Play(stage, script, tally, random.Random(script.seed)).play()
    except BaseException as error:
        error.add_note(f"repeat it first of all with WAMSG_CRASH_SEED={script.seed}; {script}")
        raise
