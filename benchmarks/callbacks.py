"""How many statuses one receiver takes in: verified, read, stored, and settling deliveries of a ledger."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import tempfile
import time
from pathlib import Path

from attrs import frozen

from benchmarks import child
from benchmarks.load import Stopwatch, run
from benchmarks.table import table, verdict
from benchmarks.workload import recipient
from wamsg.broadcast import MessageTemplate, Options, open_audience, plan
from wamsg.ledger import Ledger, Settled, State, open_ledger
from wamsg.ledger.reference import make_reference
from wamsg.webhooks import Call, Receiver, webhook

_SECRET = "fake-callback-secret"
_GOAL = 30_000
_BATCHES = (1, 100, 1000)


@frozen(kw_only=True)
class Plan:
    """How much is measured."""

    deliveries: int = 60_000
    rounds: int = 2


def section(*, quick: bool) -> str:
    """The table."""
    size = Plan(deliveries=5_000, rounds=1) if quick else Plan()
    folder = Path(tempfile.mkdtemp(prefix="wamsg-callbacks-"))
    rows: list[tuple[object, ...]] = []
    try:
        for batch in _BATCHES:
            found = [
                child.call(measure, folder=str(folder / f"{batch}-{turn}"), deliveries=size.deliveries, batch=batch)
                for turn in range(size.rounds)
            ]
            rate, cpu = max(found)
            rows.append((batch, f"{rate:,.0f}", f"{cpu:.1f} us", verdict(met=rate >= _GOAL)))
    finally:
        shutil.rmtree(folder)
    title = (
        f"{2 * size.deliveries:,} statuses (sent, delivered) of {size.deliveries:,} deliveries in random order, "
        f"through `Receiver.take` into the ledger; best of {size.rounds}."
    )
    return f"{title}\n\n" + table(("statuses per call", "events/s", "CPU per event", f">= {_GOAL:,}/s"), rows)


def measure(*, folder: str, deliveries: int, batch: int) -> tuple[float, float]:
    """Events a second and CPU microseconds per event; runs in a process of its own."""
    Path(folder).mkdir(parents=True)

    async def main() -> tuple[float, float]:
        ledger = await open_ledger(Path(folder) / "some.ledger", create=True)
        await _send(ledger, deliveries)
        calls = _calls(ledger, deliveries, batch)
        hook = webhook("kaleyra", callback_token=_SECRET, environ={})
        call = Call(
            method="POST",
            path="/",
            headers={"Authorization": f"Bearer {_SECRET}", "Content-Type": "application/json"},
        )
        receiver = Receiver(hook, store=ledger)
        await receiver.open()
        limit = asyncio.Semaphore(64)

        async def one(body: bytes) -> None:
            async with limit:
                response = await receiver.take(call, body)
                assert response.status == 200, response.status

        with Stopwatch() as watch:
            await asyncio.gather(*map(one, calls))
        await receiver.aclose()
        counts = await ledger.counts(1)
        assert counts.statuses == {"delivered": deliveries}, counts.statuses
        await ledger.aclose()
        load = watch.load(2 * deliveries)
        return load.rate, load.cpu_us

    return run(main)


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
