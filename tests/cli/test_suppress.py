"""`wamsg suppress`: whoever is on the list gets nothing."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.support.broadcast_files import FAST, FILES, LEDGER, Files, accepted, number
from tests.support.command_line import Run, Serve


def test_the_list_is_kept(run: Run) -> None:
    """Added once, shown masked, removed; numbers are told by what they are, not by how they are written."""
    first = run("suppress", "add", number(1), "+44 7700-900002", number(1), "--ledger", LEDGER, "--reason", "by mail")
    again = run("suppress", "add", number(2), "--ledger", LEDGER)
    listed = run("suppress", "list", "--ledger", LEDGER)
    in_full = [
        json.loads(line) for line in run("suppress", "list", "--ledger", LEDGER, "--json", "--show-numbers").lines
    ]
    removed = run("suppress", "remove", number(1), number(7), "--ledger", LEDGER)

    assert (first.code, first.lines) == (0, ["2 added, 1 were there already"])
    assert again.lines == ["0 added, 1 were there already"]
    assert [line.split() for line in listed.lines] == [
        ["+44********01", "person", "by", "mail"],
        ["+44********02", "person", "by", "mail"],
    ]
    assert [(entry["number"], entry["source"]) for entry in in_full] == [(number(1), "person"), (number(2), "person")]
    assert removed.lines == ["1 removed, 1 were not there"]
    assert len(run("suppress", "list", "--ledger", LEDGER).lines) == 1


def test_a_wrong_number_changes_nothing(run: Run, tmp_path: Path) -> None:
    """All numbers of a command are looked at before any is added, and the sentence says which is wrong."""
    ran = run("suppress", "add", number(1), "0815", "--ledger", LEDGER)

    assert (ran.code, "number 2:" in ran.complaint, list(tmp_path.iterdir())) == (2, True, [])
    assert run("suppress", "remove", number(1), "--ledger", LEDGER).code == 2
    assert run("suppress", "list", "--ledger", LEDGER).code == 2


def test_a_file_is_imported(run: Run, run_process: Run, tmp_path: Path) -> None:
    """Layouts as for recipients; lines without a number are told and counted, with code 4; - is standard input."""
    (tmp_path / "out.csv").write_text("name;phone\nA;+447700900001\nB;nobody\nC;+447700900002\n")
    ran = run("suppress", "import", "out.csv", "--ledger", LEDGER, "--reason", "left")
    piped = run_process("suppress", "import", "-", "--ledger", LEDGER, stdin="+447700900002\n+447700900003\n")

    assert (ran.code, ran.lines) == (4, ["2 added, 0 were there already, 1 lines hold no number"])
    assert ran.err.startswith("wamsg: line 3: ")
    assert (piped.code, piped.lines) == (0, ["1 added, 1 were there already, 0 lines hold no number"])
    assert run("suppress", "import", "none.csv", "--ledger", LEDGER).code == 2


def test_whoever_is_on_it_gets_nothing(serve: Serve, run: Run, tmp_path: Path) -> None:
    """Before the plan they are suppressed, after it they are skipped; the others get their message."""
    sandbox, files = serve(), Files(tmp_path)
    numbers = files.write(5)
    run("suppress", "add", number(1), "--ledger", LEDGER)
    run("broadcast", "plan", *FILES, "--yes", *FAST)
    run("suppress", "add", number(2), "--ledger", LEDGER)
    ran = run("broadcast", "run", "--yes", *FAST)

    assert ran.code == 4
    assert "1 suppressed + 4 deliveries (3 accepted + 1 skipped)" in ran.out
    assert accepted(sandbox) == Counter([numbers[0], *numbers[3:]])
