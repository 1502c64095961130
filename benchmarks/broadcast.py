"""What the durable ledger costs: planning, sending beside the same fan-out without it, size, memory, resuming."""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

from attrs import frozen

import wamsg
from benchmarks import child, disk
from benchmarks.contenders.ours import connected
from benchmarks.load import Load, Stopwatch, run
from benchmarks.server import nginx
from benchmarks.table import table, times, verdict
from benchmarks.workload import WORKLOADS, recipient, recipients
from wamsg.broadcast import MessageTemplate, Options, Progress, open_audience, plan, prepare
from wamsg.ledger import Ledger, State, open_ledger
from wamsg.transport.aiohttp import AiohttpTransport
from wamsg.wire import Request, Response

IN_FLIGHT = 64
_PLAIN = {"type": "text", "body": "Our new catalogue is here, with 40 pages of things for the garden."}
_PERSONAL = {
    "type": "template",
    "name": "catalogue",
    "language": "en",
    "body": ["{first_name}", "{city}"],
}
_DISKS = {"this machine's": 0.0, "every fsync + 2 ms": 2.0}
_PLANNED_GOAL, _RATIO_GOAL, _MEMORY_GOAL, _SIZE_GOAL, _RESUME_GOAL = 100_000, 0.8, 150, 250, 2.0


@frozen(kw_only=True)
class Plan:
    """How much is measured."""

    million: int = 1_000_000
    few: int = 10_000
    sends: int = 60_000
    rounds: int = 3


def section(*, quick: bool) -> str:
    """The tables."""
    size = Plan(million=40_000, few=10_000, sends=5_000, rounds=1) if quick else Plan()
    folder = Path(tempfile.mkdtemp(prefix="wamsg-broadcast-"))
    try:
        with nginx() as base:
            return "\n\n".join([_planning(folder, size), _sending(folder, base, size), _scale(folder, base, size)])
    finally:
        shutil.rmtree(folder)


def _planning(folder: Path, size: Plan) -> str:
    source = _write(folder / "customers.csv", size.million)
    rows: list[tuple[object, ...]] = []
    for name, message in (("one text for all", _PLAIN), ("a template with two columns", _PERSONAL)):
        ledger = folder / f"plan-{len(rows)}.ledger"
        rate, cpu, peak = child.call(measure_plan, source=str(source), ledger=str(ledger), message=message)
        rows.append((name, f"{rate:,.0f}", f"{cpu:.1f} us", f"{peak:.0f} MB", verdict(met=rate >= _PLANNED_GOAL)))
    return f"Planning {size.million:,} rows of CSV, from the file to the frozen ledger.\n\n" + table(
        ("message", "rows/s", "CPU per row", "peak RSS", f">= {_PLANNED_GOAL:,}/s"), rows
    )


def _sending(folder: Path, base: str, size: Plan) -> str:
    source = _write(folder / "some.csv", size.sends)
    library = disk.build(folder)
    found: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    for round_ in range(size.rounds):
        kinds = ("fan_out, no ledger", "broadcast with the ledger")
        for name, extra in _DISKS.items():
            environment = disk.slowed(library, milliseconds=extra) if extra else {}
            for kind in kinds if round_ % 2 == 0 else kinds[::-1]:
                ledger = folder / f"send-{round_}-{extra}.ledger"
                arguments = {"base": base, "source": str(source), "count": size.sends, "ledger": str(ledger)}
                measure = measure_fan_out if kind == kinds[0] else measure_broadcast
                found[name, kind].append(child.call(measure, environ=environment, **arguments))
    rows = []
    for (name, kind), samples in found.items():
        cpu, rate, _ = map(median, zip(*samples, strict=True))
        bare = median(sample[1] for sample in found[name, "fan_out, no ledger"])
        rows.append(
            (name, kind, f"{cpu:.0f} us", f"{rate:,.0f}", times(rate / bare), verdict(met=rate / bare >= _RATIO_GOAL))
        )
    title = (
        f"{size.sends:,} texts, {IN_FLIGHT} at once, median of {size.rounds}; intents committed before each request."
    )
    return f"{title}\n\n" + table(("disk", "", "CPU/msg", "msg/s", "x fan_out", f">= {_RATIO_GOAL}x"), rows)


