"""Judges the first deliveries of a broadcast before the others are sent."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from wamsg.ledger import Counts, State

_FAILED = (State.REJECTED, State.UNKNOWN)
_ENDED = (*_FAILED, State.ACCEPTED, State.EXPIRED, State.SKIPPED)
#: Statuses that end the waiting for one delivery; ``sent`` may still become ``failed``.
_ARRIVED = ("delivered", "read")


class Course(Enum):
    """How a broadcast goes on."""

    GO = "go"
    WAIT = "wait"
    STOP = "stop"


@frozen
class Judgement:
    """What the canary says; ``reason`` is a sentence for people, empty only where it goes on without any doubt."""

    course: Course
    reason: str = ""


@frozen(kw_only=True)
class Canary:
    """Stops the broadcast if more than a share of its first deliveries fails.

    Rejected and unknown ones fail, and, where callbacks come back, those whose status is ``failed``.
    """

    #: How many deliveries it is.
    size: int
    #: The largest share of them that may fail, from 0 to 1.
    failures: float
    #: Seconds that callbacks are waited for, from when the last outcome was known.
    wait: float
    #: Whether callbacks come back at all.
    callbacks: bool

    def judge(self, counts: Counts, *, since: float, now: float) -> Judgement:
        """Go on, wait or stop, by the broadcast's ``counts`` while nothing but the canary is sent.

        ``since`` is when the last outcome was known; while deliveries are open it does not matter.
        """
        lost = sum(counts.states.get(state, 0) for state in _FAILED)
        # A rejected one may have a failed status as well; it is one failure.
        accepted = counts.states.get(State.ACCEPTED, 0)
        failed = min(counts.statuses.get("failed", 0), accepted) if self.callbacks else 0
        if self._exceeds(lost + failed, self.size):
            return Judgement(Course.STOP, self._too_many(lost, failed, self.size))
        left = self.size - sum(counts.states.get(state, 0) for state in _ENDED)
        if left > 0:
            return Judgement(Course.WAIT, f"{left:,} of the first {self.size:,} have no outcome yet")
        return self._by_callbacks(counts, lost, failed, now - since) if self.callbacks else Judgement(Course.GO)

    def _by_callbacks(self, counts: Counts, lost: int, failed: int, waited: float) -> Judgement:
        accepted = counts.states.get(State.ACCEPTED, 0)
        arrived = sum(counts.statuses.get(status, 0) for status in _ARRIVED)
        silent = accepted - arrived - failed
        if silent <= 0:
            return Judgement(Course.GO)
        if waited < self.wait:
            return Judgement(Course.WAIT, f"{silent:,} of the first {self.size:,} have no delivery status yet")
        if not arrived + failed:
            why = f"no delivery status came back for the first {self.size:,} within {self.wait:g} s"
            return Judgement(Course.STOP, f"{why}. Check that callbacks reach you, then `wamsg broadcast resume`.")
        judged = lost + failed + arrived
        if self._exceeds(lost + failed, judged):
            return Judgement(Course.STOP, self._too_many(lost, failed, judged))
        return Judgement(Course.GO, f"{silent:,} of the first {self.size:,} have no delivery status")

    def _exceeds(self, failed: int, judged: int) -> bool:
        # 0.29 * 100 is a little less than 29.
        return failed > self.failures * judged + 1e-9

    def _too_many(self, lost: int, failed: int, judged: int) -> str:
        how = f"{lost:,} refused or unknown" + (f", {failed:,} not delivered" if failed else "")
        return (
            f"{lost + failed:,} of the first {judged:,} failed ({how}); at most "
            f"{100 * self.failures:.4g}% may. Look at `wamsg broadcast report`, mend the cause, "
            "then `wamsg broadcast resume`."
        )
