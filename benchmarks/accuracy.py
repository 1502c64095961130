"""How near to a limit one gets without being refused, where it is known, guessed too high, and changing."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from attrs import frozen

from benchmarks import child
from benchmarks.enforcer import Step, enforcer
from benchmarks.pacing import HOW, send_for
from benchmarks.table import table, verdict

_LEAST_SHARE = 0.99
_OURS = ("wamsg.fan_out", "wamsg, send in 64 tasks")


@frozen(kw_only=True)
class Trial:
    """One limit at the server, what the client believes, and for how long it is measured after ``skip`` seconds."""

    name: str
    steps: tuple[Step, ...]
    count: int
    window: float
    skip: float
    seconds: float
    who: tuple[str, ...] = tuple(HOW)
    #: Whether the goals for known limits hold: the share, and not one refusal.
    known: bool = False
    #: How many clients run at once; at high rates each needs the machine for itself.
    together: int = 8

    @property
    def capacity(self) -> float:
        """How many the limit allows in the time that is measured."""
        ends = [step[0] for step in self.steps[1:]] + [self.skip + self.seconds]
        return sum(
            (min(end, self.skip + self.seconds) - max(start, self.skip)) * count / seconds
            for (start, count, seconds), end in zip(self.steps, ends, strict=True)
        )


def section(*, quick: bool) -> str:
    """The table."""
    rows = [row for trial in _trials(quick=quick) for row in _run(trial)]
    return "60/min is scaled to 60 per 6 s.\n\n" + table(
        ("server", "client set to", "client", "share of the limit", "429s", "429s/min", "lost", "goals met"), rows
    )


def _trials(*, quick: bool) -> list[Trial]:
    seconds, stretch = (3.0, 2.0) if quick else (12.0, 20.0)
    limits = ((80, 1.0), (1000, 1.0), (60, 6.0))
    exact = [
        Trial(
            name=f"{count}/{window:g}s",
            steps=((0.0, count, window),),
            count=count,
            window=window,
            # Half a window off, so that bursts at the windows' edges are counted whole.
            skip=1.5 * window,
            seconds=seconds,
            who=_OURS if count != 80 else (*_OURS, "aiolimiter, Retry-After per request"),
            known=True,
            together=1 if count >= 1000 else 8,
        )
        for count, window in limits
    ]
    changing = tuple((stretch * index, count, 1.0) for index, count in enumerate((300, 80, 300)))
    return [
        *exact,
        Trial(name="300/s", steps=((0.0, 300, 1.0),), count=400, window=1.0, skip=1.0, seconds=2 * stretch),
        Trial(name="300, 80, 300/s", steps=changing, count=400, window=1.0, skip=1.0, seconds=3 * stretch - 1),
    ]


def _run(trial: Trial) -> list[tuple[object, ...]]:
    """Each client against a bucket of its own; at low rates they leave one another alone and go at the same time."""
    places = {f"{number}": who for number, who in enumerate(trial.who)}
    with enforcer(dict.fromkeys(places, trial.steps)) as base, ThreadPoolExecutor(trial.together) as pool:
        lost = pool.map(lambda place: _client(trial, f"{base}/{place}", places[place]), places)
        found = dict(zip(places, lost, strict=True))
        return [_row(trial, places[place], found[place], _times(f"{base}/{place}")) for place in places]


def _client(trial: Trial, base: str, who: str) -> int:
    lost: int = child.call(
        send_for,
        base=base,
        how=who,
        count=trial.count,
        window=trial.window,
        seconds=trial.skip + trial.seconds + 0.5,
    )
    return lost


def _times(base: str) -> tuple[list[float], list[float]]:
    with urllib.request.urlopen(f"{base}/times") as answer:  # noqa: S310 -- our own server on loopback
        accepted, refused = json.load(answer)
    return accepted, refused


def _row(trial: Trial, who: str, lost: int, times: tuple[list[float], list[float]]) -> tuple[object, ...]:
    accepted, refused = (_within(moments, trial) for moments in times)
    share, all_refused = accepted / trial.capacity, len(times[1])
    goals = ""
    if trial.known and who in _OURS:
        good = verdict(met=share >= _LEAST_SHARE)
        goals = f">= {_LEAST_SHARE * 100:g} %: {good}; no 429: {verdict(met=not all_refused)}"
    return (
        trial.name,
        f"{trial.count}/{trial.window:g}s",
        who,
        f"{share * 100:.1f} %",
        all_refused,
        f"{refused / trial.seconds * 60:.0f}",
        lost,
        goals,
    )


def _within(moments: Sequence[float], trial: Trial) -> int:
    return sum(trial.skip <= moment < trial.skip + trial.seconds for moment in moments)