def _scale(folder: Path, base: str, size: Plan) -> str:
    rows = []
    for count in (size.few, size.million):
        source, ledger = _write(folder / f"{count}.csv", count), folder / f"{count}.ledger"
        child.call(measure_plan, source=str(source), ledger=str(ledger), message=_PERSONAL)
        _, _, first_peak = child.call(measure_half, base=base, ledger=str(ledger), stop_at=count // 2)
        began, _, _, peak = child.call(measure_resume, base=base, ledger=str(ledger), started=time.time())
        megabytes = sum(path.stat().st_size for path in folder.glob(f"{count}.ledger*")) / 1e6
        per_million = megabytes * 1e6 / count
        rows.append(
            (
                f"{count:,}",
                f"{max(first_peak, peak):.0f} MB",
                verdict(met=max(first_peak, peak) <= _MEMORY_GOAL),
                f"{per_million:.0f} MB",
                verdict(met=per_million <= _SIZE_GOAL),
                f"{began:.2f} s",
                verdict(met=began <= _RESUME_GOAL),
            )
        )
    return "A template with two columns, stopped at the half and resumed to the end.\n\n" + table(
        (
            "recipients",
            "peak RSS",
            f"<= {_MEMORY_GOAL} MB",
            "ledger per million",
            f"<= {_SIZE_GOAL} MB",
            "resume sends after",
            f"<= {_RESUME_GOAL:.0f} s",
        ),
        rows,
    )


def measure_plan(*, source: str, ledger: str, message: dict[str, object]) -> tuple[float, float, float]:
    """Rows a second, CPU microseconds per row, peak RSS in MB; runs in a process of its own."""

    async def main() -> tuple[float, float, float]:
        opened = await _locked(ledger)
        template = MessageTemplate.of(message)
        driver = connected("http://127.0.0.1:1", WORKLOADS["image"]).driver
        with Stopwatch() as watch, open_audience(Path(source)) as audience:
            planned = await plan(
                opened, template, audience, provider="kaleyra", options=Options(concurrency=IN_FLIGHT), driver=driver
            )
        await opened.aclose()
        load = watch.load(planned.counts.rows)
        return load.rate, load.cpu_us, _peak_mb()

    return run(main)


def measure_fan_out(*, base: str, source: str, count: int, ledger: str) -> tuple[float, float, float]:  # noqa: ARG001 -- called like its rival
    """CPU microseconds per message, messages a second, peak RSS in MB; without a ledger."""

    async def main() -> tuple[float, float, float]:
        message = MessageTemplate.of(_PLAIN).render(())
        async with connected(base, WORKLOADS["image"]) as messenger:
            await wamsg.collect(wamsg.fan_out(messenger, message, to=recipients(2_000), concurrency=IN_FLIGHT))
            accepted = 0
            with Stopwatch() as watch:
                async for outcome in wamsg.fan_out(messenger, message, to=recipients(count), concurrency=IN_FLIGHT):
                    accepted += outcome.status is wamsg.Status.ACCEPTED
            assert accepted == count, accepted
            return _told(watch.load(count))

    return run(main)


def measure_broadcast(*, base: str, source: str, count: int, ledger: str) -> tuple[float, float, float]:
    """The same through a ledger; planning is not measured."""

    async def main() -> tuple[float, float, float]:
        opened = await _locked(ledger)
        with open_audience(Path(source)) as audience:
            planned = await plan(
                opened,
                MessageTemplate.of(_PLAIN),
                audience,
                provider="kaleyra",
                options=Options(concurrency=IN_FLIGHT),
            )
        async with connected(base, WORKLOADS["image"]) as messenger:
            message = MessageTemplate.of(_PLAIN).render(())
            await wamsg.collect(wamsg.fan_out(messenger, message, to=recipients(2_000), concurrency=IN_FLIGHT))
            runner = await prepare(opened, planned.broadcast.id, messenger)
            with Stopwatch() as watch:
                ended = await runner.run()
        assert ended.counts.states[State.ACCEPTED] == count, ended
        await opened.aclose()
        return _told(watch.load(count))

    return run(main)


def measure_half(*, base: str, ledger: str, stop_at: int) -> tuple[float, float, float]:
    """Run a planned broadcast until so many are sent."""

    async def main() -> tuple[float, float, float]:
        opened = await _locked(ledger)

        def show(progress: Progress) -> None:
            if progress.done >= stop_at:
                runner.stop("half of it is sent")

        async with connected(base, WORKLOADS["image"]) as messenger:
            runner = await prepare(opened, 1, messenger, show=show)
            with Stopwatch() as watch:
                ended = await runner.run()
        await opened.aclose()
        return _told(watch.load(ended.counts.states[State.ACCEPTED]))

    return run(main)


def measure_resume(*, base: str, ledger: str, started: float) -> tuple[float, float, float, float]:
    """Seconds from the start of this process to the first message that leaves; then to the end."""
    first = _First(AiohttpTransport())

    async def main() -> tuple[float, float, float]:
        opened = await _locked(ledger)
        async with connected(base, WORKLOADS["image"], transport=first) as messenger:
            runner = await prepare(opened, 1, messenger)
            with Stopwatch() as watch:
                ended = await runner.run()
        await opened.aclose()
        return _told(watch.load(ended.counts.states[State.ACCEPTED]))

    cpu, rate, peak = run(main)
    return first.at - started, cpu, rate, peak


class _First:
    """A transport that remembers when its first request left."""

    def __init__(self, transport: AiohttpTransport) -> None:
        self._transport = transport
        self.at = 0.0

    async def send(self, request: Request) -> Response:
        self.at = self.at or time.time()
        return await self._transport.send(request)

    async def aclose(self) -> None:
        await self._transport.aclose()


async def _locked(path: str) -> Ledger:
    ledger = await open_ledger(path, create=True)
    await ledger.lock()
    return ledger


def _told(load: Load) -> tuple[float, float, float]:
    return load.cpu_us, load.rate, _peak_mb()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _write(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        stream.write("phone,first_name,city\n")
        stream.writelines(f"{recipient(number)},Asha{number % 997},Pune\n" for number in range(count))
    return path
