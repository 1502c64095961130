"""`wamsg broadcast plan`: what would be sent to whom, frozen only after a yes."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.broadcast_files import FAST, FILES, LEDGER, Files, named, number
from tests.support.command_line import HUNG, Run, Serve

#: A repeated one in another notation, two that are no numbers, one without a name.
EXTRA = (f"{number(1)[:3]} 7700 900001,again", "call me,Bob", "07700 900002,Carl", f"{number(900)},")


def test_every_line_has_a_fate(serve: Serve, run: Run, files: Files) -> None:
    """Counts, the lines that are wrong, three messages and the time it takes are shown; numbers are masked."""
    sandbox = serve()
    files.write(18, extra=EXTRA)
    ran = run("broadcast", "plan", *FILES, "--yes", "--ledger", LEDGER, "-p", "kaleyra", "--rate", "2/s")

    assert (ran.code, ran.err) == (0, "")
    assert "22 lines = 3 invalid + 1 duplicate + 0 suppressed + 18 deliveries (18 pending)" in ran.lines
    for line in (21, 22, 23):
        assert f"line {line} is invalid" in ran.out
    assert "Hello Ann0" in ran.out
    assert "Hello Ann2" in ran.out
    assert "Hello Ann3" not in ran.out
    assert "takes: 9 s, at 2/s" in ran.out
    assert "7700900" not in ran.out
    assert sandbox.outbox.count() == 0
    ends = files.ends()
    assert sorted(ends["invalid"]) == sorted(["call me", "07700 900002", number(900)])
    assert len(ends["pending"]) == 18


def test_days_under_a_quota_are_told(serve: Serve, run: Run, files: Files) -> None:
    """A daily quota and several senders change how long it takes."""
    serve()
    files.write(100)
    ran = run("broadcast", "plan", *FILES, "--dry-run", *FAST, "--daily-quota", "30")

    assert "takes: 4 days at 30 a day" in ran.out


def test_a_plan_as_an_event(serve: Serve, run: Run, files: Files) -> None:
    """--json is one object whose counts add up, and whose texts hold no number."""
    serve()
    files.write(18, extra=EXTRA)
    ran = run("broadcast", "plan", *FILES, "--yes", "--json", *FAST)

    (planned,) = named(ran, "planned")
    assert (planned["rows"], planned["deliveries"], planned["provider"], planned["name"]) == (22, 18, "kaleyra", "sale")
    assert planned["rows"] == sum(
        int(str(planned[fate])) for fate in ("invalid", "duplicate", "suppressed", "deliveries")
    )
    assert "7700900" not in ran.out


def test_a_dry_run_leaves_nothing(serve: Serve, run: Run, files: Files) -> None:
    """No file where there was none; an existing ledger gives its suppressions and stays as it was, even locked."""
    serve()
    files.write(10)
    plan = ("broadcast", "plan", *FILES, "--dry-run", *FAST)
    assert "10 deliveries" in run(*plan).out
    assert files.ledgers == []

    run("suppress", "add", number(3), "--ledger", LEDGER)
    before = (files.folder / LEDGER).read_bytes()
    ran = run(*plan)

    assert "1 suppressed + 9 deliveries" in ran.out
    assert (files.folder / LEDGER).read_bytes() == before
    assert files.ledgers == [LEDGER]


def test_the_first_rows_alone(serve: Serve, run: Run, files: Files) -> None:
    """--limit plans so many rows, --name says what it is called."""
    serve()
    files.write(10)
    run("broadcast", "plan", *FILES, "--yes", *FAST, "--limit", "4", "--name", "try out")

    ran = run("broadcast", "status", "--ledger", LEDGER)
    assert '"try out"' in ran.lines[0]
    assert "4 deliveries" in ran.out


def test_the_same_twice_is_refused(serve: Serve, run: Run, files: Files) -> None:
    """A second plan of the same inputs would message everyone twice; another message may share the ledger."""
    serve()
    files.write(10)
    plan = ("broadcast", "plan", *FILES, "--yes", *FAST)
    assert run(*plan).code == 0
    again = run(*plan)
    files.write(10, message='type = "text"\nbody = "Bye"\n')

    assert (again.code, again.out) == (2, "")
    assert "same message, options and recipients" in again.err
    assert run(*plan).code == 0


def test_recipients_come_from_standard_input(serve: Serve, run_process: Run, files: Files) -> None:
    """- reads them, whatever they are laid out as."""
    serve()
    files.write()
    lines = '{"to": "+447700900001", "first_name": "A"}\n{"to": "+447700900002", "first_name": "B"}\n'
    ran = run_process("broadcast", "plan", FILES[0], "-", "--yes", *FAST, stdin=lines)

    assert (ran.code, "2 lines" in ran.out) == (0, True)


@contextmanager
def at_a_terminal(*words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A command whose standard input is a terminal, up to its question; and the terminal's other end."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "wamsg", *words],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        assert child.stderr is not None
        asked = ""
        while not asked.endswith("[y/N] "):
            asked += child.stderr.read(1)
            assert child.poll() is None, asked
        yield child, ours
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate()
        os.close(ours)


@pytest.mark.parametrize(("answer", "code", "left"), [(b"Yes\n", 0, True), (b"\n", 1, False)])
def test_it_asks_first(serve: Serve, run: Run, files: Files, answer: bytes, code: int, left: bool) -> None:  # noqa: FBT001 -- a case
    """Only a yes freezes the plan; anything else leaves no broadcast."""
    serve()
    files.write()
    with at_a_terminal("broadcast", "plan", *FILES, *FAST) as (child, terminal):
        os.write(terminal, answer)
        child.communicate(timeout=HUNG)

    assert child.returncode == code
    assert (run("broadcast", "status", "--ledger", LEDGER).code == 0) is left


def test_ctrl_c_at_the_question_is_a_no(serve: Serve, run: Run, files: Files) -> None:
    """It ends with 130, without a traceback, and leaves no broadcast."""
    serve()
    files.write()
    with at_a_terminal("broadcast", "run", *FILES, *FAST) as (child, _):
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=HUNG)

    assert (child.returncode, "Traceback" in err) == (130, False)
    assert "no broadcast" in run("broadcast", "status", "--ledger", LEDGER).complaint
