"""What `wamsg.fan_out` adds to the same sends made by hand, in CPU and in memory."""

from __future__ import annotations

import resource
from collections import defaultdict
from statistics import median

from attrs import frozen

import wamsg
from benchmarks import child
from benchmarks.contenders.ours import connected, content
from benchmarks.load import Load, Stopwatch, drive, run
from benchmarks.server import nginx
from benchmarks.table import table, times, verdict
from benchmarks.workload import WORKLOADS, recipient, recipients
from wamsg.wire import Priority

WORKERS = 64
_BARE = "messenger.send in 64 tasks"
#: Name in the table and how it goes.
KINDS = (_BARE, "the same, as bulk", "fan_out")
_MOST_OVERHEAD, _MOST_GROWTH_MB = 5.0, 20.0


@frozen(kw_only=True)
class Plan:
    """How much is measured."""

    recipients: int = 200_000
    rounds: int = 2


def section(*, quick: bool) -> str:
    """The table."""
    plan = Plan(recipients=10_000, rounds=1) if quick else Plan()
    samples: dict[str, list[list[float]]] = defaultdict(list)
    with nginx() as base:
        for round_ in range(plan.rounds):
            for kind in KINDS if round_ % 2 == 0 else KINDS[::-1]:
                samples[kind].append(child.call(measure, base=base, kind=kind, count=plan.recipients))
    found = {kind: tuple(map(median, zip(*samples[kind], strict=True))) for kind in KINDS}
    return f"{plan.recipients:,} recipients, {WORKERS} at once.\n\n" + table(
        ("", "CPU us/msg", "x bare", "overhead", "msg/s", "peak RSS growth", "goals met"),
        [_row(kind, found) for kind in KINDS],
    )


def measure(*, base: str, kind: str, count: int) -> tuple[float, float, float]:
    """CPU microseconds per message, messages a second, growth of peak RSS in MB; runs in a process of its own."""

    async def main() -> tuple[float, float, float]:
        async with connected(base, WORKLOADS["image"]) as messenger:
            await _deliver(messenger, kind, 2_000)
            before = _peak_mb()
            load = await _deliver(messenger, kind, count)
            return load.cpu_us, load.rate, _peak_mb() - before

    return run(main)


async def _deliver(messenger: wamsg.Client, kind: str, count: int) -> Load:
    message = content(WORKLOADS["image"])
    if kind != "fan_out":
        priority = Priority.INTERACTIVE if kind == _BARE else Priority.BULK

        async def send(number: int) -> object:
            return await messenger.send(message, to=recipient(number), priority=priority)

        return await drive(send, messages=count, workers=WORKERS)
    accepted = 0
    with Stopwatch() as watch:
        outcomes = wamsg.fan_out(messenger, message, to=recipients(count), concurrency=WORKERS)
        async for outcome in outcomes:
            accepted += outcome.status is wamsg.Status.ACCEPTED
    assert accepted == count, accepted
    return watch.load(count)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _row(kind: str, found: dict[str, tuple[float, ...]]) -> tuple[object, ...]:
    cpu, rate, growth = found[kind]
    ratio = cpu / found[_BARE][0]
    overhead = (ratio - 1) * 100
    goals = (
        f"overhead <= {_MOST_OVERHEAD:g} %: {verdict(met=overhead <= _MOST_OVERHEAD)}; "
        f"growth <= {_MOST_GROWTH_MB:g} MB: {verdict(met=growth <= _MOST_GROWTH_MB)}"
    )
    shown = goals if kind == "fan_out" else ""
    return kind, f"{cpu:.1f}", times(ratio), f"{overhead:+.1f} %", f"{rate:,.0f}", f"{growth:.1f} MB", shown
