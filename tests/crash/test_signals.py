"""Told to stop, frozen and thawed, started twice: whatever a person or a system does to the process of a run."""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path

import pytest

from tests.support.crash_double import Double
from tests.support.crash_play import SEED, after
from tests.support.crash_stage import Stage, staged
from tests.support.crash_truth import check_end, check_report, look, read_ended
from wamsg.ledger import Phase, State


async def test_a_run_that_is_told_to_stop_leaves_nothing_unknown_and_resumes(stage: Stage) -> None:
    """SIGTERM: what is under way gets its answer, exit code 130, and the rest goes out with the next run."""
    child = await stage.run()
    await stage.reach(child, 100)
    child.send(signal.SIGTERM)
    assert await child.end() == 130, child.said
    book = await look(stage)
    assert book is not None
    assert book.broadcast.phase is Phase.PAUSED
    assert not book.those(State.SENDING, State.UNKNOWN)
    assert len(book.those(State.ACCEPTED)) == len(stage.double.accepted) < len(book.rows)
    # What it was planned from is not needed any more.
    stage.recipients.unlink()
    stage.message.unlink()
    child = await stage.resume()
    assert await child.end() == 0, child.said
    book = await read_ended(stage)
    check_end(stage, book)
    await check_report(stage, book)


async def test_a_second_process_is_refused_while_the_first_lives(tmp_path: Path) -> None:
    """It says who has the ledger and sends nothing; the first one is not disturbed."""
    async with Double(held=True) as double, staged(tmp_path / "stage", double, 40) as stage:
        first = await stage.run()
        await stage.reach(first, 5)
        second, third = await asyncio.gather(stage.resume(), stage.run())
        assert (await second.end(), await third.end()) == (2, 2)
        for other in (second, third):
            assert f"another process (pid {first.pid})" in other.said
        assert first.code is None
        double.release()
        assert await first.end() == 0, first.said
        book = await read_ended(stage)
        check_end(stage, book)
        assert not book.those(State.UNKNOWN)


@pytest.mark.long
async def test_a_run_that_is_stopped_over_and_over_never_leaves_a_doubt(stage: Stage) -> None:
    """SIGINT or SIGTERM at random instants, until it has ended: not one is ever unknown."""
    chance = random.Random(SEED)
    for _ in range(40):
        child = await stage.run(rate="200/s")
        moment = after(chance.uniform(0.0, 1.0), stage.double, chance.choice((0, 1, 30)))
        code = await child.end_by(chance.choice((signal.SIGINT, signal.SIGTERM)), moment)
        # Before its first line runs, a process dies of a signal as any other.
        assert code in {0, 130, -signal.SIGTERM, -signal.SIGINT}, (SEED, child.said)
        book = await look(stage)
        assert book is None or not book.those(State.SENDING, State.UNKNOWN), (SEED, child.said)
        if code == 0:
            break
    check_end(stage, await read_ended(stage))


@pytest.mark.long
async def test_a_second_signal_gives_up_what_is_under_way_as_unknown(tmp_path: Path) -> None:
    """Whoever cannot wait loses answers, not people."""
    async with Double(held=True) as double, staged(tmp_path / "stage", double, 60) as stage:
        child = await stage.run("--concurrency", "10")
        await stage.reach(child, 5)
        while await child.lives_until(asyncio.sleep(0.2)):
            child.send(signal.SIGINT)
        # One signal too many may meet it on its way out.
        assert child.code in {130, -signal.SIGINT}, child.said
        book = await look(stage)
        assert book is not None
        assert book.those(State.UNKNOWN) == double.times.keys()
        assert not book.those(State.SENDING)
        double.release()
        child = await stage.resume()
        assert await child.end() == 5, child.said
        check_end(stage, await read_ended(stage))


@pytest.mark.long
async def test_a_frozen_run_that_thaws_after_its_deadlines_repeats_nobody(stage: Stage) -> None:
    """SIGSTOP for longer than a request may take, then SIGCONT: late answers count, missing ones are flagged."""
    child = await stage.run("--timeout", "0.5")
    for seen in (50, 150, 250):
        await stage.reach(child, seen)
        child.send(signal.SIGSTOP)
        await asyncio.sleep(1.0)
        await look(stage)
        child.send(signal.SIGCONT)
    assert await child.end() in {0, 5}, child.said
    check_end(stage, await read_ended(stage))


@pytest.mark.long
async def test_of_several_runs_started_at_once_one_sends(stage: Stage) -> None:
    """All plan the same; one gets the ledger, the others are refused."""
    children = await asyncio.gather(*(stage.run(rate="60/s") for _ in range(4)))
    codes = sorted([await child.end() for child in children])
    assert codes == [0, 2, 2, 2], [child.said for child in children]
    check_end(stage, await read_ended(stage))
