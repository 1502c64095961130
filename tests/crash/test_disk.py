"""What may befall the files of a run: a full disk, a ledger that is read-only or gone, inputs that change or vanish."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import sys

import pytest

from tests.support import crash_unprivileged
from tests.support.crash_play import SEED, after
from tests.support.crash_stage import Child, Stage
from tests.support.crash_truth import check_end, look, read_ended
from wamsg.ledger import State

#: Another process's limits can be set where there is prlimit(2).
needs_prlimit = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit, which Linux has")


def fill_disk(child: Child, size: int) -> None:
    """From now on no file of the process grows beyond ``size`` bytes: writing fails as it does on a full disk."""
    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@needs_prlimit
async def test_a_disk_that_fills_up_stops_the_sending_and_flags_what_was_under_way(stage: Stage) -> None:
    """Nothing leaves whose intent is not on disk; with room again the broadcast is resumed to its end."""
    child = await stage.run("--concurrency", "8")
    await stage.reach(child, 60)
    fill_disk(child, stage.log.stat().st_size)
    assert await child.end() == 5, child.said
    assert f"the ledger {stage.ledger} cannot be" in child.said
    book = await look(stage)
    assert book is not None
    assert len(stage.double.accepted) < len(book.rows)
    child = await stage.resume()
    assert await child.end() in {0, 5}, child.said
    book = await read_ended(stage)
    check_end(stage, book)
    assert len(book.those(State.UNKNOWN)) <= 8


@pytest.mark.long
@needs_prlimit
async def test_a_disk_that_is_full_again_and_again_doubles_nobody(stage: Stage) -> None:
    """At random instants, while planning too, with a little room left or none."""
    chance = random.Random(SEED)
    for _ in range(8):
        child = await stage.run()
        if await child.lives_until(after(chance.uniform(0.0, 0.6), stage.double, chance.choice((0, 1, 30)))):
            log = stage.log.stat().st_size if stage.log.exists() else 0
            fill_disk(child, chance.randint(0, 40_000) + chance.choice((0, log)))
        assert await child.end() in {0, 2, 5}, (SEED, child.said)
        await look(stage)
    child = await stage.run()
    assert await child.end() in {0, 5}, child.said
    check_end(stage, await read_ended(stage))


@pytest.mark.long
async def test_a_ledger_made_read_only_is_refused_in_one_sentence(stage: Stage) -> None:
    """In the middle of a run it does no harm; a new process says so and sends nothing, until it may be written."""
    stage.launcher = (sys.executable, crash_unprivileged.__file__)
    child = await stage.run("--concurrency", "8")
    await stage.reach(child, 50)
    stage.ledger.chmod(0o400)
    await stage.reach(child, 100)
    child.send(signal.SIGKILL)
    await child.end()
    sent = await sent_by(stage)
    stage.ledger.parent.chmod(0o500)
    for again in (await stage.resume(), await stage.run()):
        assert await again.end() == 2
        assert "read-only" in again.said
        assert "Traceback" not in again.said
    assert await sent_by(stage) == sent
    stage.ledger.parent.chmod(0o700)
    stage.ledger.chmod(0o600)
    child = await stage.resume()
    assert await child.end() in {0, 5}, child.said
    check_end(stage, await read_ended(stage))


@pytest.mark.long
async def test_a_ledger_that_is_removed_under_a_run_stops_it(stage: Stage) -> None:
    """What cannot be looked up any more is not sent either, and the run says why."""
    child = await stage.run("--concurrency", "2")
    await stage.reach(child, 20)
    shutil.rmtree(stage.ledger.parent)
    assert await child.end() not in {0, 1}, child.said
    assert "removed" in child.said
    assert len(stage.double.accepted) < len(stage.cast.bodies)
    child = await stage.resume()
    assert await child.end() == 2
    assert "does not exist" in child.said


@pytest.mark.long
async def test_inputs_that_changed_are_refused_and_those_that_are_gone_are_not_missed(stage: Stage) -> None:
    """What was planned is what is sent; another message or file is named and nothing of it goes out."""
    child = await stage.run("--concurrency", "8", crash_at="request.before:50")
    assert await child.end() == -signal.SIGKILL
    sent = await sent_by(stage)
    message, people = stage.message.read_bytes(), stage.recipients.read_bytes()
    stage.message.write_bytes(message.replace(b"Hello", b"Good bye"))
    await refused(stage, "the message")
    stage.message.write_bytes(message)
    stage.recipients.write_bytes(people + b"+919812342100,New,new\n")
    await refused(stage, "the recipients")
    stage.recipients.unlink()
    await refused(stage, "customers.csv")
    assert await sent_by(stage) == sent
    stage.message.unlink()
    child = await stage.resume()
    assert await child.end() == 5, child.said
    check_end(stage, await read_ended(stage))


async def refused(stage: Stage, what: str) -> None:
    """The same command line is refused, and names what differs."""
    child = await stage.run("--concurrency", "8")
    assert await child.end() == 2
    assert what in child.said


async def sent_by(stage: Stage) -> int:
    """How many messages have reached the provider."""
    await stage.double.settle()
    return len(stage.double.seen)
