"""One writing thread: what queues together is committed together, and a failed commit is not taken for a good one."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ledger.stores import FIRST, NOW, all_due, frozen, gathered, people, plan, settled, states_of, taken
from wamsg.errors import LedgerBusy, LedgerError, LedgerUnusable
from wamsg.ledger import Lease, State, Suppression
from wamsg.ledger.sqlite import SqliteLedger, open_sqlite
from wamsg.pipeline.pace import Learnt


@pytest.fixture
async def ledger(tmp_path: Path) -> SqliteLedger:
    """A new one, locked."""
    ledger = await open_sqlite(tmp_path / "a.ledger", create=True)
    await ledger.lock()
    return ledger


async def reopened(ledger: SqliteLedger) -> SqliteLedger:
    await ledger.aclose()
    return await open_sqlite(ledger._path, create=False)


@contextmanager
def held(ledger: SqliteLedger) -> Iterator[None]:
    """The write lock is with someone else, so that the writer waits and everything queues up behind it."""
    connection = sqlite3.connect(ledger._path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def commits(ledger: SqliteLedger) -> list[int]:
    """How many items each commit from now on has."""
    sizes: list[int] = []
    write = ledger._writer._write

    def counted(batch: object) -> None:
        sizes.append(len(batch.claims) + len(batch.outcomes) + len(batch.jobs))  # type: ignore[attr-defined]  # the writer's own
        write(batch)  # type: ignore[arg-type]  # as above

    ledger._writer._write = counted  # type: ignore[method-assign]  # watched, not replaced
    return sizes


async def test_whatever_queues_during_a_commit_goes_into_the_next(ledger: SqliteLedger) -> None:
    """A slow disk makes the batches larger, not the waiting longer."""
    lease = await taken(ledger, await frozen(ledger, 400, chunk=500))
    sizes = commits(ledger)

    with held(ledger):
        first = ledger.claim(lease, 0, now=NOW)
        while not ledger._writer._queue.empty():  # noqa: ASYNC110 -- the thread tells no one that it has begun
            await asyncio.sleep(0)
        rest = [ledger.claim(lease, seq, now=NOW) for seq in range(1, 400)]
    answers = await gathered([first, *rest])

    assert [True] * 400 == answers
    assert [1, 399] == sizes
    await ledger.aclose()


async def test_the_event_loop_is_woken_once_per_commit(ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many wait for it."""
    lease = await taken(ledger, await frozen(ledger, 300, chunk=500))
    loop = asyncio.get_running_loop()
    woken: list[object] = []
    call = loop.call_soon_threadsafe

    def counted(callback: object, *args: object, **named: object) -> object:
        woken.append(callback)
        return call(callback, *args, **named)  # type: ignore[arg-type]  # handed on as it came

    sizes = commits(ledger)
    monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
    await gathered(ledger.claim(lease, seq, now=NOW) for seq in range(300))

    assert len(sizes) == len(woken)
    assert 300 == sum(sizes)
    await ledger.aclose()


async def test_no_statement_runs_on_the_event_loop(ledger: SqliteLedger) -> None:
    """Neither reading nor writing, while planning, running and reporting."""
    threads: set[int] = set()
    for connection in (ledger._writer._connection, ledger._reader):
        connection.set_trace_callback(lambda _statement: threads.add(threading.get_ident()))

    broadcast = await frozen(ledger, 5)
    lease = await taken(ledger, broadcast)
    await gathered(ledger.claim(lease, due.seq, now=NOW) for due in await all_due(ledger, lease))
    await states_of(ledger, broadcast)
    await ledger.counts(broadcast)

    assert 2 == len(threads)
    assert threading.get_ident() not in threads
    await ledger.aclose()


async def test_a_claim_that_nobody_waits_for_any_more_sends_nothing(ledger: SqliteLedger) -> None:
    """Given up before its commit it leaves no trace; given up while it is made, it is due again."""
    broadcast = await frozen(ledger, 3)
    lease = await taken(ledger, broadcast)
    with held(ledger):
        early, kept = ledger.claim(lease, 0, now=NOW), ledger.claim(lease, 1, now=NOW)
        early.cancel()
    assert await kept
    late = ledger.claim(lease, 2, now=NOW)
    sure = ledger._writer.do("flush", lambda _connection: late.cancel())

    await sure
    ledger = await reopened(ledger)

    assert [State.PENDING, State.SENDING, State.DEFERRED] == await states_of(ledger, broadcast)
    await ledger.aclose()


async def test_closing_takes_back_claims_that_were_given_up(ledger: SqliteLedger) -> None:
    """What an interrupt cancels is not left behind as unknown."""
    broadcast = await frozen(ledger, 200, chunk=500)
    lease = await taken(ledger, broadcast)
    with held(ledger):
        claims = [ledger.claim(lease, seq, now=NOW) for seq in range(200)]
        closing = asyncio.ensure_future(ledger.aclose())
        await asyncio.sleep(0)
        for claim in claims:
            claim.cancel()
    await closing

    ledger = await reopened(ledger)
    counts = await ledger.counts(broadcast)
    assert 0 == counts.states[State.SENDING] + counts.states[State.UNKNOWN]
    assert 200 == counts.open
    await ledger.aclose()


