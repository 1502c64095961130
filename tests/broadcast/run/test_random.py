"""Small broadcasts with any script of ends, any options and any interruptions, held against the provider's truth."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.broadcast_desk import Desk, numbers
from tests.support.broadcast_provider import ACCEPT, Double, End, early, lost, refuse
from tests.support.broadcast_truth import check_truth
from wamsg import errors
from wamsg.broadcast import OnUnknown
from wamsg.broadcast.policy import Portion
from wamsg.ledger import Broadcast, Phase, State, Wanted

ENDS = st.sampled_from(
    [
        ACCEPT,
        ACCEPT,
        End(slow=0.5),
        End(slow=4.0),
        lost(accepted=True),
        lost(accepted=False),
        refuse(errors.RecipientRefused("no")),
        refuse(errors.OptedOut("no")),
        refuse(errors.LowBalance("empty")),
        refuse(errors.InvalidRequest("a bad value")),
        refuse(errors.NotSent("no connection")),
        refuse(errors.Throttled("slow", retry_after=2.0)),
        refuse(errors.Unavailable("later", retry_after=7.0)),
        early(errors.Throttled("paused", retry_after=5.0)),
        early(errors.MediaRefused("too large")),
        early(errors.NotSent("the file could not be uploaded")),
    ]
)


@frozen
class Cut:
    """How a run is interrupted: at which call of the ledger or stage of a send, and by what."""

    instant: int
    how: str


CUTS = st.builds(
    Cut, st.integers(1, 120), st.sampled_from(["kill", "kill", "cancel", "stop", "order pause", "ledger fails"])
)
OPTIONS = st.fixed_dictionaries(
    {
        "on_unknown": st.sampled_from([OnUnknown.HOLD, OnUnknown.HOLD, OnUnknown.SKIP, OnUnknown.RESEND]),
        "concurrency": st.integers(1, 12),
        "attempts": st.integers(1, 4),
        "breaker": st.integers(1, 6),
        "canary": st.none() | st.integers(1, 6).map(lambda count: Portion(count=count)),
        "canary_failures": st.just(1.0),
        "daily_quota": st.none() | st.just(1000),
    }
)


class Interrupter:
    """Does what a cut says when its instant comes."""

    def __init__(self, desk: Desk, cut: Cut, folder: Path) -> None:
        self.copied: Path | None = None
        self.task: asyncio.Task[object] | None = None
        self.stop: Callable[[], None] = _nothing
        self._desk, self._cut, self._folder, self._passed = desk, cut, folder, 0
        desk.watched.before = self
        desk.provider.moment = lambda _stage: self._at_instant(_nothing)

    def __call__(self, _name: str) -> None:
        self._at_instant(_break)

    def _at_instant(self, fail: Callable[[], None]) -> None:
        self._passed += 1
        if self._passed != self._cut.instant or self.task is None:
            return
        if self._cut.how == "kill":
            self.copied = self._desk.copy(self._folder)
            self._desk.provider.dead = True
        elif self._cut.how == "cancel":
            self.task.cancel()
        elif self._cut.how == "ledger fails":
            fail()
        else:
            self.stop()


def _break() -> None:
    raise errors.LedgerUnusable("the disk reports an error")


def _nothing() -> None:
    """A send is no call of the ledger."""


async def interrupted(desk: Desk, broadcast: Broadcast, cut: Cut, folder: Path, senders: int) -> Desk:
    """One run that may be cut; the desk on which the next one goes on."""
    interrupter = Interrupter(desk, cut, folder)
    runner = await desk.runner(broadcast, *(Double(desk.provider) for _ in range(senders)))
    interrupter.stop = lambda: runner.stop("enough")
    if cut.how == "order pause":
        await desk.ledger.order(broadcast.id, Wanted.PAUSE)
    task = interrupter.task = asyncio.create_task(runner.run())
    try:
        await desk.until(lambda: task.done() or interrupter.copied is not None, step=2.0)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await desk.aclose()
    if not task.cancelled() and (error := task.exception()) is not None:
        assert cut.how in {"ledger fails", "kill"}, error
    return await desk.survivor(interrupter.copied or desk.path)


async def play(
    folder: Path, script: list[list[End]], options: dict[str, Any], chunk: int, cuts: list[Cut], senders: int
) -> None:
    desk = await Desk.open(folder)
    try:
        desk.provider.script = lambda to, nth: (script[int(to[-4:])] + [ACCEPT] * nth)[nth - 1]
        broadcast = await desk.plan(numbers(len(script)), chunk=chunk, **options)
        failed = False
        for place, cut in enumerate(cuts):
            failed = failed or cut.how == "ledger fails"
            desk = await interrupted(desk, broadcast, cut, folder / f"kill{place}", senders)
            await check_after(desk, broadcast, options, sending=failed)
        for _ in range(len(script) + 3):
            ended = await desk.run(broadcast, *(Double(desk.provider) for _ in range(senders)), step=2.0)
            await check_after(desk, broadcast, options)
            # A breaker that trips burns a few each time; everything else must come to its end.
            if ended.phase is not Phase.STOPPED:
                break
        assert ended.phase in {Phase.FINISHED, Phase.HELD}
        assert not ended.counts.open
        assert (ended.phase is Phase.HELD) == (
            bool(ended.counts.states[State.UNKNOWN]) and options["on_unknown"] is not OnUnknown.SKIP
        )
    finally:
        await desk.aclose()


async def check_after(desk: Desk, broadcast: Broadcast, options: dict[str, Any], *, sending: bool = False) -> None:
    await check_truth(desk, broadcast, twice=options["on_unknown"] is OnUnknown.RESEND, sending=sending)


@settings(max_examples=40)
@given(
    script=st.lists(st.lists(ENDS, max_size=4), min_size=1, max_size=14),
    options=OPTIONS,
    chunk=st.integers(1, 8),
    cuts=st.lists(CUTS, max_size=3),
    senders=st.integers(1, 2),
)
def test_whatever_happens_the_truth_holds(
    script: list[list[End]], options: dict[str, Any], chunk: int, cuts: list[Cut], senders: int
) -> None:
    """Nobody is accepted twice or lost, unknowns are flagged, counts add up, and every broadcast comes to its end."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), script, options, chunk, cuts, senders))
