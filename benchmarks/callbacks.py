"""How many statuses one receiver takes in over sockets: verified, read, stored, and settling deliveries of a ledger."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from benchmarks import child
from benchmarks.table import table, verdict
from benchmarks.workload import recipient
from wamsg.broadcast import MessageTemplate, Options, open_audience, plan
from wamsg.ledger import Ledger, Settled, State, open_ledger
from wamsg.ledger.reference import make_reference

_SECRET = "fake-callback-secret"
_GOAL = 30_000
_BATCHES = (1, 100, 1000)
_CONNECTIONS = 64
#: Clock ticks a second, in which the system counts a process's CPU.
_TICKS = os.sysconf("SC_CLK_TCK")


@frozen(kw_only=True)
class Plan:
    """How much is measured."""

    deliveries: int = 60_000
    rounds: int = 3


def section(*, quick: bool) -> str:
    """The table."""
    size = Plan(deliveries=5_000, rounds=1) if quick else Plan()
    folder = Path(tempfile.mkdtemp(prefix="wamsg-callbacks-"))
    rows: list[tuple[object, ...]] = []
    try:
        for batch in _BATCHES:
            # Requests of their own are ten times as dear.
            count = size.deliveries if batch > 1 else size.deliveries // 4
            found = [
                child.call(measure, folder=str(folder / f"{batch}-{turn}"), deliveries=count, batch=batch)
                for turn in range(size.rounds)
            ]
            rate, cpu = max(found)
            met = verdict(met=rate >= _GOAL) if batch > 1 else "-"
            rows.append((batch, f"{rate:,.0f}", f"{cpu:.1f} us", met))
    finally:
        shutil.rmtree(folder)
    title = (
        f"{2 * size.deliveries:,} statuses (sent, delivered) of {size.deliveries:,} deliveries in random order, a "
        f"quarter of them where each comes alone, over {_CONNECTIONS} connections to `wamsg webhooks`, which "
        f"settles them in its ledger; best of {size.rounds}. Whoever sends them has the other core."
    )
    return f"{title}\n\n" + table(("statuses per call", "events/s", "CPU per event", f">= {_GOAL:,}/s"), rows)


def measure(*, folder: str, deliveries: int, batch: int) -> tuple[float, float]:
    """Events a second and the receiver's CPU microseconds per event."""
    path = Path(folder) / "some.ledger"
    path.parent.mkdir(parents=True)
    calls = asyncio.run(_prepare(path, deliveries, batch))
    receiver, port = _receiver(path)
    try:
        started, used = time.perf_counter(), _cpu(receiver.pid)
        asyncio.run(_drive(port, calls))
        wall, used = time.perf_counter() - started, _cpu(receiver.pid) - used
    finally:
        receiver.send_signal(signal.SIGINT)
        receiver.wait(timeout=60)
    asyncio.run(_check(path, deliveries))
    return 2 * deliveries / wall, used / (2 * deliveries) * 1e6


def _receiver(path: Path) -> tuple[subprocess.Popen[str], int]:
    """The command itself, and where it listens."""
    words = ("webhooks", "--ledger", str(path), "--provider", "kaleyra", "--port", "0")
    environ = {**child.environment(), "WAMSG_KALEYRA_CALLBACK_TOKEN": _SECRET}
    process = subprocess.Popen(  # noqa: S603 -- our own command
        [sys.executable, "-m", "wamsg", *words],
        cwd=child.ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline().split("127.0.0.1:")[1].split("/")[0])


def _cpu(pid: int) -> float:
    """Seconds of CPU of a process so far; its name may hold anything but a closing bracket."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def _drive(port: int, calls: Sequence[bytes]) -> None:
    waiting = iter(calls)

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for call in waiting:
            writer.write(call)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
            await reader.readexactly(int(length or 0))
        writer.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(_CONNECTIONS):
            group.create_task(work())


async def _prepare(path: Path, deliveries: int, batch: int) -> list[bytes]:
    """A broadcast that was sent, and the calls that tell of it."""
    ledger = await open_ledger(path, create=True)
    await _send(ledger, deliveries)
    calls = _calls(ledger, deliveries, batch)
    await ledger.aclose()
    head = f"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_SECRET}\r\nContent-Type: application/json\r\n"
    return [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in calls]


async def _check(path: Path, deliveries: int) -> None:
    ledger = await open_ledger(path)
    counts = await ledger.counts(1)
    assert counts.statuses == {"delivered": deliveries}, counts.statuses
    await ledger.aclose()


async def _send(ledger: Ledger, count: int) -> None:
    """A broadcast of so many deliveries, all accepted."""
    await ledger.lock()
    message = MessageTemplate.of({"type": "text", "body": "hello"})
    with open_audience([recipient(number) for number in range(count)]) as audience:
        planned = await plan(ledger, message, audience, provider="kaleyra", options=Options())
    now = time.time()
    while (lease := await ledger.take(planned.broadcast.id, now=now, owner="benchmark")) is not None:
        places = range(lease.low, lease.high)
        claims = [ledger.claim(lease, seq, now=now) for seq in places]
        await asyncio.gather(*claims)
        for seq in places:
            ledger.settle(lease, Settled(seq, State.ACCEPTED, now, message_id=_id(seq)))
        await ledger.flush()
        await ledger.release(lease)


def _calls(ledger: Ledger, count: int, batch: int) -> list[bytes]:
    dice = random.Random(1)  # noqa: S311 -- any order will do
    order = [(seq, status) for seq in range(count) for status in ("sent", "delivered")]
    dice.shuffle(order)
    return [_body(ledger, order[at : at + batch]) for at in range(0, len(order), batch)]


def _body(ledger: Ledger, statuses: list[tuple[int, str]]) -> bytes:
    """Meta's frame, as it comes for many."""
    items = [
        {
            "id": _id(seq),
            "status": status,
            "timestamp": "1780000000",
            "recipient_id": recipient(seq)[1:],
            "biz_opaque_callback_data": make_reference(ledger.secret, broadcast=1, seq=seq, attempt=1),
            "conversation": {"id": f"c{seq}", "origin": {"type": "marketing"}},
            "pricing": {"billable": True, "pricing_model": "PMP", "category": "marketing"},
        }
        for seq, status in statuses
    ]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "919812340000", "phone_number_id": "1"},
        "statuses": items,
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def _id(seq: int) -> str:
    return f"wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERg{seq:08d}"
