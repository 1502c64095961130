"""What `wamsg.pipeline.Scheduler` costs by itself: nobody waiting, ten thousand waiting, and at rest."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import Callable, Coroutine, Sequence
from statistics import median

from aiolimiter import AsyncLimiter

from benchmarks import child
from benchmarks.load import Stopwatch, run
from benchmarks.table import table, times
from wamsg.pipeline import Rate, Scheduler
from wamsg.wire import OK, Priority

_SENDER = "sender:+919812340000"
_PAIR = "pair:+919812340000/+9198{:08d}"
#: Far above what one core can ask for, so that no time is spent waiting.
_HIGH = "900000000/s"
#: How many a second are let through while a crowd waits; only CPU is counted, not the waiting.
_PACE = 20_000


def section(*, quick: bool) -> str:
    """The table."""
    calls, waiters, lanes, rounds = (20_000, 2_000, 20_000, 1) if quick else (200_000, 10_000, 100_000, 3)
    rows: list[tuple[object, ...]] = []
    reference = _median(uncontended_aiolimiter, rounds, calls=calls)
    rows.append(("aiolimiter, `async with`, nobody waiting", f"{reference:.0f} ns", "1.00x"))
    for name, kind in KINDS.items():
        cost = _median(uncontended, rounds, kind=kind, calls=calls)
        rows.append((f"try_acquire + report, {name}", f"{cost:.0f} ns", times(cost / reference)))
    reference = _median(contended_aiolimiter, rounds, waiters=waiters)
    rows.append((f"aiolimiter, {waiters:,} waiting, per acquire", f"{reference:.1f} us", "1.00x"))
    for priority in ("BULK", "INTERACTIVE"):
        cost = _median(contended, rounds, waiters=waiters, priority=priority)
        name = f"acquire + report, {waiters:,} waiting, {priority.lower()}"
        rows.append((name, f"{cost:.1f} us", times(cost / reference)))
    size = _median(memory, 1, lanes=lanes)
    rows.append((f"memory of a pair lane at rest, of {lanes:,}, its key included", f"{size:.0f} bytes", "-"))
    return table(("", "CPU", "x aiolimiter"), rows)


#: What one request asks for, by the row's name.
KINDS = {
    "one lane without a limit": "unlimited",
    "one lane": "one",
    "sender and pair, 1,000 pairs in turn": "pairs",
    "sender and pair, each pair new": "new pairs",
}


def uncontended(*, kind: str, calls: int) -> float:
    """Nanoseconds per `try_acquire` with its `report`; runs in a process of its own."""
    limits = {} if kind == "unlimited" else {"sender": Rate.parse(_HIGH), "pair": Rate.parse("1000000/s")}
    scheduler = Scheduler(limits)
    keys = _lanes(kind, calls)
    with Stopwatch() as watch:
        for lanes in keys:
            assert scheduler.try_acquire(lanes, Priority.INTERACTIVE)
            scheduler.report(lanes, OK, 0.01)
    return watch.load(calls).cpu_us * 1000


def uncontended_aiolimiter(*, calls: int) -> float:
    """The same with aiolimiter, which has no report and one lane; runs in a process of its own."""

    async def main() -> float:
        limiter = AsyncLimiter(900_000_000, 1)
        with Stopwatch() as watch:
            for _ in range(calls):
                async with limiter:
                    pass
        return watch.load(calls).cpu_us * 1000

    return run(main)


def contended(*, waiters: int, priority: str) -> float:
    """CPU microseconds per acquire of tasks that all wait for one lane; runs in a process of its own."""

    async def main() -> float:
        scheduler = Scheduler({"sender": Rate.parse(f"{_PACE}/s burst 1")})
        lanes, rank = (_SENDER,), Priority[priority]

        async def wait() -> None:
            await scheduler.acquire(lanes, rank)
            scheduler.report(lanes, OK, 0.01)

        return await _crowd(wait, waiters)

    return run(main)


def contended_aiolimiter(*, waiters: int) -> float:
    """The same with aiolimiter; runs in a process of its own."""

    async def main() -> float:
        limiter = AsyncLimiter(1, 1 / _PACE)
        return await _crowd(limiter.acquire, waiters)

    return run(main)


def memory(*, lanes: int) -> float:
    """Bytes per lane of a recipient who was sent one message; runs in a process of its own."""
    scheduler = Scheduler({"pair": Rate.parse("45/270s")})
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(lanes):
        keys = (_SENDER, _PAIR.format(number))
        assert scheduler.try_acquire(keys)
        scheduler.report(keys, OK, 0.01)
    gc.collect()
    return (tracemalloc.get_traced_memory()[0] - before) / lanes


async def _crowd(wait: Callable[[], Coroutine[None, None, None]], waiters: int) -> float:
    tasks = [wait() for _ in range(waiters)]
    with Stopwatch() as watch:
        await asyncio.gather(*tasks)
    return watch.load(waiters).cpu_us


def _lanes(kind: str, calls: int) -> Sequence[tuple[str, ...]]:
    if kind in {"unlimited", "one"}:
        return [(_SENDER,)] * calls
    pairs = 1_000 if kind == "pairs" else calls
    return [(_SENDER, _PAIR.format(number % pairs)) for number in range(calls)]


def _median(function: Callable[..., float], rounds: int, **arguments: object) -> float:
    return median(child.call(function, **arguments) for _ in range(rounds))
