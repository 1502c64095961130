"""`wamsg poll` and `--poll`: a provider that calls nobody back is read, and its statuses settle deliveries."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.support.broadcast_files import FILES, LEDGER, Files
from tests.support.command_line import HUNG, Run, Serve, Start
from wamsg.clock import SystemClock
from wamsg.sandbox import Fault

WACR = ("--ledger", LEDGER, "--provider", "wacr")
SEND = ("broadcast", "run", *FILES, "--yes", *WACR, "--rate", "none")


class Later(SystemClock):
    """The time of day, moved on by hand; waits take as long as ever."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The current folder of the command line."""
    return Files(tmp_path)


def test_statuses_are_read_and_settle_the_deliveries_of_a_broadcast(run: Run, serve: Serve, files: Files) -> None:
    """Once, and once more: what is known is not counted again."""
    clock = Later()
    serve(clock=clock)
    files.write(4, extra=["+447700931026,Nobody"])
    assert run(*SEND).code == 0
    clock.ahead = 100.0

    first, second = run("poll", *WACR, "--once"), run("poll", *WACR, "--once")

    assert (0, 0) == (first.code, second.code), first.err
    assert "5 new" in first.out
    assert "new" not in second.out
    told = json.loads(run("broadcast", "status", "--ledger", LEDGER, "--json").lines[-1])
    assert {"read": 4, "failed": 1} == told["statuses"]


def test_a_canary_waits_for_statuses_that_are_read_meanwhile(run: Run, serve: Serve, files: Files) -> None:
    """The same process sends and reads, through one limit."""
    sandbox = serve()
    files.write(8)

    ran = run(*SEND, "--poll", "1", "--canary", "3", "--canary-wait", "60s")

    assert ran.code == 0, (ran.out, ran.err)
    assert 8 == sandbox.outbox.count()


def test_it_goes_on_until_ctrl_c(process: Start, serve: Serve, run: Run, files: Files) -> None:
    """Which costs nothing that was read."""
    serve()
    files.write(2)
    assert run(*SEND).code == 0

    child = process("poll", *WACR, "--every", "1")
    assert child.stdout is not None
    assert "2 new" in child.stdout.readline()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=HUNG)

    assert 0 == child.returncode
    assert "2 events" in out
    assert "Traceback" not in err


@pytest.mark.parametrize("commit", ["events", "bookmark"])
@pytest.mark.parametrize("edge", ["before-commit", "after-commit"])
def test_a_death_while_statuses_are_stored_loses_none(
    process: Start, serve: Serve, run: Run, files: Files, monkeypatch: pytest.MonkeyPatch, commit: str, edge: str
) -> None:
    """By SIGKILL between any two commits; the next reading finds the rest."""
    clock = Later()
    serve(clock=clock)
    # More than a page, so that there is a place to be remembered.
    files.write(120)
    assert run(*SEND).code == 0
    clock.ahead = 100.0
    monkeypatch.setenv("WAMSG_CRASH_AT", f"{commit}.{edge}:1")
    child = process("poll", *WACR, "--once")
    child.communicate(timeout=HUNG)
    assert -signal.SIGKILL == child.returncode
    monkeypatch.delenv("WAMSG_CRASH_AT")

    assert run("poll", *WACR, "--once").code == 0

    told = json.loads(run("broadcast", "status", "--ledger", LEDGER, "--json").lines[-1])
    assert {"read": 120} == told["statuses"]


def test_wrong_credentials_end_it_with_a_sentence(
    run: Run, serve: Serve, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading on would not help."""
    serve()
    files.write(1)
    assert run(*SEND).code == 0
    monkeypatch.setenv("WAMSG_WACR_TOKEN", "sandbox-no-scope:messages:read")

    ran = run("poll", *WACR)

    assert ran.code != 0
    assert "Traceback" not in ran.err


def test_a_broken_server_is_read_again(run: Run, serve: Serve, files: Files) -> None:
    """`--once` says what went wrong and ends; what was read stays."""
    sandbox = serve()
    files.write(1)
    assert run(*SEND).code == 0
    sandbox.faults.add(Fault(kind="status", status=500, provider="wacr"))

    ran = run("poll", *WACR, "--once")

    assert ran.code == 1
    assert ran.err.count("\n") <= 2


@pytest.mark.parametrize("words", [("poll",), ("broadcast", "run", *FILES, "--yes", "--poll", "5")])
def test_a_provider_that_calls_back_is_not_read(run: Run, serve: Serve, files: Files, words: tuple[str, ...]) -> None:
    """And nothing is sent."""
    sandbox = serve()
    files.write(1)

    ran = run(*words, "--ledger", LEDGER, "--provider", "kaleyra")

    assert ran.code == 2
    assert "wamsg webhooks" in ran.err
    assert 0 == sandbox.outbox.count()
    assert [] == files.ledgers


@pytest.mark.parametrize("words", [("--every", "0"), ("--calls", "1"), ("--every", "nan")])
def test_wrong_options_are_told(run: Run, serve: Serve, files: Files, words: tuple[str, ...]) -> None:
    """By the option that is wrong."""
    serve()
    files.write(1)
    assert run(*SEND).code == 0

    ran = run("poll", *WACR, *words)

    assert ran.code == 2
    assert words[0].strip("-") in ran.err