async def test_a_wrong_job_fails_alone(ledger: SqliteLedger) -> None:
    """What was committed with it stays."""
    broadcast = await frozen(ledger, 3)
    lease = await taken(ledger, broadcast)
    draft = await ledger.begin(plan("draft"))
    with held(ledger):
        wrong = asyncio.ensure_future(ledger.load(draft, people(1, start=7)))
        await asyncio.sleep(0)
        right = asyncio.ensure_future(ledger.suppress([Suppression(address=FIRST, reason="", source="", at=NOW)]))
        await asyncio.sleep(0)
        claim = ledger.claim(lease, 0, now=NOW)

    with pytest.raises(LedgerError, match="follow on"):
        await wrong
    assert (1, True) == (await right, await claim)
    assert 0 == (await ledger.counts(draft)).rows
    await ledger.aclose()


async def test_a_writer_that_had_no_turn_goes_on_with_the_next(ledger: SqliteLedger) -> None:
    """Whoever waits is told that the file is busy; an outcome, for which nobody waits, is written with the next."""
    broadcast = await frozen(ledger, 3)
    lease = await taken(ledger, broadcast)
    assert await ledger.claim(lease, 0, now=NOW)
    ledger._writer._connection.execute("PRAGMA busy_timeout = 1")

    with held(ledger):
        ledger.settle(lease, settled(0, State.ACCEPTED))
        for _ in range(2):
            with pytest.raises(LedgerBusy, match="is kept busy by another process"):
                await ledger.claim(lease, 1, now=NOW)
    assert await ledger.claim(lease, 2, now=NOW)

    assert [State.ACCEPTED, State.PENDING, State.SENDING] == await states_of(ledger, broadcast)
    await ledger.aclose()


async def test_what_closing_finds_the_file_busy_with_is_written_when_it_is_free(ledger: SqliteLedger) -> None:
    """The last batch has another try."""
    broadcast = await frozen(ledger, 1)
    lease = await taken(ledger, broadcast)
    assert await ledger.claim(lease, 0, now=NOW)
    ledger._writer._connection.execute("PRAGMA busy_timeout = 1")
    with held(ledger):
        ledger.settle(lease, settled(0, State.ACCEPTED))
        with pytest.raises(LedgerBusy):
            await ledger.flush()

    ledger = await reopened(ledger)

    assert [State.ACCEPTED] == await states_of(ledger, broadcast)
    await ledger.aclose()


async def half_done(ledger: SqliteLedger) -> tuple[int, Lease]:
    """Ten accepted, ten in flight, of forty."""
    broadcast = await frozen(ledger, 40)
    lease = await taken(ledger, broadcast)
    await gathered(ledger.claim(lease, seq, now=NOW) for seq in range(20))
    for seq in range(10):
        ledger.settle(lease, settled(seq, State.ACCEPTED))
    await ledger.flush()
    return broadcast, lease


async def broken(ledger: SqliteLedger, lease: Lease, sentence: str) -> None:
    """Whatever is asked from now on is refused, with the cause."""
    traces = set()
    for _ in range(3):
        with pytest.raises(LedgerUnusable, match=sentence):
            await ledger.claim(lease, 30, now=NOW)
        with pytest.raises(LedgerUnusable, match=sentence) as caught:
            await ledger.flush()
        traces.add(len("".join(traceback.format_exception(caught.value))))
    # A receiver raises, and logs, it for every call.
    assert 1 == len(traces)
    with pytest.raises(LedgerUnusable, match=sentence):
        await ledger.take(1, now=NOW, owner="me")
    ledger.lanes.save("lane", Learnt(rate=1.0, ceiling=None, paused_until=0.0))
    ledger.settle(lease, settled(19, State.ACCEPTED))


async def test_a_full_disk_fails_what_was_told_and_keeps_what_was_committed(ledger: SqliteLedger) -> None:
    """Those in the failed commit are unknown to the next process, and no one else."""
    broadcast, lease = await half_done(ledger)
    pages = ledger._writer._connection.execute("PRAGMA page_count").fetchone()[0]
    ledger._writer._connection.execute(f"PRAGMA max_page_count = {pages}")

    claim = ledger.claim(lease, 20, now=NOW)
    for seq in range(10, 20):
        ledger.settle(lease, settled(seq, State.ACCEPTED)._replace(message_id="x" * 5000))
    with pytest.raises(LedgerUnusable, match="disk is full"):
        await ledger.flush()
    await asyncio.wait([claim])

    await broken(ledger, lease, "disk is full")
    assert 40 == (await ledger.counts(broadcast)).deliveries
    won = claim.exception() is None
    ledger = await reopened(ledger)
    await ledger.lock()
    found = await states_of(ledger, broadcast)
    assert [State.ACCEPTED] * 10 + [State.UNKNOWN] * 10 == found[:20]
    assert [State.UNKNOWN if won else State.PENDING, *[State.PENDING] * 19] == found[20:]
    assert await ledger.claim(await taken(ledger, broadcast), 39, now=NOW)
    await ledger.aclose()


