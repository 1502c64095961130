"""Holds back all but the first chunk until that one has shown how the broadcast fares."""

from __future__ import annotations

from attrs import evolve

from wamsg.broadcast.policy import Canary, Course, Judgement
from wamsg.clock import Clock
from wamsg.ledger import Broadcast, Counts, Ledger, Moment, State

#: In the timeline, so that a resumed run knows; whoever resumes after a stop has seen the failures and consents.
PASSED, FAILED = "canary passed", "canary failed"


class CanaryWatch:
    """The canary of one run; ``passed`` from the start where there is none."""

    def __init__(self, ledger: Ledger, broadcast: Broadcast, canary: Canary | None, clock: Clock) -> None:
        self._ledger = ledger
        self._broadcast = broadcast
        self._canary = canary
        self._clock = clock
        self._since = clock.time()
        self.passed = canary is None

    async def open(self) -> None:
        """Find out whether an earlier run has judged it."""
        if not self.passed:
            timeline = await self._ledger.timeline(self._broadcast.id)
            self.passed = any(moment.kind in {PASSED, FAILED} for moment in timeline)

    def ran(self) -> None:
        """Some of its deliveries were tried just now."""
        self._since = self._clock.time()

    async def judge(self) -> Judgement:
        """Go on, wait or stop."""
        if self._canary is None or self.passed:
            return Judgement(Course.GO)
        await self._ledger.flush()
        counts = _alone(await self._ledger.counts(self._broadcast.id), self._canary.size)
        now = self._clock.time()
        judgement = self._canary.judge(counts, since=self._since, now=now)
        if judgement.course is Course.GO:
            self.passed = True
        if judgement.course is not Course.WAIT:
            kind = PASSED if self.passed else FAILED
            await self._ledger.note(self._broadcast.id, Moment(at=now, kind=kind, detail=judgement.reason))
        return judgement


def _alone(counts: Counts, size: int) -> Counts:
    """The canary's own counts: nothing else was tried yet, so that whatever is not pending belongs to it."""
    tried = counts.deliveries - counts.states[State.PENDING]
    return evolve(counts, states={**counts.states, State.PENDING: max(0, size - tried)})
