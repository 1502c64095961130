"""Death on cue: before and after every kind of commit, right before a request leaves and right after its answer."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.support.crash_double import BURSTS, Double
from tests.support.crash_play import PASSAGES
from tests.support.crash_stage import Stage, staged
from tests.support.crash_truth import check_end, check_report, look, read_ended
from wamsg.broadcast import OnUnknown
from wamsg.ledger import State
from wamsg.ledger.sqlite.crash import POINTS

#: One broadcast dies at all of these, one after the other; a few sends lie between.
_HANDFUL = (
    "freeze.before-commit:1",
    "take.after-commit:1",
    "claim.before-commit:5",
    "claim.after-commit:5",
    "request.before:30",
    "request.after:30",
    "settle.before-commit:5",
    "settle.after-commit:5",
)
_FEW = ("--concurrency", "8")
#: Points that an undisturbed run does not pass; each has its own test below.
_ELSEWHERE = {"discard", "order", "rearm", "lane", "suppress"}
#: What no run with this provider does: look unknown ones up, which needs WA.cr, take a suppression off, and receive
#: callbacks or read statuses, which is other commands' business.
_NOWHERE = {"resolve", "unsuppress", "events", "handled", "bookmark"}


async def die(stage: Stage, *points: str, rate: str = "none", resume: bool = False, resent: bool = False) -> None:
    """Run it once for each point, see that it died there, and that the ledger and the provider agree."""
    for point in points:
        child = await (
            stage.resume(rate=rate, crash_at=point) if resume else stage.run(*_FEW, rate=rate, crash_at=point)
        )
        assert await child.end() == -signal.SIGKILL, (point, child.said)
        await look(stage, resent=resent)


async def test_a_broadcast_that_dies_at_each_point_in_turn_reaches_everyone_once(stage: Stage) -> None:
    """Nobody is sent to twice, nobody is lost, and the counts add up after each death."""
    await die(stage, *_HANDFUL)
    child = await stage.resume()
    assert await child.end() == 5, child.said
    book = await read_ended(stage)
    check_end(stage, book)
    # Eight at a time, and only six of the deaths were after the first request.
    assert 0 < len(book.those(State.UNKNOWN)) <= 6 * 8
    await check_report(stage, book)


def test_every_crash_point_is_tried() -> None:
    """A new kind of commit needs a test here."""
    kinds = {point.split(".")[0] for point in POINTS - PASSAGES.keys()}
    assert kinds - _NOWHERE == _ELSEWHERE


@pytest.mark.long
async def test_a_broadcast_that_dies_at_every_point_reaches_everyone_once(tmp_path: Path, double: Double) -> None:
    """As above, at all points that a run passes, first while it is planned, then while it runs."""
    planning = [point for point in PASSAGES if point.split(".")[0] in {"begin", "load", "freeze"}]
    running = [point for point in PASSAGES if point not in planning]
    async with staged(tmp_path / "stage", double, 1400) as stage:
        # Planned at a low rate, so that there are seven chunks to be taken and released.
        for point in planning:
            child = await stage.plan(*_FEW, crash_at=f"{point}:1")
            assert await child.end() == -signal.SIGKILL, (point, child.said)
            book = await look(stage)
            assert (book is not None) == (point == "freeze.after-commit")
        await die(stage, *(f"{point}:{max(1, PASSAGES[point] // 10)}" for point in running))
        child = await stage.resume()
        assert await child.end() == 5, child.said
        check_end(stage, await read_ended(stage))


@pytest.mark.long
async def test_a_death_while_a_draft_is_discarded_leaves_nothing_of_it(stage: Stage) -> None:
    """The next plan is whole and the only one."""
    await die(stage, "load.after-commit:1", "discard.before-commit:1", "discard.after-commit:1")
    child = await stage.run()
    assert await child.end() == 0, child.said
    check_end(stage, await read_ended(stage))


@pytest.mark.long
async def test_a_death_while_the_same_is_planned_again_does_not_send_it_twice(stage: Stage) -> None:
    """A broadcast that has ended is not repeated by the same command line, wherever that is killed."""
    child = await stage.run()
    assert await child.end() == 0, child.said
    for point in ("freeze.after-commit:1", "discard.before-commit:1", "discard.after-commit:1"):
        child = await stage.run(crash_at=point)
        assert await child.end() in {0, -signal.SIGKILL}, child.said
    for again in (stage.run(), stage.resume()):
        child = await again
        assert await child.end() == 0, child.said
    check_end(stage, await read_ended(stage))


@pytest.mark.long
async def test_a_death_while_unknown_ones_are_sent_again_repeats_only_them(stage: Stage) -> None:
    """Consent to duplicates is consent for those in doubt."""
    resend = ("--on-unknown", "resend", *_FEW)
    child = await stage.run(*resend, crash_at="request.after:50")
    assert await child.end() == -signal.SIGKILL, child.said
    book = await look(stage)
    assert book is not None
    doubted = book.those(State.SENDING)
    await die(stage, "rearm.before-commit:1", "rearm.after-commit:1", resume=True, resent=True)
    child = await stage.resume()
    assert await child.end() == 0, child.said
    check_end(stage, await read_ended(stage), policy=OnUnknown.RESEND)
    assert 0 < len(stage.double.twice) <= 8
    assert stage.double.twice <= doubted
    assert max(stage.double.times.values()) == 2


@pytest.mark.long
async def test_a_death_in_a_retry_repeats_nobody_but_those_who_were_asked_for(stage: Stage) -> None:
    """The unknown ones are due again or they are not; the same retry brings them to their end, each once."""
    await die(stage, "request.after:50")
    child = await stage.resume()
    assert await child.end() == 5, child.said
    book = await read_ended(stage)
    check_end(stage, book)
    doubted = book.those(State.UNKNOWN)
    retry = ("--only", "unknown,deferred", "--consent-to-duplicates", "--yes", "--rate", "none")
    for point in ("rearm.before-commit:1", "rearm.after-commit:1", "enter.before-commit:1"):
        child = await stage.start("retry", *retry, crash_at=point)
        assert await child.end() == -signal.SIGKILL, child.said
        await look(stage, resent=True)
    child = await stage.start("retry", *retry)
    assert await child.end() == 0, child.said
    check_end(stage, await read_ended(stage), policy=OnUnknown.RESEND)
    assert stage.double.twice <= doubted
    assert max(stage.double.times.values()) == 2


@pytest.mark.long
async def test_a_death_while_a_throttled_lane_is_saved_hurts_nobody(tmp_path: Path) -> None:
    """What lanes have learnt is beside the deliveries; without a rate there is nothing to learn."""
    async with Double(BURSTS) as double, staged(tmp_path / "stage", double, 300) as stage:
        await die(stage, "lane.before-commit:1", "lane.after-commit:1", rate="500/s")
        child = await stage.resume()
        assert await child.end() in {0, 5}, child.said
        check_end(stage, await read_ended(stage))


@pytest.mark.long
async def test_a_death_while_an_opt_out_is_noted_hurts_nobody(tmp_path: Path) -> None:
    """Who opted out is refused by the provider, is not sent to again, and stands there as refused or unknown."""
    gone = {"919812343020", "919812343150"}
    async with Double(opted_out=gone) as double, staged(tmp_path / "stage", double, 300) as stage:
        await die(stage, "suppress.before-commit:1", "suppress.after-commit:1")
        child = await stage.resume()
        assert await child.end() in {4, 5}, child.said
        book = await read_ended(stage)
        check_end(stage, book)
        assert not double.times.keys() & gone
        assert Counter(seen.recipient for seen in double.seen if seen.recipient in gone) == Counter(gone)
        assert gone <= book.those(State.REJECTED, State.UNKNOWN)


@pytest.mark.long
async def test_a_death_of_who_asks_for_a_pause_does_not_disturb_the_run(stage: Stage) -> None:
    """The order is there or it is not; the run ends or pauses, and all is well either way."""
    child = await stage.run(*_FEW, rate="100/s")
    await stage.reach(child, 20)
    for point in ("order.before-commit:1", "order.after-commit:1"):
        asking = await stage.start("pause", crash_at=point)
        assert await asking.end() == -signal.SIGKILL, asking.said
    assert await child.end() == 130, child.said
    book = await look(stage)
    assert book is not None
    assert not book.those(State.SENDING, State.UNKNOWN)
    child = await stage.resume()
    assert await child.end() == 0, child.said
    check_end(stage, await read_ended(stage))