async def test_a_log_that_cannot_grow_is_a_clear_end(ledger: SqliteLedger) -> None:
    """The operating system itself refuses the write; no claim that is answered with True is lost."""
    broadcast, lease = await half_done(ledger)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = ledger._path.with_name("a.ledger-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 2000, hard))
    try:
        answers = await asyncio.gather(
            *[ledger.claim(lease, seq, now=NOW) for seq in range(20, 40)], return_exceptions=True
        )
        with pytest.raises(LedgerUnusable, match=r"a\.ledger cannot be"):
            await ledger.claim(lease, 39, now=NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert all(isinstance(answer, LedgerUnusable) for answer in answers)
    await broken(ledger, lease, r"a\.ledger cannot be")
    ledger = await reopened(ledger)
    await ledger.lock()
    assert [State.ACCEPTED] * 10 + [State.UNKNOWN] * 10 == (await states_of(ledger, broadcast))[:20]
    await ledger.aclose()


async def test_a_table_that_is_gone_breaks_the_ledger_not_the_process(ledger: SqliteLedger) -> None:
    """Whoever dropped it under us."""
    _, lease = await half_done(ledger)
    other = sqlite3.connect(ledger._path, isolation_level=None)
    other.execute("DROP TABLE send")
    other.close()

    with pytest.raises(LedgerUnusable, match="is damaged: no such table"):
        await ledger.claim(lease, 20, now=NOW)
    await broken(ledger, lease, "is damaged")
    await ledger.aclose()


async def test_a_commit_that_fails_halfway_leaves_nothing(ledger: SqliteLedger) -> None:
    """Neither the outcomes nor the intents that were in it, though their statements had gone well."""
    broadcast, lease = await half_done(ledger)
    other = sqlite3.connect(ledger._path, isolation_level=None)
    other.execute("DROP TABLE used")

    with held(ledger):
        ledger.settle(lease, settled(10, State.ACCEPTED))
        claim = ledger.claim(lease, 20, now=NOW)
    with pytest.raises(LedgerUnusable, match="is damaged: no such table"):
        await claim
    await ledger.aclose()

    key = broadcast << 32
    found = dict(other.execute("SELECT id - ?1, state FROM send WHERE id >= ?1", (key,)).fetchall())
    other.close()
    assert State.SENDING == found[10]
    assert 20 not in found


async def test_a_cancelled_lock_can_be_asked_for_again(tmp_path: Path) -> None:
    """It is not held half."""
    ledger = await open_sqlite(tmp_path / "a.ledger", create=True)
    task = asyncio.ensure_future(ledger.lock())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    with pytest.raises(LedgerError, match="lock"):
        await ledger.begin(plan())

    await ledger.lock()

    assert await ledger.begin(plan())
    await ledger.aclose()


async def test_a_ledger_that_nobody_closed_does_not_keep_the_process(tmp_path: Path) -> None:
    """A program that forgets it, or dies of an error, ends."""
    import sys

    code = (
        "import asyncio, sys\n"
        "from wamsg.ledger.sqlite import open_sqlite\n"
        "async def main():\n"
        "    await (await open_sqlite(sys.argv[1], create=True)).lock()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(tmp_path / "a.ledger"))

    assert 0 == await asyncio.wait_for(process.wait(), 60)


async def test_tallies_are_made_once_and_agree_with_the_rows(ledger: SqliteLedger) -> None:
    """A finished chunk is not counted row by row again."""
    broadcast = await frozen(ledger, 40, chunk=10)
    for _ in range(3):
        lease = await taken(ledger, broadcast)
        await gathered(ledger.claim(lease, seq, now=NOW) for seq in range(lease.low, lease.high))
        for seq in range(lease.low, lease.high):
            ledger.settle(lease, settled(seq, State.UNKNOWN if seq % 10 == 0 else State.ACCEPTED))
        assert await ledger.release(lease)
    before = await ledger.counts(broadcast)

    await ledger.resolve(broadcast, [settled(10, State.ACCEPTED)])

    with sqlite3.connect(ledger._path) as other:
        assert [(0,), (20,)] == other.execute("SELECT DISTINCT low FROM tally ORDER BY low").fetchall()
        other.execute(
            "UPDATE send SET status = 20 + 10 * (id % 4) WHERE state = 2 AND id & 0xffffffff BETWEEN 10 AND 19"
        )
    other.close()
    after = await ledger.counts(broadcast)
    assert (3, 27) == (before.states[State.UNKNOWN], before.states[State.ACCEPTED])
    assert (2, 28) == (after.states[State.UNKNOWN], after.states[State.ACCEPTED])
    assert {"sent": 2, "failed": 2, "delivered": 3, "read": 3} == after.statuses
    await ledger.aclose()
