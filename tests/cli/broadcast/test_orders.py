"""`wamsg broadcast pause` and `cancel`, from another terminal and where nobody runs it."""

from __future__ import annotations

import subprocess
from collections import Counter

import pytest

from tests.support.broadcast_files import FAST, FILES, LEDGER, Files, accepted, named
from tests.support.command_line import HUNG, Run, Serve, Start
from wamsg.sandbox import Sandbox

PLAN = ("broadcast", "plan", *FILES, "--yes", *FAST)
SLOW = ("broadcast", "run", *FILES, "--yes", "--ledger", LEDGER, "-p", "kaleyra", "--rate", "20/s burst 1")


def started(sandbox: Sandbox, process: Start) -> subprocess.Popen[str]:
    """A run in the middle of its work."""
    child = process(*SLOW)
    while sandbox.outbox.count() < 3:
        assert child.poll() is None, child.communicate()
    return child


@pytest.mark.parametrize(("order", "states"), [("pause", ("pending", "deferred")), ("cancel", ("skipped",))])
def test_a_run_elsewhere_is_stopped(
    serve: Serve, process: Start, run: Run, files: Files, order: str, states: tuple[str, ...]
) -> None:
    """It answers once the other process has stopped; that one ends with 130, and every count agrees."""
    sandbox = serve()
    files.write(80)
    child = started(sandbox, process)
    ran = run("broadcast", order, "--ledger", LEDGER, *(("--yes",) if order == "cancel" else ()))
    child.communicate(timeout=HUNG)

    assert (ran.code, child.returncode) == (0, 130)
    assert f"pid {child.pid}" in ran.err
    ends = files.ends()
    assert sorted(accepted(sandbox)) == sorted(ends["accepted"])
    assert len(ends["accepted"]) + sum(len(ends.get(state, [])) for state in states) == 80


def test_a_paused_one_goes_on_and_a_cancelled_one_does_not(serve: Serve, run: Run, files: Files) -> None:
    """Cancelling what is planned skips everyone; after that nothing sends it, and its inputs may be planned anew."""
    sandbox = serve()
    numbers = files.write(5)
    run(*PLAN)
    ran = run("broadcast", "cancel", "--yes", "--ledger", LEDGER)
    resumed = run("broadcast", "resume", "--ledger", LEDGER)

    assert "5 skipped" in ran.out
    assert (resumed.code, "was cancelled" in resumed.complaint, sandbox.outbox.count()) == (2, True, 0)
    assert run("broadcast", "run", *FILES, "--yes", *FAST).code == 0
    assert accepted(sandbox) == Counter(numbers)


def test_there_is_nothing_to_stop(serve: Serve, run: Run, files: Files) -> None:
    """What is only planned is not paused, what has ended is neither paused nor cancelled."""
    serve()
    files.write(3)
    run(*PLAN)
    assert "is planned" in run("broadcast", "pause", "--ledger", LEDGER).complaint
    run("broadcast", "run", "--yes", *FAST)

    assert "is finished" in run("broadcast", "pause", "--ledger", LEDGER).complaint
    assert "is finished" in run("broadcast", "cancel", "--yes", "--ledger", LEDGER).complaint


def test_cancelling_is_asked_about(serve: Serve, run: Run, files: Files) -> None:
    """Without a terminal and without --yes nobody is given up."""
    serve()
    files.write(3)
    run(*PLAN)
    ran = run("broadcast", "cancel", "--ledger", LEDGER)

    assert (ran.code, "--yes" in ran.complaint, set(files.ends())) == (2, True, {"pending"})


def test_a_dead_one_is_paused_and_told_as_such(serve: Serve, process: Start, run: Run, files: Files) -> None:
    """Where the process died the pause is entered here; what it left in flight is unknown by then."""
    sandbox = serve()
    files.write(80)
    child = started(sandbox, process)
    child.kill()
    child.wait(HUNG)
    ran = run("broadcast", "pause", "--ledger", LEDGER, "--json")

    (ended,) = named(ran, "ended")
    states = ended["states"]
    assert isinstance(states, dict)
    assert (ran.code, ended["phase"], states["sending"]) == (0, "paused", 0)
    assert accepted(sandbox).total() <= states["accepted"] + states["unknown"]
