"""What one ``send`` costs, beside hand-written loops and two other clients."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from attrs import frozen

from benchmarks import child
from benchmarks.contenders import CONTENDERS, load
from benchmarks.contenders.ours import connected, content
from benchmarks.load import Load, drive, run
from benchmarks.server import nginx
from benchmarks.table import table, times, verdict
from benchmarks.workload import KALEYRA_ACCEPTED, WORKLOADS, Workload, recipient
from wamsg.transport.memory import MemoryTransport
from wamsg.wire import Request, Response

#: Who sends what; the two workloads are compared each with its own naive loop.
PAIRS = (
    *(("image", name) for name in CONTENDERS),
    *(("text", name) for name in ("naive aiohttp loop", "wamsg", "twilio", "pywa")),
)
_NAIVE = "naive aiohttp loop"
_MOST_CPU, _TWILIO, _PYWA = 1.0, 2.0, 15.0


@frozen(kw_only=True)
class Plan:
    """How much is measured."""

    #: Per round; all rounds together make 21,000.
    messages: int = 4_200
    warm_up: int = 1_000
    rounds: int = 5
    workers: tuple[int, ...] = (1, 64, 512)
    loops: tuple[str, ...] = ("asyncio", "uvloop")


QUICK = Plan(messages=1_000, warm_up=200, rounds=1, workers=(64,))
Key = tuple[str, str, int, str]


def section(*, quick: bool) -> str:
    """The table."""
    _check_same_requests()
    plan = QUICK if quick else Plan()
    with nginx() as base:
        found = _measure_all(base, plan)
    return table(
        ("loop", "message", "workers", "contender", "CPU us/msg", "x naive", "msg/s", "x naive", "goals met"),
        [_row(key, found) for key in sorted(found, key=_place)],
    )


def measure(
    *, base: str, workload: str, contender: str, loop: str, messages: int, warm_up: int, workers: Sequence[int]
) -> list[tuple[float, float]]:
    """CPU microseconds per message and messages a second, for each number of workers; runs in a process of its own."""

    async def main() -> list[Load]:
        return [
            await _measure_one(base, WORKLOADS[workload], contender, messages=messages, warm_up=warm_up, workers=count)
            for count in workers
        ]

    return [(one.cpu_us, one.rate) for one in run(main, loop=loop)]


async def _measure_one(
    base: str, workload: Workload, contender: str, *, messages: int, warm_up: int, workers: int
) -> Load:
    async with load(contender)(base, workload, workers) as send:
        await drive(send, messages=max(warm_up, workers), workers=workers)
        return await drive(send, messages=messages, workers=workers)


def _measure_all(base: str, plan: Plan) -> dict[Key, tuple[float, float]]:
    """Medians over the rounds; every round goes through all contenders, every other one backwards."""
    samples: dict[Key, list[tuple[float, float]]] = defaultdict(list)
    for round_ in range(plan.rounds):
        pairs = PAIRS if round_ % 2 == 0 else PAIRS[::-1]
        for loop in plan.loops:
            for workload, contender in pairs:
                share = CONTENDERS[contender][1]
                found = child.call(
                    measure,
                    base=base,
                    workload=workload,
                    contender=contender,
                    loop=loop,
                    messages=int(plan.messages * share),
                    warm_up=int(plan.warm_up * share),
                    workers=plan.workers,
                )
                for count, one in zip(plan.workers, found, strict=True):
                    samples[loop, workload, count, contender].append(one)
    return {
        key: (median(cpu for cpu, _ in rounds), median(rate for _, rate in rounds)) for key, rounds in samples.items()
    }


def _place(key: Key) -> tuple[object, ...]:
    loop, workload, workers, contender = key
    return loop, list(WORKLOADS).index(workload), workers, list(CONTENDERS).index(contender)


def _row(key: Key, found: dict[Key, tuple[float, float]]) -> tuple[object, ...]:
    loop, workload, workers, contender = key
    cpu, rate = found[key]
    naive_cpu, naive_rate = found[loop, workload, workers, _NAIVE]
    goals = "; ".join(_goals(key, found)) if contender == "wamsg" else ""
    return (
        *(loop, workload, workers, contender),
        f"{cpu:.1f}",
        times(cpu / naive_cpu),
        f"{rate:,.0f}",
        times(rate / naive_rate),
        goals,
    )


def _goals(key: Key, found: dict[Key, tuple[float, float]]) -> Iterator[str]:
    cpu, rate = found[key]
    others = {name: found[(*key[:3], name)] for name in (_NAIVE, "twilio", "pywa")}
    ratio = cpu / others[_NAIVE][0]
    yield f"CPU <= {_MOST_CPU:.1f}x naive: {verdict(met=ratio <= _MOST_CPU)}"
    for name, least in (("twilio", _TWILIO), ("pywa", _PYWA)):
        faster = rate / others[name][1]
        yield f"rate >= {least:g}x {name}: {verdict(met=faster >= least)} ({times(faster)})"


def _check_same_requests() -> None:
    """Whether the loops written by hand send what wamsg sends."""
    for workload in WORKLOADS.values():
        request = asyncio.run(_request(workload))
        assert request.url == f"http://127.0.0.1:1{workload.path}", request.url
        assert isinstance(request.body, bytes), request
        assert json.loads(request.body) == workload.payload(recipient(7)), request.body
        assert dict(request.headers) == {**workload.headers, "Content-Type": "application/json"}


async def _request(workload: Workload) -> Request:
    transport = MemoryTransport(lambda _: Response(status=200, body=KALEYRA_ACCEPTED.encode()))
    async with connected("http://127.0.0.1:1", workload, transport=transport) as messenger:
        await messenger.send(content(workload), to=recipient(7))
    return transport.requests[0]
