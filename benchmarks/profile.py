"""Where the CPU time of one ``send`` goes: by sampling over sockets, and by timing our own steps without them."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from benchmarks import child
from benchmarks.contenders import load
from benchmarks.contenders.ours import connected, content
from benchmarks.load import Stopwatch, drive, run
from benchmarks.server import nginx
from benchmarks.table import table
from benchmarks.workload import KALEYRA_ACCEPTED, WORKLOADS, recipient, recipients
from wamsg.model import Message
from wamsg.pipeline import Scheduler
from wamsg.wire import OK, Request, Response

_EVERY = 0.001
_FIRST_MATCH: tuple[tuple[str, str], ...] = (
    ("wamsg/model/phone", "message: phone number"),
    ("wamsg/model", "message: construction"),
    ("wamsg.model", "message: construction"),
    ("wamsg/providers/kaleyra/encode", "encode"),
    ("wamsg/providers/kaleyra/convert", "encode"),
    ("wamsg/providers/kaleyra/limits", "encode"),
    ("wamsg/providers/kaleyra/driver", "encode"),
    ("<cattrs generated", "encode"),
    ("cattrs", "encode"),
    ("wamsg/providers", "classify and decode"),
    ("wamsg/wire/response", "wire values: response"),
    ("wamsg.wire.response", "wire values: response"),
    ("wamsg/wire", "wire values: request, operation"),
    ("wamsg.wire", "wire values: request, operation"),
    ("wamsg/pipeline/retry", "retry stage"),
    ("wamsg/pipeline/quota", "retry stage"),
    ("wamsg/pipeline/stage", "judge stage"),
    ("wamsg/pipeline", "limit stage"),
    ("wamsg/clock", "limit stage"),
    ("wamsg/transport", "transport"),
    ("wamsg/client", "client"),
    ("aiohttp/connector", "aiohttp: connector"),
    ("aiohttp/client_reqrep", "aiohttp: request and response"),
    ("aiohttp/client_proto", "aiohttp: protocol and parser"),
    ("aiohttp/client.py", "aiohttp: session"),
    ("aiohttp/http_writer", "aiohttp: writing"),
    ("aiohttp/payload", "aiohttp: writing"),
    ("aiohttp/streams", "aiohttp: reading"),
    ("aiohttp", "aiohttp: the rest"),
    ("multidict", "aiohttp: the rest"),
    ("yarl", "aiohttp: the rest"),
    ("benchmarks", "the benchmark itself"),
    ("asyncio/", "asyncio and sockets"),
    ("selectors", "asyncio and sockets"),
)


def section(*, quick: bool) -> str:
    """Two tables."""
    messages = 5_000 if quick else 60_000
    with nginx() as base:
        layers = {name: child.call(sample, base=base, contender=name, messages=messages) for name in ("wamsg", _NAIVE)}
    rows = sorted({name for shares in layers.values() for name in shares}, key=lambda name: _order(name, layers))
    sampled = table(
        ("sampled over sockets, 64 workers", "wamsg us/msg", "naive us/msg"),
        [(name, *(f"{layers[one].get(name, 0.0):.1f}" for one in layers)) for name in rows],
    )
    steps = child.call(steps_without_sockets, calls=2_000 if quick else 50_000)
    timed = table(("timed without sockets", "us/call"), [(name, f"{cost:.2f}") for name, cost in steps.items()])
    return f"{sampled}\n\n{timed}"


_NAIVE = "naive aiohttp loop"


def _order(name: str, layers: dict[str, dict[str, float]]) -> tuple[bool, bool, float]:
    return name == "all", name.startswith(("aiohttp", "asyncio", "the benchmark")), -layers["wamsg"].get(name, 0.0)


def sample(*, base: str, contender: str, messages: int) -> dict[str, float]:
    """Microseconds per message by layer; runs in a process of its own.

    A sample belongs to the innermost frame of a known layer, so that what a layer calls in the standard library or in
    C counts as the layer's.
    """

    async def main() -> dict[str, float]:
        async with load(contender)(base, WORKLOADS["image"], 64) as send:
            await drive(send, messages=2_000, workers=64)
            # The sampling itself costs; the shares are put on what the same costs without it.
            cost = (await drive(send, messages=messages // 2, workers=64)).cpu_us
            with _sampling() as counts:
                await drive(send, messages=messages, workers=64)
        shares = {layer: cost * count / counts.total() for layer, count in counts.items()}
        return {**shares, "all": cost}

    return run(main)


@contextmanager
def _sampling() -> Iterator[Counter[str]]:
    counts: Counter[str] = Counter()

    def note(_signal: int, frame: FrameType | None) -> None:
        counts[_layer(frame)] += 1

    signal.signal(signal.SIGPROF, note)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    try:
        yield counts
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _layer(frame: FrameType | None) -> str:
    while frame is not None:
        name = frame.f_code.co_filename
        for piece, layer in _FIRST_MATCH:
            if piece in name:
                return layer
        frame = frame.f_back
    return "the rest"


def steps_without_sockets(*, calls: int) -> dict[str, float]:
    """Microseconds per call of each step of ours; runs in a process of its own."""
    workload = WORKLOADS["image"]
    answer = KALEYRA_ACCEPTED.encode()
    client = connected("http://127.0.0.1:1", workload, transport=_Instant(answer))
    driver, image = client.driver, content(workload)
    message = Message(content=image, to=recipient(0))
    operation = driver.encode(message)
    response = Response(status=200, headers=HEADERS, body=answer)
    scheduler, lanes = Scheduler({}), operation.request.lanes

    def limited() -> None:
        scheduler.try_acquire(lanes, operation.request.priority)
        scheduler.report(lanes, OK, 0.01)

    numbers = recipients(calls)
    steps: dict[str, Callable[[], object]] = {
        "Image(link=.., caption=..), once per broadcast": lambda: content(workload),
        'Message(content=.., to="+91..")': lambda: Message(content=image, to=next(numbers)),
        "driver.encode(message)": lambda: driver.encode(message),
        "Response(..)": lambda: Response(status=200, headers=HEADERS, body=answer),
        "classify(response), JSON read before": lambda: driver.classify(response),
        "response.judged(verdict)": lambda: response.judged(OK),
        "decode(response), JSON read before": lambda: operation.decode(response),
        "scheduler.try_acquire + report": limited,
    }
    found = {name: _cost(step, calls) for name, step in steps.items()}
    return {**found, "messenger.send over an instant transport, all in": run(lambda: _whole(client, image, calls))}


#: As many as an API's gateway sends.
HEADERS = {
    "Server": "nginx",
    "Date": "Sat, 22 Nov 2025 12:00:00 GMT",
    "Content-Type": "application/json",
    "Content-Length": "92",
    "Connection": "keep-alive",
}


class _Instant:
    """A transport that answers at once."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def send(self, _request: Request) -> Response:
        return Response(status=200, headers=HEADERS, body=self._body, received_at=time.time())

    async def aclose(self) -> None:
        """Nothing was opened."""


def _cost(step: Callable[[], object], calls: int) -> float:
    with Stopwatch() as watch:
        for _ in range(calls):
            step()
    return watch.load(calls).cpu_us


async def _whole(client: Any, image: Any, calls: int) -> float:
    async with client:
        with Stopwatch() as watch:
            for number in recipients(calls):
                await client.send(image, to=number)
        return watch.load(calls).cpu_us
