"""`wamsg broadcast status` and `report`: what is shown adds up, whoever runs it or does not."""

from __future__ import annotations

import csv
import json
import signal
from pathlib import Path

import pytest

from tests.support.broadcast_files import FAST, FILES, LEDGER, Files, named, number
from tests.support.command_line import HUNG, Run, Serve, Start

RUN = ("broadcast", "run", *FILES, "--yes", *FAST)
STATUS = ("broadcast", "status", "--ledger", LEDGER)
REPORT = ("broadcast", "report", "--ledger", LEDGER)
SLOW = ("broadcast", "run", *FILES, "--yes", "--ledger", LEDGER, "-p", "kaleyra", "--rate", "10/s burst 1")


def test_from_planned_to_finished(serve: Serve, run: Run, files: Files) -> None:
    """The phase, counts that add up, and what to do next while there is something to do."""
    serve()
    files.write(5, extra=["nobody,x"])
    run("broadcast", "plan", *FILES, "--yes", *FAST)
    planned = run(*STATUS)
    run(*RUN)
    finished = run(*STATUS)

    assert "is planned" in planned.lines[0]
    assert "wamsg broadcast resume" in planned.lines[-1]
    assert "is finished" in finished.lines[0]
    assert finished.lines[1:] == ["6 lines = 1 invalid + 0 duplicate + 0 suppressed + 5 deliveries (5 accepted)"]


def test_what_failed_after_it_was_accepted_is_told_by_everyone(serve: Serve, run: Run, files: Files) -> None:
    """Status, report, and a second run that has nothing left to send; all was accepted, so no exit code changes."""
    serve()
    files.write(5)
    run(*RUN)
    files.bring("read", "failed", "failed", "failed")
    ran, stands, report = run(*RUN), run(*STATUS), run(*REPORT)

    told = "came back: 1 read, 3 failed later, none yet for 1"
    for lines in (ran.lines, stands.lines, report.lines):
        assert told in lines
        assert lines[lines.index(told) - 1].startswith("5 lines = 0 invalid")
    assert (ran.code, stands.code, report.code) == (0, 0, 0)
    assert "but 3 messages (60.0 %) failed later" in report.lines[0]
    assert "3 RecipientRefused (131026: it could not be sent)" in report.out
    (found,) = named(run(*STATUS, "--json"), "status")
    assert found["statuses"] == {"read": 1, "failed": 3}


def test_what_came_back_is_told_before_a_broadcast_goes_on(serve: Serve, run: Run, files: Files) -> None:
    """Whoever sends the rest should know what became of the first."""
    serve()
    files.write(4)
    run(*RUN)
    files.bring("failed")
    ran = run("broadcast", "run", "--ledger", LEDGER, "--yes", "--rate", "none")

    assert "(4 accepted); came back: 1 failed later, none yet for 3" in ran.lines[0]


def test_it_is_watched_from_another_terminal(serve: Serve, process: Start, run: Run, files: Files) -> None:
    """While it runs: who runs it, how fast; --watch goes on until it ends and disturbs nothing."""
    sandbox = serve()
    files.write(60)
    child = process(*SLOW)
    while sandbox.outbox.count() < 3:
        assert child.poll() is None
    (now,) = named(run(*STATUS, "--json"), "status")
    watching = process(*STATUS, "--watch", "--json")
    assert watching.stdout is not None
    seen = json.loads(watching.stdout.readline())
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=HUNG)
    rest, err = watching.communicate(timeout=HUNG)

    assert (now["alive"], now["dead"], now["phase"]) == (True, False, "running")
    assert isinstance(now["rate"], float)
    assert now["rate"] > 0
    assert (seen["event"], seen["deliveries"]) == ("progress", 60)
    last = json.loads(rest.splitlines()[-1])
    assert (last["event"], last["phase"], sum(last["states"].values())) == ("status", "paused", 60)
    assert (child.returncode, watching.returncode, err) == (130, 0, "")


def test_the_report_tells_each_fate(serve: Serve, run: Run, files: Files) -> None:
    """In words and in files that only their owner reads: every line once, numbers masked on the page."""
    serve()
    files.write(3, extra=["nobody,x", "+12025599001,Zoe"])
    run(*RUN)
    ran = run(*REPORT, "--html", "a.html", "--csv", "a.csv", "--jsonl", "a.jsonl", "--excel")

    assert ran.code == 0
    assert "3 of 4 recipients (75.0 %) were accepted by kaleyra; 1 unknown" in ran.out
    assert "wamsg broadcast retry" in ran.out
    assert {(files.folder / name).stat().st_mode & 0o777 for name in ("a.html", "a.csv", "a.jsonl")} == {0o600}
    with (files.folder / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        fates = [row["fate"] for row in csv.DictReader(stream)]
    assert fates == ["accepted", "accepted", "accepted", "invalid", "unknown"]
    assert len((files.folder / "a.jsonl").read_text().splitlines()) == 5
    page = (files.folder / "a.html").read_text()
    assert "12025599001" not in page
    run(*REPORT, "--html", "a.html", "--show-numbers")
    assert "12025599001" in (files.folder / "a.html").read_text()


def test_a_report_writes_over_nothing_else(serve: Serve, run: Run, files: Files, tmp_path: Path) -> None:
    """A file that is no report stays, unless --force; a ledger stays in any case."""
    serve()
    files.write(3)
    run(*RUN)
    before = (tmp_path / FILES[1]).read_bytes()

    assert "no such report" in run(*REPORT, "--csv", FILES[1]).complaint
    assert "database" in run(*REPORT, "--csv", LEDGER, "--force").complaint
    assert (tmp_path / FILES[1]).read_bytes() == before
    assert run(*REPORT, "--csv", FILES[1], "--force").code == 0


@pytest.mark.parametrize("words", [STATUS, REPORT])
def test_the_newest_unfinished_one_is_meant(serve: Serve, run: Run, files: Files, words: tuple[str, ...]) -> None:
    """Of several broadcasts the newest that is not over, else the newest; --broadcast names any."""
    serve()
    for people, verb in ((2, "run"), (3, "plan"), (4, "run")):
        files.write(people, message=f'type = "text"\nbody = "{people}"\n')
        ran = run("broadcast", verb, *FILES, "--yes", *FAST)
        if people == 4:
            # An unfinished one with other inputs is in the way of a third.
            assert ran.code == 2
    found = [named(run(*words, "--json", *more), words[1])[0]["broadcast"] for more in ((), ("--broadcast", "1"))]
    run("broadcast", "run", "--ledger", LEDGER, "--yes", "--rate", "none")

    assert found == [2, 1]
    assert named(run(*words, "--json"), words[1])[0]["broadcast"] == 2
    assert number(1) not in run(*words).out
